"""Stops: accounts that campaigns leave alone, and the kill switches."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from accountgraph.access import Permission
from accountgraph.api.asked import A_PAGE, After, Limit
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.campaigns.work import holds as held
from accountgraph.campaigns.work.holds import Hold, HoldScope, Lifted, SetHold, lift_holds, set_hold
from accountgraph.errors import NotFoundError
from accountgraph.listing import Page, page_exclusions, page_holds
from accountgraph.store.outreach.exclusions import AccountExclusion, ExclusionReason, ExclusionRepository

exclusions = Routes("exclusions")
holds = Routes("holds")
Note = Annotated[str, Meta(max_length=10_000)]
Word = Annotated[str, Meta(min_length=1, max_length=200)]
OfCompany = Annotated[UUID, Meta(description="Only of this account.")]
Order = Literal["created_at", "-created_at"]
WithEnded = Annotated[bool, Meta(description="With those that are over.")]


class NewExclusion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why an account is left out: a competitor, an open opportunity, or because one of us keeps it out (`owner`)."""

    reason: ExclusionReason = ExclusionReason.OWNER
    note: Note | None = None


class NewHold(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is stopped. `target_id`: which sender, company or contact; a workspace has none. `until` None: until it is lifted."""

    scope: HoldScope
    target_id: UUID | None = None
    reason: Word = held.BY_HAND
    note: Note | None = None
    until: Annotated[datetime, Meta(tz=True)] | None = None


class HoldLift(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is let go. `reason`: only what stands for this one; None: all."""

    scope: HoldScope
    target_id: UUID | None = None
    reason: Word | None = None


@exclusions.get("/exclusions", needs=Permission.SUPPRESSIONS_READ)
async def list_exclusions(
    call: Call,
    company_id: OfCompany | None = None,
    *,
    ended: WithEnded = False,
    sort: Order | None = None,
    limit: Limit = A_PAGE,
    after: After = None,
) -> Page[AccountExclusion]:
    """The accounts that campaigns leave alone beside customers, the oldest first."""
    return await page_exclusions(call.db, company_id=company_id, with_ended=ended, sort=sort, limit=limit, after=after)


@exclusions.post("/companies/{company_id}/exclusions", needs=Permission.SUPPRESSIONS_WRITE)
async def exclude_account(call: Call, company_id: UUID, body: NewExclusion) -> AccountExclusion:
    """Leave an account out of every campaign from now on; who is under way there ends at their next step."""
    return await ExclusionRepository(call.db).exclude_account(company_id, body.reason, body.note)


@exclusions.delete("/companies/{company_id}/exclusions", needs=Permission.SUPPRESSIONS_WRITE)
async def end_exclusions(call: Call, company_id: UUID, reason: ExclusionReason | None = None) -> Page[AccountExclusion]:
    """Let campaigns take an account again; gives what was ended."""
    ended = await ExclusionRepository(call.db).end_exclusion(company_id, reason)
    if not ended:
        raise NotFoundError(f"Company {company_id} is not left out{f' as {reason}' if reason else ''}.")
    return Page(items=ended)


@holds.get("/holds", needs=Permission.SUPPRESSIONS_READ)
async def list_holds(
    call: Call, *, everything: WithEnded = False, sort: Order | None = None, limit: Limit = A_PAGE, after: After = None
) -> Page[Hold]:
    """The holds that stand, the oldest first."""
    return await page_holds(call.db, call.now, everything=everything, sort=sort, limit=limit, after=after)


@holds.post("/holds", needs=Permission.CAMPAIGNS_RUN)
async def hold(call: Call, body: NewHold) -> SetHold:
    """Stop everything there that is not being called at this moment."""
    return await set_hold(call.session, body.scope, body.target_id, reason=body.reason, note=body.note, until=body.until, now=call.now)


@holds.post("/holds/lift", needs=Permission.CAMPAIGNS_RUN)
async def lift_hold(call: Call, body: HoldLift) -> Lifted:
    """Let go what a hold stopped; whom it paused goes on."""
    return await lift_holds(call.session, body.scope, body.target_id, reason=body.reason, now=call.now)
