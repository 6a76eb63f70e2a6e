"""Who a campaign is for: a query over accounts and people, or a list."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from accountgraph.enums import AccountStatus, AccountTier, CompanySize, Seniority


class Audience(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of the fields that are given, all must hold; a list holds where one of its values does.

    `contacts`, `companies`: a list by id, e-mail address or domain, instead of a query. `most_per_account`: people of one
    account at most, the best first. `has_attributes`: a user's own fields and the value each must have.
    An audience with no field is nobody: a campaign that takes leads one by one (`lead process`) has none.
    """

    companies: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    account_tier: tuple[AccountTier, ...] = ()
    account_status: tuple[AccountStatus, ...] = ()
    industry: tuple[str, ...] = ()
    size: tuple[CompanySize, ...] = ()
    country: tuple[str, ...] = ()
    seniority_level: tuple[Seniority, ...] = ()
    role: tuple[str, ...] = ()
    is_decision_maker: bool | None = None
    silent_for_days: Annotated[int, Meta(ge=1, le=3650)] | None = None
    has_attributes: dict[str, str | float | bool] = {}
    most_per_account: Annotated[int, Meta(ge=1, le=1000)] | None = None

    @property
    def is_nobody(self) -> bool:
        """Whether no field says who."""
        return self == Audience(most_per_account=self.most_per_account)
