"""Telling channels what waits.

What is told is written down before it is: whoever dies in between has told it, as far as anybody knows, and nothing is told twice. What
surely reached nobody is told the next time.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from msgspec import Struct

from accountgraph.notices.channels import get_channel
from accountgraph.notices.needs import Need, NoticeKind, gather
from accountgraph.notices.timing import after_quiet, look_after_failure, next_look
from accountgraph.notices.ways import Ways

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from accountgraph.campaigns.engine.transport import Transport
    from accountgraph.db import Database, Session
    from accountgraph.notices.channels import NoticeChannel
    from accountgraph.notices.ways import Outcome
    from accountgraph.outgoing import Poster

LEASE = timedelta(minutes=5)  # longer than a notice may take


class _Claimed(Struct, frozen=True):
    id: UUID
    lease: UUID


async def send_due(db: Database, http: Poster, transports: Callable[[str], Transport]) -> int:
    """Tell the channels whose time it is what waits and they were not told of; nothing where nothing does. Gives how many were told."""
    told, ways = 0, Ways(db, http, transports)
    while (one := await db.row(_Claimed, "outgoing.notices.claim", {"now": db.now(), "until": db.now() + LEASE})) is not None:
        told += await _look(db, ways, one)
    return told


async def preview(db: Database, channel_id: UUID) -> list[Need]:
    """What a channel would be told now, whatever its time; nothing is sent or written down.

    Raises:
        NotFoundError: there is no such channel.
    """
    channel = await get_channel(db, channel_id)
    return await gather(db, db.now(), kinds=channel.kinds, reply_hours=channel.reply_hours, channel_id=channel.id)


async def send_trial(db: Database, http: Poster, transports: Callable[[str], Transport], channel_id: UUID) -> Outcome:
    """Tell a channel a made-up thing, now; what waits is told at its time all the same.

    Raises:
        NotFoundError: there is no such channel.
    """
    example = Need(
        key="trial",
        kind=NoticeKind.REPLY_WAITING,
        since=db.now(),
        account="Example Ltd",
        person="Jane Doe",
        about="This is a trial",
        waiting=1,
        fresh=1,
    )
    return await Ways(db, http, transports).tell(await get_channel(db, channel_id), [example], uuid4())


async def _look(db: Database, ways: Ways, claimed: _Claimed) -> bool:
    """One channel; gives whether it was told something."""
    channel, now = await get_channel(db, claimed.id), db.now()
    row: dict[str, Any] = {
        "channel_id": channel.id,
        "lease": claimed.lease,
        "notice_id": uuid4(),
        "now": now,
        "is_told": False,
        "error": None,
    }
    if (later := after_quiet(channel, now)) > now:
        await _settle(db, {**row, "next_look_at": later, "error": channel.error})
        return False
    needs = await _begin(db, channel, row)
    if not needs:
        await _settle(db, {**row, "next_look_at": next_look(channel, now, was_sent=False)})
        return False
    outcome = await ways.tell(channel, needs, row["notice_id"])
    is_told = outcome.error is None or outcome.is_unknown
    at = next_look(channel, now, was_sent=True) if is_told else look_after_failure(channel, now, channel.failures)
    await _settle(db, {**row, "next_look_at": at, "is_told": is_told, "error": outcome.error})
    return outcome.error is None


async def _begin(db: Database, channel: NoticeChannel, row: dict[str, Any]) -> list[Need]:
    """What the channel is told now, written down; what no longer waits is forgotten first, so that it is news when it comes back."""
    now: datetime = row["now"]

    async def work(session: Session) -> list[Need]:
        asked = {"channel_id": channel.id, "now": now, "reply_wait": timedelta(hours=channel.reply_hours)}
        await session.affect("outgoing.notices.forget", asked)
        needs = await gather(session, now, kinds=channel.kinds, reply_hours=channel.reply_hours, channel_id=channel.id)
        told = {name: row[name] for name in ("channel_id", "lease", "notice_id", "now")} | {"keys": [one.key for one in needs]}
        return needs if await session.value("outgoing.notices.told", told) == len(needs) else []

    return await db.run(work)


async def _settle(db: Database, row: dict[str, Any]) -> None:
    await db.run(lambda session: session.affect("outgoing.notices.settle", row))
