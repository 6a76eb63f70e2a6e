"""Whom somebody knows: relationships are added, made stronger or weaker, and removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accountgraph.dashboard.forms import Done, Undo
from accountgraph.dashboard.people.editing import errors_of, visit_id
from accountgraph.dashboard.people.finding import person_named
from accountgraph.dashboard.people.wishes import person_of
from accountgraph.dashboard.words import plain
from accountgraph.enums import RelationshipType, Strength
from accountgraph.errors import InvalidInputError, NotFoundError
from accountgraph.store.relationships import RelationshipRepository

if TYPE_CHECKING:
    from starlette.responses import Response

    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit
    from accountgraph.models import Relationship

_FIELDS = ("one", "other", "relationship_type", "strength", "context")
_PATH = "people/relationships"
_SENTENCE = {  # how an edge reads from the first to the second
    RelationshipType.COLLEAGUES: "is a colleague of",
    RelationshipType.REPORTS_TO: "reports to",
    RelationshipType.MANAGER_OF: "is the manager of",
    RelationshipType.MENTOR_MENTEE: "is the mentor of",
    RelationshipType.COLLABORATORS: "works with",
    RelationshipType.REFERRAL: "was referred by",
    RelationshipType.INTRODUCED_BY: "was introduced by",
}


async def new_relationship_page(visit: Visit) -> Response:
    """An empty form; `of` (an id) says of whom, `type` how."""
    given = {"one": "", "strength": Strength.MEDIUM.value}
    if visit.asked("of"):
        person = await person_of(visit.db, visit_id(visit, "of"))
        given["one"] = f"{person.name} <{person.email}>" if person.email else str(person.id)
    return _drawn(visit, given)


async def new_relationship(visit: Visit, form: Form) -> Done | Response:
    """Relate two people; the form is drawn again where that cannot be."""
    given = {name: form.get(name) for name in _FIELDS}
    try:
        one = await person_named(visit.db, form.required("one", "Say who it is about."), "one")
        other = await person_named(visit.db, form.required("other", "Say whom they know."), "other")
        row: dict[str, Any] = {"contact_id_1": one.id, "contact_id_2": other.id, "context": form.text("context")}
        row |= {"relationship_type": given["relationship_type"], "strength": given["strength"] or Strength.MEDIUM}
        made = await RelationshipRepository(visit.db).create_relationship(row)
    except InvalidInputError as error:
        return _drawn(visit, given, errors_of(error), 422)
    undo = Undo(f"{visit.base}/{_PATH}/remove", {"id": str(made.id), "back": f"{visit.base}/people/{one.id}"})
    said = f"{one.name} {_SENTENCE[made.relationship_type]} {other.name}: {plain(made.strength)}."
    return Done(said, to=f"{visit.base}/people/{one.id}#knows", undo=undo)


async def change(visit: Visit, form: Form) -> Done:
    """How well two people know each other."""
    repository = RelationshipRepository(visit.db)
    edge = await _edge(repository, form)
    after = await repository.update_relationship(edge.id, {"strength": form.required("strength", "say how well they know each other.")})
    undo = Undo(f"{visit.base}/{_PATH}/change", {"id": str(edge.id), "strength": edge.strength})
    return Done(f"It is {plain(after.strength)} now.", undo=undo)


async def remove(visit: Visit, form: Form) -> Done:
    """Take a relationship away; the undo makes it again as it was said."""
    repository = RelationshipRepository(visit.db)
    edge = await _edge(repository, form)
    await repository.delete_relationship(edge.id)
    fields = {
        "one": str(edge.contact_id_1),
        "other": str(edge.contact_id_2),
        "relationship_type": edge.relationship_type,
        "strength": edge.strength,
        "context": edge.context or "",
    }
    return Done("The relationship is gone.", undo=Undo(f"{visit.base}/{_PATH}/new", fields))


async def _edge(repository: RelationshipRepository, form: Form) -> Relationship:
    found = await repository.get_relationship_by_id(form.id("id"))
    if found is None:
        raise NotFoundError("There is no such relationship any more.")
    return found


def _drawn(visit: Visit, given: dict[str, str], errors: dict[str, str] | None = None, status: int = 200) -> Response:
    names = {"contact_id_1": "one", "contact_id_2": "other"}
    wrong = {names.get(name, name): said for name, said in (errors or {}).items()}
    return visit.drawn(
        "people/relationship",
        "New relationship",
        status=status,
        given={name: given.get(name, "") for name in _FIELDS},
        errors=wrong,
        sentences=list(_SENTENCE.items()),
        strengths=list(Strength),
    )
