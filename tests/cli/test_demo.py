"""The rich demo: loaded once, looked at from all sides, and taken away from copies of it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg import conninfo

from accountgraph.campaigns.engine.runner import Runner
from accountgraph.channels import Transports
from accountgraph.db import Database
from accountgraph.demo import load_reference_account
from accountgraph.demo.outreach.campaigns import DRAFT, FINISHED, PAUSED, RUNNING
from accountgraph.demo.rich import load_rich_demo
from accountgraph.errors import DuplicateError
from accountgraph.graph import CompanyGraph
from tests.cli.conftest import program
from tests.databases import scratch_database
from tests.factories import Clock
from tests.soak.size import IS_SOAK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.conftest import Program

NOW = datetime(2026, 3, 11, 15, tzinfo=UTC)
LARGE = "halvorsen-marine.example"


async def _load(url: str, now: datetime = NOW) -> None:
    async with Database(url, workspace="abm", clock=lambda: now) as db:
        await load_reference_account(db)
        await load_rich_demo(db)


@pytest.fixture(scope="module")
def rich_url(server_url: str, template: str) -> Iterator[str]:
    """A database with both demos, which tests only read."""
    with scratch_database(server_url, template) as url:
        asyncio.run(_load(url))
        yield url


@pytest.fixture
def rich(rich_url: str, monkeypatch: pytest.MonkeyPatch) -> Program:
    """The program on it."""
    return program(rich_url, monkeypatch)


@pytest.fixture
def copied(server_url: str, rich_url: str) -> Iterator[str]:
    """A copy of it, the test's own."""
    with scratch_database(server_url, str(conninfo.conninfo_to_dict(rich_url)["dbname"])) as url:
        yield url


def rows(url: str, statement: str) -> list[Any]:
    """What a query gives: the only column, or tuples."""
    with psycopg.connect(url, options="-c search_path=abm") as connection:
        found = connection.execute(statement.encode()).fetchall()
    return [row[0] if len(row) == 1 else row for row in found]


def test_reference_account_has_its_figures_beside_forty_others(rich_url: str) -> None:
    async def read() -> Any:
        async with Database(rich_url, workspace="abm", clock=lambda: NOW) as db:
            demo = await load_reference_account(db)
            graph = CompanyGraph(db)
            return await graph.get_account_health_score(demo.company_id), await graph.find_expansion_targets(demo.williams_id)

    health, targets = asyncio.run(read())
    assert (health["total_score"], health["engagement"]["score"]) == (43.33, 0.0)
    assert [target["priority_score"] for target in targets] == [21.0]


@pytest.mark.parametrize("table", ["companies", "contacts", "relationships", "conversations", "touchpoints"])
def test_every_row_with_attributes_says_that_it_is_made_up(rich_url: str, table: str) -> None:
    assert rows(rich_url, f"SELECT count(*) FROM {table} WHERE NOT attributes @> '{{\"demo\": true}}'") == [0]


def test_health_scores_are_spread(rich: Program, rich_url: str) -> None:
    async def scores() -> list[float]:
        async with Database(rich_url, workspace="abm", clock=lambda: NOW) as db:
            ids = rows(rich_url, "SELECT id FROM companies")
            return sorted([(await CompanyGraph(db).get_account_health_score(one))["total_score"] for one in ids])

    found = asyncio.run(scores())
    assert found[0] < 20
    assert found[-1] > 85
    assert len([score for score in found if 30 <= score <= 70]) >= 8


def test_running_campaign_has_people_everywhere(rich_url: str) -> None:
    states = set(
        rows(rich_url, f"SELECT DISTINCT e.state FROM enrolments e JOIN campaigns p ON p.id = e.campaign_id WHERE p.name = '{RUNNING}'")
    )
    assert states >= {"waiting", "paused", "finished", "failed"}
    reasons = set(rows(rich_url, "SELECT DISTINCT reason FROM enrolments WHERE state = 'paused'"))
    assert reasons >= {"approval", "task", "hold", "account", "campaign"}


def test_ledger_has_every_kind_of_row(rich_url: str) -> None:
    assert set(rows(rich_url, "SELECT DISTINCT state FROM intents")) >= {"sent", "planned", "refused", "unknown"}
    assert rows(rich_url, "SELECT count(*) FROM intents WHERE state = 'unknown'") == [1]
    assert set(rows(rich_url, "SELECT DISTINCT verdict FROM decisions")) == {"allow", "defer", "deny"}


def test_both_variants_were_sent_often_enough_for_an_interval(rich_url: str) -> None:
    for first, second in (("question", "story"), ("cost", "people")):
        counted = dict(rows(rich_url, "SELECT variant, count(*) FROM intents WHERE variant IS NOT NULL AND state = 'sent' GROUP BY 1"))
        assert min(counted[first], counted[second]) >= 24


def test_each_campaign_stands_where_it_should(rich: Program) -> None:
    wanted = {FINISHED: "finished", PAUSED: "paused", RUNNING: "active", DRAFT: "draft"}
    for name, status in wanted.items():
        assert rich("campaign", "status", name, "--json").data["campaign"]["status"] == status


