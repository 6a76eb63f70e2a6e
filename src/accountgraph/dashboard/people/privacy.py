"""A person's own rights: all that is known of them as a file, and their erasure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from starlette.responses import Response

from accountgraph.api.streams.files import disposition
from accountgraph.dashboard.forms import Done
from accountgraph.dashboard.people.wishes import person_of
from accountgraph.privacy import erase_person, export_person
from accountgraph.privacy.erasing import NOT_REACHED

if TYPE_CHECKING:
    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit


async def person_file(visit: Visit) -> Response:
    """All that is known of a person, table by table, as JSON."""
    person = await person_of(visit.db, visit.id_in_path("contact_id", "person"))
    found = await export_person(visit.db, person.id)
    content = msgspec.json.format(msgspec.json.encode(found), indent=1)
    headers = {"Content-Disposition": disposition(f"{person.name} {visit.now:%Y-%m-%d}.json")}
    return Response(content, media_type="application/json", headers=headers)


async def erase_page(visit: Visit) -> Response:
    """What an erasure does, and the field in which the name is typed."""
    return await _drawn(visit)


async def erase(visit: Visit, form: Form) -> Done | Response:
    """Erase a person, once their name was typed; it cannot be undone."""
    person = await person_of(visit.db, visit.id_in_path("contact_id", "person"))
    if " ".join(form.get("confirm").split()).casefold() != " ".join(person.name.split()).casefold():
        return await _drawn(visit, f"This is not the name. Type {person.name} to erase all that is known of them.", 422)
    report = await erase_person(visit.db, person.id, by=visit.principal.name)
    rows = sum(report.counts.values())
    return Done(
        f"The person is erased: {rows:,} rows say nothing of them any more. {report.suppressed:,} addresses and numbers stay barred.",
        to=f"{visit.base}/people",
    )


async def _drawn(visit: Visit, error: str = "", status: int = 200) -> Response:
    person = await person_of(visit.db, visit.id_in_path("contact_id", "person"))
    path = f"{visit.base}/people/{person.id}"
    title = f"Erase {person.name}"
    return visit.drawn("people/erase", title, status=status, person=person, path=path, error=error, not_reached=NOT_REACHED)
