"""The funnel of a campaign: how many of its people were approached, opened, answered, met."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from accountgraph.campaigns.signals.reactions import SignalKind

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.db import Connectable

ANSWERS = (
    SignalKind.REPLY,
    SignalKind.REPLY_POSITIVE,
    SignalKind.REPLY_QUESTION,
    SignalKind.REPLY_OBJECTION,
    SignalKind.REPLY_NOT_NOW,
    SignalKind.REPLY_REFUSAL,
    SignalKind.REFERRAL,
)


class Funnel(Struct, frozen=True, kw_only=True):
    """People by how far they came, each counted once a stage; live and dry runs apart.

    `approached`: got a touch at least. `opened`, `clicked`: by a person, not a machine. `answered`, `positive`, `meetings` (booked or
    held), `unsubscribed`: what we were told of them since they began.
    """

    is_live: bool
    enrolled: int
    approached: int
    delivered: int
    opened: int
    clicked: int
    bounced: int
    answered: int
    positive: int
    meetings: int
    unsubscribed: int


async def funnel_of(db: Connectable, campaign_id: UUID) -> list[Funnel]:
    """How far the people of a campaign came: live first, then its dry run; empty where nobody began."""
    params = {"campaign_id": campaign_id, "answers": [kind.value for kind in ANSWERS]}
    return await db.rows(Funnel, "campaigns.funnel.stages", params)
