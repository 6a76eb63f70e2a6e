"""Chains of relationships to somebody we want to meet."""

from __future__ import annotations

import random
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from accountgraph.errors import InvalidValueError
from accountgraph.graph import CompanyGraph
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.relationships import RelationshipRepository
from tests.db.account import Account

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accountgraph.db import Database, Session
    from tests.factories import Clock

SHARE = {"weak": 0.3, "medium": 0.6, "strong": 0.9}
Edges = dict[frozenset[str], float]
_COUNTED = "SELECT idx_scan FROM pg_stat_xact_user_tables WHERE schemaname = 'abm' AND relname = 'relationships'"


def meet(url: str, names: Iterable[str], days_ago: float = 1) -> None:
    """Let people act, without a conversation around it."""
    with psycopg.connect(url, autocommit=True) as connection:
        statement = "UPDATE abm.contacts SET last_engaged_at = now() - %s * interval '1 day' WHERE first_name = ANY (%s)"
        connection.execute(statement, [days_ago, list(names)])


async def chains(account: Account, name: str, **choices: int) -> list[tuple[list[str], float]]:
    found = await account.graph.find_warm_paths(account.people[name].id, **choices)
    return [([person["name"] for person in path["people"]], path["score"]) for path in found]


async def test_chain_runs_from_the_person_we_know_to_the_one_we_want(db: Database, url: str) -> None:
    account = await Account.begin(db, "Ann", "Bob", "Cid")
    await account.relate("Bob", "Ann", "reports_to", "strong")
    await account.relate("Bob", "Cid", "colleagues", "medium", confidence_score="0.50")
    meet(url, ["Ann"])
    [path] = await account.graph.find_warm_paths(account.people["Cid"].id)
    assert [person["name"] for person in path["people"]] == ["Ann", "Bob", "Cid"]
    assert [(edge["type"], edge["strength"]) for edge in path["edges"]] == [("reports_to", "strong"), ("colleagues", "medium")]
    assert path["score"] == round(0.9 * 0.6 * 0.5, 4)
    assert [part["points"] for part in path["why"]] == [0.9, 0.3]


async def test_long_way_round_over_strong_edges_beats_a_weak_one(db: Database, url: str) -> None:
    account = await Account.begin(db, "Ann", "Bob", "Cid")
    await account.relate("Ann", "Cid", strength="weak")
    await account.relate("Ann", "Bob")
    await account.relate("Bob", "Cid")
    meet(url, ["Ann"])
    assert await chains(account, "Cid") == [(["Ann", "Bob", "Cid"], 0.81)]


async def test_chain_has_at_most_four_hops(db: Database, url: str) -> None:
    names = ["A", "B", "C", "D", "E", "F"]
    account = await Account.begin(db, *names)
    for one, other in pairwise(names):
        await account.relate(one, other)
    meet(url, ["A"])
    assert await chains(account, "E") == [(["A", "B", "C", "D", "E"], 0.6561)]
    assert await chains(account, "F") == []


async def test_person_without_an_act_in_180_days_starts_no_chain(db: Database, url: str) -> None:
    account = await Account.begin(db, "Ann", "Bob")
    await account.relate("Ann", "Bob")
    meet(url, ["Ann"], days_ago=181)
    assert await chains(account, "Bob") == []
    meet(url, ["Ann"], days_ago=179)
    assert await chains(account, "Bob") == [(["Ann", "Bob"], 0.9)]


async def test_person_who_is_out_starts_no_chain(db: Database, url: str) -> None:
    account = await Account.begin(db, "Ann", "Bob")
    await account.relate("Ann", "Bob")
    meet(url, ["Ann"])
    await ContactRepository(db).update_contact(account.people["Ann"].id, {"status": "unsubscribed"})
    assert await chains(account, "Bob") == []


async def test_a_machines_open_is_no_touch(timed: Database, clock: Clock) -> None:
    account = await Account.begin(timed, "Ann", "Bob")
    await account.relate("Ann", "Bob")
    sent = await account.write(await account.talk("Ann"))
    await account.touchpoints.record_email_opened(sent.id)
    assert await chains(account, "Bob") == []
    clock.forward(hours=1)
    await account.touchpoints.record_email_opened(sent.id)
    assert await chains(account, "Bob") == [(["Ann", "Bob"], 0.9)]


async def test_limit_keeps_the_best(db: Database, url: str) -> None:
    account = await Account.begin(db, "Ann", "Bob", "Cid", "Dora")
    for name, strength in (("Ann", "weak"), ("Bob", "strong"), ("Cid", "medium")):
        await account.relate(name, "Dora", strength=strength)
    meet(url, ["Ann", "Bob", "Cid"])
    assert [people[0] for people, _ in await chains(account, "Dora", limit=2)] == ["Bob", "Cid"]
    with pytest.raises(InvalidValueError, match="limit"):
        await chains(account, "Dora", limit=0)


@pytest.mark.parametrize("seed", range(3))
async def test_best_chain_of_every_start_is_found(db: Database, url: str, seed: int) -> None:
    dice = random.Random(seed)
    names = [f"P{number}" for number in range(9)]
    account = await Account.begin(db, *names)
    edges: Edges = {}
    for one, other in combinations(names, 2):
        if dice.random() < 0.35:
            strength, confidence = dice.choice(list(SHARE)), dice.randint(1, 100) / 100
            await account.relate(one, other, strength=strength, confidence_score=confidence)
            edges[frozenset((one, other))] = SHARE[strength] * confidence
    meet(url, names)
    found = {people[0]: score for people, score in await chains(account, "P0", limit=100)}
    assert found == pytest.approx(_every_chain(edges, "P0"), abs=0.0001)


def _every_chain(edges: Edges, target: str) -> dict[str, float]:
    """The best score from everybody to `target` in at most four hops, by trying all chains."""
    best: dict[str, float] = {}
    chains = [([target], 1.0)]
    while chains:
        people, score = chains.pop()
        for edge, share in edges.items():
            other = next(iter(edge - {people[-1]}))
            if people[-1] in edge and other not in people and len(people) <= 4:
                best[other] = max(best.get(other, 0.0), score * share)
                chains.append(([*people, other], score * share))
    return best


async def test_seventy_people_who_all_know_each_other_are_each_looked_up_once_a_hop(db: Database, url: str) -> None:
    names = [f"P{number}" for number in range(70)]
    account = await Account.begin(db, *names)
    dice = random.Random(70)
    await RelationshipRepository(db).create_many(
        {
            "contact_id_1": account.people[one].id,
            "contact_id_2": account.people[other].id,
            "relationship_type": "colleagues",
            "strength": dice.choice(list(SHARE)),
            "confidence_score": dice.randint(1, 100) / 100,
        }
        for one, other in combinations(names, 2)
    )
    meet(url, names[1:])
    async with db.transaction() as session:
        before = await _lookups(session)
        found = await CompanyGraph(session).find_warm_paths(account.people["P0"].id, limit=100)
        lookups = await _lookups(session) - before
    assert len(found) == 69
    assert 0 < lookups <= 70 * 4 * 2 + sum(len(path["edges"]) for path in found)  # both ends; and each edge shown


async def _lookups(session: Session) -> int:
    connection: Any = session._connection  # the counters are this connection's
    [count] = await (await connection.execute(_COUNTED)).fetchone()
    return int(count)
