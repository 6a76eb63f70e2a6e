"""Reading by a service's own interface: what is new is taken once, whatever happens in between.

A folder has a cursor in the service's own words. It moves page by page; which mails of a page were taken stands beside it, written in
the transaction that takes each: after a crash the page is read again, and those are passed over. Two readers at once take each mail once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from accountgraph.mailboxes.errors import GoneError, MailboxError, RefusedError, TooOldError
from accountgraph.mailboxes.headers import head_of
from accountgraph.mailboxes.reading.folders import Role
from accountgraph.mailboxes.reading.history import HISTORY, read_history
from accountgraph.mailboxes.reading.taking import New, Synced, Taking, passed_over

if TYPE_CHECKING:
    from collections.abc import Callable

    from accountgraph.db import Database, Session
    from accountgraph.mailboxes.keeping import Take
    from accountgraph.mailboxes.reading.api import MailApi, Page, Ref
    from accountgraph.mailboxes.reading.folders import Folder
    from accountgraph.mailboxes.reading.history import Progress
    from accountgraph.store.outreach.mailboxes import Mailbox

OVERLAP = timedelta(days=2)  # clocks differ, and a mail may have been on its way
MOST_BEGINNINGS = 3  # in a run; a service that forgets at once is asked again later


class _Known(Struct, frozen=True):
    cursor: str
    done: frozenset[str]
    is_again: bool
    read_at: datetime


class CursorReading:
    """One mailbox over one interface.

    Args:
        db: its workspace.
        mailbox: as it was found there.
        api: opened for it.
        take: what is done with each mail.
        on_progress: is told how far reading the headers of the time before has come.
    """

    def __init__(
        self, db: Database, mailbox: Mailbox, api: MailApi, take: Take, on_progress: Callable[[Progress], None] | None = None
    ) -> None:
        self._db, self._mailbox, self._api = db, mailbox, api
        self._taking = Taking(db, mailbox, take)
        self._on_progress = on_progress
        self._has_history = mailbox.history_read_at is not None

    async def run(self) -> Synced:
        """Take everything that is new, and say that it was.

        Raises:
            MailboxError: the service failed; what was taken before stays taken.
        """
        begun_at = self._db.now()
        await self._taking.begin()
        done = Synced()
        if not self._has_history:  # where to go on from is noted first, so that nothing falls between history and mail
            for folder in self._api.folders():
                await self._known(folder)
            heads = self._api.history(begun_at - HISTORY)
            done += Synced(history=await read_history(self._db, self._mailbox.sender_id, heads, self._on_progress))
            self._has_history = True
        for folder in self._api.folders():
            done += await self._read(folder)
        await self._db.value("outreach.mailboxes.succeeded", {"sender_id": self._mailbox.sender_id, "at": begun_at})
        return done

    async def listen(self, seconds: float) -> bool:
        """The services do not tell; they are looked at."""
        del seconds
        return False

    async def _known(self, folder: Folder) -> _Known:
        """How far a folder is known. A new one is read from here on; in a mailbox that was read in another way, from when that was."""
        asked = {"sender_id": self._mailbox.sender_id, "name": folder.name}
        known = await self._db.row(_Known, "outreach.mailboxes.cursor", asked)
        if known is None:
            before = self._mailbox.inbound_synced_at if self._has_history else None
            cursor = await self._api.afresh(folder, before - OVERLAP) if before else await self._api.start(folder, self._db.now())
            row = {"role": folder.role.kept, "cursor": cursor, "is_again": before is not None}
            await self._db.value("outreach.mailboxes.begin_cursor", {**asked, **row, "now": self._db.now()})
            known = await self._db.row(_Known, "outreach.mailboxes.cursor", asked)
        if known is None:
            raise MailboxError(f"The mailbox {self._mailbox.address} is not read any more.")
        return known

    async def _read(self, folder: Folder) -> Synced:
        done, beginnings = Synced(), 0
        while True:
            known = await self._known(folder)
            try:
                page = await self._api.page(folder, known.cursor)
            except TooOldError:
                beginnings += 1
                if beginnings > MOST_BEGINNINGS:
                    raise
                await self._begin_again(folder, known)
                continue
            done += await self._take(folder, known, page)
            moved = {**self._cursor(folder, known), "next": page.cursor, "now": self._db.now()}
            is_mine = await self._db.value("outreach.mailboxes.move_cursor", moved)
            if page.is_last and is_mine:  # else another reader was there before, and it is looked at what they left
                return done

    async def _begin_again(self, folder: Folder, known: _Known) -> None:
        """The service has forgotten the cursor: everything since is looked through again, and what is known is passed over."""
        since = max(known.read_at - OVERLAP, self._mailbox.created_at)
        again = {**self._cursor(folder, known), "next": await self._api.afresh(folder, since)}
        await self._db.value("outreach.mailboxes.begin_cursor_again", again)

    async def _take(self, folder: Folder, known: _Known, page: Page) -> Synced:
        refs = [ref for ref in page.refs if ref.id not in known.done]
        is_junk = any(ref.role is Role.JUNK for ref in refs)
        ids = await self._taking.known([ref.head for ref in refs], is_again=known.is_again, with_answers=is_junk)
        done = Synced()
        for ref in refs:
            if not self._taking.is_wanted(ref.role, ref.head, ids):
                done += passed_over(ref.head, ids)
            elif (new := await self._fetched(ref)) is not None:
                done += await self._db.run(lambda session, ref=ref, new=new: self._taken(session, folder, known, ref, new))  # type: ignore[misc]
        return done

    async def _fetched(self, ref: Ref) -> New | None:
        """A mail with its content; None: it is gone."""
        most, raw, refused = self._api.settings.most_bytes, b"", None
        try:
            raw = await self._api.mail(ref.id, most)
        except GoneError:
            return None
        except RefusedError as error:
            if not await self._api.is_alive():
                raise
            refused = str(error)
        head = head_of(raw) if raw else ref.head
        is_cut = len(raw) >= most
        return New(place=ref.place, role=ref.role, head=head, received_at=ref.at, raw=raw, refused=refused, is_cut=is_cut)

    async def _taken(self, session: Session, folder: Folder, known: _Known, ref: Ref, new: New) -> Synced:
        if not await session.value("outreach.mailboxes.note_taken", {**self._cursor(folder, known), "id": ref.id}):
            return Synced(passed=1)  # another reader was there before
        if new.head.is_ours:  # its mark is seen only now, where the service gives no headers before
            return Synced(ours=1)
        return await self._taking.hand_over(session, new)

    def _cursor(self, folder: Folder, known: _Known) -> dict[str, Any]:
        return {"sender_id": self._mailbox.sender_id, "name": folder.name, "cursor": known.cursor}
