"""Short jobs and periodic work, through Procrastinate on the same database.

Days of waiting are a column of the enrolment; a job here is something that is done within minutes.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import procrastinate
import psycopg
from procrastinate.schema import SchemaManager
from psycopg import conninfo

from accountgraph.driver_errors import translated

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

QUEUE = "accountgraph"
STALLED_AFTER = timedelta(seconds=60)  # without a heartbeat of its worker, a job is given to another
_INSTALL_LOCK = 4_207_311

logger = logging.getLogger(__name__)


def install(url: str) -> bool:
    """Make Procrastinate's own schema where it is missing; gives whether it was. Safe to call from several processes at once."""
    with translated(), psycopg.connect(url, prepare_threshold=None) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_INSTALL_LOCK,))
        found = connection.execute("SELECT to_regclass('procrastinate.procrastinate_jobs')").fetchone()
        if found and found[0] is not None:
            return False
        connection.execute("CREATE SCHEMA IF NOT EXISTS procrastinate")
        connection.execute("SET LOCAL search_path = procrastinate")
        connection.execute(SchemaManager.get_schema())
    return True


def jobs(url: str, work: dict[str, Callable[[str | None], Awaitable[None]]]) -> procrastinate.App:
    """The application whose tasks are `work`, by name; each takes a workspace, or None for all of them.

    Every task also runs periodically, and jobs of workers that died are brought back.
    """
    address = conninfo.make_conninfo(url, options="-c search_path=procrastinate")
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=address, max_size=4))
    for name, task in work.items():
        _add(app, name, task)

    @app.periodic(cron="* * * * *")
    @app.task(name="bring_back_stalled", queue=QUEUE, queueing_lock="bring_back_stalled", pass_context=True)
    async def bring_back_stalled(context: procrastinate.JobContext, timestamp: int) -> None:
        del context, timestamp
        await bring_back(app)

    return app


def _add(app: procrastinate.App, name: str, work: Callable[[str | None], Awaitable[None]]) -> None:
    @app.task(name=name, queue=QUEUE, retry=procrastinate.RetryStrategy(max_attempts=5, exponential_wait=5))
    async def task(workspace: str | None = None) -> None:
        await work(workspace)

    @app.periodic(cron=EVERY[name])
    @app.task(name=f"{name}_everywhere", queue=QUEUE, queueing_lock=f"{name}_everywhere")
    async def everywhere(timestamp: int) -> None:
        del timestamp
        await work(None)


EVERY = {
    "refresh": "*/10 * * * *",
    "reconcile": "*/5 * * * *",
    "escalate": "*/5 * * * *",
    "draft": "*/5 * * * *",
    "notices": "* * * * *",
    "retain": "20 3 * * *",  # at night, UTC
    "snapshot": "45 * * * *",  # each workspace's day ends at an hour of its own
}


async def bring_back(app: procrastinate.App) -> int:
    """Give jobs of workers that died to others; gives how many. Procrastinate does so only when it is asked."""
    stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER.total_seconds()))
    for job in stalled:
        logger.info("Job %s (%s) is brought back: its worker is gone.", job.id, job.task_name)
        await app.job_manager.retry_job(job, retry_at=datetime.now(UTC))
    return len(stalled)
