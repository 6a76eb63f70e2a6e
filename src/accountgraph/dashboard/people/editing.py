"""People and accounts are added and edited: a form in sections, an error at its field, and nobody's change written over unseen."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from accountgraph.access.people.memberships import list_members
from accountgraph.dashboard.forms import Done, Form, Undo
from accountgraph.dashboard.people.fields import COMPANY, CONTACT, FieldErrors, Kind, all_fields, nested, shown, typed, values
from accountgraph.dashboard.people.finding import account_named
from accountgraph.errors import InvalidInputError, NotFoundError
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from starlette.responses import Response

    from accountgraph.dashboard.people.fields import Section
    from accountgraph.dashboard.visits import Visit
    from accountgraph.db import Connectable, Session
    from accountgraph.models import Contact

_NAMELESS = "Give a first name, a last name or an e-mail address, so that one can tell who it is."


@dataclass(frozen=True, slots=True)
class Drawn:
    """A form as it is drawn. `version`: the state of the row that it was made from; `clashes`: fields that hold something else by now."""

    title: str
    action: str
    away: str  # where one goes without saving
    sections: Sequence[Section]
    typed: dict[str, str]
    version: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    clashes: list[tuple[str, str]] = field(default_factory=list)


class ClashError(Exception):
    """Somebody changed the row since the form was drawn. `current`: what its fields show now."""

    def __init__(self, current: dict[str, str]) -> None:
        self.current, self.version = current, version_of(current)
        super().__init__(self.version)


@dataclass(frozen=True, slots=True)
class _Saved:
    person: Contact
    before: dict[str, str]
    after: dict[str, str]
    changed: list[str]


async def edit_page(visit: Visit) -> Response:
    """The form of a person."""
    person = await _person(visit.db, visit.id_in_path("contact_id", "person"))
    account = await _account_text(visit.db, person.company_id)
    fields = shown(CONTACT, person, account)
    return await draw(visit, _form_of(visit, person, fields, version_of(fields)))


async def edit(visit: Visit, form: Form) -> Done | Response:
    """Save what was changed in the form; with an error, or where somebody else was faster, it is drawn again as it was typed."""
    contact_id = visit.id_in_path("contact_id", "person")
    given = typed(CONTACT, form)
    try:
        saved = await visit.db.run(lambda session: _save(session, contact_id, given, form.get("version")))
    except (FieldErrors, InvalidInputError) as error:
        person = await _person(visit.db, contact_id)
        whole = shown(CONTACT, person, await _account_text(visit.db, person.company_id)) | given
        return await draw(visit, _form_of(visit, person, whole, form.get("version"), errors=errors_of(error)), 422)
    except ClashError as clash:
        person = await _person(visit.db, contact_id)
        again = _form_of(visit, person, clash.current | given, clash.version, clashes=clashes_of(CONTACT, given, clash.current))
        return await draw(visit, again, 409)
    return _saved(visit, saved)


async def new_person_page(visit: Visit) -> Response:
    """An empty form; `account` (an id) says where they are."""
    account = ""
    if visit.asked("account"):
        company = await CompanyRepository(visit.db).get_company_by_id(visit_id(visit, "account"))
        account = (company.domain or company.name) if company else ""
    return await draw(visit, _new_form(visit, {"company_id": account, "status": "active"}))


async def new_person(visit: Visit, form: Form) -> Done | Response:
    """Add a person."""
    given = typed(CONTACT, form)

    async def work(session: Session) -> Contact:
        changed = values(CONTACT, given, {})
        if not any(changed.get(name) for name in ("first_name", "last_name", "email")):
            raise FieldErrors({"first_name": _NAMELESS})
        await _with_account(session, changed)
        return await ContactRepository(session).create_contact(nested(CONTACT, changed))

    try:
        person = await visit.db.run(work)
    except (FieldErrors, InvalidInputError) as error:
        return await draw(visit, _new_form(visit, given, errors_of(error)), 422)
    return Done(f"{person.name} was added.", to=f"{visit.base}/people/{person.id}")


async def new_account_page(visit: Visit) -> Response:
    """An empty form of an account."""
    return await draw(visit, _account_form(visit, {"account_status": "prospecting"}))


async def new_account(visit: Visit, form: Form) -> Done | Response:
    """Add an account."""
    given = typed(COMPANY, form)
    try:
        company = await CompanyRepository(visit.db).create_company(values(COMPANY, given, {}))
    except (FieldErrors, InvalidInputError) as error:
        return await draw(visit, _account_form(visit, given, errors_of(error)), 422)
    return Done(f"{company.name} was added.", to=f"{visit.base}/accounts/{company.id}")


def errors_of(error: FieldErrors | InvalidInputError) -> dict[str, str]:
    """What is wrong, by the name of the field that shows it."""
    if isinstance(error, FieldErrors):
        return error.errors
    said = str(error).removeprefix(f"{error.field}: ")
    return {error.field.rpartition(".")[2]: said[:1].upper() + said[1:]}


def clashes_of(sections: Sequence[Section], given: dict[str, str], current: dict[str, str]) -> list[tuple[str, str]]:
    """The fields that hold something else by now than what was typed: what each is called, and what it holds."""
    names = {one.name: one.label for one in all_fields(sections)}
    return [(names[name], current[name]) for name, text in given.items() if text.strip() != current[name].strip()]


def visit_id(visit: Visit, name: str) -> UUID:
    """An id that the address names.

    Raises:
        InvalidValueError: it is none.
    """
    return Form({name: [visit.asked(name) or ""]}).id(name)


async def _save(session: Session, contact_id: UUID, given: dict[str, str], version: str) -> _Saved:
    await session.rows(object, "requests.lock_contact", {"id": contact_id})
    person = await _person(session, contact_id)
    before = shown(CONTACT, person, await _account_text(session, person.company_id))
    if version != version_of(before):
        raise ClashError(before)
    changed = values(CONTACT, given, before)
    if not changed:
        return _Saved(person, before, before, [])
    names = list(changed)
    await _with_account(session, changed)
    after = await ContactRepository(session).update_contact(person.id, nested(CONTACT, changed))
    return _Saved(after, before, shown(CONTACT, after, await _account_text(session, after.company_id)), names)


def _saved(visit: Visit, saved: _Saved) -> Done:
    path = f"{visit.base}/people/{saved.person.id}"
    if not saved.changed:
        return Done("Nothing was changed.", to=path)
    boxes = " ".join(one.name for one in all_fields(CONTACT) if one.kind is Kind.BOX and one.name in saved.changed)
    fields = {name: saved.before[name] for name in saved.changed} | {"version": version_of(saved.after), "boxes": boxes}
    labels = {one.name: one.label for one in all_fields(CONTACT)}
    what = ", ".join(labels[name].lower() if labels[name] != "E-mail" else "e-mail" for name in saved.changed[:3])
    more = f" and {len(saved.changed) - 3} more" if len(saved.changed) > 3 else ""
    return Done(f"Saved: {what}{more}.", to=path, undo=Undo(f"{path}/edit", fields))


def version_of(fields: dict[str, str]) -> str:
    """Which state of the fields a form was made from; what the database counts beside them (engagement, touches) is none of it."""
    return sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()[:16]


async def _person(db: Connectable, contact_id: UUID) -> Contact:
    found = await ContactRepository(db).get_contact_by_id(contact_id)
    if found is None:
        raise NotFoundError(f"There is no person {contact_id}.")
    return found


async def _account_text(db: Connectable, company_id: UUID | None) -> str:
    """How the form names an account, so that it is found again."""
    company = await CompanyRepository(db).get_company_by_id(company_id) if company_id else None
    return (company.domain or company.name) if company else ""


async def _with_account(session: Session, changed: dict[str, Any]) -> None:
    """Put the account's id where its name was typed."""
    if changed.get("company_id"):
        changed["company_id"] = (await account_named(session, changed["company_id"])).id


