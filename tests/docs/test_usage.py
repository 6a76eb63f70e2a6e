"""The code on the pages runs, and prints what they show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from accountgraph import AccountOrchestrator
from accountgraph.db import default_database
from accountgraph.notices.needs import SAID
from accountgraph.outgoing.kinds import KINDS, SUBSCRIBABLE
from tests.docs.pages import page, rows
from tests.docs.running import run_page

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from accountgraph import Contact


@pytest.fixture
async def reader(url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """Somebody whose default database is an empty workspace."""
    monkeypatch.setenv("DATABASE_URL", url)
    for name in ("ACCOUNTGRAPH_WORKSPACE", "ACCOUNTGRAPH_POOLER"):
        monkeypatch.delenv(name, raising=False)
    yield
    await default_database().close()


@pytest.mark.usefixtures("reader")
async def test_usage_runs_as_written(tmp_path: Path) -> None:
    names: dict[str, Any] = await run_page(page("usage.md"), tmp_path)
    mary: Contact = names["mary"]
    assert (names["colleague"], names["target"]["contact"].id, names["target"]["priority_score"]) == ("John Smith", mary.id, 45.0)
    assert names["sent"].content == "Dear Mary, your colleague John Smith recently inquired about ..."


@pytest.mark.usefixtures("reader")
async def test_tutorial_runs_as_written(tmp_path: Path) -> None:
    await run_page(page("tutorial.md"), tmp_path)


@pytest.mark.usefixtures("reader")
async def test_import_runs_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    await run_page(page("import.md"), tmp_path)


@pytest.mark.usefixtures("reader")
async def test_campaigns_run_as_written(tmp_path: Path) -> None:
    await run_page(page("campaigns.md"), tmp_path)
    status = await AccountOrchestrator().get_campaign_status("inbound-lead")
    assert (status.campaign.status, status.under_way) == ("active", 1)


@pytest.mark.usefixtures("reader")
async def test_verification_of_webhooks_runs_as_written(tmp_path: Path) -> None:
    text = page("webhooks.md")
    names = await run_page(text[text.index("## Verifying") : text.index("## Delivery")], tmp_path)
    assert names["payload"]["type"] == "webhook.test"


def test_kinds_of_webhooks_and_notices_are_those_of_the_tables() -> None:
    described = {row[0].strip("`"): row[1] for row in rows(page("webhooks.md"))}
    for kind in SUBSCRIBABLE:
        assert described[kind] == KINDS[kind].description
    for notice, said in SAID.items():
        assert described[notice] == said.when
