"""The worker runs imports of files that were uploaded, where no server does."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from accountgraph.config import Settings
from accountgraph.transfer.uploads import cancel_import, get_import
from accountgraph.transfer.uploads.running import LEASE
from accountgraph.worker import Worker
from tests.db.uploads.looking import value
from tests.db.uploads.test_running import people, uploaded

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.db import Database


def _worker(url: str, *names: str) -> Worker:
    return Worker(Settings.from_environment().with_choices(url=url, workspace=None, pooler=None), url, workspaces=names or None)


async def _over(db: Database, import_id: UUID) -> str:
    async with asyncio.timeout(30):
        while not (found := await get_import(db, import_id)).is_over:  # noqa: ASYNC110 - another process would do no more
            await asyncio.sleep(0.05)
    return found.state


async def test_worker_imports_what_no_server_is_at(url: str, db: Database) -> None:
    import_id = await uploaded(db, people(30))
    worker = _worker(url)
    running = asyncio.create_task(worker.run())
    assert await _over(db, import_id) == "done"
    worker.stop()
    await asyncio.wait_for(running, 30)
    assert await value(db, "SELECT array_agg(DISTINCT actor_name) FROM audit_log WHERE table_name = 'contacts'") == ["ada@acme.com"]


async def test_once_imports_what_waits(url: str, db: Database) -> None:
    made = [await uploaded(db, people(3, first)) for first in (0, 3)]
    await _worker(url).run_once()
    assert [(await get_import(db, one)).created for one in made] == [3, 3]


async def test_worker_goes_on_with_what_a_server_left_behind(url: str, db: Database) -> None:
    import_id = await uploaded(db, people(3))
    before = (db.now() - LEASE - timedelta(seconds=1)).isoformat()
    await value(db, f"UPDATE imports SET state = 'running', lease = gen_random_uuid(), lease_until = '{before}', tries = 1 RETURNING 1")
    await _worker(url).run_once()
    found = await get_import(db, import_id)
    assert (found.state, found.created, found.tries) == ("done", 3, 2)


async def test_what_was_cancelled_is_not_run(url: str, db: Database) -> None:
    await cancel_import(db, await uploaded(db, people(3)))
    await _worker(url).run_once()
    assert await value(db, "SELECT count(*) FROM contacts") == 0
