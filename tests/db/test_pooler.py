"""Behind a transaction pooler nothing survives a transaction and nothing is prepared: PgBouncer, for real."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import conninfo

from accountgraph.db import Database
from accountgraph.schema import create_workspace, migrate
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from tests.db.story import Story

if TYPE_CHECKING:
    from collections.abc import Iterator

PGBOUNCER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def pooled_url(url: str) -> Iterator[str]:
    """`url` through a transaction pooler with a single server connection."""
    if PGBOUNCER is None:
        pytest.skip("pgbouncer is not installed (Debian: apt install pgbouncer)")
    parts = conninfo.conninfo_to_dict(url)
    folder = Path(tempfile.mkdtemp(prefix="agp-"))
    folder.chmod(0o755)
    password = ""
    if parts.get("passfile"):
        password = " password=" + Path(str(parts["passfile"])).read_text(encoding="utf-8").strip().rsplit(":", 1)[1]
    port = _free_port()
    (folder / "users.txt").write_text('"app" "secret"\n', encoding="utf-8")
    (folder / "pgbouncer.ini").write_text(
        f"""[databases]
pooled = host={parts["host"]} port={parts.get("port", 5432)} dbname={parts["dbname"]} user={parts["user"]}{password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = plain
auth_file = {folder}/users.txt
pool_mode = transaction
default_pool_size = 2
""",
        encoding="utf-8",
    )
    user = {"user": "nobody"} if os.geteuid() == 0 else {}
    process = subprocess.Popen([PGBOUNCER, str(folder / "pgbouncer.ini")], stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, **user)  # type: ignore[call-overload]
    pooled = f"postgresql://app:secret@127.0.0.1:{port}/pooled"
    try:
        _wait_for(pooled, process)
        yield pooled
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(100):
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(url, prepare_threshold=None):
            return
        assert process.poll() is None, "pgbouncer did not start"
        time.sleep(0.05)
    raise AssertionError("pgbouncer did not start")


async def test_many_clients_share_a_transaction_pooler(pooled_url: str) -> None:
    async with Database(pooled_url, workspace="abm", pooler=True) as db:
        story = await Story.begin(db)
        await asyncio.gather(*(story.send(hours=n) for n in range(20)))
        for _ in range(10):  # more often than a statement is run before the driver would prepare it
            assert await ContactRepository(db).get_contact_by_id(story.person.id) is not None
        assert (await story.reread()).touchpoint_count == 21
        assert len([each async for each in CompanyRepository(db).every_company()]) == 1


async def test_two_workspaces_share_the_poolers_connections_and_nothing_else(pooled_url: str) -> None:
    create_workspace(pooled_url, "other")
    async with Database(pooled_url, workspace="abm", pooler=True) as one, Database(pooled_url, workspace="other", pooler=True) as two:
        await asyncio.gather(
            *(CompanyRepository(db).create_company({"name": f"{name}{n}"}) for n in range(15) for db, name in ((one, "one"), (two, "two")))
        )
        for db, name in ((one, "one"), (two, "two")):
            assert {each.name[:3] for each in await CompanyRepository(db).list_companies()} == {name}


def test_migrations_run_through_a_transaction_pooler(pooled_url: str) -> None:
    assert [outcome.error for outcome in migrate(pooled_url)] == [None]
