"""A backup brings everything back, also for an administrator who is no superuser."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
import pytest
from psycopg import conninfo, sql

from accountgraph.backup import back_up, read_manifest, restore
from accountgraph.config import Settings
from accountgraph.errors import DatabaseError
from accountgraph.schema import create_workspace, drop_workspace, list_workspaces

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def own_url(server_url: str) -> Iterator[str]:
    """A database whose owner may create roles and is no superuser."""
    name, password = f"ag_{uuid4().hex[:12]}", uuid4().hex
    names = {"role": sql.Identifier(name), "database": sql.Identifier(name), "password": sql.Literal(password)}
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE ROLE {role} LOGIN CREATEROLE PASSWORD {password}").format(**names))
        admin.execute(sql.SQL("CREATE DATABASE {database} OWNER {role} TEMPLATE template0").format(**names))
    try:
        yield conninfo.make_conninfo(server_url, dbname=name, user=name, password=password)
    finally:
        with psycopg.connect(server_url, autocommit=True) as admin:
            made = list_workspaces(conninfo.make_conninfo(server_url, dbname=name))
            admin.execute(sql.SQL("DROP DATABASE {database} WITH (FORCE)").format(**names))
            for role in [*(each for one in made for each in (one.role, one.agent_role)), name]:
                admin.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


def backed_up(url: str, folder: Path) -> Path:
    file = folder / "all.agbackup"
    back_up(url, Settings.from_environment(), file, on_step=lambda _: None)
    return file


def restored(url: str, file: Path) -> None:
    restore(url, Settings.from_environment(), file, replace=True, on_step=lambda _: None)


def test_owner_restores_twice_and_drops(own_url: str, tmp_path: Path) -> None:
    create_workspace(own_url, "abm")
    file = backed_up(own_url, tmp_path)
    restored(own_url, file)
    restored(own_url, file)
    drop_workspace(own_url, "abm")
    assert list_workspaces(own_url) == []


def _holds(url: str) -> list[tuple[str, str]]:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT scope, reason FROM abm.holds WHERE lifted_at IS NULL").fetchall()


@pytest.mark.parametrize(("status", "held"), [("active", [("workspace", "restored")]), ("paused", []), ("draft", [])])
def test_campaigns_that_were_active_come_back_on_hold(empty_url: str, tmp_path: Path, status: str, held: list[tuple[str, str]]) -> None:
    create_workspace(empty_url, "abm")
    with psycopg.connect(empty_url, autocommit=True) as connection:
        connection.execute("INSERT INTO abm.campaigns (name, status) VALUES ('spring', %s)", (status,))
    file = backed_up(empty_url, tmp_path)
    assert _holds(empty_url) == []
    restored(empty_url, file)
    assert _holds(empty_url) == held


def test_workspace_named_like_a_keyword_is_restored(empty_url: str, tmp_path: Path) -> None:
    create_workspace(empty_url, "user")
    restored(empty_url, backed_up(empty_url, tmp_path))
    assert [workspace.name for workspace in list_workspaces(empty_url)] == ["user"]


def test_what_a_killed_backup_left_behind_is_removed_and_said(url: str, tmp_path: Path) -> None:
    left = tmp_path / "all.agbackup.part"
    left.write_bytes(b"half a backup")
    left.chmod(0o644)
    said: list[str] = []
    file = tmp_path / "all.agbackup"
    back_up(url, Settings.from_environment(), file, on_step=said.append)
    assert any(str(left) in step for step in said)
    assert [workspace.name for workspace in read_manifest(file).workspaces] == ["abm"]
    assert not left.exists()
    assert file.stat().st_mode & 0o777 == 0o600


def test_backup_that_another_took_over_spoils_nothing(url: str, tmp_path: Path) -> None:
    file = tmp_path / "all.agbackup"

    def again(step: str) -> None:
        if step.startswith("Workspace"):
            back_up(url, Settings.from_environment(), file, on_step=lambda _: None)

    with pytest.raises(DatabaseError, match="Another backup"):
        back_up(url, Settings.from_environment(), file, on_step=again)
    assert [workspace.name for workspace in read_manifest(file).workspaces] == ["abm"]


def test_backup_that_fails_leaves_nothing_behind(url: str, tmp_path: Path) -> None:
    def stop(step: str) -> None:
        raise KeyboardInterrupt(step)

    with pytest.raises(KeyboardInterrupt):
        back_up(url, Settings.from_environment(), tmp_path / "all.agbackup", on_step=stop)
    assert list(tmp_path.iterdir()) == []
