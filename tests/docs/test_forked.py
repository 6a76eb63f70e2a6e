"""A command that is forked is the command: it begins as its caller does and ends as it should."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.forked import forked_programs

INSTALLED = Path(sys.executable).parent
NOWHERE = ["account", "list", "--database-url", "postgresql://127.0.0.1:1/none"]
REFUSED = ["inbound", "parse", "not-there.eml"]


@pytest.mark.parametrize("arguments", [["--version"], ["no-such"], NOWHERE, REFUSED, ["inbound", "parse", "-"]], ids=" ".join)
def test_forked_command_says_and_ends_as_the_installed_one(arguments: list[str], tmp_path: Path) -> None:
    ends = []
    for program in (INSTALLED, forked_programs(), forked_programs()):
        line = [str(program / "accountgraph"), *arguments]
        done = subprocess.run(line, cwd=tmp_path, input="Subject: Hello\n\nYes.\n", capture_output=True, text=True, check=False)
        ends.append((done.returncode, done.stdout, done.stderr))
    assert ends[0] == ends[1] == ends[2]
    assert any(ends[0])


def test_forked_command_has_the_folder_and_environment_of_its_caller(tmp_path: Path) -> None:
    (tmp_path / "here.eml").write_text("Subject: Hello\n\nYes.\n", encoding="utf-8")
    program = str(forked_programs() / "accountgraph")
    read = subprocess.run([program, "inbound", "parse", "here.eml"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert read.stdout.startswith("subject: Hello")
    for address in ("postgresql://one@127.0.0.1:1/first", "postgresql://two@127.0.0.1:2/second"):
        told = subprocess.run([program, "db", "url"], env={"DATABASE_URL": address}, capture_output=True, text=True, check=True)
        assert told.stdout.strip() == address
