"""The page about agents, as it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.tools.definitions import KINDS
from tests.docs.pages import page, rows, section
from tests.docs.running import run_page

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


async def test_agents_run_as_written(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"DATABASE_URL": url, "ACCOUNTGRAPH_HOME": str(tmp_path / "home")}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    for name in ("ACCOUNTGRAPH_WORKSPACE", "ACCOUNTGRAPH_POOLER"):
        monkeypatch.delenv(name, raising=False)
    await run_page(page("agents.md"), tmp_path)


def test_every_tool_is_listed_with_its_scope() -> None:
    listed = {row[0].strip("`"): row[2].strip("`") for row in rows(section(page("agents.md"), "## 2. The tools"))}
    assert listed == {name: kind.permission.value for name, kind in KINDS.items()}
