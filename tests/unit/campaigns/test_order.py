from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from accountgraph.campaigns.rules.order import approach_order, title_rank
from accountgraph.enums import Seniority


class Someone(Struct, frozen=True):
    id: UUID
    title: str | None = None
    seniority_level: Seniority | None = None


someones = st.builds(Someone, st.uuids(), st.sampled_from([None, "CEO", "CFO", "Head of Sales"]), st.sampled_from([None, *Seniority]))


@pytest.mark.parametrize(
    ("seniority", "title", "expected"),
    [
        (Seniority.C_LEVEL, "CEO", 100),
        (Seniority.C_LEVEL, "Co-Founder & CTO", 100),
        (Seniority.C_LEVEL, "Chief Financial Officer", 95),
        (Seniority.C_LEVEL, None, 95),
        (Seniority.C_LEVEL, "Executive Assistant to the CEO", 95),
        (Seniority.VP, "Vice President Sales", 80),
        (Seniority.DIRECTOR, None, 70),
        (Seniority.MANAGER, "Owner of the roadmap", 50),
        (None, "CEO", 0),
    ],
)
def test_titles_rank_as_the_policy_says(seniority: Seniority | None, title: str | None, expected: int) -> None:
    assert title_rank(seniority, title) == expected


def test_priority_comes_before_the_title() -> None:
    chief, manager = Someone(UUID(int=1), "CEO", Seniority.C_LEVEL), Someone(UUID(int=2), None, Seniority.MANAGER)
    assert approach_order([chief, manager], {chief.id: 10, manager.id: 20}) == [manager, chief]


def test_equals_in_priority_come_by_title() -> None:
    chief, manager = Someone(UUID(int=2), "CEO", Seniority.C_LEVEL), Someone(UUID(int=1), None, Seniority.MANAGER)
    assert approach_order([manager, chief], {}) == [chief, manager]


def test_who_has_a_priority_comes_before_who_has_none() -> None:
    chief, manager = Someone(UUID(int=1), "CEO", Seniority.C_LEVEL), Someone(UUID(int=2), None, Seniority.MANAGER)
    assert approach_order([chief, manager], {manager.id: 0}) == [manager, chief]


@given(st.lists(someones, max_size=8, unique_by=lambda person: person.id), st.randoms(), st.data())
def test_the_order_never_depends_on_the_order_given(people: list[Someone], random: object, data: st.DataObject) -> None:
    priority = {person.id: data.draw(st.sampled_from([0.0, 5.0])) for person in people}
    shuffled = sorted(people, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert approach_order(people, priority) == approach_order(shuffled, priority)