def test_seven_answers_wait_of_several_meanings(rich: Program) -> None:
    waiting = rich("inbox", "list", "--json").data
    answers = [one for one in waiting if one["kind"] == "reply"]
    assert len(answers) == 7
    assert len({one["signal"] for one in answers}) >= 4
    assert len({one["company"] for one in answers}) == 7


def test_work_of_people_is_open(rich: Program) -> None:
    tasks = rich("task", "list", "--json").data
    steps = [one for one in tasks if one["kind"] in {"call", "linkedin"}]
    assert 6 <= len(steps) <= 12
    assert {one["kind"] for one in tasks} >= {"reply", "resolve_unknown", "meeting_outcome"}
    assert 1 <= len(rich("approval", "list", "--json").data) <= 6


def test_every_step_from_account_to_won_is_there(rich_url: str) -> None:
    kinds = set(rows(rich_url, "SELECT DISTINCT kind FROM events"))
    assert kinds >= {"sent", "delivered", "opened", "clicked", "replied", "answered", "meeting_booked", "meeting_held", "bounced"}
    assert set(rows(rich_url, "SELECT DISTINCT actor FROM events WHERE kind = 'clicked'")) >= {"human", "scanner", "unverified"}
    assert set(rows(rich_url, "SELECT DISTINCT actor FROM events WHERE kind = 'opened'")) >= {"human", "prefetch"}
    assert rows(rich_url, "SELECT count(*) > 0 FROM conversations WHERE status = 'won' AND actual_value > 0") == [True]
    assert rows(rich_url, "SELECT count(*) > 0 FROM signals WHERE kind = 'meeting_held'") == [True]


def test_those_who_are_left_alone_are_among_them(rich_url: str) -> None:
    assert set(rows(rich_url, "SELECT DISTINCT reason FROM suppressions")) >= {"bounced", "do_not_contact", "unsubscribed"}
    assert set(rows(rich_url, "SELECT DISTINCT kind FROM signals")) >= {"out_of_office", "hard_bounce", "reply_positive", "referral"}
    assert rows(rich_url, "SELECT count(*) > 50 FROM consents") == [True]


def test_nothing_happened_before_its_message_or_after_now(rich_url: str) -> None:
    early = "SELECT count(*) FROM events e JOIN touchpoints t ON t.id = e.touchpoint_id WHERE e.at < t.sent_at"
    assert rows(rich_url, early) == [0]
    assert rows(rich_url, f"SELECT count(*) FROM events WHERE at > '{NOW.isoformat()}'") == [0]
    assert rows(rich_url, f"SELECT count(*) FROM touchpoints WHERE sent_at > '{NOW.isoformat()}'") == [0]


def test_no_mailbox_of_the_demo_reaches_anybody(rich_url: str) -> None:
    assert set(rows(rich_url, "SELECT DISTINCT transport FROM senders")) == {"console"}
    assert rows(rich_url, "SELECT count(*) FROM senders WHERE address NOT LIKE '%.example'") == [0]
    assert rows(rich_url, "SELECT count(*) FROM contacts WHERE email NOT LIKE '%.example' AND email NOT LIKE '%@acmemedical.com'") == [0]
    assert rows(rich_url, "SELECT count(*) FROM drafts") == [0]


def two_weeks_on(url: str) -> set[str]:
    """Let a runner go on with the demo; gives the transports that it asked for."""

    async def go_on() -> set[str]:
        clock, asked = Clock(NOW), set[str]()
        async with Database(url, workspace="abm", clock=clock) as db:
            transports = Transports(db.now)

            def transport_for(name: str) -> Any:
                asked.add(name)
                return transports.transport_for(name)

            runner = Runner(db, transport_for)
            for _ in range(14):
                clock.forward(days=1)
                await runner.run_due()
        return asked

    return asyncio.run(go_on())


