"""Lists of what waits for people, and of what happened: a page at a time."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from accountgraph.access import Permission
from accountgraph.api.asked import A_PAGE, After, Limit
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.api.routes.campaigns.given import OfCampaign, campaign_id_of
from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.work.approvals import Approval
from accountgraph.campaigns.work.tasks import Task, TaskKind
from accountgraph.listing import Page, SignalMade, page_approvals, page_inbox, page_signals, page_tasks

approval_lists = Routes("approvals")
task_lists = Routes("tasks")
inbox_lists = Routes("inbox")
signal_lists = Routes("signals")
ApprovalState = Annotated[Literal["pending", "accepted", "rejected", "withdrawn", "all"], Meta(description="In this state.")]
TaskState = Annotated[Literal["open", "done", "skipped", "all"], Meta(description="In this state.")]
Snoozed = Annotated[bool, Meta(description="Also what somebody put off, before its time.")]
InboxKind = Literal["reply", "proposal", "meeting_outcome", "question"]


@approval_lists.get("/approvals", needs=Permission.CAMPAIGNS_READ)
async def list_approvals(
    call: Call,
    *,
    state: ApprovalState = "pending",
    campaign: OfCampaign | None = None,
    enrolment_id: UUID | None = None,
    sort: Literal["created_at", "-created_at"] | None = None,
    limit: Limit = A_PAGE,
    after: After = None,
) -> Page[Approval]:
    """The messages that wait for a person, the oldest first. `campaign`: only with a state."""
    return await page_approvals(
        call.db,
        state=None if state == "all" else state,
        campaign_id=await campaign_id_of(call, campaign),
        enrolment_id=enrolment_id,
        sort=sort,
        limit=limit,
        after=after,
    )


@task_lists.get("/tasks", needs=Permission.TASKS_READ)
async def list_tasks(
    call: Call,
    *,
    state: TaskState = "open",
    kind: TaskKind | None = None,
    owner: str | None = None,
    company_id: UUID | None = None,
    contact_id: UUID | None = None,
    enrolment_id: UUID | None = None,
    include_snoozed: Snoozed = False,
    sort: Literal["due_at", "-due_at"] | None = None,
    limit: Limit = A_PAGE,
    after: After = None,
) -> Page[Task]:
    """Tasks, what is due first before the rest."""
    return await page_tasks(
        call.db,
        call.now,
        state=None if state == "all" else state,
        kind=kind,
        owner=owner,
        company_id=company_id,
        contact_id=contact_id,
        enrolment_id=enrolment_id,
        include_snoozed=include_snoozed,
        sort=sort,
        limit=limit,
        after=after,
    )


@inbox_lists.get("/inbox", needs=Permission.TASKS_READ)
async def list_inbox_items(
    call: Call,
    *,
    kind: InboxKind | None = None,
    owner: str | None = None,
    company_id: UUID | None = None,
    include_snoozed: Snoozed = False,
    sort: Literal["due_at", "-due_at"] | None = None,
    limit: Limit = A_PAGE,
    after: After = None,
) -> Page[Task]:
    """What came in and is open, what is due first before the rest."""
    return await page_inbox(
        call.db,
        call.now,
        kind=kind,
        owner=owner,
        company_id=company_id,
        include_snoozed=include_snoozed,
        sort=sort,
        limit=limit,
        after=after,
    )


@signal_lists.get("/signals", needs=Permission.CAMPAIGNS_READ)
async def list_signals(
    call: Call,
    *,
    contact_id: UUID | None = None,
    company_id: UUID | None = None,
    kind: SignalKind | None = None,
    sort: Literal["at", "-at"] | None = None,
    limit: Limit = A_PAGE,
    after: After = None,
) -> Page[SignalMade]:
    """What happened, to a contact, to an account or to any, and what it did, in the order it happened."""
    return await page_signals(call.db, contact_id=contact_id, company_id=company_id, kind=kind, sort=sort, limit=limit, after=after)
