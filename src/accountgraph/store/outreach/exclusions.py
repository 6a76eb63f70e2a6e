"""Exclusions: accounts that audiences leave out, and why."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from accountgraph.db import Connectable, default_database
from accountgraph.errors import MissingReferenceError
from accountgraph.store.consents import without_nul
from accountgraph.store.given import member


class ExclusionReason(StrEnum):
    """Why an account is left out; that it is a customer is its account status."""

    COMPETITOR = "competitor"
    OPEN_OPPORTUNITY = "open_opportunity"
    OWNER = "owner"


class AccountExclusion(Struct, frozen=True, kw_only=True):
    """An account that is left out since `created_at`, until `ended_at`. `account`: its name."""

    id: UUID
    company_id: UUID
    account: str
    reason: ExclusionReason
    note: str | None
    created_at: datetime
    ended_at: datetime | None


class ExclusionRepository:
    """Excluded accounts. Without an argument it uses the process's default database; each call is a transaction."""

    def __init__(self, db: Connectable | None = None) -> None:
        self._db = db or default_database()

    async def exclude_account(self, company_id: UUID, reason: str, note: str | None = None) -> AccountExclusion:
        """Leave an account out; it is already, for this reason: gives the one that stands.

        Raises:
            InvalidValueError: no such reason.
            MissingReferenceError: no such company.
        """
        without_nul(("note", note))
        params = {"company_id": company_id, "reason": member(ExclusionReason, "reason", reason), "note": note}
        excluded = await self._db.write(AccountExclusion, "outreach.exclusions.exclude", params)
        if excluded is None:
            raise MissingReferenceError("company_id", f"there is no company {company_id}.")
        return excluded

    async def end_exclusion(self, company_id: UUID, reason: str | None = None) -> list[AccountExclusion]:
        """End what stands, for one reason or for all; gives what was ended."""
        params = {"company_id": company_id, "reason": member(ExclusionReason, "reason", reason) if reason else None}
        return await self._db.rows(AccountExclusion, "outreach.exclusions.end", params)

    async def list_exclusions(self, company_id: UUID | None = None, *, with_ended: bool = False) -> list[AccountExclusion]:
        """The exclusions that stand, of an account or of all, the oldest first."""
        params = {"company_id": company_id, "with_ended": with_ended}
        return await self._db.rows(AccountExclusion, "outreach.exclusions.listing", params)
