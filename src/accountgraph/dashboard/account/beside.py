"""One person beside the map: who they are, what they did last, who of ours reached them, and whether they may be written to."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse

from accountgraph.dashboard.account.people import part_of
from accountgraph.graph import CompanyGraph
from accountgraph.listing.account_people import last_events, last_reached, person_of_account
from accountgraph.listing.beside import suppressions_by_person
from accountgraph.store.companies import CompanyRepository

if TYPE_CHECKING:
    from starlette.responses import Response

    from accountgraph.dashboard.visits import Visit

EVENTS = 5
PATHS = 2


async def beside_page(visit: Visit) -> Response:
    """The part beside the map; without a script it is a page."""
    company_id, contact_id = visit.id_in_path("company_id", "account"), visit.id_in_path("contact_id", "person")
    person = await person_of_account(visit.db, company_id, contact_id)
    company, reached, events, suppressed, paths = await asyncio.gather(
        CompanyRepository(visit.db).get_company_by_id(company_id),
        last_reached(visit.db, company_id, contact_id),
        last_events(visit.db, contact_id, limit=EVENTS),
        suppressions_by_person(visit.db, [contact_id]),
        CompanyGraph(visit.db).find_warm_paths(contact_id, PATHS),
    )
    return visit.drawn(
        "account/beside",
        person.name,
        person=person,
        part=part_of(person),
        company=company,
        reached=reached.get(contact_id),
        events=events,
        suppressions=suppressed.get(contact_id, []),
        paths=paths,
        path=f"{visit.base}/accounts/{company_id}",
    )


async def way_to(visit: Visit) -> Response:
    """The best way to somebody, as the map marks it: the ids on it, from who is in touch with us to them, and the same in words."""
    company_id, contact_id = visit.id_in_path("company_id", "account"), visit.id_in_path("contact_id", "person")
    await person_of_account(visit.db, company_id, contact_id)
    paths = await CompanyGraph(visit.db).find_warm_paths(contact_id, 1)
    told: dict[str, Any] = {"people": [], "words": None}
    if paths:
        people, edges = paths[0]["people"], paths[0]["edges"]
        steps = [f"{people[0]['name']} is in touch with us", *(f"{edge['strength']} {edge['type'].replace('_', ' ')}" for edge in edges)]
        names = [one["name"] for one in people[1:]]
        words = steps[0] + "".join(f" → {step}: {name}" for step, name in zip(steps[1:], names, strict=True))
        told = {"people": [str(one["id"]) for one in people], "words": words}
    return JSONResponse(told)
