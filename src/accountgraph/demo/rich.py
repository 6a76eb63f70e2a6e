"""Loading the rich demo: forty accounts, four hundred people, a year; all of it in one transaction, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from accountgraph.demo.outreach.beginning import participants, quiet_from, run_campaigns
from accountgraph.demo.outreach.campaigns import NAMES
from accountgraph.demo.world.firms import FIRMS
from accountgraph.demo.world.history import make_history
from accountgraph.demo.world.people import make_accounts
from accountgraph.demo.world.rows import OUR_DOMAIN, OURS, Row, Rows
from accountgraph.errors import DuplicateError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from accountgraph.db import Connectable, Session
    from accountgraph.demo.world.rows import Person

SEED = 20
TABLES = ("companies", "contacts", "relationships", "consents", "suppressions", "conversations", "touchpoints", "events")
_ANALYZED = "companies, contacts, relationships, conversations, touchpoints, events"


class RichDemo(Struct, frozen=True, kw_only=True):
    """What is there of the rich demo. `is_new` False: it was there before, and nothing changed."""

    accounts: int
    people: int
    touchpoints: int
    campaigns: int
    is_new: bool


class _Counted(Struct, frozen=True):
    accounts: int
    people: int
    touchpoints: int
    campaigns: int


def made(seed: int, now: datetime) -> tuple[Rows, list[Person]]:
    """All rows but those of the campaigns, and the people. Pure: the same seed and time give the same."""
    rows = Rows()
    people = make_accounts(seed, now, rows)
    make_history(seed, now, people, quiet_from(participants(people), now), rows)
    return rows, people


async def has_rich_demo(db: Connectable) -> bool:
    """Whether the rich demo is in this workspace."""
    return bool(await db.value("demo.is_loaded", {"domain": FIRMS[0].domain}))


async def load_rich_demo(db: Connectable, on_step: Callable[[str], None] = lambda _: None, *, seed: int = SEED) -> RichDemo:
    """Load the rich demo in one transaction; where it is there already, nothing changes. Its times are relative to now.

    `on_step` is told, in a sentence, what is being done. Nothing of it is sent: see `outreach.season`.

    Raises:
        DuplicateError: the workspace has campaigns of its own, or accounts or senders where the demo's would stand.
    """

    async def work(session: Session) -> bool:
        await session.value("demo.lock")
        if await has_rich_demo(session):
            return False
        await _refuse_where_others_work(session)
        await _load(session, seed, session.now(), on_step)
        return True

    is_new = await db.run(work)
    counted = await db.row(_Counted, "demo.counted", {"names": list(NAMES)})
    assert counted is not None  # noqa: S101 - an aggregate gives its row
    return RichDemo(**msgspec.structs.asdict(counted), is_new=is_new)


async def _refuse_where_others_work(session: Session) -> None:
    senders = [f"{name.partition(' ')[0].lower()}@{OUR_DOMAIN}" for name in OURS]
    found = await session.rows(str, "demo.in_the_way", {"domains": [firm.domain for firm in FIRMS], "senders": senders})
    if found:
        cure = "Load it into another one: `accountgraph demo --rich --workspace demo`."
        raise DuplicateError("workspace", f"there is work of its own in it ({found[0]}), beside which the demo is not put. {cure}")


async def _load(session: Session, seed: int, now: datetime, on_step: Callable[[str], None]) -> None:
    rows, people = made(seed, now)
    on_step(f"Writing {len(rows.companies)} made-up accounts and {len(people)} people with {len(rows.touchpoints):,} touchpoints ...")
    for table in TABLES:
        await _write(session, table, getattr(rows, table))
    await session.execute(f"ANALYZE {_ANALYZED}")
    on_step("Living through half a year of campaigns; nothing is sent ...")
    await session.value("demo.hasten")
    season = await run_campaigns(session, seed, now, people, on_step)
    on_step("Adding who opened, clicked and answered ...")
    left = [{"id": intent_id, "at": at} for intent_id, at in season.left_at.items()]
    await session.affect("demo.spread", {"rows": _json(left)})
    await _write(session, "events", season.events)
    for change in ("settle_conversations", "mark_conversations", "mark_touchpoints"):
        await session.affect(f"demo.{change}")
    await season.session.tell_time(None)


async def _write(session: Session, table: str, rows: Sequence[Row]) -> None:
    await session.value(f"demo.write_{table}", {"rows": _json(rows)})


def _json(rows: Sequence[Row]) -> str:
    return msgspec.json.encode(rows).decode()
