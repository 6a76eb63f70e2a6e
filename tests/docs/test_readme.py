"""The README shows what one really sees."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from tests.docs.pages import ROOT, Block, blocks
from tests.docs.running import expect, run_shell

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

README = blocks((ROOT / "README.md").read_text(encoding="utf-8"))
DRAWING, PRINTED = [block for block in README if block.language == "text"]


def lines(text: str) -> list[str]:
    return sorted(line.rstrip() for line in text.splitlines() if line.strip())


def test_the_drawing_is_what_up_draws(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    shown, _, _ = run_shell(Block("sh", "accountgraph up", 0), tmp_path).partition("The database is running")
    # Two people who have done nothing yet stand in no particular order.
    assert lines(DRAWING.code) == lines(shown)


def test_the_python_runs_and_prints_what_is_shown(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    [script] = [block.code for block in README if block.language == "python"]
    done = subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    expect(done.stdout, PRINTED)
