"""How a page is read: which filters and orders a list has, and that each finds its rows by an index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from msgspec import Struct, field

from accountgraph.errors import InvalidValueError
from accountgraph.listing.page import MOST, Page, Type, read, written
from accountgraph.queries import paged

if TYPE_CHECKING:
    from accountgraph.db import Connectable

T = TypeVar("T")
_LOOSE = {Type.TEXT: " || ''", Type.MOMENT: " + interval '0'", Type.NUMBER: " + 0", Type.ID: ""}


class Sort(Struct, frozen=True):
    """An order of a list: by a column that is never NULL, and by id among equals. `field`: of the row's struct."""

    column: str
    type: Type
    field: str


class Filter(Struct, frozen=True):
    """A condition on the rows of a list; its parameter has the filter's name.

    Either it leaves so few rows that they may be sorted (`is_narrow`), or an index holds its rows in the orders of `sorts`. With
    neither, it takes rows away from what another filter has left, and does not stand alone.
    """

    condition: str
    sorts: tuple[str, ...] = ()
    is_narrow: bool = False


class Listing(Struct, Generic[T], frozen=True, kw_only=True):
    """A list: what its rows are and the query that gives them, the orders it can have (the first is taken where none is named)."""

    kind: type[T]
    query: str
    sorts: dict[str, Sort]
    filters: dict[str, Filter] = {}
    key: str  # the id's column
    key_type: Type = Type.ID
    key_field: str = "id"
    params: dict[str, Any] = field(default_factory=dict)  # that the query wants beside those of the filters

    def order(self, sort: str) -> str:
        """What a cursor is made for."""
        return f"{self.query.replace('.', ' ')} by {sort}"


class Asked(Struct, frozen=True):
    """A page as it was asked for, ready to be read: a query and its parameters."""

    query: str
    params: dict[str, Any]


async def read_page(
    db: Connectable, listing: Listing[T], filters: dict[str, Any], *, sort: str | None, limit: int, after: str | None
) -> Page[T]:
    """A page. `filters`: those with a value other than None hold. `sort`: a name of the list's, with `-` before it the other way round.

    Raises:
        InvalidValueError: naming `sort`, `limit`, `after` or the filter.
    """
    sort = sort or next(iter(listing.sorts))
    asked = ask(listing, filters, sort=sort, limit=limit, after=after)
    rows = await db.rows(listing.kind, asked.query, asked.params)
    items = rows[:limit]
    if len(rows) <= limit:
        return Page(items, None)
    value = getattr(items[-1], listing.sorts[sort.removeprefix("-")].field)
    return Page(items, written(listing.order(sort), value, getattr(items[-1], listing.key_field)))


def ask(listing: Listing[T], filters: dict[str, Any], *, sort: str, limit: int, after: str | None) -> Asked:
    """The query of a page and its parameters: one row more than asked for, which tells whether there is another page."""
    if not 1 <= limit <= MOST:
        raise InvalidValueError("limit", f"{limit} rows are no page; ask for 1 to {MOST}.")
    name = sort.removeprefix("-")
    chosen = listing.sorts.get(name)
    if chosen is None:
        raise InvalidValueError(
            "sort", f"{sort!r} is no order of this list; use {', '.join(listing.sorts)}, with - before it for the reverse."
        )
    given = {key: value for key, value in filters.items() if value is not None}
    _check(listing, given, name)
    is_narrow = any(listing.filters[key].is_narrow for key in given)
    column = f"({chosen.column}{_LOOSE[chosen.type]})" if is_narrow else chosen.column  # loose: by no index, which might be a long one
    conditions = [listing.filters[key].condition for key in given]
    params = {**listing.params, **given, "limit": limit + 1}
    is_down = sort.startswith("-")
    if after is not None:
        params["after_value"], params["after_id"] = read(after, listing.order(sort), chosen.type, listing.key_type)
        conditions.append(
            f"({column}, {listing.key}) {'<' if is_down else '>'} (%(after_value)s::{chosen.type}, %(after_id)s::{listing.key_type})"
        )
    way = " DESC" if is_down else ""
    return Asked(paged(listing.query, tuple(conditions), f"{column}{way}, {listing.key}{way}"), params)


def _check(listing: Listing[T], given: dict[str, Any], sort: str) -> None:
    """What is asked for has to be found by an index: a list is as fast with a million rows as with ten."""
    filters = {name: listing.filters[name] for name in given}
    if not filters or any(one.is_narrow for one in filters.values()):
        return
    indexed = {name: one.sorts for name, one in filters.items() if one.sorts}
    if not indexed:
        wanted = [name for name, one in listing.filters.items() if one.is_narrow or one.sorts]
        name = next(iter(filters))
        raise InvalidValueError(name, f"is for a list that is narrowed already; give {' or '.join(wanted)} with it.")
    if not any(sort in sorts for sorts in indexed.values()):
        name, sorts = next(iter(indexed.items()))
        raise InvalidValueError("sort", f"with {name} the list is sorted by {' or '.join(sorts)}.")
