"""Accounts and people as somebody types them: by name, domain or address; and what a field offers meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from accountgraph.errors import InvalidInputError, InvalidValueError, MissingReferenceError
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository

if TYPE_CHECKING:
    from starlette.responses import Response

    from accountgraph.dashboard.visits import Visit
    from accountgraph.db import Connectable
    from accountgraph.models import Company, Contact

OFFERED = 12
_TRIED = 50  # of those that a text is in, when it is looked for the one that is called so


async def account_named(db: Connectable, text: str, field: str = "company_id") -> Company:
    """The account with this domain or this name.

    Raises:
        MissingReferenceError, InvalidValueError: there is none, or several are called so.
    """
    companies = CompanyRepository(db)
    if "." in text and (known := await _by_domain(companies, text)) is not None:
        return known
    called = [one for one in await companies.search_companies(text, limit=_TRIED) if one.name.casefold() == text.casefold()]
    if len(called) > 1:
        raise InvalidValueError(field, f"Several accounts are called {text[:80]}; write the domain of the one you mean.")
    if not called:
        raise MissingReferenceError(field, f"No account is called {text[:80]}; choose one that is offered, or add it first.")
    return called[0]


async def person_named(db: Connectable, text: str, field: str) -> Contact:
    """The person with this address, this id, or this name.

    Raises:
        MissingReferenceError, InvalidValueError: there is none, or several are called so.
    """
    contacts = ContactRepository(db)
    known = await _by_key(contacts, text.rpartition("<")[2].rstrip("> "))
    if known is not None:
        return known
    called = [one for one in await contacts.search_contacts(text, limit=_TRIED) if one.name.casefold() == text.casefold()]
    if len(called) > 1:
        raise InvalidValueError(field, f"Several people are called {text[:80]}; write the e-mail address of the one you mean.")
    if not called:
        raise MissingReferenceError(field, f"Nobody is called {text[:80]}; choose somebody who is offered, or add them first.")
    return called[0]


async def offered(visit: Visit) -> Response:
    """What fits what is being typed: options of a list. `of`: accounts or people; `q` and any other parameter is the text."""
    of = visit.asked("of")
    text = next((value.strip() for name, value in visit.request.query_params.items() if name != "of"), "")[:200]
    found: list[tuple[str, str]] = []
    if len(text) > 1:
        found = await (_accounts(visit.db, text) if of == "accounts" else _people(visit.db, text))
    return visit.pages.page("people/offered", "Offered", found=found)


async def _accounts(db: Connectable, text: str) -> list[tuple[str, str]]:
    found = await CompanyRepository(db).search_companies(text, limit=OFFERED)
    return [(one.domain or one.name, one.name) for one in found]


async def _people(db: Connectable, text: str) -> list[tuple[str, str]]:
    found = await ContactRepository(db).search_contacts(text, limit=OFFERED)
    return [
        (f"{one.name} <{one.email}>" if one.email else str(one.id), f"{one.name}, {one.title}" if one.title else one.name) for one in found
    ]


async def _by_domain(companies: CompanyRepository, text: str) -> Company | None:
    try:
        return await companies.get_company_by_domain(text)
    except InvalidInputError:
        return None


async def _by_key(contacts: ContactRepository, text: str) -> Contact | None:
    try:
        return await contacts.get_contact_by_id(UUID(text))
    except ValueError:
        pass
    if "@" not in text:
        return None
    try:
        return await contacts.get_contact_by_email(text)
    except InvalidInputError:
        return None
