"""The workspaces that the public server serves: opened when they are first asked for, with what it has to know of each."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from accountgraph.acting import Acting, ActingKind
from accountgraph.db import Database
from accountgraph.errors import AccountGraphError, NotFoundError
from accountgraph.kept_open import KeptOpen
from accountgraph.schema import lasting_workspaces
from accountgraph.store.outreach.settings import SettingsRepository
from accountgraph.tracking import key_number, verified
from accountgraph.tracking.keys import read_ring
from accountgraph.web.verifying import secret_name

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from accountgraph.db import Session
    from accountgraph.tracking import Purpose, Ring, Signed
    from accountgraph.tracking.keys import SecretsOf

MOST_OPEN = 50  # workspaces whose connections are kept
CONNECTIONS = 8  # of one workspace at most
REMEMBERED = 15.0  # seconds that keys, secrets and names are taken for current
ASKED_AGAIN = 2.0  # seconds at least between two looks at which workspaces there are
_ACTING = Acting(kind=ActingKind.WORKER, name="public server")  # for people without a login: of preference pages, of providers

T = TypeVar("T")


class Door:
    """One workspace. Its keys and secrets are remembered for a while, and for longer where the database is away."""

    def __init__(self, db: Database, secrets_of: SecretsOf) -> None:
        self.db = db
        self._secrets_of = secrets_of
        self._known: dict[str, tuple[float, Any]] = {}

    async def ring(self, *, at_most: float = REMEMBERED) -> Ring | None:
        """The keys of links, as of so many seconds ago at most; None: there are none."""
        return await self._remembered("ring", lambda session: read_ring(self._secrets_of(session)), at_most)

    async def believed(self, purpose: Purpose, token: str) -> Signed | None:
        """What a token says, where a key of this workspace made it for this purpose."""
        ring = await self.ring()
        if ring is None or key_number(token) not in ring.keys:  # a key may be newer than what is remembered
            ring = await self.ring(at_most=ASKED_AGAIN)
        return verified(ring, purpose, token) if ring else None

    async def secret(self, provider: str) -> str | None:
        """The secret of a provider's webhook; None: none is kept."""
        return await self._remembered(secret_name(provider), lambda session: self._secret(session, provider))

    async def stored(self, name: str) -> str:
        """A stored secret, as it is now.

        Raises:
            AccountGraphError: there is none, or it cannot be opened.
        """
        return await self.db.run(lambda session: self._secrets_of(session).get_secret(name))

    async def public_url(self) -> str | None:
        """Where the server is reached from outside, as the workspace says."""
        return await self._remembered("public_url", _public_url)

    async def close(self) -> None:
        """Close the connections."""
        await self.db.close()

    async def _secret(self, session: Session, provider: str) -> str | None:
        try:
            return await self._secrets_of(session).get_secret(secret_name(provider))
        except NotFoundError:
            return None

    async def _remembered(self, key: str, load: Callable[[Session], Awaitable[T]], at_most: float = REMEMBERED) -> T:
        at, known = self._known.get(key, (float("-inf"), None))
        if monotonic() - at < at_most:
            return known  # type: ignore[no-any-return]
        try:
            found = await self.db.run(load)
        except AccountGraphError:
            if known is not None:
                return known  # type: ignore[no-any-return]
            raise
        self._known[key] = (monotonic(), found)
        return found


class Doors(KeptOpen[Door]):
    """All workspaces of a database. A name that is none costs a look at the registry, now and then, and no connection."""

    def __init__(self, url: str, *, is_pooled: bool, secrets_of: SecretsOf, most: int = MOST_OPEN) -> None:
        super().__init__(self._new, most=most)
        self._url, self._is_pooled, self._secrets_of = url, is_pooled, secrets_of
        self._names: frozenset[str] = frozenset()
        self._looked_at = float("-inf")
        self._looking = asyncio.Lock()

    async def names(self) -> frozenset[str]:
        """The workspaces there are, as of a little while ago.

        Raises:
            DatabaseError: the database is away, and was from the beginning.
        """
        return await self._looked(REMEMBERED)

    async def knows(self, name: str) -> bool:
        """Whether there is such a workspace."""
        return name in self._names or name in await self._looked(ASKED_AGAIN)

    async def look(self) -> None:
        """See whether the database answers.

        Raises:
            DatabaseError: it does not.
        """
        self._names = await asyncio.to_thread(lasting_workspaces, self._url)
        self._looked_at = monotonic()

    async def _looked(self, at_most: float) -> frozenset[str]:
        async with self._looking:
            if monotonic() - self._looked_at >= at_most:
                try:
                    await self.look()
                except AccountGraphError:
                    if not self._names:
                        raise
        return self._names

    def _new(self, name: str) -> Door:
        db = Database(self._url, workspace=name, pooler=self._is_pooled, connections=CONNECTIONS, acting=_ACTING)
        return Door(db, self._secrets_of)


async def _public_url(session: Session) -> str | None:
    return (await SettingsRepository(session).get_settings()).public_url
