"""How much one may ask: a bucket of tokens for each who asks, refilled steadily.

Headers as the IETF's draft `RateLimit header fields for HTTP` has them.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from accountgraph.http.problems import ProblemError, urn

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

A_MINUTE = 1200  # requests of one key or user
MOST_KNOWN = 10_000  # buckets that are kept
TOO_MANY = urn("too-many-requests")


class Limits:
    """The buckets of one process. `a_minute`: requests that one may make, all at once or steadily; None: as many as they like."""

    def __init__(self, a_minute: int | None = A_MINUTE, clock: Callable[[], float] = monotonic) -> None:
        self.a_minute, self._clock = a_minute, clock
        self._left: dict[UUID | str, tuple[float, float]] = {}  # tokens, and when; whoever came last stands last

    def take(self, who: UUID | str) -> dict[str, str]:
        """One request of `who`; gives the headers that say how many are left.

        Raises:
            ProblemError: 429, with the seconds to wait.
        """
        if self.a_minute is None:
            return {}
        now, a_second, left = self._clock(), self.a_minute / 60, self._now_left(who)
        if is_refused := left < 1:
            wait = int((1 - left) / a_second) + 1
        else:
            left -= 1
            wait = int((self.a_minute - left) / a_second) + 1
        self._left.pop(who, None)
        self._left[who] = (left, now)
        if len(self._left) > MOST_KNOWN:
            del self._left[next(iter(self._left))]
        headers = {"RateLimit-Policy": f'"minute";q={self.a_minute};w=60', "RateLimit": f'"minute";r={int(left)};t={wait}'}
        if is_refused:
            raise self._refusal(wait, headers)
        return headers

    def check(self, who: UUID | str) -> None:
        """Refuse who has nothing left, and take nothing.

        Raises:
            ProblemError: 429.
        """
        if self.a_minute is not None and who in self._left and self._now_left(who) < 1:
            raise self._refusal(60 // self.a_minute + 1, {})

    def _now_left(self, who: UUID | str) -> float:
        assert self.a_minute is not None  # noqa: S101 - else nobody asks
        left, at = self._left.get(who, (float(self.a_minute), 0.0))
        return min(float(self.a_minute), left + (self._clock() - at) * self.a_minute / 60)

    def _refusal(self, wait: int, headers: dict[str, str]) -> ProblemError:
        detail = f"{self.a_minute} requests a minute are allowed; ask again in {wait} s, or use the bulk operations."
        return ProblemError(429, "Too many requests.", kind=TOO_MANY, detail=detail, headers={**headers, "Retry-After": str(wait)})
