"""Where a writer is, as far as their dates tell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accountgraph.inbound.mail import Mail

_AMERICAN = re.compile(r"(?:-0[4-9]00|-1000)\b|\b(?:EST|EDT|CST|CDT|MST|MDT|PST|PDT)\b")
_DAY_FIRST = (".uk", ".ie", ".au", ".nz", ".in", ".za", ".sg", ".eu")


def writes_month_first(mail: Mail, language: str | None) -> bool:
    """Whether `05/06` is the 6th of May: in English, where the Date header has an American hour and the address is of no other country."""
    if language not in {"en", None}:
        return False
    domain = mail.sender.email.rpartition("@")[2] if mail.sender else ""
    return _AMERICAN.search(mail.header("date") or "") is not None and not domain.endswith(_DAY_FIRST)