def _form_of(visit: Visit, person: Contact, given: dict[str, str], version: str, **more: Any) -> Drawn:  # noqa: ANN401 - as of Drawn
    path = f"{visit.base}/people/{person.id}"
    return Drawn(f"Edit {person.name}", f"{path}/edit", path, CONTACT, given, version=version, **more)


def _new_form(visit: Visit, given: dict[str, str], errors: dict[str, str] | None = None) -> Drawn:
    path = f"{visit.base}/people"
    return Drawn("New person", f"{path}/new", path, CONTACT, given, errors=errors or {})


def _account_form(visit: Visit, given: dict[str, str], errors: dict[str, str] | None = None) -> Drawn:
    path = f"{visit.base}/accounts"
    return Drawn("New account", f"{path}/new", path, COMPANY, given, errors=errors or {})


async def draw(visit: Visit, drawn: Drawn, status: int = 200) -> Response:
    """The page of a form."""
    members = await list_members(visit.parts.recognise.registry, visit.principal.workspace)
    owners = [(str(one.user_id), one.name or one.email) for one in members]
    chosen = drawn.typed.get("owner_user_id", "")
    if chosen and chosen not in dict(owners):
        owners.append((chosen, "somebody who is not here any more"))
    known = {one.name for one in all_fields(drawn.sections)}
    loose = [said for name, said in drawn.errors.items() if name not in known]
    return visit.drawn("people/form", drawn.title, status=status, form=drawn, owners=owners, loose=loose, is_clash=status == 409)
