"""The health of accounts day by day: the same as the graph says, whether taken or reckoned; and what is asked of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg
import pytest

from accountgraph.analytics import (
    asked_of,
    backfill_health,
    health_distribution,
    health_movers,
    health_series,
    snapshot_due,
    snapshot_health,
)
from accountgraph.analytics.snapshots import ONE_PASS, Taken
from accountgraph.errors import InvalidValueError
from accountgraph.graph import CompanyGraph
from accountgraph.graph.policy import HealthPolicy, ScorePolicy
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.outreach.settings import SettingsRepository
from accountgraph.store.relationships import RelationshipRepository
from tests.db.analytics.history import NOW, march

if TYPE_CHECKING:
    from accountgraph.db import Database
    from tests.db.analytics.history import History
    from tests.factories import Clock

TODAY = NOW.date()
OTHER = HealthPolicy(engagement=50, conversations=20, relationships=15, decision_makers=15, most_contacts=2)


async def peopled(history: History, seed: int) -> None:
    """People, edges, conversations and acts by chance, in accounts of every size."""
    random, db = Random(seed), history.db
    people = []
    for number in range(25):
        fields = {
            "company_id": history.ids[random.choice(("Acme", "Blue", "Cobalt"))],
            "email": f"p{number}@more.example",
            "is_decision_maker": random.random() < 0.2,
            "status": random.choice(("active", "active", "active", "invalid")),
        }
        people.append((await ContactRepository(db).create_contact(fields)).id)
    for one, other in {tuple(sorted(random.sample(people, 2))) for _ in range(15)}:
        await RelationshipRepository(db).create_relationship(
            {"contact_id_1": one, "contact_id_2": other, "relationship_type": "colleagues", "discovered_at": march(random.randint(1, 28))}
        )
    for number, person in enumerate(random.sample(people, 12)):
        talk = await ConversationRepository(db).create_conversation(person, started_at=march(random.randint(1, 20)))
        history.ids[f"{number}'s"] = talk.id
        message = await history.send(str(number), march(random.randint(20, 28)))
        kinds: list[tuple[str, dict[str, Any]]] = [
            ("opened", {}), ("clicked", {}), ("replied", {"detail": "positive"}), ("unsubscribed", {}), ("replied", {"detail": "refusal"})
        ]  # fmt: skip
        kind, given = random.choice(kinds)
        await history.happened(message, kind, days=random.uniform(0.5, 8), **given)


async def stored(history: History, day: date) -> dict[UUID, tuple[float, ...]]:
    found = await health_series(history.db, [history.ids[name] for name in ("Acme", "Blue", "Cobalt", "Dune")], until=day, days=1)
    return {
        one.company_id: (row.score, row.engagement, row.conversations, row.relationships, row.decision_makers)
        for one in found
        for row in one.days
    }


async def by_the_graph(history: History, policy: HealthPolicy, as_of: datetime | None) -> dict[UUID, tuple[float, ...]]:
    graph = CompanyGraph(history.db, ScorePolicy(health=policy))
    found: dict[UUID, tuple[float, ...]] = {}
    for name in ("Acme", "Blue", "Cobalt", "Dune"):
        health = await graph.get_account_health_score(history.ids[name], as_of)
        parts = health["breakdown"]
        found[history.ids[name]] = (
            health["total_score"], parts["engagement"], parts["conversations"], parts["relationships"], parts["decision_makers"],
        )  # fmt: skip
    return found


@pytest.mark.parametrize("policy", [HealthPolicy(), OTHER], ids=["default", "other"])
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_snapshot_is_the_health_that_the_graph_says(history: History, seed: int, policy: HealthPolicy) -> None:
    await peopled(history, seed)
    taken = await snapshot_health(history.db, policy=policy)
    assert (taken.day, taken.accounts, taken.is_reckoned) == (TODAY, 4, False)
    found = await stored(history, TODAY)
    assert found == await by_the_graph(history, policy, None)
    assert any(points[1] for points in found.values())


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_day_that_is_reckoned_is_the_health_that_the_graph_says_of_its_end(history: History, seed: int) -> None:
    await peopled(history, seed)
    for name in ("Acme", "Blue", "Cobalt", "Dune"):
        async with history.db.transaction() as session:
            await session.execute("UPDATE companies SET created_at = '2026-01-01' WHERE id = %(id)s", {"id": history.ids[name]})
    day = date(2026, 3, 25)
    (done,) = await backfill_health(history.db, since=day, until=day)
    assert (done.accounts, done.is_reckoned) == (4, True)
    end = datetime(2026, 3, 26, tzinfo=UTC) - timedelta(microseconds=1)
    assert await stored(history, day) == await by_the_graph(history, HealthPolicy(), end)


async def test_same_day_taken_twice_is_one_row_with_the_last_score(history: History, clock: Clock) -> None:
    await snapshot_health(history.db)
    before = await stored(history, TODAY)
    clock.forward(hours=2)
    await snapshot_health(history.db)
    (series,) = await health_series(history.db, [history.ids["Acme"]], until=TODAY, days=30)
    assert [row.day for row in series.days] == [TODAY]
    assert await stored(history, TODAY) == await by_the_graph(history, HealthPolicy(), None)
    assert set(await stored(history, TODAY)) == set(before)


async def test_what_was_taken_on_the_day_is_not_reckoned_over(history: History, clock: Clock) -> None:
    await snapshot_health(history.db)
    kept = await stored(history, TODAY)
    clock.forward(days=3)
    (done,) = await backfill_health(history.db, since=TODAY, until=TODAY, anew=True)
    assert done.accounts == 0
    assert await stored(history, TODAY) == kept


async def test_history_begins_with_the_first_thing_known_and_ends_yesterday(history: History) -> None:
    done = await backfill_health(history.db)
    assert (done[0].day, done[-1].day, len(done)) == (date(2026, 3, 1), TODAY - timedelta(days=1), 40)


async def test_days_reckoned_together_are_as_each_reckoned_alone(history: History) -> None:
    await peopled(history, 4)
    days = [date(2026, 3, 1) + timedelta(days=number) for number in range(40)]
    for day in days:
        await backfill_health(history.db, since=day, until=day)
    alone = [await stored(history, day) for day in days]
    assert len({str(one) for one in alone}) > 20
    await backfill_health(history.db, since=days[0], until=days[-1], anew=True)
    assert [await stored(history, day) for day in days] == alone


async def test_a_backfill_that_was_stopped_goes_on_where_it_was(history: History) -> None:
    class StoppedError(Exception):
        pass

    def stop(taken: Taken) -> None:
        raise StoppedError(str(taken.day))

    with pytest.raises(StoppedError):
        await backfill_health(history.db, on_day=stop)
    rest = await backfill_health(history.db)
    assert (rest[0].day, rest[-1].day, len(rest)) == (date(2026, 4, 1), TODAY - timedelta(days=1), 40 - ONE_PASS)
    assert await backfill_health(history.db) == []
    assert len(await backfill_health(history.db, anew=True)) == 40


async def test_a_day_that_lacks_an_account_is_reckoned_again(history: History) -> None:
    async with history.db.transaction() as session:
        await session.execute("UPDATE companies SET created_at = '2026-01-01'")
    day = date(2026, 3, 25)
    await backfill_health(history.db, since=day, until=day, companies=[history.ids["Acme"]])
    assert set(await stored(history, day)) == {history.ids["Acme"]}
    (done,) = await backfill_health(history.db, since=day, until=day)
    assert (done.accounts, len(await stored(history, day))) == (4, 4)


async def test_some_accounts_alone_are_reckoned_on_all_their_days(history: History) -> None:
    await backfill_health(history.db)
    done = await backfill_health(history.db, companies=[history.ids["Acme"]])
    assert {one.accounts for one in done} == {1}
    assert len(done) == 40


async def test_accounts_of_which_nothing_was_known_yet_have_no_day(history: History) -> None:
    await backfill_health(history.db, since=date(2026, 3, 5), until=date(2026, 3, 5))
    assert history.ids["Dune"] not in await stored(history, date(2026, 3, 5))
    assert history.ids["Acme"] in await stored(history, date(2026, 3, 5))


async def test_today_is_not_over_and_cannot_be_reckoned(history: History) -> None:
    with pytest.raises(InvalidValueError, match="until"):
        await backfill_health(history.db, until=TODAY)


async def test_days_are_those_of_the_workspaces_zone(history: History, clock: Clock) -> None:
    await SettingsRepository(history.db).update_settings({"timezone": "Pacific/Auckland"})
    clock.time = datetime(2026, 4, 10, 13, tzinfo=UTC)
    assert (await snapshot_health(history.db)).day == date(2026, 4, 11)


async def test_worker_takes_the_day_in_its_last_hour(history: History, clock: Clock) -> None:
    assert await snapshot_due(history.db) == []
    clock.time = datetime(2026, 4, 10, 23, 45, tzinfo=UTC)
    assert [(one.day, one.is_reckoned) for one in await snapshot_due(history.db)] == [(TODAY, False)]


async def test_days_on_which_no_worker_ran_are_reckoned_afterwards(history: History, clock: Clock) -> None:
    await snapshot_health(history.db)
    clock.forward(days=3)
    done = await snapshot_due(history.db)
    assert [(one.day, one.is_reckoned) for one in done] == [(TODAY + timedelta(days=1), True), (TODAY + timedelta(days=2), True)]
    assert await snapshot_due(history.db) == []


async def test_agent_reads_health_and_writes_none(history: History, url: str) -> None:
    from accountgraph.db import Database
    from accountgraph.errors import DatabaseError

    await snapshot_health(history.db)
    async with Database(url, workspace="abm", as_agent=True) as agent:
        assert (await health_series(agent, [history.ids["Acme"]], until=TODAY))[0].days
        with pytest.raises(DatabaseError):
            await snapshot_health(agent)


async def filled(history: History, scores: dict[str, dict[int, tuple[float, float]]]) -> None:
    """Days of accounts by hand: by day of March, the engagement and the conversations part."""
    async with history.db.transaction() as session:
        for name, days in scores.items():
            for day, (engaged, talking) in days.items():
                await session.execute(
                    "INSERT INTO account_health_daily VALUES (%(id)s, %(day)s, %(e)s + %(t)s, %(e)s, %(t)s, 0, 0, false, now())",
                    {"id": history.ids[name], "day": date(2026, 3, day), "e": engaged, "t": talking},
                )


async def test_series_has_its_days_in_order_and_an_entry_for_every_account(history: History) -> None:
    await filled(history, {"Acme": {3: (10, 0), 1: (5, 0)}})
    asked = [history.ids["Dune"], history.ids["Acme"]]
    found = await health_series(history.db, asked, until=date(2026, 3, 31), days=31)
    assert [(one.company_id, [row.score for row in one.days]) for one in found] == [(asked[0], []), (asked[1], [5.0, 10.0])]


@pytest.mark.parametrize(("count", "days"), [(0, 30), (51, 30), (50, 31), (1, 1501), (1, 0)])
async def test_series_is_of_fifty_accounts_for_thirty_days_at_most(history: History, count: int, days: int) -> None:
    with pytest.raises(InvalidValueError):
        await health_series(history.db, [UUID(int=number) for number in range(count)], until=TODAY, days=days)


async def test_account_that_is_not_there_has_no_entry(history: History) -> None:
    assert await health_series(history.db, [UUID(int=1)], until=TODAY) == []


async def test_distribution_counts_accounts_by_status_and_day(history: History) -> None:
    await filled(history, {"Acme": {1: (40, 30), 2: (40, 40)}, "Blue": {1: (10, 0)}, "Cobalt": {1: (25, 0)}, "Dune": {1: (59.99, 0)}})
    first, second = await health_distribution(history.db, await history.asked())
    assert (first.accounts, first.good, first.fair, first.poor, first.critical, first.excellent) == (4, 1, 1, 1, 1, 0)
    assert first.median == pytest.approx(42.495)
    assert first.lower_quartile == 21.25
    assert (second.day, second.accounts, second.excellent) == (date(2026, 3, 2), 1, 1)
    (tier2, *_) = await health_distribution(history.db, await history.asked(tier="tier2"))
    assert tier2.accounts == 1


async def test_movers_say_which_part_moved(history: History) -> None:
    await filled(
        history,
        {
            "Acme": {1: (10, 10), 8: (30, 5), 9: (31, 5)},
            "Blue": {1: (30, 30), 8: (10, 30), 9: (9.5, 30)},
            "Cobalt": {1: (5, 0), 9: (5, 0)},
            "Dune": {9: (40, 0)},
        },
    )
    found = await health_movers(history.db, await history.asked(), days=7)
    assert (found.from_day, found.to_day) == (date(2026, 3, 1), date(2026, 3, 9))  # no second is there: the last day before it
    assert [(one.name, one.change, one.says) for one in found.up] == [("Acme", 16.0, "engagement +21.00; conversations -5.00.")]
    assert [(one.name, one.change, one.parts[0].part) for one in found.down] == [("Blue", -20.5, "engagement")]


async def test_without_two_days_nobody_moved(history: History) -> None:
    found = await health_movers(history.db, await asked_of(history.db))
    assert (found.from_day, found.up, found.down) == (None, [], [])


async def test_account_that_goes_takes_its_days_with_it(history: History, url: str) -> None:
    await filled(history, {"Dune": {1: (1, 0)}})
    with psycopg.connect(url) as connection:
        connection.execute("DELETE FROM abm.companies WHERE name = 'Dune'")
        assert connection.execute("SELECT count(*) FROM abm.account_health_daily").fetchone() == (0,)


async def test_account_without_anybody_has_no_points(db: Database) -> None:
    company = await CompanyRepository(db).create_company({"name": "Empty", "domain": "empty.example"})
    taken = await snapshot_health(db)
    (series,) = await health_series(db, [company.id], until=taken.day)
    assert [row.score for row in series.days] == [0.0]
