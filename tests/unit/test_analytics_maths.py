"""Intervals and shrinking: known values from where they were published, and what holds for all counts."""

from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accountgraph.analytics.maths import (
    Interval,
    Prior,
    beta_below,
    beta_quantile,
    credible,
    newcombe,
    prior_of,
    quantile,
    quantile_ranks,
    shrunk,
    wilson,
)

Counts = st.integers(1, 5000).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials)))


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_values_that_newcombe_published(successes: int, trials: int, low: float, high: float) -> None:
    assert wilson(successes, trials) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ((48, 80), (56, 70), 0.0524, 0.3339),
        ((3, 10), (9, 10), 0.1705, 0.8090),
        ((0, 29), (5, 56), -0.0381, 0.1926),
        ((0, 20), (0, 10), -0.1611, 0.2775),
        ((0, 20), (10, 10), 0.6791, 1.0),
    ],
)
def test_differences_have_the_intervals_that_newcombe_published(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
) -> None:
    assert newcombe(first, second) == pytest.approx((low, high), abs=5e-5)


def test_of_nothing_nothing_is_known() -> None:
    assert wilson(0, 0) == Interval(0.0, 1.0)
    assert newcombe((0, 0), (3, 5)) == Interval(-1.0, 1.0)
    assert quantile_ranks(0, 0.5) == (None, None)
    assert prior_of([]) == Prior(0.5, 2.0)


def test_more_than_all_is_no_share() -> None:
    with pytest.raises(ValueError, match="6 of 5"):
        wilson(6, 5)


@given(Counts)
def test_share_lies_in_its_interval_which_lies_in_0_to_1(counted: tuple[int, int]) -> None:
    low, high = wilson(*counted)
    assert 0 <= low <= counted[0] / counted[1] <= high <= 1


@given(Counts)
def test_interval_of_failures_is_the_mirror_of_that_of_successes(counted: tuple[int, int]) -> None:
    successes, trials = counted
    low, high = wilson(successes, trials)
    assert wilson(trials - successes, trials) == pytest.approx((1 - high, 1 - low))


@given(Counts, st.integers(2, 50))
def test_more_of_the_same_makes_an_interval_narrower(counted: tuple[int, int], times: int) -> None:
    one, many = wilson(*counted), wilson(counted[0] * times, counted[1] * times)
    assert many.high - many.low < one.high - one.low


@given(Counts, Counts)
def test_difference_turned_round_has_the_interval_turned_round(first: tuple[int, int], second: tuple[int, int]) -> None:
    low, high = newcombe(first, second)
    difference = second[0] / second[1] - first[0] / first[1]
    assert -1 <= low <= difference + 1e-12
    assert difference - 1e-12 <= high <= 1
    assert newcombe(second, first) == pytest.approx((-high, -low))


@given(st.integers(1, 40), st.integers(1, 40), st.floats(0.001, 0.999))
def test_beta_of_whole_numbers_is_the_tail_of_a_binomial(a: int, b: int, x: float) -> None:
    n = a + b - 1
    tail = sum(comb(n, k) * x**k * (1 - x) ** (n - k) for k in range(a, n + 1))
    assert beta_below(x, a, b) == pytest.approx(tail, abs=1e-9)


@given(st.floats(0.001, 0.999), st.floats(0.05, 3000), st.floats(0.05, 3000))
def test_quantile_of_beta_is_where_so_much_lies_below(part: float, a: float, b: float) -> None:
    found = beta_quantile(part, a, b)
    assert 0 <= found <= 1
    assert beta_below(min(1.0, found + 1e-6), a, b) >= part - 1e-6
    assert beta_below(max(0.0, found - 1e-6), a, b) <= part + 1e-6


@pytest.mark.parametrize(("part", "a", "b", "value"), [(0.3, 1, 1, 0.3), (0.25, 2, 1, 0.5), (0.75, 1, 2, 0.5), (0.5, 7, 7, 0.5)])
def test_quantiles_of_beta_that_can_be_written_down(part: float, a: float, b: float, value: float) -> None:
    assert beta_quantile(part, a, b) == pytest.approx(value, abs=1e-8)


@given(Counts, st.floats(0.01, 0.99), st.floats(0.5, 5000))
def test_shrunk_share_lies_between_the_counted_one_and_that_of_all(counted: tuple[int, int], mean: float, strength: float) -> None:
    share, found = counted[0] / counted[1], shrunk(*counted, Prior(mean, strength))
    assert min(share, mean) - 1e-12 <= found <= max(share, mean) + 1e-12
    low, high = credible(*counted, Prior(mean, strength))
    assert 0 <= low <= high <= 1


def test_cell_without_data_is_what_all_cells_are() -> None:
    assert shrunk(0, 0, Prior(0.2, 50)) == pytest.approx(0.2)


def test_cells_that_differ_by_chance_alone_are_drawn_together_wholly() -> None:
    prior = prior_of([(10, 100), (11, 100), (9, 100), (10, 100)])
    assert prior.mean == pytest.approx(0.1)
    assert prior.strength == 400


def test_cells_that_truly_differ_keep_what_is_theirs() -> None:
    prior = prior_of([(5, 100), (50, 100), (10, 100), (60, 100)])
    assert prior.strength < 10
    assert shrunk(60, 100, prior) > 0.55


@given(st.lists(Counts, min_size=1, max_size=200))
def test_prior_has_the_share_of_all_cells_together(cells: list[tuple[int, int]]) -> None:
    prior = prior_of(cells)
    assert prior.mean == pytest.approx(sum(one for one, _ in cells) / sum(of for _, of in cells))
    assert 1 <= prior.strength <= max(1, sum(of for _, of in cells))


@pytest.mark.parametrize(("count", "part", "ranks"), [(5, 0.5, (None, None)), (6, 0.5, (0, 5)), (10, 0.5, (1, 8)), (10, 0.9, (6, None))])
def test_places_between_which_a_quantile_lies(count: int, part: float, ranks: tuple[int | None, int | None]) -> None:
    assert quantile_ranks(count, part) == ranks


@given(st.integers(1, 400), st.sampled_from([0.25, 0.5, 0.9]))
def test_quantile_lies_between_its_places_with_95_percent(count: int, part: float) -> None:
    low, high = quantile_ranks(count, part)
    chances = [comb(count, k) * part**k * (1 - part) ** (count - k) for k in range(count + 1)]
    if low is not None:
        assert sum(chances[: low + 1]) <= 0.025 + 1e-9  # that the value at `low` is beyond the quantile
    if high is not None:
        assert sum(chances[high + 1 :]) <= 0.025 + 1e-9


@given(st.lists(st.floats(0, 1e6), min_size=1).map(sorted), st.sampled_from([0.1, 0.5, 0.9, 1.0]))
def test_so_many_values_do_not_exceed_a_quantile(ordered: list[float], part: float) -> None:
    found = quantile(ordered, part)
    assert sum(value <= found for value in ordered) >= part * len(ordered) - 1e-6
    assert sum(value < found for value in ordered) < part * len(ordered) + 1e-6
