"""Who a campaign is for: a query over accounts and people, or a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from msgspec import Meta, Struct

from accountgraph.addresses import domain_key, email_key
from accountgraph.enums import AccountStatus, AccountTier, CompanySize, Seniority
from accountgraph.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Audience(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of the fields that are given, all must hold; a list holds where one of its values does.

    `contacts`, `companies`: a list by id, e-mail address or domain, instead of a query. `most_per_account`: people of one
    account at most, the best first. `has_attributes`: a user's own fields and the value each must have (or hold, where it is a list),
    on the person or, where they have no such field, on the account. `silent_for_days`: we were in touch once, and neither side has
    done anything for so long. `country`: the person's, else the account's.
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

    def contact_keys(self) -> tuple[list[UUID], list[str]]:
        """The listed people: ids, and e-mail addresses in the form that is compared.

        Raises:
            InvalidValueError: one is neither.
        """
        return _ids_and_keys("audience.contacts", self.contacts, email_key)

    def company_keys(self) -> tuple[list[UUID], list[str]]:
        """The listed accounts: ids, and domains in the form that is compared.

        Raises:
            InvalidValueError: one is neither.
        """
        return _ids_and_keys("audience.companies", self.companies, domain_key)


def _ids_and_keys(field: str, given: Iterable[str], key: Callable[[str], str]) -> tuple[list[UUID], list[str]]:
    ids: list[UUID] = []
    keys: list[str] = []
    for number, text in enumerate(given):
        try:
            ids.append(UUID(text))
        except ValueError:
            try:
                keys.append(key(text))
            except InvalidValueError as error:
                raise InvalidValueError(f"{field}[{number}]", f"{error} Give an id, or correct it.") from None
    return ids, keys
