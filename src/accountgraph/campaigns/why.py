"""Why somebody was written to, or was not: every decision with its rule and its reason, and all that happened."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.addresses import email_key
from accountgraph.campaigns.apply import load_version
from accountgraph.campaigns.definition.steps import Track
from accountgraph.campaigns.enrolment.audience import choose
from accountgraph.campaigns.lifecycle import find_campaign
from accountgraph.errors import NotFoundError

if TYPE_CHECKING:
    from accountgraph.campaigns.lifecycle import Campaign
    from accountgraph.db import Session


class Line(Struct, frozen=True):
    """One thing that was decided or happened. `kind`: a verdict, an intent's state, `approval ...`, `task ...`, `answer ...` or `signal`.

    `count`: how often the same deferral was given; `at` is the last time.
    """

    enrolment_id: UUID | None
    at: datetime
    kind: str
    step_key: str | None
    rule: str
    reason: str
    until: datetime | None
    count: int


class EnrolmentStory(Struct, frozen=True):
    """Where somebody stands in a campaign."""

    id: UUID
    campaign: str
    is_live: bool
    state: str
    reason: str | None
    paused_until: datetime | None
    step_key: str
    track: Track
    touch_count: int
    next_due_at: datetime | None
    zone: str
    zone_source: str
    sender: str | None
    started_at: datetime
    finished_at: datetime | None


class Barrier(Struct, frozen=True):
    """A suppression or a hold: `what` is the channel or the scope."""

    kind: str
    what: str
    reason: str
    since: datetime
    until: datetime | None


class Outside(Struct, frozen=True):
    """Somebody who is not in a campaign. `reason`: why its audience leaves them out (`not_in_audience`: it does not name them).

    None: the next start takes them.
    """

    campaign: str
    reason: str | None


class Why(Struct, frozen=True):
    """All there is to say about writing to one person. `story` is in the order of time.

    `outside`: where one campaign was asked about, and they were never in it.
    """

    contact_id: UUID
    name: str
    email: str | None
    enrolments: list[EnrolmentStory]
    story: list[Line]
    barriers: list[Barrier]
    outside: Outside | None = None


class _Contact(Struct, frozen=True):
    id: UUID
    name: str
    email: str | None


async def why(session: Session, who: UUID | str, now: datetime, *, campaign: UUID | str | None = None) -> Why:
    """Why this person (by id or e-mail address) was or was not written to, by all campaigns or by one.

    Raises:
        NotFoundError: there is no such contact, or no such campaign.
    """
    asked = {"id": who, "email": None} if isinstance(who, UUID) else {"id": None, "email": email_key(who)}
    found = await session.row(_Contact, "campaigns.why.contact", asked)
    if found is None:
        raise NotFoundError(f"There is no contact {who}.")
    chosen = await find_campaign(session, campaign) if campaign is not None else None
    params = {"contact_id": found.id, "campaign_id": chosen.id if chosen else None}
    enrolments = await session.rows(EnrolmentStory, "campaigns.why.enrolments", params)
    return Why(
        found.id,
        found.name,
        found.email,
        enrolments,
        await session.rows(Line, "campaigns.why.story", params),
        await session.rows(Barrier, "campaigns.why.barriers", {"contact_id": found.id, "now": now}),
        await _outside(session, chosen, found.id, now) if chosen and not enrolments else None,
    )


async def _outside(session: Session, campaign: Campaign, contact_id: UUID, now: datetime) -> Outside:
    """What the audience says of somebody, as of now."""
    definition = await load_version(session, campaign.version_in_force)
    selection = await choose(session, definition, now)
    if any(person.contact_id == contact_id for person in selection.chosen):
        return Outside(campaign.name, None)
    reason = next((person.reason for person in selection.excluded if person.contact_id == contact_id), "not_in_audience")
    return Outside(campaign.name, reason)
