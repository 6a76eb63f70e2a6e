"""The small language of `--derive FIELD=TEMPLATE`: text with columns in braces.

    domain={Symbol|lower}.placeholder.invalid
    external={Company Name|slug}-{CIK|digits}

`{Column}` is the cell, trimmed; filters follow after bars, from left to right: `lower`; `slug` (ASCII letters and
digits, lower case, hyphens between); `digits` (nothing else); `domain` (what stands after an @); `first_name` and `last_name` (of a full
name, see `names`). `{{` and `}}` are braces.
Where a column is empty the whole value is: nothing is derived by half. Nothing else is evaluated.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from accountgraph.errors import InvalidValueError
from accountgraph.transfer.names import first_name, last_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_TOKEN = re.compile(r"(?P<brace>\{\{|\}\})|\{(?P<column>[^{}]*)\}|(?P<text>[^{}]+)|(?P<stray>[{}])")


def _slug(text: str) -> str:
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", ascii_text))


def _digits(text: str) -> str:
    return "".join(re.findall(r"[0-9]", text))


def _domain(text: str) -> str:
    return text.rpartition("@")[2]


FILTERS: dict[str, Callable[[str], str]] = {
    "lower": str.lower,
    "slug": _slug,
    "digits": _digits,
    "domain": _domain,
    "first_name": first_name,
    "last_name": last_name,
}


@dataclass(frozen=True, slots=True)
class Template:
    """A compiled template; `parts` are texts, or a column's index with its filters."""

    source: str
    parts: tuple[str | tuple[int, tuple[str, ...]], ...]

    def render(self, cells: Sequence[str]) -> str:
        """The text for one row, or nothing where a column it needs is empty."""
        made = []
        for part in self.parts:
            if isinstance(part, str):
                made.append(part)
                continue
            index, filters = part
            value = cells[index].strip()
            for name in filters:
                value = FILTERS[name](value)
            if not value:
                return ""
            made.append(value)
        return "".join(made)


def split_name(index: int, header: str, part: str) -> Template:
    """The template that takes `first_name` or `last_name` out of a column of full names."""
    return Template(f"{{{header}|{part}}}", ((index, (part,)),))


def parse_template(source: str, header: Sequence[str], *, flag: str) -> Template:
    """Compile `source` for the columns of `header`; errors name `flag`.

    Raises:
        InvalidValueError: there is no such column or filter, or a brace stands alone.
    """
    parts: list[str | tuple[int, tuple[str, ...]]] = []
    for token in _TOKEN.finditer(source):
        if token["stray"]:
            raise InvalidValueError(flag, f"{source!r} has a lone {token['stray']!r}; write a column as {{Name}}, a brace as {{{{ or }}}}")
        if token["column"] is not None:
            name, *filters = (part.strip() for part in token["column"].split("|"))
            parts.append((column_index(name, header, flag=flag), tuple(_filter(name, flag) for name in filters)))
        else:
            parts.append(token["brace"][0] if token["brace"] else token["text"])
    return Template(source, tuple(parts))


def column_index(name: str, header: Sequence[str], *, flag: str) -> int:
    """The place of the column `name`, in any case where that is unambiguous.

    Raises:
        InvalidValueError: there is none; the message lists what comes near.
    """
    if name in header:
        return header.index(name)
    alike = [index for index, column in enumerate(header) if column.casefold() == name.strip().casefold()]
    if len(alike) == 1:
        return alike[0]
    raise InvalidValueError(flag, f"there is no column {name!r}; {near(name, header)}")


def near(wrong: str, known: Sequence[str]) -> str:
    """The advice that ends a message about a wrong name."""
    folded = {name.casefold(): name for name in known}
    matches = [folded[match] for match in get_close_matches(wrong.casefold(), folded, n=3)]
    if matches:
        return "did you mean " + " or ".join(map(repr, matches)) + "?"
    listed = ", ".join(map(repr, known[:12])) if len(known) <= 12 else ", ".join(map(repr, known[:12])) + ", ..."
    return f"there are {listed}"


def _filter(name: str, flag: str) -> str:
    if name not in FILTERS:
        raise InvalidValueError(flag, f"there is no filter {name!r}; there are {', '.join(FILTERS)}")
    return name
