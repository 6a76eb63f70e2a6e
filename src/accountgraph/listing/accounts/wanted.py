"""What the table of accounts can show: filters, orders, columns. What a saved view holds is checked by it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from accountgraph.enums import AccountStatus, AccountTier
from accountgraph.errors import InvalidValueError
from accountgraph.store.given import HOLDS_NUL

Words = Annotated[str, Meta(min_length=1, max_length=500)]
_MOST = 50  # values of a filter


class Column(StrEnum):
    """A column of the table beside the account's name."""

    DOMAIN = "domain"
    TIER = "tier"
    STATUS = "status"
    INDUSTRY = "industry"
    COUNTRY = "country"
    SIZE = "size"
    OWNER = "owner"
    HEALTH = "health"
    PEOPLE = "people"
    DECISION_MAKERS = "decision_makers"
    LAST_ENGAGEMENT = "last_engagement"
    NEXT_STEP = "next_step"
    CREATED_AT = "created_at"


class AccountSort(StrEnum):
    """An order of the table; `-`: the other way round."""

    NAME = "name"
    NAME_DOWN = "-name"
    CREATED_AT = "created_at"
    CREATED_AT_DOWN = "-created_at"


class AccountsWanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which accounts, in which order and columns. All filters hold; of one with several values any does.

    `q`: anywhere in name or main domain, literally. `industry` in any case; `country`: two letters. `owner`: a user's id.
    `has_open_work`: somebody's task is open there, or a message waits for a person. With tier, status, industry, country or owner alone
    the order is by name. `columns`: those that are shown, in this order; none: all.
    """

    q: Words | None = None
    tier: tuple[AccountTier, ...] = ()
    status: tuple[AccountStatus, ...] = ()
    industry: Annotated[tuple[Words, ...], Meta(max_length=_MOST)] = ()
    country: Annotated[tuple[Annotated[str, Meta(pattern="^[A-Z]{2}$")], ...], Meta(max_length=_MOST)] = ()
    owner: UUID | None = None
    has_open_work: bool = False
    sort: AccountSort = AccountSort.NAME
    columns: tuple[Column, ...] = ()

    @property
    def is_narrow(self) -> bool:
        """Whether so few are left that they can have any order."""
        return self.q is not None or self.has_open_work

    @property
    def is_filtered(self) -> bool:
        """Whether accounts are left out."""
        return self.is_narrow or any((self.tier, self.status, self.industry, self.country, self.owner))


def checked(wanted: AccountsWanted) -> AccountsWanted:
    """What can be shown.

    Raises:
        InvalidValueError: naming the field.
    """
    for name in ("tier", "status", "industry", "country", "columns"):
        values = getattr(wanted, name)
        if len(set(values)) < len(values):
            raise InvalidValueError(name, "says the same twice; say it once.")
    for name, words in (("q", (wanted.q or "",)), ("industry", wanted.industry)):
        if any("\0" in word for word in words):
            raise InvalidValueError(name, HOLDS_NUL)
    if wanted.sort.endswith("created_at") and wanted.is_filtered and not wanted.is_narrow:
        raise InvalidValueError("sort", "with tier, status, industry, country or owner alone the table is sorted by name.")
    return wanted
