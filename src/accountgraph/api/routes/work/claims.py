"""Who is at what waits for people."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct

from accountgraph.access import Permission
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.campaigns.work.claiming import Claim, ItemKind, claim, leave

task_claims = Routes("tasks")
approval_claims = Routes("approvals")


class ClaimWanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For how long; sent again while it is open, it lasts on. `take_over`: even where somebody else is at it."""

    hold_minutes: Annotated[int, Meta(ge=1, le=720)] = 10
    take_over: bool = False


@task_claims.post("/tasks/{task_id}/claim", needs=Permission.TASKS_WORK)
async def claim_task(call: Call, task_id: UUID, body: ClaimWanted) -> Claim:
    """Be at a task, or at something in the inbox, for a while: nobody else answers it meanwhile, unless they take it over.

    Where somebody else is at it, the answer says who and until when.
    """
    return await claim(call.session, ItemKind.TASK, task_id, **_wanted(call, body))


@task_claims.delete("/tasks/{task_id}/claim", needs=Permission.TASKS_WORK)
async def leave_task(call: Call, task_id: UUID) -> Claim:
    """Be at a task no more; where somebody else is, they stay."""
    return await leave(call.session, ItemKind.TASK, task_id, by=call.principal.name)


@approval_claims.post("/approvals/{approval_id}/claim", needs=Permission.MESSAGES_APPROVE)
async def claim_approval(call: Call, approval_id: UUID, body: ClaimWanted) -> Claim:
    """Be at a message for a while: nobody else edits it or decides on it meanwhile, unless they take it over.

    Where somebody else is at it, the answer says who and until when.
    """
    return await claim(call.session, ItemKind.APPROVAL, approval_id, **_wanted(call, body))


@approval_claims.delete("/approvals/{approval_id}/claim", needs=Permission.MESSAGES_APPROVE)
async def leave_approval(call: Call, approval_id: UUID) -> Claim:
    """Be at a message no more; where somebody else is, they stay."""
    return await leave(call.session, ItemKind.APPROVAL, approval_id, by=call.principal.name)


def _wanted(call: Call, body: ClaimWanted) -> dict[str, Any]:
    return {"by": call.principal.name, "hold": timedelta(minutes=body.hold_minutes), "take_over": body.take_over}
