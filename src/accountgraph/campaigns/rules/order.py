"""In which order the people of an account are approached."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol, TypeVar

from accountgraph.enums import Seniority

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

_HEAD = re.compile(r"\b(ceo|chief executive|(co-?)?founder|owner|president|managing director)\b", re.IGNORECASE)
_NOT_HEAD = re.compile(r"\b(vice|assistant|deputy|product owner)\b|\bto the\b", re.IGNORECASE)
_RANKS = {
    Seniority.C_LEVEL: 95,
    Seniority.VP: 80,
    Seniority.DIRECTOR: 70,
    Seniority.MANAGER: 50,
    Seniority.INDIVIDUAL_CONTRIBUTOR: 30,
}


class Person(Protocol):
    """Somebody to approach."""

    @property
    def id(self) -> UUID:
        """Which contact."""

    @property
    def title(self) -> str | None:
        """As it stands on the card."""

    @property
    def seniority_level(self) -> Seniority | None:
        """The rank."""


P = TypeVar("P", bound=Person)


def approach_order(people: Iterable[P], priority: Mapping[UUID, float]) -> list[P]:
    """The people by expansion priority, then by title rank, the best first; the id decides between equals.

    `priority`: by contact id; who is not in it comes after everybody who is.
    """
    return sorted(people, key=lambda person: (-priority.get(person.id, -1.0), -title_rank(person.seniority_level, person.title), person.id))


def title_rank(seniority: Seniority | None, title: str | None = None) -> int:
    """How high a title stands, 0-100: who heads a company 100, others of the C-level 95, and 0 where nothing is known."""
    if seniority is None:
        return 0
    if seniority == Seniority.C_LEVEL and title and _HEAD.search(title) and not _NOT_HEAD.search(title):
        return 100
    return _RANKS[seniority]
