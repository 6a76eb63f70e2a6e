"""What becomes of messages on their way: bounces, complaints, unsubscribes, by sender, domain of the recipient and week."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct, structs

from accountgraph.analytics.rates import Rate, rate
from accountgraph.enums import Channel

if TYPE_CHECKING:
    from collections.abc import Collection

    from accountgraph.analytics.period import Asked
    from accountgraph.db import Connectable

MOST_LINES = 5000


class Along(StrEnum):
    """What lines are told apart by."""

    SENDER = "sender"
    DOMAIN = "domain"
    WEEK = "week"


class _Counted(Struct, frozen=True, kw_only=True):
    sender_id: UUID | None
    sender: str | None
    domain: str | None
    week: date | None
    sent: int
    delivered: int
    bounced_hard: int
    bounced_soft: int
    refused: int
    complained: int
    unsubscribed: int


class DeliverabilityLine(_Counted, frozen=True, kw_only=True):
    """Messages that left, and what became of them; each message counts once in each column.

    `week`: its Monday. `delivered`: those whose arrival was confirmed, which many services do not tell. `refused`: by a policy of the
    other side. None in `sender`, `domain` or `week`: not known, or not told apart.
    """

    hard_bounce: Rate
    soft_bounce: Rate
    complaint: Rate
    unsubscribe: Rate


async def deliverability(
    db: Connectable, asked: Asked, by: Collection[Along] = (Along.SENDER, Along.WEEK), *, limit: int = MOST_LINES
) -> list[DeliverabilityLine]:
    """By week, the largest first, at most `limit` lines; e-mail, where no other channel is asked for. One round trip."""
    told_apart = {f"by_{one}": one in by for one in Along}
    channel = asked.narrowed.channel or Channel.EMAIL
    params = {**asked.params, **told_apart, "channel": channel.value, "limit": limit}
    return [_line(row) for row in await db.rows(_Counted, "analytics.touches.deliverability", params)]


def _line(row: _Counted) -> DeliverabilityLine:
    return DeliverabilityLine(
        **structs.asdict(row),
        hard_bounce=rate(row.bounced_hard, row.sent),
        soft_bounce=rate(row.bounced_soft, row.sent),
        complaint=rate(row.complained, row.sent),
        unsubscribe=rate(row.unsubscribed, row.sent),
    )
