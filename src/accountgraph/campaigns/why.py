"""Why somebody was written to, or was not: every decision with its rule and its reason, and all that happened."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.addresses import email_key
from accountgraph.campaigns.definition.steps import Track
from accountgraph.errors import NotFoundError

if TYPE_CHECKING:
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


class Why(Struct, frozen=True):
    """All there is to say about writing to one person. `story` is in the order of time."""

    contact_id: UUID
    name: str
    email: str | None
    enrolments: list[EnrolmentStory]
    story: list[Line]
    barriers: list[Barrier]


class _Contact(Struct, frozen=True):
    id: UUID
    name: str
    email: str | None


async def why(session: Session, who: UUID | str, now: datetime) -> Why:
    """Why this person (by id or e-mail address) was or was not written to.

    Raises:
        NotFoundError: there is no such contact.
    """
    asked = {"id": who, "email": None} if isinstance(who, UUID) else {"id": None, "email": email_key(who)}
    found = await session.row(_Contact, "campaigns.why.contact", asked)
    if found is None:
        raise NotFoundError(f"There is no contact {who}.")
    params = {"contact_id": found.id}
    return Why(
        found.id,
        found.name,
        found.email,
        await session.rows(EnrolmentStory, "campaigns.why.enrolments", params),
        await session.rows(Line, "campaigns.why.story", params),
        await session.rows(Barrier, "campaigns.why.barriers", {**params, "now": now}),
    )
