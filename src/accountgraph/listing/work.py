"""Pages of what waits for people: tasks, what came in, approvals, and what models wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from accountgraph.campaigns.drafts import STATES as DRAFT_STATES
from accountgraph.campaigns.drafts import Draft
from accountgraph.campaigns.work.approvals import Approval
from accountgraph.campaigns.work.tasks import Task, TaskKind, everything
from accountgraph.listing.page import Page, Type
from accountgraph.listing.reading import Filter, Listing, Sort, read_page
from accountgraph.store.given import one_of, optional_member

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from accountgraph.db import Connectable

TASK_STATES = ("open", "done", "skipped")
APPROVAL_STATES = ("pending", "accepted", "rejected", "withdrawn")

_CAME_IN = "t.signal_id IS NOT NULL AND t.contact_id IS NOT NULL AND t.kind IN ('reply', 'proposal', 'meeting_outcome', 'question')"

TASKS = Listing(
    kind=Task,
    query="campaigns.tasks.listing",
    key="t.id",
    sorts={"due_at": Sort("t.due_at", Type.MOMENT, "due_at")},
    filters={
        "of_company_id": Filter("t.company_id = %(of_company_id)s", is_narrow=True),
        "of_contact_id": Filter("t.contact_id = %(of_contact_id)s", is_narrow=True),
        "of_enrolment_id": Filter("t.enrolment_id = %(of_enrolment_id)s", is_narrow=True),
        "in_state": Filter("t.state = %(in_state)s", sorts=("due_at",)),
        "of_owner": Filter("lower(coalesce(t.owner, t.owner_user_id::text)) = lower(%(of_owner)s)"),
        "of_owners": Filter("lower(coalesce(t.owner, t.owner_user_id::text)) = ANY (%(of_owners)s)"),
        "is_unassigned": Filter("t.owner IS NULL AND t.owner_user_id IS NULL"),
        "of_kind": Filter("t.kind = %(of_kind)s"),
        "of_kinds": Filter("t.kind = ANY (%(of_kinds)s)"),
        "of_signals": Filter("g.kind = ANY (%(of_signals)s)"),
        "came_in": Filter(_CAME_IN),
        "is_work": Filter(f"NOT ({_CAME_IN})"),
    },
)
APPROVALS = Listing(
    kind=Approval,
    query="campaigns.approvals.listing",
    key="a.id",
    params={"id": None, "state": None, "campaign_id": None},
    sorts={"created_at": Sort("a.created_at", Type.MOMENT, "created_at")},
    filters={
        "in_state": Filter("a.state = %(in_state)s", sorts=("created_at",)),
        "of_enrolment_id": Filter("a.enrolment_id = %(of_enrolment_id)s", is_narrow=True),
        "of_campaign_id": Filter("e.campaign_id = %(of_campaign_id)s"),
    },
)
DRAFTS = Listing(
    kind=Draft,
    query="drafting.drafts.listing",
    key="d.id",
    params={"id": None, "state": None, "campaign_id": None},
    sorts={"asked_at": Sort("d.asked_at", Type.MOMENT, "asked_at")},
    filters={
        "in_state": Filter("d.state = %(in_state)s", sorts=("asked_at",)),
        "of_campaign_id": Filter("e.campaign_id = %(of_campaign_id)s", is_narrow=True),
    },
)


async def page_tasks(
    db: Connectable,
    now: datetime,
    *,
    state: str | None = "open",
    kind: str | None = None,
    owner: str | None = None,
    company_id: UUID | None = None,
    contact_id: UUID | None = None,
    enrolment_id: UUID | None = None,
    include_snoozed: bool = False,
    sort: str | None = None,
    limit: int = 100,
    after: str | None = None,
) -> Page[Task]:
    """Tasks by `due_at`; None: in any state. A kind or an owner (as people call them, in any case) only with a state, company, contact
    or enrolment. What somebody put off is left out until its time, unless `include_snoozed`. Raises as `read_page`.
    """
    filters = {
        "in_state": one_of(TASK_STATES, "state", state),
        "of_kind": optional_member(TaskKind, "kind", kind),
        "of_owner": owner,
        "of_company_id": company_id,
        "of_contact_id": contact_id,
        "of_enrolment_id": enrolment_id,
    }
    listing = replace(TASKS, params=everything(now, include_snoozed=include_snoozed))
    return await read_page(db, listing, filters, sort=sort, limit=limit, after=after)


async def page_inbox(
    db: Connectable,
    now: datetime,
    *,
    kind: str | None = None,
    owner: str | None = None,
    company_id: UUID | None = None,
    include_snoozed: bool = False,
    sort: str | None = None,
    limit: int = 100,
    after: str | None = None,
) -> Page[Task]:
    """What came in and is open, by `due_at`; what somebody put off only with `include_snoozed`. Raises as `read_page`."""
    filters = {
        "in_state": "open",
        "came_in": True,
        "of_kind": optional_member(TaskKind, "kind", kind),
        "of_owner": owner,
        "of_company_id": company_id,
    }
    return await read_page(
        db, replace(TASKS, params=everything(now, include_snoozed=include_snoozed)), filters, sort=sort, limit=limit, after=after
    )


async def page_desk(
    db: Connectable,
    now: datetime,
    *,
    came_in: bool,
    signals: Sequence[str] | None = None,
    kinds: Sequence[str] | None = None,
    owners: Sequence[str] | None = None,
    is_unassigned: bool = False,
    include_snoozed: bool = False,
    limit: int = 100,
    after: str | None = None,
) -> Page[Task]:
    """What a person of ours works through, by `due_at`: what came in, or everything else that is open.

    `signals`: only what these made; `kinds`: only tasks of these; `owners`: all that somebody may be called there, in any case. Raises as
    `read_page`.
    """
    filters = {
        "in_state": "open",
        "came_in" if came_in else "is_work": True,
        "of_signals": list(signals) if signals else None,
        "of_kinds": list(kinds) if kinds else None,
        "of_owners": [name.lower() for name in owners] if owners else None,
        "is_unassigned": is_unassigned or None,
    }
    listing = replace(TASKS, params=everything(now, include_snoozed=include_snoozed))
    return await read_page(db, listing, filters, sort=None, limit=limit, after=after)


async def page_drafts(
    db: Connectable,
    *,
    state: str | None = None,
    campaign_id: UUID | None = None,
    sort: str | None = None,
    limit: int = 100,
    after: str | None = None,
) -> Page[Draft]:
    """What models wrote, or did not, by `asked_at`, the newest first unless `sort` says otherwise. Raises as `read_page`."""
    filters = {"in_state": one_of(DRAFT_STATES, "state", state), "of_campaign_id": campaign_id}
    return await read_page(db, DRAFTS, filters, sort=sort or "-asked_at", limit=limit, after=after)


async def page_approvals(
    db: Connectable,
    *,
    state: str | None = "pending",
    campaign_id: UUID | None = None,
    enrolment_id: UUID | None = None,
    sort: str | None = None,
    limit: int = 100,
    after: str | None = None,
) -> Page[Approval]:
    """Approvals by `created_at`; None: in any state. Of one campaign only with a state. Raises as `read_page`."""
    filters = {
        "in_state": one_of(APPROVAL_STATES, "state", state),
        "of_campaign_id": campaign_id,
        "of_enrolment_id": enrolment_id,
    }
    return await read_page(db, APPROVALS, filters, sort=sort, limit=limit, after=after)
