"""A mail's words as lines, each with how deep it is quoted and what its markup says of it."""

from __future__ import annotations

import re
from enum import IntEnum
from typing import NamedTuple

_MARKS = re.compile(r"[ \t]*(?:>[ \t]?)+")
_SPACES = re.compile(r"[^\S\n]+")
LIMIT = 200_000
# No reply has more lines than this; what has is a log or an attack.
MOST_LINES = 10_000


class Role(IntEnum):
    """What the markup says of a line."""

    WORDS = 0
    # It says who wrote what is quoted behind it.
    ATTRIBUTION = 1
    # From here on everything is quoted.
    CUT = 2
    SIGNATURE = 3


class Line(NamedTuple):
    """One line: its text without quote marks and surrounding space, how deep it is quoted, and its role."""

    text: str
    depth: int = 0
    role: Role = Role.WORDS


def lines_of_text(text: str) -> list[Line]:
    """The lines of plain text; `>` marks are counted and taken off."""
    lines = []
    for raw in text[:LIMIT].replace("\r\n", "\n").replace("\r", "\n").split("\n")[:MOST_LINES]:
        depth = 0
        if raw[:1] == ">" or raw[:6].lstrip()[:1] == ">":
            marks = _MARKS.match(raw)
            if marks:
                depth = marks.group().count(">")
                raw = raw[marks.end() :]  # noqa: PLW2901 - the rest of it
        # A signature's "-- " is told by its space.
        lines.append(Line(raw if raw == "-- " else tidy(raw), depth))
    return lines


def tidy(text: str) -> str:
    """A line with single spaces and none around it; invisible characters are gone."""
    if not text.isascii():
        text = text.replace("\u00a0", " ").replace("\u200b", "").replace("\ufeff", "").replace("\u200e", "").replace("\u200f", "")
    return _SPACES.sub(" ", text).strip() if "  " in text or "\t" in text else text.strip()
