"""How fast a sender may go: rolling caps, jitter, warm-up, and when it has to stop."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct
from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from accountgraph.campaigns.definition.policy import SenderLimits

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Slots(Struct, frozen=True):
    """How many messages may leave now, and when the next one may (now, where one may)."""

    count: int
    next_free_at: datetime


class OwnLimits(Protocol):
    """Limits of one sender; None leaves them to the policy."""

    @property
    def per_hour(self) -> int | None:
        """Messages in any hour."""

    @property
    def per_day(self) -> int | None:
        """Messages in any 24 hours."""


def narrowed(limits: SenderLimits, own: OwnLimits) -> SenderLimits:
    """The policy's limits, or the sender's own where those are less."""
    if own.per_day is None and own.per_hour is None:
        return limits
    return replace(
        limits,
        per_day=min(limits.per_day, own.per_day or limits.per_day),
        per_hour=min(limits.per_hour, own.per_hour or limits.per_hour),
    )


def daily_cap(limits: SenderLimits, warmup_started_at: datetime | None, now: datetime) -> int:
    """Messages in 24 hours: `per_day`, and less while a new sender warms up. Its days are of 24 hours each since the start."""
    if warmup_started_at is None:
        return limits.per_day
    days = max(0, (now - warmup_started_at) // DAY)
    return min(limits.per_day, limits.warmup_first_day + limits.warmup_step * days)


def free_slots(sends: Iterable[datetime], now: datetime, *, limits: SenderLimits, warmup_started_at: datetime | None, seed: int) -> Slots:
    """How many messages may leave now.

    Args:
        sends: when the sender's messages of the last 24 hours left or are to leave, in any order; of more than `per_day`, the latest do.
        limits: the policy's, `narrowed` by the sender's own.
        seed: fixes the jitter; the same for one sender at all times.

    With jitter it is one at a time, and the next one waits for a time drawn from the seed and the last message, so that
    everybody who asks gets the same.
    """
    past = sorted(sends)
    free_at = _next_free(past, now, limits, warmup_started_at, seed)
    if free_at > now:
        return Slots(0, free_at)
    if limits.jitter_seconds[1] > 0:
        return Slots(1, now)
    left_of_day = daily_cap(limits, warmup_started_at, now) - _within(past, now, DAY)
    return Slots(min(left_of_day, limits.per_hour - _within(past, now, HOUR)), now)


def jitter(seed: int, last: datetime, limits: SenderLimits) -> timedelta:
    """How long to wait after the message that left at `last`: whole seconds, least and most included."""
    least, most = limits.jitter_seconds
    drawn = blake2b(f"{seed} {last.astimezone(UTC).isoformat()}".encode(), digest_size=8).digest()
    return timedelta(seconds=least + int.from_bytes(drawn) % (most - least + 1))


def trouble(limits: SenderLimits, bounces: int, complaints: int) -> str | None:
    """What a sender has to stop for, of its last `hold_of_last` messages: `bounces`, `complaints` or nothing.

    The percentages are of all `hold_of_last`, also while it has sent fewer: 3 % of the last 100 are three bounces, and one
    of a new sender's first two is not yet trouble. 0.1 % of the last 100 are less than one, so that the first complaint counts.
    """
    if complaints and complaints * 100 >= limits.hold_complaint_percent * limits.hold_of_last:
        return "complaints"
    if bounces and bounces * 100 >= limits.hold_bounce_percent * limits.hold_of_last:
        return "bounces"
    return None


def frees_at(past: Sequence[datetime], cap: int, span: timedelta, now: datetime) -> datetime:
    """When one more fits under a cap of `cap` in any `span` that rolls; `now` where it does. `past`: oldest first."""
    if len(past) < cap:
        return now
    return max(now, past[-cap] + span)


def _next_free(past: Sequence[datetime], now: datetime, limits: SenderLimits, warmup_started_at: datetime | None, seed: int) -> datetime:
    """A warm-up day that begins meanwhile raises the cap, so that the time is looked at again then."""
    at = max(now, past[-1] + jitter(seed, past[-1], limits)) if past else now
    at = frees_at(past, limits.per_hour, HOUR, at)
    while True:
        cap = daily_cap(limits, warmup_started_at, at)
        free_at = frees_at(past, cap, DAY, at)
        if free_at <= at or warmup_started_at is None or cap >= limits.per_day or not limits.warmup_step:
            return free_at
        at = min(free_at, _next_warmup_day(warmup_started_at, at))


def _next_warmup_day(started_at: datetime, at: datetime) -> datetime:
    return started_at + ((at - started_at) // DAY + 1) * DAY if at >= started_at else started_at + DAY


def _within(past: Sequence[datetime], now: datetime, span: timedelta) -> int:
    return len(past) - bisect_right(past, now - span)
