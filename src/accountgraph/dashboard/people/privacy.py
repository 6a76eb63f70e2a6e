"""A person's own rights: all that is known of them as a file, and their erasure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from starlette.responses import Response

from accountgraph.api.streams.files import disposition
from accountgraph.dashboard.forms import Done
from accountgraph.dashboard.people.wishes import person_of
from accountgraph.dashboard.words import counted
from accountgraph.privacy import erase_person, export_person
from accountgraph.privacy.erasing import NOT_REACHED

if TYPE_CHECKING:
    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit
    from accountgraph.privacy.erasing import ErasureReport


async def person_file(visit: Visit) -> Response:
    """All that is known of a person, table by table, as JSON."""
    person = await person_of(visit.db, visit.id_in_path("contact_id", "person"))
    found = await export_person(visit.db, person.id)
    return as_file(found, f"{person.name} {visit.now:%Y-%m-%d}.json")


async def erase_page(visit: Visit) -> Response:
    """What an erasure does, and the field in which the name is typed."""
    return await _drawn(visit)


async def erase(visit: Visit, form: Form) -> Done | Response:
    """Erase a person, once their name was typed; it cannot be undone."""
    person = await person_of(visit.db, visit.id_in_path("contact_id", "person"))
    if " ".join(form.get("confirm").split()).casefold() != " ".join(person.name.split()).casefold():
        return await _drawn(visit, f"This is not the name. Type {person.name} to erase all that is known of them.", 422)
    return Done(erased(await erase_person(visit.db, person.id, by=visit.principal.name)), to=f"{visit.base}/people")


def as_file(found: object, name: str) -> Response:
    """All that is known of somebody, as a file of this name to hand over."""
    content = msgspec.json.format(msgspec.json.encode(found), indent=1)
    return Response(content, media_type="application/json", headers={"Content-Disposition": disposition(name)})


def erased(report: ErasureReport) -> str:
    """What an erasure did, in words."""
    rows = counted(sum(report.counts.values()), "row says", "rows say")
    barred = counted(report.suppressed, "address or number stays", "addresses and numbers stay")
    return f"The person is erased: {rows} nothing of them any more. {barred} barred."


async def _drawn(visit: Visit, error: str = "", status: int = 200) -> Response:
    person = await person_of(visit.db, visit.id_in_path("contact_id", "person"))
    path = f"{visit.base}/people/{person.id}"
    title = f"Erase {person.name}"
    return visit.drawn("people/erase", title, status=status, person=person, path=path, error=error, not_reached=NOT_REACHED)
