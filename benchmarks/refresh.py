"""Refreshing the materialized view `account_overview`: linear in the data."""

from __future__ import annotations

from statistics import median
from time import perf_counter

import psycopg

from benchmarks.measure import Bench, Figure, ms


async def measure(bench: Bench) -> list[Figure]:
    """The time of a refresh with ten times the data."""
    small, large = _refresh(bench, bench.tenth), _refresh(bench, bench.workspace)
    detail = f"{ms(large)}, with a tenth of the data {ms(small)}"
    return [Figure("refresh", "account_overview, 10 x the data", large / small, 12.0, True, detail)]


def _refresh(bench: Bench, workspace: str) -> float:
    """Seconds: the median of three, each after a change of one row."""
    times = []
    with psycopg.connect(bench.url, autocommit=True) as connection:
        connection.execute(f"SET search_path = {workspace}".encode())
        for turn in range(4):
            connection.execute(
                f"UPDATE companies SET name = name || '{turn}' WHERE id = (SELECT min(id::text)::uuid FROM companies)".encode()
            )
            begun = perf_counter()
            row = connection.execute("SELECT refresh_account_overview()").fetchone()
            times.append(perf_counter() - begun)
            if row != (True,):
                raise RuntimeError("The refresh did nothing.")
    return median(times[1:])
