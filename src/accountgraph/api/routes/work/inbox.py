"""The inbox: what came in and wants an answer."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from accountgraph.access import Permission
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.api.routes.campaigns.given import campaign_id_of
from accountgraph.api.routes.sending_by import transports_of
from accountgraph.campaigns.work.answers import Answer, Answered, answer
from accountgraph.campaigns.work.inbox import Opened, assign, open_item
from accountgraph.campaigns.work.resume import Resumed, resume
from accountgraph.campaigns.work.tasks import Task

inbox = Routes("inbox")


class Reply(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What you write; nothing is added to it. `subject` None: the thread's. `sender`: another mailbox's address than the one that wrote."""

    content: Annotated[str, Meta(min_length=1, max_length=100_000)]
    subject: Annotated[str, Meta(min_length=1, max_length=1000)] | None = None
    sender: Annotated[str, Meta(min_length=3, max_length=320)] | None = None


class Assignment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who answers: a name, or a user's id."""

    owner: Annotated[str, Meta(min_length=1, max_length=200)]


class Resumption(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who goes on: everybody of an account, or one person; in one campaign (by name or id), or in all."""

    company_id: UUID | None = None
    contact_id: UUID | None = None
    campaign: str | None = None


@inbox.get("/inbox/{task_id}", needs=Permission.TASKS_READ)
async def get_inbox_item(call: Call, task_id: UUID) -> Opened:
    """What came in, the conversation before it, and who stands still because of it."""
    return await open_item(call.db, task_id, call.now)


@inbox.post("/inbox/{task_id}/reply", needs=Permission.MESSAGES_APPROVE, writes=False)
async def reply_to_inbox_item(call: Call, task_id: UUID, body: Reply) -> Answered:
    """Answer by e-mail, in the thread, from the mailbox that wrote. The same words again send nothing.

    `outcome` says what came of it: only `sent` left.
    """
    given = Answer(content=body.content, by=call.principal.name, subject=body.subject, sender=body.sender)
    async with transports_of(call) as transports:
        return await answer(call.database, transports.transport_for, task_id, given)


@inbox.post("/inbox/{task_id}/assign", needs=Permission.TASKS_WORK)
async def assign_inbox_item(call: Call, task_id: UUID, body: Assignment) -> Task:
    """Give something that came in to somebody."""
    return await assign(call.session, task_id, body.owner, call.now)


@inbox.post("/inbox/resume", needs=Permission.TASKS_WORK)
async def resume_people(call: Call, body: Resumption) -> Resumed:
    """Let paused people go on: a whole account, or one person.

    What waits for an approval, a task, a campaign or a hold goes on by those; the answer says which.
    """
    campaign_id = await campaign_id_of(call, body.campaign)
    return await resume(call.session, company_id=body.company_id, contact_id=body.contact_id, campaign_id=campaign_id, now=call.now)
