"""Who reports to whom in the accounts of the demo, and who works with whom, as far as it has been found out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.demo.world.firms import Story
from accountgraph.demo.world.rows import MADE_UP, Person, Row, id_of
from accountgraph.demo.world.titles import HEAD, RANKS

if TYPE_CHECKING:
    import random
    from datetime import datetime
    from uuid import UUID

_KNOWN_EDGES = {
    Story.RISING: 1.0, Story.STEADY: 0.7, Story.FALLING: 0.7, Story.QUIET: 0.25, Story.NEW: 0.0, Story.CUSTOMER: 1.0, Story.CHURNED: 0.4,
}  # fmt: skip
_OTHER_WAYS = (
    ("collaborators", "roster project"),
    ("collaborators", "works agreement"),
    ("mentor_mentee", None),
    ("referral", "named them to us"),
)
_STRENGTHS = ("strong", "medium", "weak")
_SMALL = 4  # people, among whom nobody has other ways


def edges_of(seed: int, staff: list[Person], chance: random.Random, span: tuple[datetime, datetime]) -> list[Row]:
    """The edges of an account's people, found out within `span`."""
    found = _Found(seed, chance, span, _KNOWN_EDGES[staff[0].firm.story])
    for one in staff:
        boss = _boss(one, staff, chance)
        if boss is not None:
            found.add(one, boss, "reports_to", (5, 4, 1))
    for one in staff:
        mates = [other for other in staff if other.post.department == one.post.department and other.id != one.id]
        for other in chance.sample(mates, min(len(mates), chance.choice((0, 1, 1, 2)))):
            found.add(one, other, "colleagues", (2, 5, 3))
        if len(staff) > _SMALL and chance.random() < 0.3:
            kind, context = chance.choice(_OTHER_WAYS)
            found.add(one, chance.choice(staff), kind, (2, 3, 5), context)
    return found.rows


class _Found:
    """Edges by pair: one a pair, and of all only a share."""

    def __init__(self, seed: int, chance: random.Random, span: tuple[datetime, datetime], share: float) -> None:
        self.rows: list[Row] = []
        self._seed, self._chance, self._span, self._share = seed, chance, span, share
        self._pairs: set[frozenset[UUID]] = set()

    def add(self, one: Person, other: Person, kind: str, strengths: tuple[int, int, int], context: str | None = None) -> None:
        """One more edge, where there is none yet and it is found out. `strengths`: how often strong, medium, weak."""
        chance, pair = self._chance, frozenset({one.id, other.id})
        if one.id == other.id or pair in self._pairs or chance.random() > self._share:
            return
        self._pairs.add(pair)
        since, now = self._span
        at = since + (now - since) * chance.random() * 0.95
        self.rows.append(
            {
                "id": id_of(self._seed, "edge", one.email, other.email),
                "contact_id_1": one.id,
                "contact_id_2": other.id,
                "relationship_type": kind,
                "strength": chance.choices(_STRENGTHS, strengths)[0],
                "context": context,
                "is_verified": chance.random() < 0.4,
                "confidence_score": round(chance.uniform(0.6, 1.0), 2),
                "attributes": MADE_UP,
                "discovered_at": at,
                "created_at": at,
                "updated_at": at,
            }
        )


def _boss(one: Person, staff: list[Person], chance: random.Random) -> Person | None:
    """Somebody of a higher rank: in the same department, else whoever heads the firm."""
    if one.post is HEAD:
        return None
    rank = RANKS.index(one.post.rank)
    above = [other for other in staff if other.post.department == one.post.department and RANKS.index(other.post.rank) < rank]
    if above:
        nearest = max(RANKS.index(other.post.rank) for other in above)
        return chance.choice([other for other in above if RANKS.index(other.post.rank) == nearest])
    return next((other for other in staff if other.post is HEAD), None)
