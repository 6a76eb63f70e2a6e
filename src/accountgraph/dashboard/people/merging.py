"""Two that are the same person become one: candidates, both side by side, the merge, and two again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from accountgraph.access.people.memberships import list_members
from accountgraph.dashboard.forms import Done, Undo
from accountgraph.dashboard.people.editing import visit_id
from accountgraph.dashboard.people.fields import CONTACT, PREFERENCES, all_fields
from accountgraph.dashboard.people.finding import person_named
from accountgraph.dashboard.people.wishes import person_of
from accountgraph.dashboard.words import plain, told
from accountgraph.errors import InvalidInputError, InvalidValueError
from accountgraph.merging import merge_contacts, preview_contact_merge, twins_of, unmerge
from accountgraph.models import CommunicationPreferences, Company

if TYPE_CHECKING:
    from starlette.responses import Response

    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit
    from accountgraph.merging import MergePreview
    from accountgraph.merging.fields import FieldChoice

_TAKE = "take."  # a field of the form for each value that one can choose
_FIXED = {"status", PREFERENCES, "interests", "research_data", "attributes"}  # by a rule, whatever is asked for
_REASONS = {
    "linkedin": "the same LinkedIn profile",
    "phone": "the same number",
    "local_part": "the same address before the @",
    "name": "the same name",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A field in which the two differ, in words. `can_choose`: whether either value may be taken."""

    name: str
    label: str
    kept: str
    dropped: str
    result: str
    wins: str
    can_choose: bool


async def merge_page(visit: Visit) -> Response:
    """Who may be the same; with `with` (an id, an address or a name) both side by side, and `keep` says who stays."""
    person = await person_of(visit.db, visit.id_in_path("contact_id", "person"))
    path = f"{visit.base}/people/{person.id}"
    common: dict[str, Any] = {"person": person, "path": path, "reasons": _REASONS, "q": visit.asked("with") or ""}
    if not visit.asked("with"):
        return visit.drawn("people/merge", f"Merge {person.name}", twins=await twins_of(visit.db, person.id), error="", **common)
    try:
        other = await person_named(visit.db, visit.asked("with") or "", "with")
        if other.id == person.id:
            raise InvalidValueError("with", f"this is {person.name} already; name the other one.")
        keep, drop = (other, person) if visit.asked("keep") and visit_id(visit, "keep") == other.id else (person, other)
        preview = await preview_contact_merge(visit.db, keep.id, drop.id)
    except InvalidInputError as error:
        said = str(error).partition(": ")[2]
        known = await twins_of(visit.db, person.id)
        return visit.drawn("people/merge", f"Merge {person.name}", status=422, twins=known, error=said[:1].upper() + said[1:], **common)
    rows = await _rows(visit, preview)
    return visit.drawn("people/preview", f"Merge {person.name}", preview=preview, rows=rows, keep=keep, drop=drop, other=other, **common)


async def merge(visit: Visit, form: Form) -> Done:
    """Merge `drop` into `keep`; of each field with a choice the value that was taken."""
    keep, drop = form.id("keep"), form.id("drop")
    take = [name.removeprefix(_TAKE) for name in form.fields if name.startswith(_TAKE) and form.get(name) == "dropped"]
    gone = await person_of(visit.db, drop)
    done = await merge_contacts(visit.db, keep, drop, take=take, by=visit.principal.name)
    kept = await person_of(visit.db, done.kept_id)
    undo = Undo(f"{visit.base}/people/merges/undo", {"id": str(done.id)})
    return Done(f"{gone.name} is one with {kept.name} now.", to=f"{visit.base}/people/{kept.id}", undo=undo)


async def undo_merge(visit: Visit, form: Form) -> Done:
    """Make two of one again; what came or was changed since stays with the one that was kept."""
    done = await unmerge(visit.db, form.id("id"), by=visit.principal.name)
    back = await person_of(visit.db, done.restored_id)
    stays = sum(table.kept for table in done.tables)
    more = f" What changed since stays as it is: {stays:,}." if stays else ""
    return Done(f"{back.name} is a person of their own again.{more}", to=f"{visit.base}/people/{done.kept_id}")


async def _rows(visit: Visit, preview: MergePreview) -> list[Row]:
    """The fields in words; ids by the names of what they are of."""
    names = await _names(visit, preview)
    labels = {field.name: field.label for field in all_fields(CONTACT)} | {
        PREFERENCES: "What they asked for",
        "last_researched_at": "Last researched",
    }
    return [
        Row(
            name=one.field,
            label=labels.get(one.field, plain(one.field)),
            kept=_said(one.kept, names),
            dropped=_said(one.dropped, names),
            result=_said(one.result, names),
            wins=one.wins,
            can_choose=_can_choose(one),
        )
        for one in preview.fields
    ]


def _can_choose(one: FieldChoice) -> bool:
    """Of a yes and a no the yes is kept, so that nobody's standing is lost."""
    return one.field not in _FIXED and one.is_conflict and not one.is_strict and not isinstance(one.kept, bool)


async def _names(visit: Visit, preview: MergePreview) -> dict[UUID, str]:
    ids = [value for one in preview.fields if one.field == "company_id" for value in (one.kept, one.dropped) if value]
    companies = await visit.db.rows(Company, "requests.companies", {"ids": ids}) if ids else []
    members = []
    if any(one.field == "owner_user_id" for one in preview.fields):
        members = await list_members(visit.parts.recognise.registry, visit.principal.workspace)
    return {one.id: one.name for one in companies} | {one.user_id: one.name or one.email for one in members}


def _said(value: Any, names: dict[UUID, str]) -> str:  # noqa: ANN401 - what a column holds
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, UUID):
        return names.get(value, str(value))
    if isinstance(value, CommunicationPreferences):
        found = {name: getattr(value, name) for name in value.__struct_fields__}
        return ", ".join(plain(name) if one is True else f"{plain(name)}: {one}" for name, one in found.items() if one)
    return f"{value:%Y-%m-%d %H:%M}" if hasattr(value, "strftime") else told(value)
