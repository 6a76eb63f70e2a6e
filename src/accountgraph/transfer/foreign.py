"""Values of columns that other systems keep in words of their own, so that one of them costs no row.

A column that is called like our field has our values, and another one is refused. A column that is known by what another system
calls it has that system's values: what no value of ours is leaves the field empty, and stays as an attribute under the column's
name. So does what says more than the value it became (`Customer - Direct`), and a list where one thing fits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accountgraph.errors import InvalidValueError
from accountgraph.transfer.fields import plain
from accountgraph.transfer.values import short

if TYPE_CHECKING:
    from collections.abc import Callable

    from accountgraph.transfer.fields import Field
    from accountgraph.transfer.mapping import Column, Mapping

LENIENT = frozenset({"size", "seniority_level", "account_status", "account_tier", "communication_preferences.timezone"})
_SAY_MORE = frozenset({"size", "account_status"})  # `5,001-10,000`, `Marketing Qualified Lead`: worth more than the value it becomes
# HubSpot's columns of all companies of a contact or a deal, between semicolons.
LISTS = frozenset({"associated company ids", "associated company", "associated contact ids"})

MAIN_NAMES = frozenset({"associated company primary", "primary associated company", "primary associated company name"})


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a text: `value`, and whether the text stays `as_attribute`; `why`: because it is no value."""

    value: Any
    as_attribute: bool = False
    why: str | None = None


def foreign_for(mapping: Mapping, column: Column, field: Field, convert: Callable[[str], Any] | None) -> Callable[[str], Taken] | None:
    """What reads the texts of `column` in the words of others; None where it has ours."""
    if column.confidence != "known header":
        return None
    if field.name in LENIENT and convert:
        return _ours_or_attribute(field.name, convert)
    if field.reference and plain(column.header) in LISTS:
        return _first_of_list(convert, is_certain=not _is_told_better(mapping, field.reference.by))
    return None


def _ours_or_attribute(name: str, convert: Callable[[str], Any]) -> Callable[[str], Taken]:
    """Our value for the text, which stays where it says more; a text that we have no value for stays alone."""

    def read(text: str) -> Taken:
        try:
            value = convert(text)
        except (ValueError, InvalidValueError):
            return Taken(
                None, as_attribute=True, why=f"{short(text)} is not known; the field stays empty, the text is kept as an attribute"
            )
        return Taken(value, as_attribute=name in _SAY_MORE and text.casefold() != value)

    return read


def _is_told_better(mapping: Mapping, by: str) -> bool:
    """Whether another column tells which one of a list it is: a single key beside a list of names, the main name beside one of keys."""
    headers = {column.target.name: plain(column.header) for column in mapping.columns if column.target.becomes == "field"}
    if by == "name":
        return headers.get("company_key", "") not in {"", *LISTS}
    return headers.get("company_name") in MAIN_NAMES


def _first_of_list(convert: Callable[[str], Any] | None, *, is_certain: bool) -> Callable[[str], Taken]:
    """The first of several, as they stand in the same order in each list; none where another column tells which it is."""

    def read(text: str) -> Taken:
        items = [stripped for item in text.split(";") if (stripped := item.strip())]
        if len(items) < 2:
            return Taken(convert(text) if convert else text)
        first = items[0] if is_certain else None
        return Taken(convert(first) if convert and first else first, as_attribute=True)

    return read
