"""The arithmetic of honest numbers: intervals of shares, of their differences, of quantiles; shrinking. Pure functions of counts.

Shares are 0 to 1. Sources stand at each function, and with worked values in `docs/analytics.md`.
"""

from __future__ import annotations

from math import comb, exp, inf, lgamma, log, log1p, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

LEVEL = 0.95
_TINY = 1e-300
_MOST_STEPS = 1000


class Interval(NamedTuple):
    """What lies between is what the data leave possible, at the level that was asked for."""

    low: float
    high: float


class Prior(NamedTuple):
    """What is known before a cell is looked at: a Beta distribution, as if `strength` others had been seen, `mean` of them with success."""

    mean: float
    strength: float


class Ranks(NamedTuple):
    """Places in a sorted sample, from 0, between which a quantile lies; `high` is None where the sample is too small to bound it."""

    low: int | None
    high: int | None


def wilson(successes: int, trials: int, level: float = LEVEL) -> Interval:
    """The score interval of a share: E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22 (1927).

    Of no trials nothing is known: 0 to 1.
    """
    _check(successes, trials)
    if not trials:
        return Interval(0.0, 1.0)
    z = _z(level)
    share = successes / trials
    middle = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z / (1 + z * z / trials) * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    low = 0.0 if not successes else max(0.0, middle - half)
    high = 1.0 if successes == trials else min(1.0, middle + half)
    return Interval(min(low, share), max(high, share))


def newcombe(first: tuple[int, int], second: tuple[int, int], level: float = LEVEL) -> Interval:
    """The interval of the difference of two shares, `second` minus `first`, each (successes, trials).

    The hybrid score interval, method 10 of R. G. Newcombe, "Interval Estimation for the Difference Between Independent Proportions:
    Comparison of Eleven Methods", Statistics in Medicine 17 (1998).
    """
    if not (first[1] and second[1]):
        _check(*first)
        _check(*second)
        return Interval(-1.0, 1.0)
    one, other = wilson(*first, level), wilson(*second, level)
    p, q = first[0] / first[1], second[0] / second[1]
    low = q - p - sqrt((q - other.low) ** 2 + (one.high - p) ** 2)
    high = q - p + sqrt((other.high - q) ** 2 + (p - one.low) ** 2)
    return Interval(max(-1.0, low), min(1.0, high))


def prior_of(cells: Sequence[tuple[int, int]]) -> Prior:
    """What cells of (successes, trials) have in common: the Beta distribution that their shares were drawn from, by moments.

    J. C. Kleinman, "Proportions with Extraneous Variance: Single and Independent Samples", JASA 68 (1973), weighted by trials. Where
    the cells differ by no more than chance, the strength is all trials there are: every cell is then what all of them are.
    """
    used = [(successes, trials) for successes, trials in cells if trials]
    total = sum(trials for _, trials in used)
    if not total:
        return Prior(0.5, 2.0)
    mean = sum(successes for successes, _ in used) / total
    spread = sum(trials * (successes / trials - mean) ** 2 for successes, trials in used)
    variance = mean * (1 - mean)
    room = total - sum(trials * trials for _, trials in used) / total
    if not (variance and room):
        return Prior(mean, float(total))
    # E[spread] = variance * ((k - 1) + rho * (room - (k - 1))), where rho = 1 / (strength + 1) is the share of the variance between cells.
    loose = room - (len(used) - 1)
    rho = (spread / variance - (len(used) - 1)) / loose if loose > 0 else 0.0
    return Prior(mean, float(total) if rho <= 1 / (total + 1) else max(1.0, 1 / min(rho, 1.0) - 1))


def shrunk(successes: int, trials: int, prior: Prior) -> float:
    """The share of a cell, drawn towards the prior's mean by as much as the prior outweighs the cell (the posterior mean)."""
    _check(successes, trials)
    return (successes + prior.mean * prior.strength) / (trials + prior.strength)


def credible(successes: int, trials: int, prior: Prior, level: float = LEVEL) -> Interval:
    """The equal-tailed interval of the posterior: Beta(prior + successes, prior + failures)."""
    _check(successes, trials)
    a = prior.mean * prior.strength + successes
    b = (1 - prior.mean) * prior.strength + trials - successes
    tail = (1 - level) / 2
    return Interval(beta_quantile(tail, a, b), beta_quantile(1 - tail, a, b))


def beta_quantile(part: float, a: float, b: float) -> float:
    """Where the distribution Beta(a, b) has `part` (0-1) of itself below; by Newton's method, and by halves where that would leave."""
    if a <= 0 or b <= 0:  # all of it stands in one point
        return 0.0 if a <= 0 else 1.0
    low, high, found = 0.0, 1.0, a / (a + b)
    scale = lgamma(a + b) - lgamma(a) - lgamma(b)
    for _ in range(200):
        off = beta_below(found, a, b) - part
        low, high = (found, high) if off < 0 else (low, found)
        if high - low < 1e-10 or abs(off) < 1e-10:
            break
        slope = exp(min(700.0, scale + (a - 1) * log(found) + (b - 1) * log1p(-found)))
        step = found - off / slope if slope else -1.0
        found = step if low < step < high else (low + high) / 2
    return found


def beta_below(x: float, a: float, b: float) -> float:
    """How much of Beta(a, b) lies below `x`: the regularized incomplete beta function.

    By its continued fraction with Lentz's method: Press and others, "Numerical Recipes", 3rd edition, section 6.4.
    """
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1.0 - front * _fraction(1 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1.0 / _apart(1.0 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, _MOST_STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1.0 / _apart(1.0 + term * d)
            c = _apart(1.0 + term / c)
            value *= c * d
        if abs(c * d - 1.0) < 1e-12:
            break
    return value


def _apart(value: float) -> float:
    """A number that may be divided by."""
    return _TINY if abs(value) < _TINY else value


def quantile(ordered: Sequence[float], part: float) -> float:
    """The smallest value of a sorted sample that `part` (0-1) of it do not exceed (definition 1 of Hyndman and Fan, 1996)."""
    place = part * len(ordered)
    return ordered[min(len(ordered) - 1, max(0, -int(-(place - 1e-9) // 1) - 1))]


def quantile_ranks(count: int, part: float, level: float = LEVEL) -> Ranks:
    """Between which places of a sorted sample a quantile lies, whatever the distribution: the ranks whose binomial tails are small enough.

    W. J. Conover, "Practical Nonparametric Statistics", 3rd edition, section 3.2. A side that the sample is too small for is None.
    """
    tail = (1 - level) / 2
    low = high = None
    below = 0.0
    for place in range(count + 1):  # `below`: the chance that fewer than `place` values lie under the quantile
        if below <= tail and place:
            low = place - 1
        if below >= 1 - tail:
            high = place - 1
            break
        below += exp(_log_binomial(count, place, part))
    return Ranks(low, high)


def _log_binomial(count: int, place: int, part: float) -> float:
    if not 0 < part < 1:
        return 0.0 if place == (count if part else 0) else -inf
    if count <= 60:
        return log(comb(count, place)) + place * log(part) + (count - place) * log1p(-part)
    ways = lgamma(count + 1) - lgamma(place + 1) - lgamma(count - place + 1)
    return ways + place * log(part) + (count - place) * log1p(-part)


def _z(level: float) -> float:
    return NormalDist().inv_cdf((1 + level) / 2)


def _check(successes: int, trials: int) -> None:
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} of {trials} is no share.")
