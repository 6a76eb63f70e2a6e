"""The touches behind a number: each with who it went to, what it belonged to, and what came of it; and what can be asked for."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct, structs

from accountgraph.listing.page import Page, Type
from accountgraph.listing.reading import Filter, Listing, Sort, read_page

if TYPE_CHECKING:
    from accountgraph.analytics.period import Asked
    from accountgraph.db import Connectable

NONE = "-"  # as a value of `Within`: those of which it is not known
MOST_CHOICES = 500  # of campaigns, senders and industries each


class Came(StrEnum):
    """What came of a touch; `human_*`: by a person."""

    OPENED = "opened"
    HUMAN_OPENED = "human_opened"
    CLICKED = "clicked"
    HUMAN_CLICKED = "human_clicked"
    REPLIED = "replied"
    HUMAN_REPLIED = "human_replied"
    UNANSWERED = "unanswered"
    MEETING = "meeting"
    DELIVERED = "delivered"
    BOUNCED_HARD = "bounced_hard"
    BOUNCED_SOFT = "bounced_soft"
    REFUSED = "refused"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"


class Within(Struct, frozen=True, kw_only=True):
    """Which of the touches; `-` stands for those of which it is not known. `weekday` (1 Monday to 7) and `hour` (0 to 23) are those at
    which they left, in the recipient's zone; `from_hours`, `to_hours`: how long the first reply of a person took.
    """

    step: str | None = None
    variant: str | None = None
    domain: str | None = None
    tier: str | None = None
    industry: str | None = None
    campaign: str | None = None
    sender: str | None = None
    weekday: int | None = None
    hour: int | None = None
    from_hours: float | None = None
    to_hours: float | None = None


class TouchRow(Struct, frozen=True, kw_only=True):
    """A touch that left, and what came of it."""

    id: UUID
    channel: str
    sent_at: datetime
    contact_id: UUID | None
    contact: str | None
    company_id: UUID | None
    company: str | None
    campaign: str | None
    step_key: str | None
    variant: str | None
    sender: str | None
    is_opened: bool
    is_human_opened: bool
    is_clicked: bool
    is_human_clicked: bool
    is_human_replied: bool
    is_met: bool
    is_bounced: bool
    is_complained: bool
    is_unsubscribed: bool


class Choice(Struct, frozen=True):
    """Something that questions can be narrowed to. `kind`: campaign, sender or industry."""

    kind: str
    id: str
    name: str


_CAME = {
    Came.OPENED: "o.channel = 'email' AND o.opened_at IS NOT NULL",
    Came.HUMAN_OPENED: "o.channel = 'email' AND o.human_opened_at IS NOT NULL",
    Came.CLICKED: "o.channel = 'email' AND o.clicked_at IS NOT NULL",
    Came.HUMAN_CLICKED: "o.channel = 'email' AND o.human_clicked_at IS NOT NULL",
    Came.REPLIED: "o.replied_at IS NOT NULL",
    Came.HUMAN_REPLIED: "o.human_replied_at IS NOT NULL",
    Came.UNANSWERED: "o.human_replied_at IS NULL",
    Came.MEETING: "m.id IS NOT NULL",
    Came.DELIVERED: "o.is_delivered",
    Came.BOUNCED_HARD: "o.is_bounced_hard",
    Came.BOUNCED_SOFT: "o.is_bounced_soft",
    Came.REFUSED: "o.is_refused",
    Came.COMPLAINED: "o.is_complained",
    Came.UNSUBSCRIBED: "o.is_unsubscribed",
}
_WITHIN = {
    "step": "coalesce(o.step_key, '-') = %(step)s",
    "variant": "coalesce(o.variant, '-') = %(variant)s",
    "domain": "coalesce(o.domain, nullif(split_part(c.email_key, '@', 2), ''), '-') = %(domain)s",
    "of_tier": "coalesce(o.account_tier, '-') = %(of_tier)s",
    "of_industry": "coalesce(o.industry, '-') = %(of_industry)s",
    "of_campaign": "coalesce(o.campaign_id::text, '-') = %(of_campaign)s",
    "of_sender": "coalesce(o.sender_id::text, '-') = %(of_sender)s",
    "weekday": "extract(ISODOW FROM o.sent_at AT TIME ZONE z.known) = %(weekday)s",
    "hour": "extract(HOUR FROM o.sent_at AT TIME ZONE z.known) = %(hour)s",
    "from_hours": "extract(EPOCH FROM greatest(o.human_replied_at - o.sent_at, interval '0')) >= 3600 * %(from_hours)s::double precision",
    "to_hours": "extract(EPOCH FROM greatest(o.human_replied_at - o.sent_at, interval '0')) < 3600 * %(to_hours)s::double precision",
}
_TOUCHES = Listing(
    kind=TouchRow,
    query="analytics.behind.touches",
    key="o.id",
    sorts={"sent_at": Sort("o.sent_at", Type.MOMENT, "sent_at")},
    filters={str(name): Filter(condition, is_narrow=True) for name, condition in (*_CAME.items(), *_WITHIN.items())},
)
_RENAMED = {"tier": "of_tier", "industry": "of_industry", "campaign": "of_campaign", "sender": "of_sender"}


async def page_touches(
    db: Connectable, asked: Asked, came: Came | None = None, within: Within | None = None, *, limit: int = 50, after: str | None = None
) -> Page[TouchRow]:
    """The touches of a period of which something came (None: all), the newest first. Raises as `read_page`."""
    wanted = structs.asdict(within) if within else {}
    filters = {_RENAMED.get(name, name): value for name, value in wanted.items()} | ({came.value: True} if came else {})
    listing = structs.replace(_TOUCHES, params=asked.params)
    return await read_page(db, listing, filters, sort="-sent_at", limit=limit, after=after)


async def choices(db: Connectable) -> list[Choice]:
    """The campaigns, senders and industries of a workspace by name, at most 500 of each. One round trip."""
    return await db.rows(Choice, "analytics.behind.choices", {"limit": MOST_CHOICES})
