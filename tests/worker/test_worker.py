"""The worker on a real database and the machine's clock."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from accountgraph.channels import Transports
from accountgraph.config import Settings
from accountgraph.schema import create_workspace
from accountgraph.store.outreach.drafting import DraftingRepository
from accountgraph.worker import Worker
from accountgraph.worker.jobs import EVERY, bring_back, install
from accountgraph.worker.workspaces import OpenWorkspaces
from tests.db.campaigns.world import PLAIN, World
from tests.drafting.model_server import ModelServer

if TYPE_CHECKING:
    from collections.abc import Callable

    from accountgraph.db import Database
    from accountgraph.models import Contact

ALWAYS = {"days": [1, 2, 3, 4, 5, 6, 7], "start": "00:00", "end": "24:00"}
OPEN = {"email": ALWAYS, "sms": ALWAYS, "call": ALWAYS, "other": ALWAYS}


@pytest.fixture
async def world(db: Database) -> World:
    return await World.begin(db)


def _transports(world: World) -> Transports:
    return Transports(world.db.now, {"post": lambda _: world.post, "console": lambda _: world.console})


def _worker(url: str, world: World, **options: Any) -> Worker:
    transports = _transports(world)
    return Worker(Settings.from_environment().with_choices(url=url, workspace=None, pooler=None), url, transports=transports, **options)


async def _enrol(world: World, *people: Contact, name: str = "plain") -> None:
    await world.enrol(await world.campaign(name=name, policy={"schedule": OPEN}), *people)


async def _until(condition: Callable[[], object], seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is waited for is another task's list
            await asyncio.sleep(0.02)


async def test_once_does_what_is_due_and_returns(url: str, world: World) -> None:
    await _enrol(world, *await world.account("acme.com", "Anna"))
    done = await _worker(url, world).run_once()
    assert (done.sent, world.post.recipients) == (1, ["anna@acme.com"])


async def test_sleeping_worker_is_woken_by_a_new_enrolment(url: str, world: World) -> None:
    people = await world.account("acme.com", "Anna")
    worker = _worker(url, world)
    running = asyncio.create_task(worker.run())
    await asyncio.sleep(2)
    await _enrol(world, *people)
    await _until(lambda: world.post.sent)
    worker.stop()
    await asyncio.wait_for(running, 30)


async def test_stop_returns_while_it_sleeps(url: str, world: World) -> None:
    worker = _worker(url, world)
    running = asyncio.create_task(worker.run())
    await asyncio.sleep(1)
    worker.stop()
    await asyncio.wait_for(running, 30)


async def test_worker_serves_the_workspaces_it_is_given(url: str, world: World) -> None:
    create_workspace(url, "other")
    await _enrol(world, *await world.account("acme.com", "Anna"))
    await _worker(url, world, workspaces=["other"]).run_once()
    assert world.post.sent == []


async def test_one_workspace_that_fails_does_not_stop_the_others(url: str, world: World) -> None:
    create_workspace(url, "aaa")
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("DROP TABLE aaa.queues CASCADE")
    await _enrol(world, *await world.account("acme.com", "Anna"))
    worker = _worker(url, world)
    running = asyncio.create_task(worker.run())
    await _until(lambda: world.post.sent)
    worker.stop()
    await asyncio.wait_for(running, 30)


async def test_worker_outlives_a_database_that_goes_away(url: str, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accountgraph.worker.worker.AFTER_FAILURE", 0.1)
    worker = _worker(url, world)
    running = asyncio.create_task(worker.run())
    await asyncio.sleep(1)
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    await _enrol(world, *await world.account("acme.com", "Anna"))
    await _until(lambda: world.post.sent)
    worker.stop()
    await asyncio.wait_for(running, 30)


async def test_idle_workspaces_beyond_the_limit_are_closed_and_opened_again(url: str, world: World) -> None:
    create_workspace(url, "other")
    opened = OpenWorkspaces(url, is_pooled=False, transports=lambda _: _transports(world), most=1)
    for name in ("abm", "other", "abm"):
        async with opened.use(name) as workspace:
            assert await workspace.db.value("campaigns.enrolments.next_due") is None
        assert len(opened) == 1
    await opened.close()


async def test_workspace_in_use_is_never_closed(url: str, world: World) -> None:
    create_workspace(url, "other")
    opened = OpenWorkspaces(url, is_pooled=False, transports=lambda _: _transports(world), most=1)
    async with opened.use("abm") as workspace:
        async with opened.use("other"):
            pass
        assert await workspace.db.value("campaigns.enrolments.next_due") is None
    await opened.close()


def test_jobs_are_installed_once(url: str) -> None:
    assert (install(url), install(url)) == (True, False)


async def test_job_left_in_a_transaction_is_there_only_if_it_commits(url: str, world: World) -> None:
    await asyncio.to_thread(install, url)

    async def leave(session: Any) -> None:
        await session.execute("SELECT accountgraph.enqueue('refresh', '{}')")
        await session.execute("SELECT accountgraph.enqueue('refresh', '{}')")  # waits already

    await world.db.run(leave)
    with psycopg.connect(url) as admin:
        jobs = admin.execute("SELECT task_name, args ->> 'workspace' FROM procrastinate.procrastinate_jobs").fetchall()
    assert jobs == [("refresh", "abm")]


async def test_job_of_a_worker_that_died_is_brought_back(url: str, world: World) -> None:
    await asyncio.to_thread(install, url)
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("SET search_path = procrastinate")
        admin.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '10 minutes')")
        insert = "INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id) SELECT 'accountgraph', 'refresh', 'doing', id"
        admin.execute(f"{insert} FROM procrastinate_workers")
    async with _worker(url, world).jobs().open_async() as app:
        assert await bring_back(app) == 1
    with psycopg.connect(url) as admin:
        assert admin.execute("SELECT status::text FROM procrastinate.procrastinate_jobs").fetchall() == [("todo",)]


async def test_draft_is_written_by_a_job_that_the_step_calls(url: str, world: World) -> None:
    model = ModelServer()
    model.answers = [{"subject": "Planning", "body": "Hello Anna, how do you plan?", "facts_used": []}]
    await DraftingRepository(world.db).put_settings({"model": "small", "base_url": model.url})
    people = await world.account("acme.com", "Anna")
    await asyncio.to_thread(install, url)
    worker = _worker(url, world)
    running = asyncio.create_task(worker.run())
    try:
        steps = [{**PLAIN["steps"][0], "drafted": True, "trusts_drafts": True}]
        templates = {"hello": PLAIN["templates"]["hello"]}
        await world.enrol(await world.campaign(policy={"schedule": OPEN}, steps=steps, templates=templates), *people)
        await _until(lambda: world.post.sent, 120)  # what talks to models takes its time to load
    finally:
        worker.stop()
        await running
        model.close()
    assert [mail.content for mail in world.post.sent] == ["Hello Anna, how do you plan?"]


async def test_day_of_every_account_is_taken_by_a_job_of_every_hour(url: str, world: World) -> None:
    worker = _worker(url, world)
    assert EVERY["snapshot"] == "45 * * * *"
    assert "snapshot" in worker.jobs().tasks
