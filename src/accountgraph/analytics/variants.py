"""Variants of a message compared: what came of each, and whether they can be told apart."""

from __future__ import annotations

from enum import StrEnum
from itertools import combinations
from typing import TYPE_CHECKING

from msgspec import Struct

from accountgraph.analytics.maths import LEVEL, newcombe
from accountgraph.analytics.rates import Rate, in_percent, rate
from accountgraph.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accountgraph.analytics.period import Asked
    from accountgraph.db import Connectable


class Goal(StrEnum):
    """What variants are compared by, of people alone."""

    REPLY = "reply"
    OPEN = "open"
    CLICK = "click"
    MEETING = "meeting"


_DONE = {Goal.REPLY: "answered", Goal.OPEN: "opened", Goal.CLICK: "clicked", Goal.MEETING: "followed by a meeting"}
_COUNTS = {Goal.REPLY: "replied", Goal.OPEN: "opened", Goal.CLICK: "clicked", Goal.MEETING: "met"}


class Variant(Struct, frozen=True, kw_only=True):
    """A variant. `n`: touches; `rate`: of those, with what is compared."""

    variant: str
    n: int
    rate: Rate


class Comparison(Struct, frozen=True, kw_only=True):
    """Two variants: `second` minus `first` in percentage points, with the interval by Newcombe.

    Of several pairs each is held to a stricter level (Bonferroni), so that all of them together are right with 95 %.
    """

    first: str
    second: str
    difference: float
    low: float
    high: float
    is_told_apart: bool
    says: str


class ComparedStep(Struct, frozen=True, kw_only=True):
    """The variants of a step, and each two of them compared. `says`: the step in a sentence."""

    step_key: str
    goal: Goal
    variants: list[Variant]
    comparisons: list[Comparison]
    says: str


class _Row(Struct, frozen=True):
    step_key: str
    variant: str
    sent: int
    opened: int
    clicked: int
    replied: int
    met: int


async def compare_variants(db: Connectable, asked: Asked, goal: Goal = Goal.REPLY) -> list[ComparedStep]:
    """The steps of a campaign with their variants. One round trip.

    Raises:
        InvalidValueError: no campaign is named.
    """
    if asked.narrowed.campaign_id is None:
        raise InvalidValueError("campaign", "is needed: variants are compared within a step of a campaign.")
    rows = await db.rows(_Row, "analytics.touches.variants", asked.params)
    steps = list(dict.fromkeys(row.step_key for row in rows))
    return [_step(key, [_variant(row, goal) for row in rows if row.step_key == key], goal) for key in steps]


def compared(variants: Sequence[Variant], goal: Goal) -> list[Comparison]:
    """Each two of these."""
    pairs = list(combinations(variants, 2))
    return [_pair(one, other, goal, 1 - (1 - LEVEL) / len(pairs)) for one, other in pairs]


def _variant(row: _Row, goal: Goal) -> Variant:
    return Variant(variant=row.variant, n=row.sent, rate=rate(getattr(row, _COUNTS[goal]), row.sent))


def _step(key: str, variants: list[Variant], goal: Goal) -> ComparedStep:
    comparisons = compared(variants, goal)
    return ComparedStep(step_key=key, goal=goal, variants=variants, comparisons=comparisons, says=_summary(variants, comparisons))


def _pair(one: Variant, other: Variant, goal: Goal, level: float) -> Comparison:
    low, high = in_percent(newcombe((one.rate.count, one.n), (other.rate.count, other.n), level))
    is_told_apart = not low <= 0 <= high
    return Comparison(
        first=one.variant,
        second=other.variant,
        difference=round(100 * (other.rate.count / other.n - one.rate.count / one.n), 2),
        low=low,
        high=high,
        is_told_apart=is_told_apart,
        says=_sentence(one, other, goal, (low, high)) if is_told_apart else _undecided(one, other),
    )


def _sentence(one: Variant, other: Variant, goal: Goal, interval: tuple[float, float]) -> str:
    better, worse = (other, one) if interval[0] > 0 else (one, other)
    least, most = sorted(map(abs, interval))
    return f"{better.variant} is {_DONE[goal]} more often than {worse.variant}: by {least:.1f} to {most:.1f} percentage points."


def _undecided(one: Variant, other: Variant) -> str:
    sends = f"{one.n:,} send{'s' * (one.n != 1)} each" if one.n == other.n else f"{one.n:,} and {other.n:,} sends"
    return f"{one.variant} and {other.variant} cannot be told apart yet: {sends}."


def _summary(variants: Sequence[Variant], comparisons: Sequence[Comparison]) -> str:
    if not comparisons:
        return f"There is one variant alone, {variants[0].variant}: nothing to compare."
    apart = [one.says for one in comparisons if one.is_told_apart]
    if apart:
        return " ".join(apart)
    if len(variants) == 2:
        return comparisons[0].says
    names = ", ".join(one.variant for one in variants[:-1])
    sends = ", ".join(f"{one.n:,}" for one in variants)
    return f"{names} and {variants[-1].variant} cannot be told apart yet: {sends} sends."
