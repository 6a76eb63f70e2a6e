"""An iCalendar stream as components, read line by line: only what a meeting is made of, in one pass, however large it is.

A general library reads every property of every component into objects of its own, which costs many times the whole mail,
and raises on what calendars in the wild get wrong. A meeting needs a dozen properties.
"""

from __future__ import annotations

import re
from typing import NamedTuple

MOST_LINES = 20_000  # of one calendar; unfolded
MOST_COMPONENTS = 500
_FOLD = re.compile(r"\n[ \t]")
_LINE = re.compile(
    r"([A-Za-z0-9-]{1,60}+)((?:;[A-Za-z0-9-]{1,60}+=(?:\"[^\"\n]*+\"|[^\";:,\n]*+)(?:,(?:\"[^\"\n]*+\"|[^\";:,\n]*+))*+)*+):(.*)"
)
_PARAMETER = re.compile(r";([A-Za-z0-9-]{1,60}+)=(\"[^\"]*+\"|[^\";:]*+)")
_WANTED = frozenset(
    [
        "METHOD",
        "UID",
        "SEQUENCE",
        "DTSTART",
        "DTEND",
        "DURATION",
        "SUMMARY",
        "ORGANIZER",
        "ATTENDEE",
        "STATUS",
        "RECURRENCE-ID",
        "TZID",
        "TZOFFSETFROM",
        "TZOFFSETTO",
        "RRULE",
        "RDATE",
        "X-WR-TIMEZONE",
        "X-MICROSOFT-CDO-BUSYSTATUS",
    ]
)
_ESCAPED = re.compile(r"\\([nN,;:\\\"])")


class Property(NamedTuple):
    """One property: its parameters by upper-case name, and its value as it came."""

    params: dict[str, str]
    value: str

    @property
    def text(self) -> str:
        """The value without the escapes of text."""
        return (
            _ESCAPED.sub(lambda sign: "\n" if sign[1] in "nN" else sign[1], self.value).strip()
            if "\\" in self.value
            else self.value.strip()
        )


class Component(NamedTuple):
    """A component (`VEVENT`, `STANDARD` ...) with its wanted properties by name."""

    name: str
    properties: dict[str, list[Property]]
    within: str

    def first(self, name: str) -> Property | None:
        """The first property of this name."""
        return next(iter(self.properties.get(name, ())), None)

    def text(self, name: str) -> str:
        """The text of the first property of this name; empty where there is none."""
        found = self.first(name)
        return found.text if found else ""


def components_of(text: str) -> list[Component]:
    """Every component, those within others after them. `within`: the name of the one around it."""
    found: list[Component] = []
    around: list[Component] = []
    lines = _FOLD.sub("", text.replace("\r\n", "\n")).split("\n", MOST_LINES)[:MOST_LINES]
    for line in lines:
        match = _LINE.match(line)
        if match is None:
            continue
        name, value = match[1].upper(), match[3]
        if name == "BEGIN" and len(found) < MOST_COMPONENTS:
            component = Component(value.strip().upper(), {}, around[-1].name if around else "")
            found.append(component)
            around.append(component)
        elif name == "END" and around:
            around.pop()
        elif around and name in _WANTED:
            around[-1].properties.setdefault(name, []).append(Property(_parameters(match[2]), value))
    return found


def _parameters(written: str) -> dict[str, str]:
    return {found[1].upper(): found[2].strip('"') for found in _PARAMETER.finditer(written)} if written else {}
