"""What is done to many accounts at once; each is one batch, which `/audit/undo-mine` takes back by its name."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from accountgraph.access import Permission
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.campaigns.work import accounts
from accountgraph.campaigns.work.accounts import BulkChange
from accountgraph.campaigns.work.holds import BY_HAND
from accountgraph.enums import AccountStatus, AccountTier

account_changes = Routes("companies")
Ids = Annotated[list[UUID], Meta(min_length=1, max_length=accounts.MOST)]
Reason = Annotated[str, Meta(min_length=1, max_length=200)]


class TierOfAccounts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much these accounts matter; null: nobody has said."""

    ids: Ids
    tier: AccountTier | None


class StatusOfAccounts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where these accounts stand."""

    ids: Ids
    status: AccountStatus


class HoldOfAccounts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That campaigns keep away from these accounts. `until`: else until they are released."""

    ids: Ids
    reason: Reason = BY_HAND
    note: Annotated[str, Meta(max_length=10_000)] | None = None
    until: Annotated[datetime, Meta(tz=True)] | None = None


class ReleaseOfAccounts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That campaigns may go on with these accounts. `reason`: only what is held for it."""

    ids: Ids
    reason: Reason | None = None


class EnrolmentOfAccounts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Into which campaign, by name or id, the people of these accounts come."""

    ids: Ids
    campaign: Annotated[str, Meta(min_length=1, max_length=200)]


@account_changes.post("/accounts/tier", needs=Permission.GRAPH_WRITE)
async def set_tier_of_accounts(call: Call, body: TierOfAccounts) -> BulkChange:
    """Say how much accounts matter."""
    return await accounts.set_tier(call.session, body.ids, body.tier)


@account_changes.post("/accounts/status", needs=Permission.GRAPH_WRITE)
async def set_status_of_accounts(call: Call, body: StatusOfAccounts) -> BulkChange:
    """Say where accounts stand."""
    return await accounts.set_status(call.session, body.ids, body.status)


@account_changes.post("/accounts/hold", needs=Permission.CAMPAIGNS_RUN)
async def hold_accounts(call: Call, body: HoldOfAccounts) -> BulkChange:
    """Keep campaigns away from accounts."""
    return await accounts.hold_accounts(call.session, body.ids, reason=body.reason, note=body.note, until=body.until, now=call.now)


@account_changes.post("/accounts/release", needs=Permission.CAMPAIGNS_RUN)
async def release_accounts(call: Call, body: ReleaseOfAccounts) -> BulkChange:
    """Lift the holds of accounts; whom they had paused goes on, unless another hold is in the way."""
    return await accounts.release_accounts(call.session, body.ids, reason=body.reason, now=call.now)


@account_changes.post("/accounts/enrol", needs=Permission.CAMPAIGNS_RUN)
async def enrol_accounts(call: Call, body: EnrolmentOfAccounts) -> BulkChange:
    """Enrol the people of accounts in an active campaign, as if its audience named these accounts.

    Whom an audience leaves out is left out, with the reason.
    """
    return await accounts.enrol_accounts(call.session, body.campaign, body.ids, call.now)
