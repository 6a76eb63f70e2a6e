"""The API's pages: the reference is as the document says, and the recipes work."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from accountgraph.api.asked import A_PAGE
from accountgraph.api.limits import A_MINUTE
from accountgraph.api.recognising import STRANGERS_A_MINUTE
from tests.api.conftest import opened
from tests.docs.pages import ROOT, page, rows, section

if TYPE_CHECKING:
    from pathlib import Path

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_reference_of_the_api_is_current() -> None:
    run = subprocess.run([sys.executable, "tools/api_reference.py", "--check"], capture_output=True, text=True, check=False)
    assert not run.returncode, run.stderr


def test_every_type_of_problem_stands_beside_its_statuses() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src/accountgraph").rglob("*.py"))
    told = set(re.findall(r'\burn\("([a-z][a-z-]+)"\)', sources))
    shown = {name for row in rows(section(page("api.md"), "## What is refused")) for name in re.findall(r"`([a-z-]+)`", row[1])}
    assert shown == told


def test_limits_of_the_guide_are_those_of_the_program() -> None:
    guide = " ".join(page("api.md").split())
    assert f"{A_MINUTE:,} requests a minute" in guide
    assert f"after {STRANGERS_A_MINUTE} a minute" in guide
    assert f"`limit` ({A_PAGE} unless you say)" in guide


@pytest.mark.skipif(shutil.which("curl") is None or sys.platform == "win32", reason="curl is not here")
async def test_recipes_work_as_they_are_written(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blocks = _BLOCK.findall(page("recipes.md"))
    assert [kind for kind, _ in blocks] == ["sh"] * 5 + ["python"]
    async with opened(url) as api:
        where, key = str(api.client.base_url).rstrip("/"), api.key
        script = "set -eu\n" + "\n".join(text for kind, text in blocks if kind == "sh")
        environ = {**os.environ, "URL": where, "KEY": key, "NO_PROXY": "*"}
        said = await asyncio.to_thread(
            subprocess.run, ["sh", "-c", script], cwd=tmp_path, env=environ, capture_output=True, text=True, check=False
        )
        assert not said.returncode, said.stderr + said.stdout
        assert '"role":"owner"' in said.stdout
        assert "gavin@hooli.com" in said.stdout
        assert said.stdout.count("jian@hooli.com") == 1
        await asyncio.to_thread(exec, blocks[-1][1], {"URL": where, "KEY": key})
    assert "Laurie" in capsys.readouterr().out
