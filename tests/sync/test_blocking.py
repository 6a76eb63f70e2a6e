"""`accountgraph.sync`: the same calls for code that is not async."""

from __future__ import annotations

import asyncio
import inspect
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from accountgraph import db, sync
from accountgraph.errors import InvalidValueError, UnknownFieldError
from accountgraph.sync import CompanyGraph, CompanyRepository, ContactRepository, Database, connect

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent.parent
TWINS = [twin for name, twin in vars(sync).items() if inspect.isclass(twin) and hasattr(twin, "kind") and not name.startswith("_")]


@pytest.fixture
def blocking(url: str) -> Iterator[Database]:
    with connect(url, workspace="abm") as database:
        yield database


def test_a_call_waits_for_its_answer(blocking: Database) -> None:
    company = CompanyRepository(blocking).create_company({"name": "Acme", "domain": "acme.com"})
    ContactRepository(blocking).create_contact({"company_id": company.id, "email": "ann@acme.com"})
    assert CompanyGraph(blocking).get_account_overview(company.id)["summary"]["total_contacts"] == 1


def test_an_async_iterator_is_an_iterator(blocking: Database) -> None:
    repository = CompanyRepository(blocking)
    for name in "abc":
        repository.create_company({"name": name})
    assert sorted(company.name for company in repository.every_company()) == ["a", "b", "c"]


def test_an_iterator_may_be_left_early(blocking: Database) -> None:
    repository = CompanyRepository(blocking)
    for name in "abc":
        repository.create_company({"name": name})
    for _ in range(20):  # more often than there are connections
        assert next(iter(repository.every_company())).name in "abc"


def test_a_transaction_is_a_context_manager_that_repositories_join(blocking: Database) -> None:
    with blocking.transaction() as session:
        CompanyRepository(session).create_company({"name": "kept"})
    with pytest.raises(ZeroDivisionError):
        _fail_in_a_transaction(blocking)
    assert [company.name for company in CompanyRepository(blocking).list_companies()] == ["kept"]


def _fail_in_a_transaction(blocking: Database) -> None:
    with blocking.transaction() as session:
        CompanyRepository(session).create_company({"name": "lost"})
        _ = 1 / 0


def test_errors_are_those_of_the_async_api(blocking: Database) -> None:
    with pytest.raises(UnknownFieldError):
        CompanyRepository(blocking).create_company({"nmae": "Acme"})
    with pytest.raises(InvalidValueError):
        CompanyRepository(blocking).search_companies("")


async def test_it_works_inside_a_running_loop(url: str) -> None:
    with connect(url, workspace="abm") as blocking:
        assert CompanyRepository(blocking).list_companies() == []
    await asyncio.sleep(0)


def test_it_works_from_many_threads(blocking: Database) -> None:
    repository = CompanyRepository(blocking)
    threads = [threading.Thread(target=repository.create_company, args=({"name": str(number)},)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(repository.list_companies()) == 20


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.__name__)
def test_every_public_call_has_a_twin(twin: type) -> None:
    kind: type = vars(twin)["kind"]
    public = {name for name, _ in inspect.getmembers(kind, inspect.isfunction) if not name.startswith("_")}
    only_async = {"run", "copy", "execute"} if kind in {db.Database, db.Session} else set()
    assert public - only_async <= set(dir(twin))


def test_every_repository_has_a_twin() -> None:
    import accountgraph

    wanted = {name for name in accountgraph.__all__ if name.endswith(("Repository", "Graph"))}
    assert wanted <= {twin.__name__ for twin in TWINS}


def test_the_stub_is_current() -> None:
    subprocess.run([sys.executable, "tools/sync_stub.py", "--check"], cwd=ROOT, check=True)
