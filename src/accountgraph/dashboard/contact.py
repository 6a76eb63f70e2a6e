"""One person: what to know before a call, what went to and fro, and whether they may be written to."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from accountgraph.graph import CompanyGraph
from accountgraph.listing import page_consents, page_touchpoints
from accountgraph.listing.beside import suppressions_by_person
from accountgraph.store.events import events_of

if TYPE_CHECKING:
    from starlette.responses import Response

    from accountgraph.dashboard.visits import Visit

HISTORY = 20  # touchpoints of a page
PATHS = 5


async def contact_page(visit: Visit) -> Response:
    """The page; `after` leads to what happened before."""
    contact_id, graph = visit.id_in_path("contact_id", "person"), CompanyGraph(visit.db)
    context = await graph.get_conversation_context(contact_id)
    person = context["contact"]  # by the id of one that was merged into it too
    paths, history, suppressed, consents = await asyncio.gather(
        graph.find_warm_paths(person.id, PATHS),
        page_touchpoints(visit.db, contact_id=person.id, sort="-created_at", limit=HISTORY, after=visit.asked("after")),
        suppressions_by_person(visit.db, [person.id]),
        page_consents(visit.db, contact_id=person.id, sort="-captured_at"),
    )
    return visit.drawn(
        "contact",
        person.name,
        context=context,
        person=person,
        company=context["company"],
        paths=paths,
        history=history,
        events=await events_of(visit.db, [one.id for one in history.items]),
        suppressions=suppressed.get(person.id, []),
        consents=consents,
        is_later_page=visit.asked("after") is not None,
        path=f"{visit.base}/people/{person.id}",
    )
