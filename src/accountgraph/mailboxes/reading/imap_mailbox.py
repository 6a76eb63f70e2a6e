"""A mailbox over IMAP."""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from accountgraph.mailboxes.errors import MailboxError
from accountgraph.mailboxes.reading.by_uid import UidReading
from accountgraph.mailboxes.reading.folders import Role, found
from accountgraph.mailboxes.reading.imap import Imap
from accountgraph.mailboxes.reading.settings import ImapSettings, SentCopy

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from datetime import datetime

    from accountgraph.channels import Vault
    from accountgraph.db import Database
    from accountgraph.mailboxes.keeping import Take
    from accountgraph.mailboxes.reading.folders import Folder
    from accountgraph.mailboxes.reading.history import Progress
    from accountgraph.store.outreach.mailboxes import Mailbox

logger = logging.getLogger(__name__)


class ImapMailbox:
    """An `OpenMailbox` over one connection."""

    def __init__(self, imap: Imap, settings: ImapSettings, address: str) -> None:
        self._imap, self._settings, self._address = imap, settings, address

    @classmethod
    @asynccontextmanager
    async def open(cls, mailbox: Mailbox, vault: Vault) -> AsyncGenerator[ImapMailbox]:
        """Connected and logged in; see `Imap.open`."""
        settings = ImapSettings.of(mailbox.settings)
        imap = await Imap.open(settings, settings.username or mailbox.address, await settings.login_secret(vault))
        try:
            yield cls(imap, settings, mailbox.address)
        finally:
            await imap.close()

    @property
    def files_all(self) -> bool:
        """By the setting `sent_copy`."""
        return self._settings.sent_copy is SentCopy.SERVICE

    async def folders(self) -> list[Folder]:
        """By name or use."""
        return found(await self._imap.folders(), self._settings.folders)

    async def arrived(self, message_id: str) -> bytes | None:
        """From the inbox, the junk folder or one that is read beside them."""
        for folder in await self.folders():
            if folder.role in {Role.INBOX, Role.JUNK, Role.MORE} and (raw := await self._read(folder, message_id)):
                return raw
        return None

    async def where_sent(self, message_id: str) -> str | None:
        """The Sent folder, or all mail."""
        for folder in await self.folders():
            if folder.role in {Role.SENT, Role.ALL} and await self._holds(folder, message_id):
                return folder.name
        return None

    async def file(self, message_id: str, content: bytes, now: datetime) -> None:
        """By APPEND, where it is not there yet."""
        if self._settings.sent_copy is not SentCopy.APPEND:
            return
        folder = next((one for one in await self.folders() if one.role is Role.SENT), None)
        if folder is None:
            logger.warning("Mailbox %s has no Sent folder that is known; name it as folders.sent.", self._address)
        elif not await self._holds(folder, message_id):
            await self._imap.append(folder.name, content, now)

    def reader(self, db: Database, mailbox: Mailbox, take: Take, on_progress: Callable[[Progress], None] | None) -> UidReading:
        """By UIDs."""
        return UidReading(db, mailbox, imap=self._imap, settings=self._settings, take=take, on_progress=on_progress)

    async def _holds(self, folder: Folder, message_id: str) -> bool:
        await self._imap.enter(folder.name)
        return bool(await self._imap.find(message_id))

    async def _read(self, folder: Folder, message_id: str) -> bytes | None:
        try:
            await self._imap.enter(folder.name)
            uids = await self._imap.find(message_id)
            return await self._imap.mail(uids[-1], self._settings.most_bytes) if uids else None
        except MailboxError:
            if not await self._imap.is_alive():
                raise
            return None
