"""Whom to talk to next, and who never appears."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from accountgraph.errors import InvalidValueError
from accountgraph.graph import expansion
from accountgraph.store.contacts import ContactRepository
from tests.db.account import Account

if TYPE_CHECKING:
    from accountgraph.db import Database
    from tests.factories import Clock


async def pair(db: Database, **fields: Any) -> Account:
    """Ann and her strong colleague Bob."""
    account = await Account.begin(db, "Ann")
    await account.add("Bob", **fields)
    await account.relate("Ann", "Bob")
    return account


def suppress(url: str, **columns: Any) -> None:
    names = ", ".join(columns)
    with psycopg.connect(url, autocommit=True) as connection:
        statement = f"INSERT INTO abm.suppressions ({names}, reason) VALUES ({', '.join(['%s'] * len(columns))}, 'manual')"
        connection.execute(statement.encode(), list(columns.values()))


async def test_colleague_is_found_from_either_end(db: Database) -> None:
    account = await pair(db)
    assert await account.targets("Ann") == ["Bob"]
    assert await account.targets("Bob") == ["Ann"]


async def test_weaker_relationships_and_other_types_wait_until_asked_for(db: Database) -> None:
    account = await Account.begin(db, "Ann", "Bob", "Cid")
    await account.relate("Ann", "Bob", strength="weak")
    await account.relate("Ann", "Cid", "manager_of", "medium")
    assert await account.targets("Ann") == []
    assert await account.targets("Ann", "weak") == ["Bob"]
    assert await account.targets("Ann", types=["manager_of"]) == ["Cid"]


async def test_best_score_comes_first(db: Database) -> None:
    account = await Account.begin(db, "Ann", "Bob")
    await account.add("Cid", is_decision_maker=True)
    await account.relate("Ann", "Bob")
    await account.relate("Ann", "Cid")
    assert await account.targets("Ann") == ["Cid", "Bob"]


async def test_best_is_not_lost_where_there_are_too_many(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    account = await Account.begin(db, "Ann", "Bob", "Cid", "Dora")
    await account.add("Eve", seniority_level="c-level")
    for name in ("Bob", "Cid", "Dora"):
        await account.relate("Ann", name, strength="medium")
    await account.relate("Ann", "Eve")
    monkeypatch.setattr(expansion, "MOST_TARGETS", 1)
    assert await account.targets("Ann") == ["Eve"]


async def test_colleague_without_an_address_is_a_target(db: Database) -> None:
    account = await pair(db, email=None)
    assert await account.targets("Ann") == ["Bob"]


async def test_people_without_a_company_have_no_colleagues(db: Database) -> None:
    account = await Account.begin(db)
    await account.add("Ann", company_id=None)
    await account.add("Bob", company_id=None)
    await account.relate("Ann", "Bob")
    assert await account.targets("Ann", include_implied=True) == []


async def test_colleague_at_another_company_is_no_target(db: Database) -> None:
    account = await Account.begin(db, "Ann")
    other = await Account.begin(db, "Bob", domain="other.com")
    account.people |= other.people
    await account.relate("Ann", "Bob")
    assert await account.targets("Ann", include_implied=True) == []


async def test_implied_people_are_weak_and_said_so_whatever_the_minimum(db: Database) -> None:
    account = await Account.begin(db, "Ann", "Bob", "Cid")
    await account.relate("Ann", "Bob", "manager_of")
    [target] = await account.graph.find_expansion_targets(account.people["Ann"].id, "strong", include_implied=True)
    assert target["contact"].first_name == "Cid"
    assert (target["relationship_to_primary"]["strength"], target["relationship_to_primary"]["implied"]) == ("weak", True)
    assert "implied" in target["why"][0]["because"]


@pytest.mark.parametrize(
    "fields",
    [{"status": "unsubscribed"}, {"status": "bounced"}, {"status": "invalid"}, {"communication_preferences": {"do_not_contact": True}}],
)
async def test_inactive_and_do_not_contact_people_never_appear(db: Database, fields: dict[str, Any]) -> None:
    account = await pair(db, **fields)
    assert await account.targets("Ann", include_implied=True) == []


async def test_suppressed_person_never_appears(db: Database, url: str) -> None:
    account = await pair(db)
    suppress(url, contact_id=account.people["Bob"].id)
    assert await account.targets("Ann") == []


async def test_suppressed_address_never_appears(db: Database, url: str) -> None:
    account = await pair(db)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO abm.suppressions (address_hash, channel, reason) VALUES (abm.address_hash('bob@acme.com'), 'email', 'objection')"
        )
    assert await account.targets("Ann") == []
    assert await account.targets("Ann", channel="call") == ["Bob"]


async def test_suppressed_domain_never_appears(db: Database, url: str) -> None:
    account = await pair(db)
    suppress(url, domain="acme.com")
    assert await account.targets("Ann", channel=None) == []


async def test_address_below_a_suppressed_domain_never_appears(db: Database, url: str) -> None:
    account = await pair(db, email="bob@mail.eu.acme.com")
    suppress(url, domain="eu.acme.com")
    assert await account.targets("Ann") == []


async def test_person_who_refused_never_appears(db: Database) -> None:
    account = await pair(db)
    sent = await account.write(await account.talk("Bob"))
    await account.touchpoints.record_event(sent.id, "replied", detail="refusal")
    assert await account.targets("Ann") == []


async def test_engagement_is_the_score_of_now(timed: Database, clock: Clock) -> None:
    account = await pair(timed)
    sent = await account.write(await account.talk("Bob"))
    clock.forward(hours=1)
    await account.touchpoints.record_event(sent.id, "replied", detail="positive")
    clock.forward(days=90)
    [target] = await account.graph.find_expansion_targets(account.people["Ann"].id)
    stored = await ContactRepository(timed).get_contact_by_id(account.people["Bob"].id)
    assert stored is not None
    assert stored.engagement_score == 49
    assert target["engagement_status"]["engagement_score"] == target["contact"].engagement_score == 28


async def test_unknown_choices_name_their_field(db: Database) -> None:
    account = await pair(db)
    with pytest.raises(InvalidValueError, match="min_relationship_strength"):
        await account.targets("Ann", "stong")
    with pytest.raises(InvalidValueError, match="types"):
        await account.targets("Ann", types=["friends"])
    with pytest.raises(InvalidValueError, match="channel"):
        await account.targets("Ann", channel="pigeon")
