"""Who is what on the map of people: parts in the buying, bosses, and what the script is given."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from accountgraph.dashboard.account.people import as_chart, map_of, part_of, shown_people
from accountgraph.enums import RelationshipType, Strength
from accountgraph.models import Contact
from tests.dashboard.test_accounts import HOSTILE

if TYPE_CHECKING:
    from accountgraph.graph.answers import OverviewContact, OverviewRelationship


def key(number: int) -> UUID:
    return UUID(int=number)


def people(*names: str, **fields: Any) -> dict[UUID, OverviewContact]:
    """People by their numbers, 1 the first."""
    contacts = [Contact(id=key(number), first_name=name, **fields) for number, name in enumerate(names, 1)]
    return {
        one.id: {
            "contact": one,
            "conversations": [],
            "total_conversations": 0,
            "active_conversations": 0,
            "engagement_score": 0,
            "last_engaged_at": None,
        }
        for one in contacts
    }


def edge(one: int, other: int, kind: str = "reports_to", confidence: str = "1") -> OverviewRelationship:
    ends = [{"id": key(number), "name": "", "title": None, "role": None} for number in (one, other)]
    return {
        "id": UUID(int=100 * one + other),
        "contact_1": ends[0],  # type: ignore[typeddict-item]
        "contact_2": ends[1],  # type: ignore[typeddict-item]
        "type": RelationshipType(kind),
        "strength": Strength.STRONG,
        "confidence": Decimal(confidence),
    }


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"is_decision_maker": True, "is_champion": True}, "decision maker"),
        ({"buying_role": "Economic buyer"}, "decision maker"),
        ({"is_champion": True}, "champion"),
        ({"buying_role": "INFLUENCER"}, "influencer"),
        ({"buying_role": "technical evaluator"}, "influencer"),
        ({"buying_role": "gatekeeper"}, "blocker"),
        ({"buying_role": "end user"}, "other"),
        ({}, "other"),
    ],
)
def test_the_part_in_the_buying_is_read_from_what_is_known(fields: dict[str, Any], expected: str) -> None:
    assert part_of(Contact(**fields)) == expected


def test_a_boss_is_found_whichever_way_it_was_said() -> None:
    shown = shown_people(people("boss", "one", "two"), [edge(2, 1), edge(1, 3, "manager_of")], {})
    assert [(one.person.first_name, one.boss, one.level) for one in shown] == [("boss", None, 0), ("one", key(1), 1), ("two", key(1), 1)]


def test_of_two_bosses_the_surer_one_stands() -> None:
    shown = shown_people(people("a", "b", "c"), [edge(1, 2, confidence="0.4"), edge(1, 3, confidence="0.9")], {})
    assert shown[0].boss == key(3)


def test_a_circle_of_bosses_is_broken_and_loses_nobody() -> None:
    shown = shown_people(people("a", "b", "c"), [edge(1, 2), edge(2, 3), edge(3, 1)], {})
    assert {one.person.first_name for one in as_chart(shown)} == {"a", "b", "c"}
    assert sum(one.boss is None for one in shown) == 1


def test_colleagues_are_nobodys_bosses() -> None:
    assert shown_people(people("a", "b"), [edge(1, 2, "colleagues")], {})[0].boss is None


def test_the_chart_reads_everybody_behind_their_boss() -> None:
    shown = shown_people(people("alone", "low", "top", "middle"), [edge(2, 4), edge(4, 3)], {})
    assert [one.person.first_name for one in as_chart(shown)] == ["top", "middle", "low", "alone"]


def test_the_map_is_given_people_and_the_edges_between_them() -> None:
    known = people("a", "b")
    edges = [edge(1, 2, "colleagues", "0.5"), edge(1, 9, "colleagues")]
    given = json.loads(map_of(shown_people(known, edges, {}), edges, "/base"))
    assert [one["id"] for one in given["people"]] == [str(key(1)), str(key(2))]
    assert given["edges"] == [{"a": str(key(1)), "b": str(key(2)), "type": "colleagues", "strength": "strong", "sure": False}]


def test_the_map_is_given_what_others_wrote_as_it_is() -> None:
    given = json.loads(map_of(shown_people(people(HOSTILE), [], {}), [], "/base"))
    assert given["people"][0]["name"] == HOSTILE
