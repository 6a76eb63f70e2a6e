"""What the routes of the public server share; the app's lifespan opens and closes it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from accountgraph.http.bodies import Bodies
from accountgraph.tracking import workspace_in
from accountgraph.tracking.keys import stored_secrets
from accountgraph.web.doors import Doors
from accountgraph.web.processor import Processor
from accountgraph.web.recording import Recorder

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from accountgraph.tracking import Purpose, Signed
    from accountgraph.tracking.keys import SecretsOf
    from accountgraph.web.processor import After, Before, Handle
    from accountgraph.web.verifying import Verifiers


class Parts:
    """Everything behind the routes.

    Args:
        url: the database's; `is_pooled`: it is a transaction pooler's.
        verifiers: the providers whose webhooks are taken.
        handle: makes something of what was kept; None: it is kept, and nothing is made of it here.
        before: fetches what a payload only tells of.
        after: what has to be done outside of the transaction, once something was worked off.
        secrets_of: where keys and secrets are kept.
        clock: the time, UTC.
    """

    def __init__(
        self,
        url: str,
        *,
        is_pooled: bool = False,
        verifiers: Verifiers | None = None,
        handle: Handle | None = None,
        before: Before | None = None,
        after: After | None = None,
        secrets_of: SecretsOf = stored_secrets,
        bodies: Bodies | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.verifiers: Verifiers = verifiers or {}
        self.doors = Doors(url, is_pooled=is_pooled, secrets_of=secrets_of)
        self.bodies = bodies or Bodies()
        self.recorder = Recorder(self.doors)
        self.clock = clock
        self.processor = Processor(self.doors, handle, after, before) if handle else None

    def wake(self, workspace: str) -> None:
        """Something was kept."""
        if self.processor:
            self.processor.wake(workspace)

    async def believed(self, purpose: Purpose, token: str) -> Signed | None:
        """What a token says; None: it is forged, for something else, or of a workspace that is gone.

        Raises:
            AccountGraphError: the keys cannot be read at this moment.
        """
        workspace = workspace_in(token)
        if workspace is None or not await self.doors.knows(workspace):
            return None
        async with self.doors.use(workspace) as door:
            said = await door.believed(purpose, token)
        return said if said and said.workspace == workspace else None

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Payloads are worked off while the block lasts; connections are closed after it."""
        sweeping = asyncio.create_task(self.processor.run()) if self.processor else None
        try:
            yield
        finally:
            if self.processor and sweeping:
                sweeping.cancel()
                with suppress(asyncio.CancelledError):
                    await sweeping
                await self.processor.stop()
            await self.recorder.stop()
            await self.doors.close()
