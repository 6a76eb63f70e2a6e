"""Watching mailboxes: read, then listened to, so that an answer is there within seconds; looked at every minute where nobody tells."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from accountgraph.errors import AccountGraphError
from accountgraph.mailboxes.login.vault import WorkspaceVault
from accountgraph.mailboxes.run import opened, sync_mailbox, watched
from accountgraph.store.outreach.mailboxes import MailboxRepository

if TYPE_CHECKING:
    from datetime import datetime

    from accountgraph.db import Database
    from accountgraph.mailboxes.keeping import Take
    from accountgraph.store.outreach.mailboxes import Mailbox

MOST_AT_ONCE = 20  # mailboxes that one process has open
READ_AT_ONCE = 3  # of them, so many are read at the same time
EVERY = timedelta(seconds=60)
LEASE = timedelta(minutes=5)  # whoever has not said anything by then is dead
LISTEN_SECONDS = 55.0
LONGEST_PAUSE = timedelta(minutes=15)  # of a mailbox that fails

logger = logging.getLogger(__name__)


class Watch:
    """The mailboxes that a process has open. Any number of processes share them: each is watched by one."""

    def __init__(self, take: Take, *, most: int = MOST_AT_ONCE) -> None:
        self._take = take
        self._most = most
        self._free = most
        self._is_crowded = False
        self._reading = asyncio.Semaphore(READ_AT_ONCE)

    async def claim(self, db: Database) -> list[UUID]:
        """Mailboxes of a workspace that are due and that nobody watches, as many as this process can bear; each goes to `stay`."""
        now = db.now()
        claimed = await db.rows(UUID, "outreach.mailboxes.claim", {"now": now, "until": now + LEASE, "limit": self._free})
        self._free -= len(claimed)
        self._is_crowded = self._free <= 0
        return claimed

    async def stay(self, db: Database, sender_id: UUID) -> None:
        """Read a claimed mailbox and listen to it, until it fails or others wait for its place; never raises for what a server does."""
        pause = EVERY
        try:
            mailbox = await MailboxRepository(db).get_mailbox(sender_id)
            try:
                await self._listen(db, mailbox)
            except AccountGraphError:
                pause = await self._pause_after_failure(db, sender_id)
        except AccountGraphError as error:  # the database, or the mailbox is gone
            logger.warning("Mailbox of sender %s: %s", sender_id, error)
        except asyncio.CancelledError:
            pause = timedelta()  # whoever takes over may begin at once
            raise
        finally:
            self._free += 1
            await self._put_off(db, sender_id, db.now() + pause)

    async def _listen(self, db: Database, mailbox: Mailbox) -> None:
        async with watched(db, mailbox), opened(mailbox, WorkspaceVault(db)) as box:
            reader = box.reader(db, mailbox, self._take, None)
            while True:
                async with self._reading:
                    await reader.run()
                await self._put_off(db, mailbox.sender_id, db.now() + LEASE)
                if self._is_crowded or not await reader.listen(LISTEN_SECONDS):
                    return

    async def _pause_after_failure(self, db: Database, sender_id: UUID) -> timedelta:
        """The longer it has failed, the longer it is left alone."""
        mailbox = await MailboxRepository(db).get_mailbox(sender_id)
        failing = db.now() - mailbox.failing_since if mailbox.failing_since else timedelta()
        return min(max(failing / 2, EVERY), LONGEST_PAUSE)

    async def _put_off(self, db: Database, sender_id: UUID, at: datetime) -> None:
        try:
            await db.value("outreach.mailboxes.put_off", {"sender_id": sender_id, "at": at})
        except AccountGraphError as error:
            logger.info("Mailbox of sender %s: %s", sender_id, error)  # it is free again when its lease is over


async def sync_all(db: Database, take: Take) -> int:
    """Read every mailbox of a workspace once, one after the other; gives how many could not be: what failed is in their health."""
    failed = 0
    for mailbox in await MailboxRepository(db).list_mailboxes():
        try:
            await sync_mailbox(db, mailbox, WorkspaceVault(db), take)
        except AccountGraphError:
            failed += 1
    return failed
