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

from tests.api.conftest import opened
from tests.docs.pages import page

if TYPE_CHECKING:
    from pathlib import Path

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_reference_of_the_api_is_current() -> None:
    run = subprocess.run([sys.executable, "tools/api_reference.py", "--check"], capture_output=True, text=True, check=False)
    assert not run.returncode, run.stderr


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
