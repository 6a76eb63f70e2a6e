"""Who changed what is kept for as long as a rule says, and for ever where none does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accountgraph.acting import Acting, ActingKind
from accountgraph.audit import list_audit
from accountgraph.db import Database
from accountgraph.errors import NotAllowedError
from accountgraph.privacy import apply_retention, set_retention
from accountgraph.store.companies import CompanyRepository

SAM = Acting(kind=ActingKind.USER, name="sam@ours.com")


async def changed(db: Database, *names: str) -> None:
    """Sam makes companies, all in one transaction, so at one moment."""

    async with db.acting_as(SAM).transaction() as session:
        for name in names:
            await CompanyRepository(session).create_company({"name": name})


async def logged(db: Database) -> int:
    return len((await list_audit(db)).items)


async def test_log_is_kept_for_ever_where_nobody_says_otherwise(db: Database) -> None:
    await changed(db, "Acme")
    done = await apply_retention(db, db.now() + timedelta(days=36_500))
    assert "audit_log" not in {one.kind for one in done}
    assert await logged(db) == 1


@pytest.mark.parametrize("batch", [1, 2, 1000])
async def test_changes_are_forgotten_when_their_time_is_over_and_not_before(db: Database, batch: int) -> None:
    await changed(db, "Acme", "Hooli", "Initech")
    await set_retention(db, "audit_log", 30)
    for days, dry_run, rows, left in ((29, False, 0, 3), (31, True, 3, 3), (31, False, 3, 0), (31, False, 0, 0)):
        done = await apply_retention(db, db.now() + timedelta(days=days), dry_run=dry_run, batch=batch)
        assert {one.kind: one.rows for one in done}["audit_log"] == rows
        assert await logged(db) == left


async def test_agent_makes_the_log_forget_nothing(db: Database, url: str) -> None:
    await changed(db, "Acme")
    (change,) = (await list_audit(db)).items
    async with Database(url, workspace="abm", as_agent=True) as agent:
        with pytest.raises(NotAllowedError):
            await agent.run(lambda session: session.affect("privacy.retention.drop_audit_log", {"ids": [change.id]}))
    assert await logged(db) == 1
