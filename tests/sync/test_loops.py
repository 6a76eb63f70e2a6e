"""The async API in loop after loop, in a notebook, and to the end of a process: nothing is left open."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

TWO_RUNS = """
import asyncio
from accountgraph import CompanyRepository

async def main(name):
    await CompanyRepository().create_company({"name": name})
    return [company.name for company in await CompanyRepository().list_companies()]

print(asyncio.run(main("one")), asyncio.run(main("two")))
"""
HALF_READ = """
import asyncio
from accountgraph import CompanyRepository

kept = None

async def main():
    global kept
    await CompanyRepository().create_company({"name": "one"})
    kept = CompanyRepository().every_company()
    async for company in kept:
        break
    async for company in CompanyRepository().every_company():
        print(company.name)
        break

asyncio.run(main())
asyncio.run(main())
"""
SCRIPT = """
from accountgraph.sync import CompanyRepository
repository = CompanyRepository()
repository.create_company({"name": "one"})
rows = repository.every_company()
print(next(rows).name)
"""
FORKED = """
import os
from accountgraph.sync import CompanyRepository
CompanyRepository().create_company({"name": "one"})
child = os.fork()
if child == 0:
    CompanyRepository().create_company({"name": "two"})
    os._exit(0)
os.waitpid(child, 0)
print(len(CompanyRepository().list_companies()))
"""


# Development mode also tells, as a warning of asyncio's, what took a tenth of a second: that is about the machine.
UNHURRIED = "import logging; logging.getLogger('asyncio').setLevel(logging.ERROR)\n"


def script(code: str, url: str) -> subprocess.CompletedProcess[str]:
    """Run a program that uses the default database; a warning is an error, and a late one is printed."""
    env = {**os.environ, "DATABASE_URL": url, "PYTHONDEVMODE": "1"}
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", UNHURRIED + code], env=env, capture_output=True, text=True, timeout=60, check=False
    )


def test_the_default_database_works_in_one_asyncio_run_after_another(url: str) -> None:
    done = script(TWO_RUNS, url)
    assert (done.stdout.strip(), done.stderr) == ("['one'] ['one', 'two']", "")


def test_a_stream_left_half_read_holds_nothing_open(url: str) -> None:
    done = script(HALF_READ, url)
    assert (done.returncode, done.stdout.split(), done.stderr) == (0, ["one", "one"], "")


def test_a_blocking_script_ends_clean_with_a_stream_half_read(url: str) -> None:
    done = script(SCRIPT, url)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "one", "")


@pytest.mark.skipif(not hasattr(os, "fork") or sys.version_info >= (3, 12), reason="newer Pythons warn of forking beside threads")
def test_a_forked_child_makes_its_own_connections(url: str) -> None:
    done = script(FORKED, url)
    assert (done.stdout.strip(), done.stderr) == ("2", "")


@pytest.fixture
def kernel(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A real notebook kernel."""
    manager = pytest.importorskip("jupyter_client.manager")
    monkeypatch.setenv("DATABASE_URL", url)
    running, client = manager.start_new_kernel(kernel_name="python3")
    try:
        yield client
    finally:
        client.stop_channels()
        running.shutdown_kernel(now=True)


def cell(client: Any, code: str) -> str:
    """What a cell printed."""
    printed: list[str] = []
    reply = client.execute_interactive(code, timeout=60, output_hook=lambda message: printed.append(message["content"].get("text", "")))
    assert reply["content"]["status"] == "ok", reply["content"]
    return "".join(printed).strip()


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_notebook_takes_both_the_async_and_the_blocking_calls(kernel: Any) -> None:
    cell(kernel, "from accountgraph import CompanyRepository, sync")
    assert cell(kernel, "print((await CompanyRepository().create_company({'name': 'one'})).name)") == "one"
    assert cell(kernel, "print((await CompanyRepository().create_company({'name': 'two'})).name)") == "two"
    assert cell(kernel, "print(len(sync.CompanyRepository().list_companies()))") == "2"
    assert cell(kernel, "print(len(await CompanyRepository().list_companies()))") == "2"
