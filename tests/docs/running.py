"""Run the code of a page from top to bottom, as a reader would.

`python` blocks share their names and may await; `sh` blocks run in a folder of their own. A `text` block after one of
them is what it prints, where `...` stands for anything. Blocks of other languages are only read.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import io
import os
import re
import subprocess
import sys
from contextlib import redirect_stdout
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.docs.forked import forked_programs
from tests.docs.pages import Block, blocks


async def run_page(text: str, folder: Path, names: dict[str, Any] | None = None) -> dict[str, Any]:
    """Run the blocks of a page in `folder`; gives the names that its Python left."""
    names = {} if names is None else names
    found = blocks(text)
    for block, following in pairwise([*found, Block("", "", 0)]):
        if block.language == "python":
            printed = await _python(block, names)
        elif block.language == "sh":
            printed = await asyncio.to_thread(run_shell, block, folder, forked_programs())
        else:
            continue
        if following.language == "text":
            expect(printed, following)
    return names


async def _python(block: Block, names: dict[str, Any]) -> str:
    code = compile(block.code, f"line {block.line}", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    out = io.StringIO()
    with redirect_stdout(out):
        running = eval(code, names)  # noqa: S307 - our own pages
        if inspect.iscoroutine(running):
            await running
    return out.getvalue()


def run_shell(block: Block, folder: Path, *programs: Path) -> str:
    """What a block of shell prints on standard output; it must end well. Programs are first looked for in `programs`."""
    path = os.pathsep.join([*map(str, programs), str(Path(sys.executable).parent), os.environ["PATH"]])
    surroundings = {**os.environ, "PATH": path, "COLUMNS": "100", "PYTHONWARNINGS": "error"}
    script = ["bash", "-euo", "pipefail", "-c", block.code]
    done = subprocess.run(script, cwd=folder, env=surroundings, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, f"line {block.line}: {done.stderr}"
    return done.stdout


def expect(printed: str, shown: Block) -> None:
    """What was printed is what the page shows."""
    pattern = ".*".join(map(re.escape, _trimmed(shown.code).split("...")))
    assert re.fullmatch(pattern, _trimmed(printed), re.DOTALL), f"line {shown.line} shows\n{shown.code}\nand it printed\n{printed}"


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip("\n").splitlines())
