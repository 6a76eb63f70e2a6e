"""Tasks that people of ours give themselves and each other: to do something, about somebody or not, by a time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.campaigns.work.persons import owner_of
from accountgraph.campaigns.work.tasks import Task, get_task
from accountgraph.errors import InvalidValueError, MissingReferenceError
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.consents import without_nul
from accountgraph.store.contacts import ContactRepository

if TYPE_CHECKING:
    from accountgraph.db import Session

LONGEST_TITLE = 200
LONGEST_BODY = 10_000
GRACE = timedelta(days=1)  # after which what is not done is escalated


class ToDo(Struct, frozen=True, kw_only=True):
    """What is to be done. `contact_id`, `company_id`: whom it is about; a person brings their company along. `owner`: a name, or a
    user's id; None: nobody yet.
    """

    title: str
    due_at: datetime
    body: str | None = None
    company_id: UUID | None = None
    contact_id: UUID | None = None
    owner: str | None = None


async def give_task(session: Session, to_do: ToDo, now: datetime) -> Task:
    """Give somebody a task.

    Raises:
        InvalidValueError: the title is blank or too long, or the time has no offset, or the person is not of that company.
        MissingReferenceError: there is no such person or company.
    """
    title, body = " ".join(to_do.title.split()), (to_do.body or "").strip() or None
    without_nul(("title", title), ("body", body))
    if not 1 <= len(title) <= LONGEST_TITLE:
        raise InvalidValueError("title", f"say what is to be done, in 1 to {LONGEST_TITLE} characters.")
    if body and len(body) > LONGEST_BODY:
        raise InvalidValueError("body", f"has {len(body):,} characters; {LONGEST_BODY:,} are the most.")
    if to_do.due_at.tzinfo is None:
        raise InvalidValueError("due_at", f"needs its offset, for example {now.year + 1}-05-02T09:00:00Z.")
    company_id, contact_id = await _about(session, to_do)
    name, user = owner_of(to_do.owner) if to_do.owner is not None else (None, None)
    row = {"title": title, "body": body, "company_id": company_id, "contact_id": contact_id, "owner": name, "owner_user_id": user}
    made: UUID = await session.value("campaigns.tasks.add", {**row, "due_at": to_do.due_at, "escalate_at": _later(to_do.due_at)})
    return await get_task(session, made, now)


async def _about(session: Session, to_do: ToDo) -> tuple[UUID | None, UUID | None]:
    """The company and the person, as they are called now: either may have been merged into another."""
    company = await CompanyRepository(session).get_company_by_id(to_do.company_id) if to_do.company_id else None
    if to_do.company_id and company is None:
        raise MissingReferenceError("company_id", f"There is no company {to_do.company_id} in this workspace.")
    if to_do.contact_id is None:
        return company.id if company else None, None
    person = await ContactRepository(session).get_contact_by_id(to_do.contact_id)
    if person is None:
        raise MissingReferenceError("contact_id", f"There is no contact {to_do.contact_id} in this workspace.")
    if company and person.company_id != company.id:
        raise InvalidValueError("contact_id", f"{person.name} is not of {company.name}; leave the company out.")
    return person.company_id, person.id


def _later(due_at: datetime) -> datetime:
    try:
        return due_at + GRACE
    except OverflowError:
        return due_at
