"""What a key looks like: `agk_`, 12 signs to find it by, `_`, 43 signs that nobody else knows."""

from __future__ import annotations

import re
import secrets

from accountgraph.access.tokens import SIGNS, new_secret

_FINDING = "0123456789abcdefghijklmnopqrstuvwxyz"
_FORM = re.compile(rf"agk_([0-9a-z]{{12}})_[0-9A-Za-z]{{{SIGNS}}}")


def new_token() -> tuple[str, str]:
    """A new token, and the part of it that it is found by."""
    prefix = "".join(secrets.choice(_FINDING) for _ in range(12))
    return f"agk_{prefix}_{new_secret()}", prefix


def prefix_of(token: str) -> str | None:
    """The part that a token is found by; None where it is no key's token."""
    found = _FORM.fullmatch(token)
    return found[1] if found else None
