"""The people of an account as the map and its table show them: what each decides, who reports to whom, who of ours reached them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from accountgraph.enums import RelationshipType

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from accountgraph.graph.answers import OverviewContact, OverviewRelationship
    from accountgraph.listing.account_people import Reached
    from accountgraph.models import Contact

Part = Literal["decision maker", "champion", "influencer", "blocker", "other"]
# What somebody is in the buying committee, and the colour that says so.
PARTS: dict[Part, str] = {
    "decision maker": "series-2",
    "champion": "series-1",
    "influencer": "series-4",
    "blocker": "series-5",
    "other": "series-6",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """Somebody on the map. `boss`: whom they report to, of those shown; `level`: how many bosses are above them."""

    known: OverviewContact
    part: Part
    reached: Reached | None
    boss: UUID | None = None
    level: int = 0

    @property
    def person(self) -> Contact:
        """Who it is."""
        return self.known["contact"]


def part_of(person: Contact) -> Part:
    """What somebody is in the buying committee."""
    said = (person.buying_role or "").casefold()
    if person.is_decision_maker or "decision" in said or "economic" in said:
        return "decision maker"
    if person.is_champion or "champion" in said:
        return "champion"
    if "block" in said or "gatekeep" in said:
        return "blocker"
    return "influencer" if "influenc" in said or "evaluat" in said else "other"


def shown_people(contacts: dict[UUID, OverviewContact], edges: Iterable[OverviewRelationship], reached: dict[UUID, Reached]) -> list[Shown]:
    """The people in the order of the overview, with their bosses."""
    bosses = _bosses(contacts, edges)
    return [
        Shown(one, part_of(one["contact"]), reached.get(key), bosses.get(key), len(_above(key, bosses))) for key, one in contacts.items()
    ]


def as_chart(people: Sequence[Shown]) -> list[Shown]:
    """The same people as the organisation chart reads: everybody behind their boss, who leads somebody first."""
    below: dict[UUID | None, list[Shown]] = {}
    for one in people:
        below.setdefault(one.boss, []).append(one)
    tops = sorted(below.get(None, ()), key=lambda one: one.person.id not in below)  # stable: else as they came
    found: list[Shown] = []
    waiting = tops[::-1]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += below.get(one.person.id, [])[::-1]
    return found


def map_of(people: Sequence[Shown], edges: Iterable[OverviewRelationship], base: str) -> str:
    """What the script draws, as JSON: people and the edges between them. `base`: the address that a person's id is put behind."""
    there = {one.person.id for one in people}
    drawn = [_person(one) for one in people]
    between = [edge for edge in edges if edge["contact_1"]["id"] in there and edge["contact_2"]["id"] in there]
    return json.dumps({"base": base, "people": drawn, "edges": [_edge(edge) for edge in between], "roles": PARTS}, default=str)


def _person(one: Shown) -> dict[str, object]:
    person = one.person
    return {
        "id": person.id,
        "name": person.name,
        "title": person.title,
        "group": person.department,
        "role": one.part,
        "score": one.known["engagement_score"],
        "reached": one.reached is not None,
        "boss": one.boss,
    }


def _edge(edge: OverviewRelationship) -> dict[str, object]:
    return {
        "a": edge["contact_1"]["id"],
        "b": edge["contact_2"]["id"],
        "type": edge["type"].replace("_", " "),
        "strength": edge["strength"],
        "sure": edge["confidence"] >= 1,
    }


def _bosses(contacts: dict[UUID, OverviewContact], edges: Iterable[OverviewRelationship]) -> dict[UUID, UUID]:
    """Whom each reports to: the surest edge that says so, and none that would make somebody their own boss."""
    bosses: dict[UUID, UUID] = {}
    said = [edge for edge in edges if edge["type"] in {RelationshipType.REPORTS_TO, RelationshipType.MANAGER_OF}]
    for edge in sorted(said, key=lambda one: (-one["confidence"], str(one["id"]))):
        ends = edge["contact_1"]["id"], edge["contact_2"]["id"]
        below, above = ends if edge["type"] is RelationshipType.REPORTS_TO else ends[::-1]
        if below in contacts and above in contacts and below not in bosses and below not in {above, *_above(above, bosses)}:
            bosses[below] = above
    return bosses


def _above(key: UUID, bosses: dict[UUID, UUID]) -> list[UUID]:
    """All bosses of somebody, the nearest first."""
    found: list[UUID] = []
    while key in bosses:
        key = bosses[key]
        found.append(key)
    return found
