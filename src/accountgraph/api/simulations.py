"""Simulations of this process: two at once, each told how far it is, their reports kept for a while for whoever asked."""

from __future__ import annotations

import asyncio
import logging
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from accountgraph.errors import AccountGraphError
from accountgraph.http.problems import ProblemError
from accountgraph.simulation import simulate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractAsyncContextManager
    from datetime import datetime
    from uuid import UUID

    from accountgraph.db import Database
    from accountgraph.simulation import Behaviour, Progress, SimulationReport

USUAL = timedelta(days=90)
LONGEST = timedelta(days=366)
MOST_PEOPLE = 1000
MOST_AT_ONCE = 2  # in this process: each has a workspace of its own, and a processor
MOST_KEPT = 40  # reports, those begun last

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What to simulate: the newest version of a campaign, between two times (UTC). `behaviour` None: nobody answers."""

    workspace: str
    campaign_id: UUID
    version: int
    by: str
    start: datetime
    until: datetime
    seed: int
    behaviour: Behaviour | None
    behaviour_name: str


@dataclass
class SimulationRun:
    """One simulation. `report` once it is done; `problems` where it could not be done."""

    key: str
    wanted: Wanted
    progress: Progress | None = None
    report: SimulationReport | None = None
    problems: tuple[str, ...] = ()
    task: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes."""
        return self.report is not None or bool(self.problems)

    @property
    def share(self) -> int:
        """How much of the time that is simulated has passed, 0 to 100."""
        if self.progress is None:
            return 0
        told = self.progress
        return min(100, round(100 * ((told.now - told.start) / (told.until - told.start))))


class SimulationCrew:
    """Runs them beside the requests."""

    def __init__(self) -> None:
        self._busy = 0
        self._runs: dict[str, SimulationRun] = {}

    @contextmanager
    def enter(self) -> Iterator[None]:
        """Simulate while the block lasts.

        Raises:
            ProblemError: 429, two are being simulated.
        """
        if self._busy >= MOST_AT_ONCE:
            raise ProblemError(429, "Others are being simulated.", detail="Ask again in a minute.", headers={"Retry-After": "60"})
        self._busy += 1
        try:
            yield
        finally:
            self._busy -= 1

    def begin(self, wanted: Wanted, use: Callable[[str], AbstractAsyncContextManager[Database]]) -> SimulationRun:
        """Begin one in the background. `use`: gives the database of a workspace while it lasts.

        Raises:
            ProblemError: 429, two are being simulated.
        """
        entered = self.enter()
        entered.__enter__()
        run = SimulationRun(uuid4().hex, wanted)
        run.task = asyncio.create_task(self._simulate(run, use))
        run.task.add_done_callback(lambda _: entered.__exit__(None, None, None))
        self._runs[run.key] = run
        for key in [key for key, one in self._runs.items() if one.is_over][: max(0, len(self._runs) - MOST_KEPT)]:
            del self._runs[key]
        return run

    def get(self, workspace: str, campaign_id: UUID, key: str) -> SimulationRun | None:
        """One of a campaign, while it is kept."""
        run = self._runs.get(key)
        return run if run and (run.wanted.workspace, run.wanted.campaign_id) == (workspace, campaign_id) else None

    def of(self, workspace: str, campaign_id: UUID) -> list[SimulationRun]:
        """Those of a campaign that are kept, the newest first."""
        return [one for key in reversed(self._runs) if (one := self.get(workspace, campaign_id, key)) is not None]

    async def stop(self, run: SimulationRun) -> None:
        """Stop one; its throw-away workspace goes."""
        if run.task is not None:
            run.task.cancel()
            await asyncio.gather(run.task, return_exceptions=True)

    async def close(self) -> None:
        """Stop all of them."""
        for run in self._runs.values():
            await self.stop(run)

    async def _simulate(self, run: SimulationRun, use: Callable[[str], AbstractAsyncContextManager[Database]]) -> None:
        wanted = run.wanted

        def told(progress: Progress) -> None:
            run.progress = progress

        try:
            async with use(wanted.workspace) as db:
                run.report = await simulate(
                    db,
                    wanted.campaign_id,
                    start=wanted.start,
                    until=wanted.until,
                    behaviour=wanted.behaviour,
                    seed=wanted.seed,
                    most_people=MOST_PEOPLE,
                    on_progress=told,
                )
        except AccountGraphError as error:
            run.problems = error.lines
        except asyncio.CancelledError:
            run.problems = ("It was stopped.",)
            raise
        except Exception:
            logger.exception("Simulation %s of campaign %s in workspace %s failed", run.key, wanted.campaign_id, wanted.workspace)
            run.problems = ("Something went wrong here; the server's log says more.",)
