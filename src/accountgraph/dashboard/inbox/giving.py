"""A task by hand: a form of its own, and what comes of it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from accountgraph.campaigns.work.giving import LONGEST_BODY, LONGEST_TITLE, ToDo, give_task
from accountgraph.dashboard.account.known import members_of
from accountgraph.dashboard.forms import Done
from accountgraph.dashboard.inbox.times import zone_of
from accountgraph.dashboard.people.editing import errors_of, visit_id
from accountgraph.dashboard.people.finding import account_named, person_named
from accountgraph.dashboard.people.wishes import person_of
from accountgraph.dashboard.undoing import undoable
from accountgraph.errors import InvalidInputError
from accountgraph.store.companies import CompanyRepository

if TYPE_CHECKING:
    from uuid import UUID

    from starlette.responses import Response

    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit

_FIELDS = ("title", "person", "account", "day", "owner", "body")
_CALLED = {"contact_id": "person", "company_id": "account", "due_at": "day"}  # a field of the task, as the form calls it
_EVENING = time(17)  # by which what is due on a day is to be done


async def new_task_page(visit: Visit) -> Response:
    """An empty form; `person` or `account` (an id) says whom it is about."""
    given = dict.fromkeys(_FIELDS, "") | {"day": f"{visit.now.date() + timedelta(days=1)}", "owner": str(visit.principal.id)}
    if visit.asked("person"):
        person = await person_of(visit.db, visit_id(visit, "person"))
        given["person"] = f"{person.name} <{person.email}>" if person.email else str(person.id)
    elif visit.asked("account"):
        company = await CompanyRepository(visit.db).get_company_by_id(visit_id(visit, "account"))
        given["account"] = (company.domain or company.name) if company else ""
    return await _drawn(visit, given)


async def new_task(visit: Visit, form: Form) -> Done | Response:
    """Give somebody a task; the form is drawn again where something is not right yet."""
    given = {name: form.get(name) for name in _FIELDS}
    try:
        to_do = await _to_do(visit, form)
        task, undo = await undoable(visit, lambda session: give_task(session, to_do, session.now()))
    except InvalidInputError as error:
        return await _drawn(visit, given, {_CALLED.get(name, name): words for name, words in errors_of(error).items()}, 422)
    to = f"people/{task.contact_id}" if task.contact_id else f"accounts/{task.company_id}" if task.company_id else "tasks"
    return Done(f"{task.title}: by {task.due_at:%a %d %b}.", to=f"{visit.base}/{to}", undo=undo)


async def _to_do(visit: Visit, form: Form) -> ToDo:
    person = await person_named(visit.db, form.get("person"), "person") if form.get("person") else None
    company = await account_named(visit.db, form.get("account"), "account") if form.get("account") else None
    return ToDo(
        title=form.required("title", "say what is to be done."),
        body=form.text("body"),
        due_at=datetime.combine(form.day("day"), _EVENING, zone_of(form.get("zone"))).astimezone(UTC),
        contact_id=person.id if person else None,
        company_id=company.id if company else None,
        owner=form.get("owner") or None,
    )


async def _drawn(visit: Visit, given: dict[str, str], errors: dict[str, str] | None = None, status: int = 200) -> Response:
    members: dict[UUID, str] = {one.user_id: one.name or one.email for one in await members_of(visit)}
    return visit.drawn(
        "inbox/new",
        "New task",
        status=status,
        given=given,
        errors=errors or {},
        members=members,
        longest={"title": LONGEST_TITLE, "body": LONGEST_BODY},
    )
