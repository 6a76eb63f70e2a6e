"""The time before we came: who wrote to whom in the last 180 days, from headers alone, so that live threads are left alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from accountgraph.mailboxes.headers import Head, head_of
from accountgraph.mailboxes.reading.folders import Role

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Sequence
    from collections.abc import Set as AbstractSet
    from uuid import UUID

    from accountgraph.db import Database
    from accountgraph.mailboxes.reading.folders import Folder
    from accountgraph.mailboxes.reading.imap import Imap

HISTORY = timedelta(days=180)
BATCH = 500  # heads that are asked for at once
MOST_PEOPLE = 20  # of one mail; beyond that it is a circular, and no thread with each of them


class Progress(Struct, frozen=True):
    """How far reading the headers has come."""

    folder: str
    done: int
    total: int


class Heads(Struct, frozen=True):
    """Some heads of the time before: how far that is, and each with the folder's role and when it came, UTC."""

    progress: Progress
    heads: list[tuple[Head, Role, datetime]]


async def read_history(
    db: Database, sender_id: UUID, heads: AsyncIterator[Heads], on_progress: Callable[[Progress], None] | None = None
) -> int:
    """Note who wrote to whom in the time before; gives how many mails were looked at. Done again, it changes nothing."""
    own = set(await db.rows(str, "outreach.mailboxes.own_addresses"))
    looked_at = 0
    async for some in heads:
        rows = [row for head, role, at in some.heads for row in people_of(head, role, own, at)]
        await db.run(lambda session, rows=rows: session.affect("outreach.mailboxes.add_headers", _params(sender_id, rows)))  # type: ignore[misc]
        looked_at += len(some.heads)
        if on_progress:
            on_progress(some.progress)
    await db.value("outreach.mailboxes.history_read", {"sender_id": sender_id, "now": db.now()})
    return looked_at


async def imap_heads(imap: Imap, folders: Sequence[Folder], now: datetime) -> AsyncIterator[Heads]:
    """The headers of the last 180 days over IMAP."""
    for folder in _worth_reading(folders):
        uids = await imap.uids(await imap.enter(folder.name), since=now - HISTORY)
        for start in range(0, len(uids), BATCH):
            found = await imap.heads(uids[start : start + BATCH])
            progress = Progress(folder.name, min(start + BATCH, len(uids)), len(uids))
            yield Heads(progress, [(head_of(raw), folder.role, at) for raw, at in found.values()])


def people_of(head: Head, role: Role, own: AbstractSet[str], at: datetime) -> list[dict[str, Any]]:
    """The people of the other side of a mail; none where a machine, a list or the engine wrote it."""
    if head.is_automatic or head.is_ours or head.message_id is None:
        return []
    is_outbound = role is Role.SENT or head.sender in own
    others = [one for one in ((() if is_outbound else (head.sender,)) + head.recipients) if one and one not in own]
    if len(others) > MOST_PEOPLE:
        others = [] if is_outbound else [head.sender] if head.sender else []
    direction = "outbound" if is_outbound else "inbound"
    return [{"message_id": head.message_id, "direction": direction, "email_key": one, "at": at} for one in others]


async def note_people(session: Any, sender_id: UUID, rows: Iterable[dict[str, Any]]) -> None:  # noqa: ANN401
    """Add the people of a mail that came since."""
    found = list(rows)
    if found:
        await session.affect("outreach.mailboxes.add_headers", _params(sender_id, found))


def _params(sender_id: UUID, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"sender_id": sender_id, "headers": msgspec.json.encode(rows).decode()}


def _worth_reading(folders: Sequence[Folder]) -> list[Folder]:
    """Where everything stands in one folder, that one; junk never."""
    everything = [folder for folder in folders if folder.role is Role.ALL]
    return everything or [folder for folder in folders if folder.role in {Role.INBOX, Role.SENT, Role.MORE}]
