"""Simulating on a real server: the same seed gives the same, the workspace is left alone, and what it says comes true."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psycopg
import pytest
from msgspec import Struct

from accountgraph.campaigns.enrolment.audience import choose
from accountgraph.campaigns.enrolment.enrol import Newcomer, enrol
from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.signals.record import Signal, record_signal
from accountgraph.enums import Channel
from accountgraph.errors import InvalidValueError, NotFoundError
from accountgraph.schema import list_workspaces
from accountgraph.simulation import TYPICAL, Behaviour, Rate, SimulationReport, behaviour_of, simulate
from accountgraph.simulation.copying import prepare
from accountgraph.store.companies import CompanyRepository
from tests.db.campaigns.world import PLAIN, World, definition
from tests.factories import START

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from accountgraph.db import Database
    from accountgraph.simulation import Progress
    from tests.factories import Clock

DAY = timedelta(days=1)
UNTIL = START + 40 * DAY
DAYS, TICK = 30, timedelta(hours=2)  # of the run that is compared with life
EVERYBODY = {"country": ["US"]}
ACCOUNTS = {"acme.com": ("Anna", "Ben", "Cleo"), "globex.com": ("Dan", "Eve"), "initech.com": ("Fred",), "hooli.com": ("Gita", "Hugo")}
SCRIPT: dict[str, dict[str, Any]] = {
    "anna@acme.com": {"out_of_office": {"after_days": 0.05, "back_after_days": 8}},
    "ben@acme.com": {"reply": {"after_days": 2, "touch": 2}},
    "dan@globex.com": {"unsubscribe": {"after_days": 1, "touch": 2}},
    "fred@initech.com": {"hard_bounce": {"after_days": 0.01}},
}


@pytest.fixture
async def world(timed: Database) -> AsyncIterator[World]:
    """Three accounts, a mailbox with a small cap and one that warms up."""
    world = await World.begin(timed, per_hour=2, per_day=3)
    await world.sender("ben@ours.com", warmup_started_at=START)
    for domain, names in ACCOUNTS.items():
        company = await CompanyRepository(timed).create_company({"name": domain, "domain": domain, "country": "US"})
        for name, seniority in zip(names, ("c-level", "vp", "manager"), strict=False):  # the order in which they are approached
            await world.person(company, name, seniority_level=seniority, is_primary_contact=seniority == "c-level")
    yield world
    assert all(not workspace.name.startswith("simulation_") for workspace in list_workspaces(await timed.url()))


async def _simulated(world: World, **options: Any) -> SimulationReport:
    chosen: dict[str, Any] = {"start": START, "until": UNTIL, "behaviour": behaviour_of(SCRIPT)} | options
    return await simulate(world.db, definition(audience=EVERYBODY), **chosen)


class Made(Struct, frozen=True):
    """A touch, in life or simulated."""

    address: str
    step: str
    channel: Channel
    at: datetime


async def test_same_seed_gives_an_equal_report_and_another_seed_another(world: World) -> None:
    typical = {"behaviour": Behaviour(rates=(Rate(kind=SignalKind.REPLY, percent=40),)), "until": START + 20 * DAY}
    first = await _simulated(world, seed=1, **typical)
    assert first.touches
    assert await _simulated(world, seed=1, **typical) == first
    assert (await _simulated(world, seed=2, **typical)).answers != first.answers


async def test_simulation_and_real_run_agree_touch_by_touch(world: World, clock: Clock) -> None:
    foreseen = await _simulated(world, tick=TICK, until=START + DAYS * DAY)
    lived = await _lived(world, clock)
    assert len(lived) > 8
    assert [Made(touch.address, touch.step, touch.channel, touch.at) for touch in foreseen.touches] == lived
    standings = (
        "SELECT c.email_key || ' ' || e.state || coalesce(' ' || e.reason, '') FROM enrolments e JOIN contacts c ON c.id = e.contact_id"
    )
    ends = [" ".join(filter(None, (end.address, end.state, end.reason))) for end in foreseen.endings]
    assert sorted(ends) == sorted(await world.select(str, standings))


async def _lived(world: World, clock: Clock) -> list[Made]:
    """The same campaign live: a worker that looks at every tick, work or none, and people who do what the script says."""
    version = await world.campaign(audience=EVERYBODY)
    await prepare(world.db, seed=0)  # who is due at the same moment goes by the enrolments' ids, which are chance in life
    await world.db.run(lambda session: session.execute("UPDATE campaigns SET is_live = true"))
    chosen = (await choose(world.db, version.definition, START, is_live=True)).chosen
    newcomers = [Newcomer(person.contact_id, person.rank) for person in chosen]
    await world.db.run(lambda session: enrol(session, version, newcomers, clock(), is_live=True))
    runner, counts, to_come = world.runner(), dict[str, int](), list[tuple[datetime, Signal]]()
    for nth in range(DAYS * DAY // TICK):
        tick = START + nth * TICK
        for at, signal in sorted((one for one in to_come if one[0] <= tick), key=lambda one: one[0]):
            clock.time = at
            await world.db.run(partial(record_signal, signal=signal, now=at))
        to_come = [one for one in to_come if one[0] > tick]
        clock.time, before = tick, len(world.post.sent)
        await runner.run_due()
        for address in world.post.recipients[before:]:
            counts[address] = counts.get(address, 0) + 1
            for kind, response in SCRIPT.get(address, {}).items():
                if response.get("touch", 1) == counts[address]:
                    at = tick + response["after_days"] * DAY
                    until = at + response["back_after_days"] * DAY if "back_after_days" in response else None
                    signal = Signal(kind=SignalKind(kind), dedupe_key=str(uuid4()), source="test", at=at, until=until, email=address)
                    to_come.append((at, signal))
    made = """SELECT c.email_key AS address, i.step_key AS step, i.channel, i.settled_at AS at
        FROM intents i JOIN contacts c ON c.id = i.contact_id WHERE i.state = 'sent' ORDER BY i.settled_at, address, step"""
    return await world.select(Made, made)


async def test_scripted_reply_ends_that_person_and_pauses_the_account(world: World) -> None:
    report = await _simulated(world, behaviour=behaviour_of({"ben@acme.com": {"reply": {"after_days": 1}}}))
    ends = {end.address: end.words for end in report.endings}
    assert ends["ben@acme.com"] == "finished: replied"
    assert ends["cleo@acme.com"] == "paused: account"
    assert ends["eve@globex.com"] == "finished: completed"
    [answer] = report.answers
    [got] = [touch for touch in report.touches if touch.address == "ben@acme.com"]
    assert (answer.kind, answer.at) == ("reply", got.at + DAY)
    assert all(touch.at <= answer.at for touch in report.touches if touch.company == "acme.com")


async def test_nothing_in_the_workspace_changes_and_live_work_goes_on(world: World) -> None:
    before = await _fingerprint(world)
    url = await world.db.url()
    renamed = 0

    def write_meanwhile(_: Progress) -> None:
        nonlocal renamed
        with psycopg.connect(url) as other:  # would wait for a lock that the simulation held
            other.execute("SET lock_timeout = '100ms'")
            for table in ("companies", "contacts", "senders"):
                other.execute(f"UPDATE abm.{table} SET updated_at = updated_at")  # type: ignore[arg-type, unused-ignore]
            renamed += 1
            other.rollback()

    await _simulated(world, until=START + 10 * DAY, on_progress=write_meanwhile)
    assert renamed > 3
    assert await _fingerprint(world) == before


async def _fingerprint(world: World) -> list[str]:
    tables = await world.select(str, "SELECT tablename::text FROM pg_tables WHERE schemaname = 'abm' ORDER BY 1")
    parts = [
        f"SELECT '{table} ' || count(*) || ' ' || coalesce(md5(string_agg(t::text, '' ORDER BY t::text)), '') AS x FROM {table} AS t"
        for table in tables
    ]
    return sorted(await world.select(str, " UNION ALL ".join(parts)))


async def test_workspace_is_gone_after_an_error(world: World) -> None:
    def fail(_: Progress) -> None:
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        await _simulated(world, on_progress=fail)


@pytest.mark.parametrize("after", [0.01, 0.3])
async def test_workspace_is_gone_after_a_cancel(world: World, after: float) -> None:
    task = asyncio.create_task(_simulated(world, until=START + 3000 * DAY))
    await asyncio.sleep(after)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_every_deferral_has_a_reason(world: World) -> None:
    report = await _simulated(world, until=START + 10 * DAY)
    assert {one.rule for one in report.put_off} >= {"colleague_order"}
    assert all(one.example and one.people and one.times >= one.people for one in report.put_off)


@pytest.mark.parametrize("seed", range(2))
async def test_load_of_a_mailbox_never_exceeds_its_cap(world: World, seed: int) -> None:
    for number in range(8):
        await world.account(f"more{number}.com", "Iris", "Jan")
    report = await _simulated(world, seed=seed, behaviour=TYPICAL, until=START + 8 * DAY)
    assert all(0 < load.messages <= load.cap for load in report.load)
    caps = {(load.sender, load.day): load.cap for load in report.load}
    assert {cap for (sender, _), cap in caps.items() if sender == "me@ours.com"} <= {3}
    assert caps.get(("ben@ours.com", START.date()), 5) == 5  # a new mailbox's first day


async def test_message_waits_for_its_approval_and_a_call_for_who_makes_it(world: World) -> None:
    steps = [{"key": "mail", "channel": "email", "template": "hello"}, {"key": "ring", "channel": "call", "instructions": "Ring."}]
    words = {"hello": PLAIN["templates"]["hello"]}
    audience = {"contacts": ["fred@initech.com"]}
    chosen = definition(audience=audience, policy={"requires_approval": True}, steps=steps, templates=words)
    await world.db.run(lambda session: session.execute("UPDATE contacts SET phone = '+15550100'"))
    report = await simulate(world.db, chosen, start=START, until=UNTIL, behaviour=Behaviour(approve_after_hours=3, do_tasks_after_hours=5))
    told = [(touch.step, touch.channel, f"{touch.at:%a %H:%M}", touch.sender) for touch in report.touches]
    assert [one[:2] for one in told] == [("mail", "email"), ("ring", "call")]
    assert told[0][2] == "Mon 12:00"
    assert told[1][3] is None
    nobody = await simulate(world.db, chosen, start=START, until=UNTIL, behaviour=Behaviour(approve_after_hours=None))
    assert (nobody.touches, nobody.states) == ([], {"paused: approval": 1})


async def test_who_is_left_out_is_named_with_the_reason(world: World) -> None:
    await world.account("ours.org", "Olaf", account_status="customer")
    report = await _simulated(world, until=START + DAY, behaviour=behaviour_of({"x@y.com": {"reply": {}}}))
    assert [(one.address, one.reason) for one in report.left_out] == [("olaf@ours.org", "customer")]
    assert report.reasons == {"customer": 1}
    assert report.scripts_of_nobody == ["x@y.com"]


async def test_people_who_are_named_are_approached_in_their_order(world: World) -> None:
    ids = await world.select(
        object, "SELECT id FROM contacts WHERE email_key = ANY ('{ben@acme.com,cleo@acme.com}') ORDER BY email_key DESC"
    )
    report = await _simulated(world, contacts=ids, behaviour=None)
    assert [end.address for end in report.endings] == ["cleo@acme.com", "ben@acme.com"]
    assert report.touches[0].address == "cleo@acme.com"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"start": datetime(2026, 3, 2, tzinfo=None)}, "start: has to have an offset"),  # noqa: DTZ001
        ({"until": START}, "until: has to be after start"),
        ({"until": datetime(2040, 1, 1, tzinfo=UTC)}, "until: has to be after start, by ten years at most"),
        ({"tick": timedelta(milliseconds=1)}, "tick: "),
        ({"contacts": [uuid4()]}, "contacts: there is no contact"),
    ],
)
async def test_bad_input_names_the_field(timed: Database, options: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidValueError, match=said):
        await _simulated(World(timed), **options)


async def test_campaign_that_is_not_there_is_said(timed: Database) -> None:
    with pytest.raises(NotFoundError, match="nowhere"):
        await simulate(timed, "nowhere", start=START, until=UNTIL)
