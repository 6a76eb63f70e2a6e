"""Loading the rich demo: forty accounts, four hundred people, a year; all of it in one transaction, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from accountgraph.demo.history import make_history
from accountgraph.demo.outreach import participants, quiet_from, run_campaigns
from accountgraph.demo.people import Row, Rows, make_accounts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from accountgraph.db import Connectable, Session
    from accountgraph.demo.people import Person

SEED = 20
TABLES = ("companies", "contacts", "relationships", "conversations", "touchpoints", "events", "consents", "suppressions")


def made(seed: int, now: datetime) -> tuple[Rows, list[Person]]:
    """All rows but those of the campaigns, and the people. Pure."""
    rows = Rows()
    people = make_accounts(seed, now, rows)
    make_history(seed, now, people, quiet_from(participants(people), now), rows)
    return rows, people


async def _write(session: Session, rows: Rows) -> None:
    for table in TABLES:
        given: Sequence[Row] = getattr(rows, table)
        if given:
            await session.value(f"demo.write_{table}", {"rows": msgspec.json.encode(given).decode()})


async def load_rich(db: Connectable, on_step: Callable[[str], None] = lambda _: None, *, seed: int = SEED) -> None:
    async def work(session: Session) -> None:
        now = session.now()
        rows, people = made(seed, now)
        on_step("Writing accounts")
        await _write(session, rows)
        on_step("campaigns")
        season = await run_campaigns(session, seed, now, people)
        await session.value("demo.write_events", {"rows": msgspec.json.encode(season.events).decode()})
        await session.tell_time(None)

    await db.run(work)
