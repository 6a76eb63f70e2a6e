"""The files of `deploy/` can be used as they are, and a page names no test that is not there."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT

UNITS = sorted((ROOT / "deploy").glob("*.service"))
PROGRAM = Path(sys.executable).parent / "accountgraph"


def started() -> list[list[str]]:
    """What the units and the container run, each without the program's path."""
    units = [shlex.split(re.findall(r"^ExecStart=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)[0]) for unit in UNITS]
    [container] = re.findall(r"^CMD \[(.*)\]$", (ROOT / "deploy/Containerfile").read_text(encoding="utf-8"), re.MULTILINE)
    return [words[1:] for words in [*units, re.findall(r'"([^"]*)"', container)]]


def test_there_is_a_unit_for_the_server_and_one_for_the_worker() -> None:
    assert [words[0] for words in started()] == ["serve", "worker", "serve"]


@pytest.mark.parametrize("words", started(), ids=" ".join)
def test_command_of_a_unit_or_container_is_one_that_the_program_takes(words: list[str]) -> None:
    done = subprocess.run([PROGRAM, *words, "--help"], capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_finds_nothing_wrong_with_a_unit(unit: Path, tmp_path: Path) -> None:
    here = re.sub(r"^ExecStart=\S+", f"ExecStart={PROGRAM}", unit.read_text(encoding="utf-8"), flags=re.MULTILINE)
    (tmp_path / unit.name).write_text(here, encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", str(tmp_path / unit.name)], capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr
    assert unit.name not in done.stderr


def test_setting_of_the_environment_file_is_on_the_page_of_settings() -> None:
    names = re.findall(r"^(?:# )?([A-Z_]{5,})=", (ROOT / "deploy/accountgraph.env").read_text(encoding="utf-8"), re.MULTILINE)
    operations = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    assert {"DATABASE_URL", "ACCOUNTGRAPH_SECRET_KEY"} <= set(names)
    assert not [name for name in names if f"`{name}`" not in operations]


def test_every_test_that_a_page_names_is_there() -> None:
    for path in [*PAGES, ROOT / "CONTRIBUTING.md"]:
        for named in re.findall(r"`(tests/[\w./-]+)`", path.read_text(encoding="utf-8")):
            assert (ROOT / named).exists(), f"{path.name} names {named}"
