"""The ledger: what was decided to be sent, every call that was made for it, and what a person found out."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from accountgraph.access import Permission
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.campaigns.desk.closing import Closed
from accountgraph.campaigns.desk.resolving import resolve
from accountgraph.campaigns.work.ledger import Attempt, Entry, attempts_of, get_entry

ledger = Routes("ledger")


class ShownIntent(Struct, frozen=True, kw_only=True):
    """An intent with every call that was made for it."""

    intent: Entry
    attempts: list[Attempt]


class FoundOut(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether a message left of which nobody knew. Where nobody can find out, say that it did: nobody gets it twice."""

    left: bool
    note: Annotated[str, Meta(max_length=10_000)] | None = None


@ledger.get("/intents/{intent_id}", needs=Permission.CAMPAIGNS_READ)
async def get_intent(call: Call, intent_id: UUID) -> ShownIntent:
    """What was decided to be sent to somebody, what became of it, and every call that was made for it."""
    return ShownIntent(intent=await get_entry(call.db, intent_id), attempts=await attempts_of(call.db, intent_id))


@ledger.post("/intents/{intent_id}/resolve", needs=Permission.TASKS_WORK)
async def resolve_intent(call: Call, intent_id: UUID, body: FoundOut) -> Closed:
    """Say whether a message left of which nobody knew; whoever waits for it goes on."""
    return await resolve(call.session, intent_id, left=body.left, by=call.principal.name, note=body.note, now=call.now)
