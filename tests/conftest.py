"""A real server a run, a migrated template database a run, and a clone of it a test."""

from __future__ import annotations

import asyncio
import gc
import os
import re
import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from psycopg import conninfo

from accountgraph.db import Database
from accountgraph.demo import load_reference_account
from accountgraph.schema import create_workspace
from tests.beginnings import Beginnings
from tests.databases import drop_unwritten, scratch_database, scratch_server, tidy
from tests.factories import Clock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Generator, Iterator

    from tests.beginnings import Make

_SECRET = re.compile(r"agk_[0-9a-z]{12}_[0-9A-Za-z]{20,}|whsec_[0-9A-Za-z+/=]{20,}|correct horse battery")  # the last: tests log in with it

# A busy machine draws slowly: that is no fault of a test.
settings.register_profile("accountgraph", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("accountgraph")


def pytest_xdist_auto_num_workers() -> int:
    """With `-n auto`: twice as many as there are processors where these are few, for tests wait as long as they reckon."""
    processors = os.cpu_count() or 1
    return min(2 * processors, max(4, processors))


def pytest_configure(config: pytest.Config) -> None:
    """Tests and the programs that they start find their modules compiled, whatever this machine says of writing such files."""
    assert config.cache is not None
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(config.cache.mkdir("compiled"))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is collected stays to the end: nobody looks through eight thousand tests for garbage, neither now nor later."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """A superuser's URL: `ACCOUNTGRAPH_TEST_URL`, else an embedded server of this run's own."""
    given = os.environ.get("ACCOUNTGRAPH_TEST_URL")
    with nullcontext(given) if given else scratch_server() as url:
        yield url
        drop_unwritten(url)


@pytest.fixture(scope="session")
def template(server_url: str) -> Iterator[str]:
    """The name of a database with an empty workspace `abm`."""
    with scratch_database(server_url) as url:
        create_workspace(url, "abm")
        tidy(url)
        yield str(conninfo.conninfo_to_dict(url)["dbname"])


@pytest.fixture(scope="session")
def demo_template(server_url: str, template: str) -> Iterator[str]:
    """The name of a database with the reference account in its workspace `abm`."""
    with scratch_database(server_url, template) as url:
        asyncio.run(load_demo(url, "abm"))
        yield str(conninfo.conninfo_to_dict(url)["dbname"])


@pytest.fixture(scope="session")
def beginnings(server_url: str, template: str) -> Iterator[Beginnings]:
    """The worlds that tests begin with."""
    with Beginnings.kept(server_url, template) as kept:
        yield kept


async def load_demo(url: str, workspace: str) -> None:
    """The reference account, into a workspace that is there."""
    async with Database(url, workspace=workspace) as db:
        await load_reference_account(db)


@pytest.fixture
def empty_url(server_url: str) -> Iterator[str]:
    """A database with nothing in it."""
    with scratch_database(server_url) as url:
        yield url


@pytest.fixture
def beginning() -> Make | None:
    """What has filled the workspace before the test begins; None: nothing has."""
    return None


@pytest.fixture
def url(server_url: str, template: str, beginnings: Beginnings, beginning: Make | None) -> Iterator[str]:
    """A database with a workspace `abm`, this test's own."""
    with scratch_database(server_url, beginnings.template(beginning) if beginning else template) as url:
        yield url


@pytest.fixture
async def db(url: str) -> AsyncIterator[Database]:
    """That database, opened; its time is the machine's."""
    async with Database(url, workspace="abm") as database:
        yield database


@pytest.fixture
def clock() -> Clock:
    """A clock that a test sets."""
    return Clock()


@pytest.fixture
async def timed(url: str, clock: Clock) -> AsyncIterator[Database]:
    """That database, on the test's clock."""
    async with Database(url, workspace="abm", clock=clock) as database:
        yield database


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Whatever a test is about: it fails where a key, a signing secret or its own password stands in what was logged meanwhile."""
    report = yield
    for title, text in report.sections:
        if title.startswith("Captured log") and (found := _SECRET.search(text)):
            report.outcome, report.longrepr = "failed", f"A secret stands in the log: {found[0][:17]}..."
    return report
