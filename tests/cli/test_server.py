"""The program with a server of its own: the first `up`, two at once, backup and restore from one cluster to another."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import psycopg
import pytest

from accountgraph.cli.main import COMMANDS
from accountgraph.postgres import EmbeddedServer
from tests.cli.conftest import Answer, command, program
from tests.homes import scratch_home

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.conftest import Process, Program


@pytest.fixture
def home() -> Iterator[Path]:
    """A home with a short path that the server's user may enter."""
    with scratch_home() as folder:
        yield folder


@pytest.fixture
def elsewhere(home: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """The program on that home's own server."""
    monkeypatch.setenv("ACCOUNTGRAPH_HOME", str(home))
    call = program("", monkeypatch)
    monkeypatch.delenv("DATABASE_URL")
    return call


def figures(call: Program) -> tuple[object, object]:
    answer = call("account", "overview", "acmemedical.com", "--json").data
    return answer["health"]["total_score"], answer["summary"]


def test_two_ups_at_once_both_show_the_demo(home: Path) -> None:
    env = {**os.environ, "ACCOUNTGRAPH_HOME": str(home), "DATABASE_URL": "", "COLUMNS": "80"}
    both = [subprocess.Popen(command("up"), env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    for process in both:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        assert "43.33 of 100, fair" in out
        assert "postgresql://accountgraph@/" in out
        assert out.count("  accountgraph ") == 3


def test_up_leaves_a_workspace_with_data_alone(run: Program, tmp_path: Path) -> None:
    file = tmp_path / "companies.csv"
    file.write_text("name,domain\nAcme,acme.com\n")
    run("import", "companies", str(file))
    answer = run("up", "--json")
    assert answer.code == 0
    assert [company["name"] for company in answer.data["companies"]] == ["Acme"]


def test_up_without_a_demo_leaves_the_workspace_empty(run: Program) -> None:
    assert run("up", "--no-demo", "--json").data["companies"] == []


def test_demo_goes_beside_data_of_ones_own(run: Program, tmp_path: Path) -> None:
    file = tmp_path / "companies.csv"
    file.write_text("name,domain\nAcme,acme.com\n")
    run("import", "companies", str(file))
    assert run("demo", "--json").data["workspace"] == "demo"
    assert [company["name"] for company in run("account", "list", "--json").data] == ["Acme"]


def test_up_makes_everything_in_an_empty_database(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    call = program(empty_url, monkeypatch)
    assert call("up", "--json").data["has_demo"]
    assert figures(call)[0] == 43.33


def test_a_backup_restores_into_another_cluster_with_the_same_figures(
    demo: Program, elsewhere: Program, demo_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "all.agbackup"
    assert _with_url(demo, demo_url, "db", "backup", str(file), "--json").data["workspaces"][0] == "abm"
    before = _with_url(demo, demo_url, "account", "health", "acmemedical.com", "--json").data
    assert elsewhere("db", "restore", str(file)).code == 0
    after = elsewhere("account", "health", "acmemedical.com", "--json").data
    assert {**after, "as_of": None} == {**before, "as_of": None}
    assert elsewhere("verify").code == 0
    assert elsewhere("demo", "--json").data["expansion_targets"][0]["priority_score"] == 21.0


def _with_url(call: Program, url: str, *arguments: str) -> Answer:
    return call(*arguments, "--database-url", url)


def test_backup_drop_restore_brings_everything_back(empty_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    run = program(empty_url, monkeypatch)
    run("up")
    run("workspace", "create", "second")
    before = figures(run)
    file = tmp_path / "all.agbackup"
    assert run("db", "backup", str(file)).code == 0
    for name in ("abm", "second"):
        assert run("workspace", "drop", name, "--yes").code == 0
    assert run("db", "restore", str(file)).code == 0
    assert figures(run) == before
    assert run("account", "list", "--workspace", "second").code == 0


def test_restore_refuses_to_replace_data_unless_told_to(run: Program, tmp_path: Path) -> None:
    run("up")
    file = tmp_path / "all.agbackup"
    run("db", "backup", str(file))
    refused = run("db", "restore", str(file))
    assert refused.code == 1
    assert "--replace" in refused.err
    assert run("db", "restore", str(file), "--replace").code == 0
    assert figures(run)[0] == 43.33


def test_a_restore_that_fails_changes_nothing(run: Program, url: str, tmp_path: Path) -> None:
    run("up")
    file = tmp_path / "all.agbackup"
    run("db", "backup", str(file))
    with psycopg.connect(url) as connection:
        connection.execute("CREATE SCHEMA obstacle")
        connection.execute(
            "CREATE FUNCTION obstacle.no() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no index''; END'"
        )
        connection.execute("CREATE EVENT TRIGGER no_index ON ddl_command_start WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION obstacle.no()")
    failed = run("db", "restore", str(file), "--replace")
    assert failed.code == 1
    assert "no index" in failed.err
    assert figures(run)[0] == 43.33


def test_a_backup_never_overwrites_a_file(run: Program, tmp_path: Path) -> None:
    file = tmp_path / "precious"
    file.write_text("mine")
    assert run("db", "backup", str(file)).code == 1
    assert file.read_text() == "mine"


def test_a_backup_is_for_its_owner_alone(run: Program, tmp_path: Path) -> None:
    file = tmp_path / "all.agbackup"
    run("db", "backup", str(file))
    assert file.stat().st_mode & 0o077 == 0


def test_what_is_no_backup_is_not_restored(run: Program, tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_text("hello")
    assert "db backup" in run("db", "restore", str(file)).err


def test_psql_stands_in_the_workspace_as_its_own_role(process: Process) -> None:
    answer = process("db", "psql", "-Atc", "SELECT current_schema(), current_user LIKE 'ag_%', count(*) FROM companies")
    assert answer.out.strip() == "abm|t|0"


def test_status_starts_nothing(elsewhere: Program, home: Path) -> None:
    assert elsewhere("db", "status", "--json").data["running"] is False
    assert not EmbeddedServer(home).status().running


def test_start_and_stop(elsewhere: Program) -> None:
    assert elsewhere("db", "start", "--json").data["url"].startswith("postgresql://")
    assert elsewhere("db", "status", "--json").data["running"] is True
    assert elsewhere("db", "stop", "--json").data == {"stopped": True}
    assert elsewhere("db", "stop", "--json").data == {"stopped": False}


def test_a_password_is_not_shown_by_status(run: Program) -> None:
    shown = run("db", "status", "--database-url", "postgresql://me:sesame@db.example/x")
    assert shown.code == 0
    assert "sesame" not in shown.out + shown.err


def test_ctrl_c_ends_with_130_and_no_traceback(run: Program, url: str) -> None:
    run("up")
    with psycopg.connect(url) as blocker:
        blocker.execute("LOCK TABLE abm.companies")
        env = {**os.environ, "DATABASE_URL": url}
        # A child of a program in the background ignores Ctrl-C, and this run may be in the background.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        process = subprocess.Popen(command("account", "list"), env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        signal.signal(signal.SIGINT, before)
        for _ in range(200):
            row = blocker.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
            if row and row[0]:
                break
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err.strip() == "accountgraph: Interrupted."


def test_migrate_prints_sql_that_makes_a_workspace(run: Program, empty_url: str) -> None:
    sql = run("migrate", "--sql", "--workspace", "sales")
    with psycopg.connect(empty_url) as connection:
        connection.execute(sql.out.encode())
    [workspace] = run("workspace", "list", "--json", "--database-url", empty_url).data
    assert workspace["name"] == "sales"


def test_every_group_of_commands_is_known() -> None:
    graph = {"up", "demo", "migrate", "workspace", "db", "import", "export", "account", "contact", "conversation", "verify", "bench"}
    campaigns = {"campaign", "lead", "approval", "draft", "inbox", "task", "signal", "sender", "settings", "send", "worker"}
    permissions = {"consent", "suppress", "hold", "jurisdiction", "holiday", "exclusion"}
    channels = {"mailbox", "inbound", "provider", "secret", "serve", "webhook"}
    access = {"user", "key", "audit", "privacy", "agent", "mcp", "notice", "search", "analytics"}
    assert set(COMMANDS) == graph | campaigns | permissions | channels | access
