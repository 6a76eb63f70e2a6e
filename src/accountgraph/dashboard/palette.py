"""Search or do: places, what can be done, and everything that has a name, found as one types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from accountgraph.dashboard.navigation import DEEDS
from accountgraph.dashboard.settings.subjects import SUBJECTS
from accountgraph.errors import InvalidValueError
from accountgraph.listing.search import Found, FoundKind, search_everything, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from accountgraph.dashboard.navigation import Place
    from accountgraph.dashboard.visits import Visit

_MOST = 8  # of each kind
_HEADINGS = {
    FoundKind.COMPANY: "Accounts",
    FoundKind.CONTACT: "People",
    FoundKind.CAMPAIGN: "Campaigns",
    FoundKind.CONVERSATION: "Conversations",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A line of the palette."""

    name: str
    path: str
    detail: str | None = None
    keys: str | None = None


async def palette(visit: Visit) -> Response:
    """What fits `q`; all places where it is empty."""
    q = (visit.asked("q") or "")[:200]
    deeds = [deed for deed in DEEDS if visit.principal.may(deed.needs)]
    places = _places(visit, q, visit.places) + _subjects(visit, q)
    groups = [("Go to", places), ("Do", _places(visit, q, deeds)), *(await _found(visit, q) if q else [])]
    return visit.drawn("palette", "Search or do", q=q, groups=groups)


def _places(visit: Visit, q: str, places: Sequence[Place]) -> list[Choice]:
    words = q.casefold().split()
    return [
        Choice(place.name, f"{visit.base}/{place.path}", keys=f"g {place.key}" if place.key else None)
        for place in places
        if all(word in f"{place.name} {place.also}".casefold() for word in words)
    ]


def _subjects(visit: Visit, q: str) -> list[Choice]:
    """Subjects of the settings, once somebody types."""
    words = q.casefold().split()
    return [
        Choice(one.name, f"{visit.base}/settings/{one.path}", detail="settings")
        for one in SUBJECTS
        if words and one.path and visit.principal.may(one.needs) and all(word in f"{one.name} settings".casefold() for word in words)
    ]


async def _found(visit: Visit, q: str) -> list[tuple[str, list[Choice]]]:
    try:
        found = await search_everything(visit.db, q, visible(visit.principal, _HEADINGS), limit=4 * _MOST)
    except InvalidValueError:  # nothing in it can be searched for
        return []
    return [(heading, [_choice(visit, one) for one in found if one.kind is kind][:_MOST]) for kind, heading in _HEADINGS.items()]


def _choice(visit: Visit, one: Found) -> Choice:
    """A row of what was found; a conversation leads to its person."""
    folder = {FoundKind.COMPANY: "accounts", FoundKind.CAMPAIGN: "campaigns"}.get(one.kind, "people")
    key = one.contact_id if one.kind is FoundKind.CONVERSATION else one.id
    return Choice(one.title, f"{visit.base}/{folder}/{key}", detail=one.detail)
