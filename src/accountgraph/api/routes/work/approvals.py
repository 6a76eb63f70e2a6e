"""Approvals: messages that a person sees before they leave."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from accountgraph.access import Permission
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.campaigns.work.approvals import (
    AfterRejection,
    Approval,
    Ruling,
    Shown,
    accept_approval,
    edit_approval,
    reject_approval,
    show_approval,
)
from accountgraph.errors import InvalidValueError

approvals = Routes("approvals")
Hash = Annotated[
    str,
    Meta(pattern="^[0-9a-f]{64}$", description="The content_hash of exactly the words that were seen: what changed since is left alone."),
]
Words = Annotated[str, Meta(max_length=100_000)]


class ApprovalEdit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Other words for a message that waits; what is not sent stays."""

    content_hash: Hash
    subject: Words | None = None
    content: Words | None = None


class Acceptance(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That exactly these words may leave."""

    content_hash: Hash
    note: Words | None = None


class Rejection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a message may not leave. `then`: the person stays paused until somebody lets them go on, or the step is passed over (`skip`)."""

    note: Annotated[str, Meta(min_length=1, max_length=10_000)]
    then: AfterRejection = AfterRejection.PAUSE


@approvals.get("/approvals/{approval_id}", needs=Permission.CAMPAIGNS_READ)
async def get_approval(call: Call, approval_id: UUID) -> Shown:
    """A message as it would leave, with whom it is for, why it waits, and what is known of them."""
    return await show_approval(call.db, approval_id, call.now)


@approvals.patch("/approvals/{approval_id}", needs=Permission.MESSAGES_APPROVE)
async def edit_approval_words(call: Call, approval_id: UUID, body: ApprovalEdit) -> Approval:
    """Change the words of a message that waits; it has another hash then."""
    if body.subject is None and body.content is None:
        raise InvalidValueError("content", "say what changes: subject, content or both.")
    words = {"subject": body.subject, "content": body.content, "seen": body.content_hash}
    return await edit_approval(call.session, approval_id, by=call.principal.name, **words)


@approvals.post("/approvals/{approval_id}/accept", needs=Permission.MESSAGES_APPROVE)
async def accept(call: Call, approval_id: UUID, body: Acceptance) -> Ruling:
    """Let exactly these words leave, at once within hours and caps.

    Refused with 409 where they were changed since they were seen. It stands in the log under the name of whoever's key this is.
    """
    return await accept_approval(call.session, approval_id, body.content_hash, by=call.principal.name, note=body.note, now=call.now)


@approvals.post("/approvals/{approval_id}/reject", needs=Permission.MESSAGES_APPROVE)
async def reject(call: Call, approval_id: UUID, body: Rejection) -> Ruling:
    """Keep a message from leaving."""
    return await reject_approval(call.session, approval_id, by=call.principal.name, note=body.note, then=body.then, now=call.now)
