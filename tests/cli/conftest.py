"""The real program, run as a user runs it, on a database of the test's own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from typer.testing import CliRunner

from accountgraph.cli.main import app
from tests.databases import scratch_database

if TYPE_CHECKING:
    from collections.abc import Iterator

RUN = "import sys; from accountgraph.cli.main import main; sys.argv[0] = 'accountgraph'; main()"


def command(*arguments: str) -> list[str]:
    """The command line of a new process; warnings are errors there too."""
    return [sys.executable, "-W", "error", "-c", RUN, *arguments]


@dataclass
class Answer:
    """What the program said."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


class Program(Protocol):
    def __call__(self, *arguments: str, stdin: str = "") -> Answer: ...


class Process(Protocol):
    def __call__(self, *arguments: str, stdin: str = "", env: dict[str, str] | None = None) -> Answer: ...


@pytest.fixture
def run(url: str, monkeypatch: pytest.MonkeyPatch) -> Program:
    """The program on an empty workspace, in this process: quick."""
    return program(url, monkeypatch)


@pytest.fixture
def demo(demo_url: str, monkeypatch: pytest.MonkeyPatch) -> Program:
    """The program on a workspace with the reference account, which tests only read."""
    return program(demo_url, monkeypatch)


def program(url: str, monkeypatch: pytest.MonkeyPatch) -> Program:
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("ACCOUNTGRAPH_WORKSPACE", "ACCOUNTGRAPH_POOLER"):
        monkeypatch.delenv(name, raising=False)

    def call(*arguments: str, stdin: str = "") -> Answer:
        result = CliRunner().invoke(app, list(arguments), input=stdin, prog_name="accountgraph")
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Answer(result.exit_code, result.stdout, result.stderr)

    return call


@pytest.fixture
def process(url: str) -> Process:
    """The program on an empty workspace, in a process of its own."""

    def call(*arguments: str, stdin: str = "", env: dict[str, str] | None = None) -> Answer:
        surroundings = {**os.environ, "DATABASE_URL": url, "COLUMNS": "80", **(env or {})}
        done = subprocess.run(command(*arguments), env=surroundings, input=stdin, capture_output=True, text=True, timeout=120, check=False)
        return Answer(done.returncode, done.stdout, done.stderr)

    return call


@pytest.fixture(scope="session")
def demo_url(server_url: str, demo_template: str) -> Iterator[str]:
    """A database with the reference account in it, for all tests that only read."""
    with scratch_database(server_url, demo_template) as url:
        yield url
