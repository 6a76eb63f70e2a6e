"""Values that are told by their form and not by a list: sizes by numbers of employees, ranks by what titles begin with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# The bounds of LinkedIn's ranges: up to 50 employees, up to 500, up to 5,000, more.
SIZES = ((50, "small"), (500, "medium"), (5_000, "large"))
_COUNT = re.compile(r"[<>~]? ?(\d{1,9})(?: ?(?:-|–|to|bis) ?(\d{1,9})| ?\+)?(?: ?(?:employees|people|mitarbeiter))?")
_ASSISTS = re.compile(r"\b(?:assistant|to the)\b")
_RANKS = (
    ("vp", re.compile(r"\b(?:vice[ -]president|[aes]?vp)\b")),
    ("c-level", re.compile(r"(?:chief|c[a-z]{1,2}o|(?:co-?)?founder|president)\b")),
    ("director", re.compile(r".*\b(?:director|head of)\b")),
    ("manager", re.compile(r".*\b(?:manager|team lead|supervisor)\b")),
)


def size_of(text: str) -> str | None:
    """The size of a company by its employees: `5000`, `11-50`, `10,001+`. A range counts by its lower end."""
    found = _COUNT.fullmatch(re.sub(r"(?<=\d)[,.' ](?=\d{3}\b)", "", text.lower().strip()))
    if not found or (int(found[1]) == 0 and not found[2]):
        return None
    employees = int(found[1]) + (text.lstrip().startswith(">"))
    return next((size for most, size in SIZES if employees <= most), "enterprise")


def rank_of(text: str) -> str | None:
    """The rank in a title like `Vice President of Sales`; none in that of somebody's assistant."""
    title = text.lower().strip()
    if _ASSISTS.search(title):
        return None
    if _RANKS[0][1].search(title):
        return "vp"
    return next((rank for rank, begins in _RANKS[1:] if begins.match(title)), None)


RECOGNISED: dict[str, Callable[[str], str | None]] = {"size": size_of, "seniority_level": rank_of}
