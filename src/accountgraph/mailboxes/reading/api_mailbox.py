"""A mailbox by its service's own interface."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from accountgraph.mailboxes.errors import GoneError, RefusedError
from accountgraph.mailboxes.reading.by_cursor import CursorReading
from accountgraph.mailboxes.reading.gmail import GmailApi
from accountgraph.mailboxes.reading.graph import GraphApi

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from datetime import datetime

    from accountgraph.channels import Vault
    from accountgraph.db import Database
    from accountgraph.mailboxes.keeping import Take
    from accountgraph.mailboxes.reading.api import MailApi
    from accountgraph.mailboxes.reading.folders import Folder
    from accountgraph.mailboxes.reading.history import Progress
    from accountgraph.store.outreach.mailboxes import Mailbox

APIS: dict[str, type[GmailApi | GraphApi]] = {"gmail": GmailApi, "graph": GraphApi}


class ApiMailbox:
    """An `OpenMailbox` over HTTP. The service files all that it sends."""

    files_all = True

    def __init__(self, api: MailApi) -> None:
        self._api = api

    @classmethod
    @asynccontextmanager
    async def open(cls, mailbox: Mailbox, vault: Vault) -> AsyncGenerator[ApiMailbox]:
        """By its protocol; nothing is asked yet."""
        async with APIS[mailbox.protocol].open(mailbox.settings, vault) as api:
            yield cls(api)

    async def folders(self) -> list[Folder]:
        """Those that have a cursor; the service is asked whether it answers."""
        await self._api.whose()
        return self._api.folders()

    async def arrived(self, message_id: str) -> bytes | None:
        """Wherever it is."""
        id_ = await self._find(message_id)
        try:
            return await self._api.mail(id_, self._api.settings.most_bytes) if id_ else None
        except GoneError:
            return None

    async def where_sent(self, message_id: str) -> str | None:
        """Wherever it is."""
        return "all mail" if await self._find(message_id) else None

    async def file(self, message_id: str, content: bytes, now: datetime) -> None:
        """The service does that."""

    async def _find(self, message_id: str) -> str | None:
        try:
            return await self._api.find(message_id)
        except ValueError as error:  # an id that no query can hold
            raise RefusedError(str(error)) from None

    def reader(self, db: Database, mailbox: Mailbox, take: Take, on_progress: Callable[[Progress], None] | None) -> CursorReading:
        """By cursors."""
        return CursorReading(db, mailbox, self._api, take, on_progress)
