"""Why somebody is not let in, or may not do what they ask."""

from __future__ import annotations

from enum import StrEnum

from accountgraph.errors import AccountGraphError


class Denied(StrEnum):
    """Why somebody was not recognised."""

    MALFORMED = "malformed"  # what was given is no key or session of ours
    UNKNOWN = "unknown"  # it looks like one, and opens nothing
    REVOKED = "revoked"
    EXPIRED = "expired"
    DISABLED = "disabled"  # the user is
    WRONG = "wrong"  # address and password do not go together
    THROTTLED = "throttled"  # too many tries
    BUSY = "busy"  # too many log in at this moment


class AccessDeniedError(AccountGraphError):
    """Who asks was not recognised.

    `kind` is for the log and for the answer's status: THROTTLED and BUSY are 429 with `retry_after` (seconds), all others 401.
    """

    def __init__(self, kind: Denied, message: str, *, retry_after: int | None = None) -> None:
        self.kind = kind
        self.retry_after = retry_after
        super().__init__(message)


class ForbiddenError(AccountGraphError):
    """Who asks is known, and may not do this (403)."""
