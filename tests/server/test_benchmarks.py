"""The benchmarks run; what they measure is never judged here."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

import psycopg
import pytest
from benchmarks.__main__ import CALLS, NEEDS_DATA, TOPICS
from benchmarks.data import COMPANIES, load
from benchmarks.measure import Bench, in_turns, percentile
from psycopg import conninfo

from tests.factories import START

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="measured on Linux and macOS")


@pytest.fixture(scope="module")
def bench(server_url: str) -> Iterator[Bench]:
    """A database of this module's own with the smallest data set."""
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute("CREATE DATABASE ag_bench")
    calls, rounds = CALLS["tiny"]
    try:
        yield Bench(conninfo.make_conninfo(server_url, dbname="ag_bench"), "tiny", calls, rounds)
    finally:
        with psycopg.connect(server_url, autocommit=True) as admin:
            admin.execute("DROP DATABASE ag_bench WITH (FORCE)")


@pytest.mark.parametrize("topic", TOPICS)
async def test_topic_gives_figures(bench: Bench, topic: str) -> None:
    if topic == "api" and shutil.which("wrk") is None:
        pytest.skip("The API is asked by wrk, which is not here; on Debian: apt-get install wrk.")
    if topic in NEEDS_DATA:
        await load(bench.url, bench.workspace, COMPANIES["tiny"], START)
        await load(bench.url, bench.tenth, 2, START)
    figures = await TOPICS[topic](bench)
    assert figures
    assert all(figure.value > 0 and figure.target > 0 for figure in figures)


async def test_sides_take_turns_and_the_first_round_is_not_counted() -> None:
    calls: list[tuple[str, int]] = []

    async def one(number: int) -> None:
        calls.append(("one", number))

    async def other(number: int) -> None:
        calls.append(("other", number))

    assert set(await in_turns({"one": one, "other": other}, calls=1, rounds=2)) == {"one", "other"}
    assert calls == [("other", 0), ("one", 0), ("one", 1), ("other", 1), ("other", 2), ("one", 2)]


def test_percentile_is_one_of_the_times() -> None:
    assert percentile([0.3, 0.1, 0.2], 0.5) == 0.2
    assert percentile([0.3, 0.1, 0.2], 0.99) == 0.3
