"""A day of calls, as its page tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.docs.pages import page
from tests.docs.running import run_page

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


async def test_the_day_of_calls_runs_as_written(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"DATABASE_URL": url, "ACCOUNTGRAPH_HOME": str(tmp_path / "home")}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    for name in ("ACCOUNTGRAPH_WORKSPACE", "ACCOUNTGRAPH_POOLER"):
        monkeypatch.delenv(name, raising=False)
    await run_page(page("tasks.md"), tmp_path)
