"""Reading over IMAP: what is new is taken once, whatever happens in between.

The cursor of a folder moves in the transaction that takes the mail, and only forward: after a crash the mail is read again and taken,
or was taken and is passed over; two readers at once take it once.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct

from accountgraph.mailboxes.errors import MailboxError, RefusedError
from accountgraph.mailboxes.headers import head_of
from accountgraph.mailboxes.reading.folders import Role, found
from accountgraph.mailboxes.reading.history import imap_heads, read_history
from accountgraph.mailboxes.reading.imap import CHUNK, Size
from accountgraph.mailboxes.reading.taking import New, Synced, Taking, passed_over

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from accountgraph.db import Database, Session
    from accountgraph.mailboxes.keeping import Take
    from accountgraph.mailboxes.reading.folders import Folder
    from accountgraph.mailboxes.reading.history import Progress
    from accountgraph.mailboxes.reading.imap import Imap, State
    from accountgraph.mailboxes.reading.settings import ImapSettings
    from accountgraph.store.outreach.mailboxes import Mailbox

T = TypeVar("T")
HEADS_AT_ONCE = 200
BYTES_AT_ONCE = 4 * CHUNK
OVERLAP = timedelta(days=2)  # dates of a search are whole days, in the server's zone


class _Known(Struct, frozen=True):
    uid_validity: int
    last_uid: int
    is_again: bool


class UidReading:
    """One mailbox over one connection.

    Args:
        db: its workspace.
        mailbox: as it was found there.
        imap: an open connection.
        settings: of the mailbox.
        take: what is done with each mail.
        on_progress: is told how far reading the headers of the time before has come.
    """

    def __init__(
        self,
        db: Database,
        mailbox: Mailbox,
        *,
        imap: Imap,
        settings: ImapSettings,
        take: Take,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> None:
        self._db, self._mailbox, self._imap, self._settings = db, mailbox, imap, settings
        self._taking = Taking(db, mailbox, take)
        self._on_progress = on_progress
        self._has_history = mailbox.history_read_at is not None

    async def run(self) -> Synced:
        """Take everything that is new, and say that it was.

        Raises:
            MailboxError: the server failed; what was taken before stays taken.
        """
        begun_at = self._db.now()
        await self._taking.begin()
        folders = found(await self._imap.folders(), self._settings.folders)
        done = Synced()
        read = [folder for folder in folders if self._is_read(folder)]
        if not self._has_history:  # where to go on from is noted first, so that nothing falls between history and mail
            for folder in read:
                await self._begin(folder)
            heads = imap_heads(self._imap, folders, self._db.now())
            done += Synced(history=await read_history(self._db, self._mailbox.sender_id, heads, self._on_progress))
            self._has_history = True
        for folder in read:
            done += await self._read(folder)
        await self._db.value("outreach.mailboxes.succeeded", {"sender_id": self._mailbox.sender_id, "at": begun_at})
        return done

    async def listen(self, seconds: float) -> bool:
        """Wait at the inbox until the server tells of something (RFC 2177)."""
        if not await self._imap.can_idle():
            return False
        await self._imap.enter(self._settings.folders.inbox)
        await self._imap.idle(seconds)
        return True

    def _is_read(self, folder: Folder) -> bool:
        return folder.role in {Role.INBOX, Role.SENT, Role.MORE} or (folder.role is Role.JUNK and self._settings.reads_junk)

    async def _begin(self, folder: Folder) -> tuple[State, _Known]:
        """The folder as it is, and how far it is known: a new one is read from here on."""
        state = await self._imap.enter(folder.name)
        asked = {"sender_id": self._mailbox.sender_id, "name": folder.name}
        known = await self._db.row(_Known, "outreach.mailboxes.folder", asked)
        if known is None or known.uid_validity != state.uid_validity:
            row = {"role": folder.role.kept, "uid_validity": state.uid_validity, "last_uid": state.uid_next - 1}
            await self._db.value("outreach.mailboxes.begin_folder", {**asked, **row, "now": self._db.now()})
            known = await self._db.row(_Known, "outreach.mailboxes.folder", asked)
        if known is None:
            raise MailboxError(f"The mailbox {self._mailbox.address} is not read any more.")
        return state, known

    async def _read(self, folder: Folder) -> Synced:
        state, known = await self._begin(folder)
        uids = await self._imap.uids(state, after=known.last_uid, since=self._mailbox.created_at - OVERLAP)
        done = Synced()
        for start in range(0, len(uids), HEADS_AT_ONCE):
            async for uid, new in self._fetch(folder, uids[start : start + HEADS_AT_ONCE], is_again=known.is_again):
                if isinstance(new, Synced):  # passed over: whoever comes next moves the cursor beyond it
                    done += new
                else:
                    done += await self._db.run(partial(self._taken, cursor=self._cursor(folder, state, uid), new=new))
        await self._db.value("outreach.mailboxes.advance", self._cursor(folder, state, state.uid_next - 1))
        return done

    async def _fetch(self, folder: Folder, uids: Sequence[int], *, is_again: bool) -> AsyncIterator[tuple[int, New | Synced]]:
        """The mails behind these UIDs, in order; what is not wanted comes without its content, what is gone not at all."""
        read = await self._each(self._imap.heads, uids, (b"", self._db.now()))
        heads = {uid: (head_of(raw), at) for uid, (raw, at) in read.items()}
        is_junk = folder.role is Role.JUNK
        known = await self._taking.known([head for head, _ in heads.values()], is_again=is_again, with_answers=is_junk)
        wanted = [uid for uid in sorted(heads) if self._taking.is_wanted(folder.role, heads[uid][0], known)]
        sizes = await self._each(self._imap.sizes, wanted, Size(0, self._db.now())) if wanted else {}
        contents: dict[int, bytes | RefusedError] = {}
        for uid in sorted(heads):
            head, at = heads[uid]
            if uid not in wanted:
                yield uid, passed_over(head, known)
            elif uid in sizes:
                if uid not in contents:
                    rest = [one for one in wanted if one >= uid and one in sizes]
                    contents = await self._contents(rest, sizes)
                content = contents.pop(uid, b"")
                refused = str(content) if isinstance(content, RefusedError) else None
                raw = b"" if isinstance(content, RefusedError) else content
                if raw or refused:
                    is_cut = sizes[uid].bytes > len(raw) >= self._settings.most_bytes
                    place, role = folder.name, folder.role
                    yield uid, New(place=place, role=role, head=head, received_at=at, raw=raw, refused=refused, is_cut=is_cut)

    async def _contents(self, uids: Sequence[int], sizes: dict[int, Size]) -> dict[int, bytes | RefusedError]:
        """The contents of the first of these, as many as may be held at once."""
        if sizes[uids[0]].bytes >= CHUNK:
            return {uids[0]: await self._alone(uids[0])}
        group: list[int] = []
        total = 0
        for uid in uids:
            total += sizes[uid].bytes
            if sizes[uid].bytes >= CHUNK or (group and total > BYTES_AT_ONCE):
                break
            group.append(uid)
        try:
            return {**dict.fromkeys(group, b""), **await self._imap.mails(group)}
        except RefusedError:  # one of them cannot be had: each by itself
            return {uid: await self._alone(uid) for uid in group}

    async def _each(self, ask: Callable[[Sequence[int]], Awaitable[dict[int, T]]], uids: Sequence[int], unread: T) -> dict[int, T]:
        """What the server says of mails; where it refuses because of some of them, these are `unread`."""
        try:
            return await ask(uids)
        except RefusedError:
            if not await self._imap.is_alive():
                raise
        if len(uids) == 1:
            return {uids[0]: unread}
        half = len(uids) // 2
        return {**await self._each(ask, uids[:half], unread), **await self._each(ask, uids[half:], unread)}

    async def _alone(self, uid: int) -> bytes | RefusedError:
        try:
            return await self._imap.mail(uid, self._settings.most_bytes)
        except RefusedError as error:
            if not await self._imap.is_alive():
                raise
            return error

    async def _taken(self, session: Session, cursor: dict[str, Any], new: New) -> Synced:
        if not await session.value("outreach.mailboxes.advance", cursor):
            return Synced(passed=1)  # another reader was there before
        return await self._taking.hand_over(session, new)

    def _cursor(self, folder: Folder, state: State, uid: int) -> dict[str, Any]:
        return {
            "sender_id": self._mailbox.sender_id,
            "name": folder.name,
            "uid_validity": state.uid_validity,
            "uid": uid,
            "now": self._db.now(),
        }
