"""Why somebody was written to, or was not: every decision with its rule and its reason, and all that happened."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from msgspec import Struct

from accountgraph.addresses import email_key
from accountgraph.campaigns.apply import load_version, load_versions
from accountgraph.campaigns.arbiter import decide
from accountgraph.campaigns.definition.steps import Track
from accountgraph.campaigns.enrolment.audience import choose
from accountgraph.campaigns.facts import Facts
from accountgraph.campaigns.lifecycle import find_campaign
from accountgraph.errors import NotFoundError

if TYPE_CHECKING:
    from accountgraph.campaigns.definition.campaign import CampaignDefinition
    from accountgraph.campaigns.lifecycle import Campaign
    from accountgraph.db import Connectable, Session

_facts = msgspec.json.Decoder(Facts)


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


class Behind(Struct, frozen=True, kw_only=True):
    """A decision about a step, with what it was made of. `looked_at`: what its rule looked at, decided again from the `facts` of its time.

    `again`: the rule that decides it again; another than `rule` where words decided (something was missing, a colleague is named).
    `version`: of the campaign, whose policy it was decided by. `count`: how often the same deferral was given, `first_at` to `last_at`.
    """

    id: int
    version: int
    verdict: str
    rule: str
    reason: str
    until: datetime | None
    count: int
    first_at: datetime
    last_at: datetime
    again: str
    looked_at: dict[str, Any]
    facts: dict[str, Any]


class _Decided(Struct, frozen=True):
    id: int
    version_id: UUID
    version: int
    verdict: str
    rule: str
    reason: str
    until: datetime | None
    count: int
    first_at: datetime
    last_at: datetime
    facts: str


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


async def decided_about(db: Connectable, enrolment_id: UUID, step_key: str, *, limit: int = 100) -> list[Behind]:
    """What was decided about one step of somebody's, in order, each with its inputs. Two round trips at most."""
    params = {"enrolment_id": enrolment_id, "step_key": step_key, "limit": limit}
    rows = await db.rows(_Decided, "campaigns.why.behind", params)
    versions = await load_versions(db, [row.version_id for row in rows])
    return [_behind(row, versions[row.version_id]) for row in rows]


def _behind(row: _Decided, definition: CampaignDefinition) -> Behind:
    again = decide(_facts.decode(row.facts), definition, row.last_at)
    told = {name: getattr(row, name) for name in Behind.__struct_fields__ if name in _Decided.__struct_fields__ and name != "facts"}
    return Behind(**told, again=again.rule, looked_at=again.inputs, facts=msgspec.json.decode(row.facts))