def test_a_worker_that_goes_on_with_the_demo_prints(copied: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert two_weeks_on(copied) == {"console"}
    assert "northlight.example" in capsys.readouterr().out


def test_a_real_mailbox_writes_to_nobody_of_the_demo(copied: str) -> None:
    """Also where somebody gives the demo's mailboxes another transport."""
    with psycopg.connect(copied, options="-c search_path=abm") as connection:
        connection.execute("UPDATE senders SET transport = 'smtp'")
    assert two_weeks_on(copied) == set()
    assert rows(copied, "SELECT count(*) > 0 FROM decisions WHERE rule = 'made_up' AND verdict = 'deny'") == [True]


def test_a_field_demo_of_ones_own_makes_nobody_made_up(copied: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with psycopg.connect(copied, options="-c search_path=abm") as connection:
        connection.execute("INSERT INTO companies (name, domain, attributes) VALUES ('Ours', 'ours.com', '{\"demo\": true}')")
        connection.execute(
            "INSERT INTO contacts (company_id, email, email_key, attributes)"
            " SELECT id, 'ann@ours.com', 'ann@ours.com', '{\"demo\": true}' FROM companies WHERE domain = 'ours.com'"
        )
    program(copied, monkeypatch)("demo", "--remove", "--yes")
    assert rows(copied, "SELECT domain FROM companies") == ["ours.com"]
    assert rows(copied, "SELECT email FROM contacts") == ["ann@ours.com"]


@pytest.mark.parametrize(
    "words",
    [
        ("account", "list"),
        ("account", "overview", LARGE),
        ("account", "tree", LARGE),
        ("account", "health", LARGE),
        ("account", "expansion", LARGE),
        ("campaign", "list"),
        ("campaign", "status", RUNNING),
        ("campaign", "show", FINISHED),
        ("inbox", "list"),
        ("task", "list"),
        ("approval", "list"),
        ("hold", "list"),
        ("sender", "list"),
        ("verify",),
    ],
    ids=" ".join,
)
def test_the_program_answers_about_it(rich: Program, words: tuple[str, ...]) -> None:
    said = rich(*words)
    assert said.code == 0, said.err
    assert said.out.strip()


def test_a_second_loading_changes_nothing(copied: str) -> None:
    everything = "SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM touchpoints), (SELECT max(updated_at) FROM contacts)"
    before = rows(copied, everything)
    asyncio.run(_load(copied, NOW + timedelta(days=3)))
    assert rows(copied, everything) == before


def test_removing_counts_asks_and_leaves_nothing(copied: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run = program(copied, monkeypatch)
    refused = run("demo", "--remove", stdin="n\n")
    assert "41 accounts" in refused.err
    assert rows(copied, "SELECT count(*) FROM companies") == [41]
    assert run("demo", "--remove", "--yes", "--json").data["removed"]["accounts"] == 41
    tables: tuple[str, ...] = (
        "companies",
        "contacts",
        "conversations",
        "touchpoints",
        "events",
        "campaigns",
        "enrolments",
        "intents",
        "sends",
        "tasks",
    )
    tables += ("signals", "mails", "suppressions", "consents", "senders", "templates", "legal_identities", "holds", "approvals", "queues")
    assert {table: rows(copied, f"SELECT count(*) FROM {table}")[0] for table in tables} == dict.fromkeys(tables, 0) | {
        "queues": rows(copied, "SELECT count(*) FROM queues WHERE sender_id IS NULL")[0]
    }
    assert run("demo", "--remove", "--json").data == {"removed": None}


def test_removing_leaves_what_is_real(copied: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run = program(copied, monkeypatch)
    with psycopg.connect(copied, options="-c search_path=abm") as connection:
        connection.execute("INSERT INTO companies (name, domain) VALUES ('Ours', 'ours.com')")
        connection.execute(
            "INSERT INTO contacts (company_id, email, email_key) SELECT c.id, d.email, d.email FROM companies AS c INNER JOIN"
            " (VALUES ('ours.com', 'ann@ours.com'), (%s, 'ben@ours.com')) AS d (domain, email) ON d.domain = c.domain",
            (LARGE,),
        )
        connection.execute("INSERT INTO suppressions (contact_id, reason) SELECT id, 'manual' FROM contacts WHERE email = 'ann@ours.com'")
    said = run("demo", "--remove", "--yes")
    assert "Halvorsen Marine" in said.err
    assert rows(copied, "SELECT email FROM contacts ORDER BY email") == ["ann@ours.com", "ben@ours.com"]
    assert rows(copied, "SELECT name FROM companies ORDER BY name") == ["Halvorsen Marine", "Ours"]
    assert rows(copied, "SELECT reason FROM suppressions") == ["manual"]


async def test_the_demo_is_not_put_beside_campaigns_of_ones_own(db: Database, url: str) -> None:
    with psycopg.connect(url, options="-c search_path=abm") as connection:
        connection.execute("INSERT INTO campaigns (name) VALUES ('ours')")
    with pytest.raises(DuplicateError, match="ours"):
        await load_rich_demo(db)
    assert rows(url, "SELECT count(*) FROM companies") == [0]


async def test_a_loading_that_breaks_off_leaves_nothing(db: Database, url: str) -> None:
    def fail(said: str) -> None:
        if "campaigns" in said:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await load_rich_demo(db, fail)
    assert rows(url, "SELECT count(*) FROM companies") == [0]


@pytest.mark.skipif(not IS_SOAK, reason="a second loading takes as long as the first")
def test_the_same_seed_and_time_give_the_same_campaigns(rich_url: str, url: str) -> None:
    asyncio.run(_load(url))
    for statement in SAME:
        assert sorted(map(repr, rows(url, statement))) == sorted(map(repr, rows(rich_url, statement)))


SAME = (
    "SELECT c.email, i.step_key, i.state, i.variant, i.subject, i.settled_at FROM intents AS i JOIN contacts AS c ON c.id = i.contact_id",
    "SELECT id, state, reason, step_key, next_due_at FROM enrolments",
    "SELECT kind, title, state, outcome, created_at, closed_at FROM tasks",
    "SELECT kind, at, source FROM signals",
    "SELECT kind, detail, at, actor FROM events",
)
