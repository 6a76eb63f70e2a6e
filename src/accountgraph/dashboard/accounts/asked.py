"""What the table of accounts shows, as its address says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import msgspec

from accountgraph.dashboard import reading
from accountgraph.enums import AccountStatus, AccountTier
from accountgraph.errors import InvalidValueError
from accountgraph.listing.accounts.wanted import AccountSort, AccountsWanted, Column, checked
from accountgraph.store.given import member

if TYPE_CHECKING:
    from enum import StrEnum

    from accountgraph.dashboard.visits import Visit

USUAL = (Column.HEALTH, Column.TIER, Column.STATUS, Column.PEOPLE, Column.LAST_ENGAGEMENT, Column.NEXT_STEP)
_MANY = ("tier", "status", "industry", "country")


@dataclass(frozen=True, slots=True)
class Shown:
    """The table at `path`. `view`: the saved view that led here; `after`: the cursor of a later page."""

    path: str
    wanted: AccountsWanted
    after: str | None = None
    view: str | None = None

    @property
    def columns(self) -> tuple[Column, ...]:
        """Those that are shown beside the account."""
        return self.wanted.columns or USUAL

    @property
    def can_be_by_date(self) -> bool:
        """Whether an index holds these accounts by date."""
        return self.wanted.is_narrow or not self.wanted.is_filtered

    def fields(self, *without: str) -> list[tuple[str, str]]:
        """What the address says, but for some: each name with each of its values."""
        said: dict[str, Any] = msgspec.to_builtins(self.wanted)
        said["has_open_work"] = "yes" if self.wanted.has_open_work else None
        if self.wanted.sort == AccountSort.NAME:
            said.pop("sort", None)
        pairs = [(name, value) for name, value in said.items() if name not in without and value]
        return [(name, str(one)) for name, value in pairs for one in (value if isinstance(value, list | tuple) else [value])]

    def address(self, *without: str, **changes: str | None) -> str:
        """The address of the same table without some filters, or with others; it begins with the first page."""
        pairs = [*self.fields(*without, *changes), *((name, value) for name, value in changes.items() if value)]
        return f"{self.path}?{urlencode(pairs)}" if pairs else self.path

    def less(self, name: str, value: str) -> str:
        """The address without one value of a filter."""
        pairs = [pair for pair in self.fields() if pair != (name, value)]
        return f"{self.path}?{urlencode(pairs)}" if pairs else self.path


def shown(visit: Visit) -> Shown:
    """As the address says. An order that these accounts cannot have gives way to that by name.

    Raises:
        InvalidValueError: naming the filter.
    """
    given = visit.request.query_params
    many = {name: tuple(dict.fromkeys(value.strip() for value in given.getlist(name) if value.strip())) for name in _MANY}
    sort = visit.asked("sort")
    wanted = AccountsWanted(
        q=(visit.asked("q") or "")[:500] or None,
        tier=_members(AccountTier, "tier", many["tier"]),
        status=_members(AccountStatus, "status", many["status"]),
        industry=many["industry"],
        country=_countries(many["country"]),
        owner=reading.id_of("owner", visit.asked("owner"), "is the id of somebody who is here; choose one of the list."),
        has_open_work=visit.asked("has_open_work") is not None,
        sort=AccountSort(sort) if sort in set(AccountSort) else AccountSort.NAME,
        columns=_members(Column, "columns", tuple(dict.fromkeys(given.getlist("columns")))),
    )
    found = Shown(f"{visit.base}/accounts", wanted, visit.asked("after"), visit.asked("view"))
    if wanted.sort.endswith("created_at") and not found.can_be_by_date:
        found = Shown(found.path, msgspec.structs.replace(wanted, sort=AccountSort.NAME), None, found.view)
    checked(found.wanted)
    return found


def _members(kind: type[StrEnum], name: str, values: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(kind(member(kind, name, value)) for value in values)


def _countries(values: tuple[str, ...]) -> tuple[str, ...]:
    if wrong := [one for one in values if not (len(one) == 2 and one.isascii() and one.isalpha())]:
        raise InvalidValueError("country", f"{wrong[0]!r} is none; write its two letters, such as AT.")
    return tuple(dict.fromkeys(one.upper() for one in values))
