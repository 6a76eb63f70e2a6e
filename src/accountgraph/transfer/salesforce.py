"""The keys of Salesforce: how they are known, and the one form of each.

A key has 15 characters, which differ by case, or 18: three more that say which of the 15 are capitals. Reports write the short form,
the data loader the long one, and both mean the same row; here it is always the long one. The first three tell what the row is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SOURCE = "salesforce"
_PREFIXES = {
    "companies": ("001",),
    "contacts": ("003", "00Q"),
    "relationships": ("003",),
    "conversations": ("006",),
    "touchpoints": ("00T", "00U"),
}
_CHECKS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_short = re.compile(r"[0-9A-Za-z]{15}").fullmatch
_key = re.compile(r"[0-9A-Za-z]{15}(?:[A-Z0-5]{3})?").fullmatch
_nothing = re.compile(r"0{15}(?:AAA)?").fullmatch


def are_keys(entity: str, values: Iterable[str]) -> bool:
    """Whether these are Salesforce's keys of rows that become `entity`; not where there are none."""
    found = list(values)
    return bool(found) and all(_key(value) and value.startswith(_PREFIXES[entity]) for value in found)


def long_key(text: str) -> str | None:
    """The key in 18 characters; what is no key as it is, and None for the one of zeros that stands where there is no row."""
    if _nothing(text):
        return None
    if not _short(text):
        return text
    parts = (text[start : start + 5] for start in (0, 5, 10))
    return text + "".join(_CHECKS[sum(sign.isupper() << place for place, sign in enumerate(part))] for part in parts)
