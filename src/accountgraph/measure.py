"""How fast an installation answers: the four answers of the graph, timed on accounts of the workspace, read-only."""

from __future__ import annotations

import asyncio
from statistics import quantiles
from time import perf_counter
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from msgspec import Struct

from accountgraph.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from accountgraph.app import App

_SAMPLE = 500


class Measured(Struct, frozen=True):
    """One answer's times in milliseconds, as a caller sees them, and how many came a second."""

    answer: str
    calls: int
    p50_ms: float
    p99_ms: float
    per_second: float


async def measure(app: App, *, calls: int, connections: int) -> list[Measured]:
    """Ask each of the four answers `calls` times, `connections` at once, about accounts picked at random.

    Raises:
        NotFoundError: there is no account with people in it.
    """
    companies = await _sampled_companies(app)
    contacts = await app.db.rows(UUID, "workspace.sample_contacts", {"ids": companies})
    if not companies or not contacts:
        raise NotFoundError("There is no account with people in it to measure with; `accountgraph up` loads one.")
    return [
        await _timed("account overview", app.graph.get_account_overview, companies, calls, connections),
        await _timed("expansion targets", app.graph.find_expansion_targets, contacts, calls, connections),
        await _timed("conversation context", app.graph.get_conversation_context, contacts, calls, connections),
        await _timed("account health", app.graph.get_account_health_score, companies, calls, connections),
    ]


async def _sampled_companies(app: App) -> list[UUID]:
    """From a random place on; around the end, from the beginning."""
    found = await app.db.rows(UUID, "workspace.sample_companies", {"from": uuid4(), "limit": _SAMPLE})
    if len(found) < _SAMPLE:
        found += await app.db.rows(UUID, "workspace.sample_companies", {"from": UUID(int=0), "limit": _SAMPLE - len(found)})
    return found


async def _timed(answer: str, ask: Callable[[UUID], Awaitable[object]], ids: list[UUID], calls: int, connections: int) -> Measured:
    times: list[float] = []
    left = iter(range(calls))

    async def ask_again() -> None:
        for number in left:
            begun = perf_counter()
            await ask(ids[number % len(ids)])
            times.append(perf_counter() - begun)

    await asyncio.gather(*(ask(ids[0]) for _ in range(connections)))  # connections and plans, not measured
    begun = perf_counter()
    await asyncio.gather(*(ask_again() for _ in range(connections)))
    took = perf_counter() - begun
    cuts = quantiles(times, n=100)
    return Measured(answer, len(times), round(cuts[49] * 1000, 3), round(cuts[98] * 1000, 3), round(calls / took, 1))
