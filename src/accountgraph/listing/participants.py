"""People in one campaign by name, and by how far they came."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.campaigns.funnel import ANSWERS
from accountgraph.listing.outreach import ENROLMENT_STATES
from accountgraph.listing.page import Page, Type
from accountgraph.listing.reading import Filter, Listing, Sort, read_page
from accountgraph.store.given import one_of, optional_member

if TYPE_CHECKING:
    from accountgraph.db import Connectable


class Stage(StrEnum):
    """How far somebody came at least."""

    ENROLLED = "enrolled"
    CONTACTED = "contacted"
    ENGAGED = "engaged"
    REPLIED = "replied"
    MEETING = "meeting"


class Participant(Struct, frozen=True, kw_only=True):
    """Somebody in a campaign. `is_opened`, `is_clicked`: by a person, not a machine; `is_met`: a meeting was booked or held.

    `person`, `company`: None where they were removed.
    """

    id: UUID
    contact_id: UUID | None
    person: str | None
    title: str | None
    company_id: UUID | None
    company: str | None
    is_live: bool
    state: str
    reason: str | None
    paused_until: datetime | None
    track: str
    step_key: str
    touch_count: int
    version: int
    next_due_at: datetime | None
    last_touch_at: datetime | None
    created_at: datetime
    is_opened: bool
    is_clicked: bool
    is_answered: bool
    is_met: bool


_REACHED = """CASE %(stage)s::text
        WHEN 'contacted' THEN e.touch_count > 0
        WHEN 'engaged' THEN m.is_opened OR m.is_clicked OR s.is_answered
        WHEN 'replied' THEN s.is_answered
        WHEN 'meeting' THEN s.is_met
        ELSE true
    END"""
PARTICIPANTS = Listing(
    kind=Participant,
    query="listing.outreach.participants",
    key="e.id",
    params={"answers": [kind.value for kind in ANSWERS]},
    sorts={"created_at": Sort("e.created_at", Type.MOMENT, "created_at")},
    filters={
        "campaign_id": Filter("e.campaign_id = %(campaign_id)s", sorts=("created_at",)),
        "state": Filter("e.state = %(state)s"),  # with a campaign by an index too
        "stage": Filter(_REACHED),
        "is_live": Filter("e.is_live = %(is_live)s"),
        "reason": Filter("e.reason = %(reason)s"),
    },
)


async def page_participants(
    db: Connectable,
    campaign_id: UUID,
    *,
    state: str | None = None,
    reason: str | None = None,
    stage: str | None = None,
    is_live: bool | None = None,
    limit: int = 100,
    after: str | None = None,
) -> Page[Participant]:
    """People of a campaign as they began: those in a state, for a reason, and who came to a `Stage` at least. Raises as `read_page`."""
    filters = {
        "campaign_id": campaign_id,
        "state": one_of(ENROLMENT_STATES, "state", state),
        "reason": reason,
        "stage": optional_member(Stage, "stage", stage),
        "is_live": is_live,
    }
    return await read_page(db, PARTICIPANTS, filters, sort="created_at", limit=limit, after=after)
