"""Finding the row that a person means: by id, by a natural key, by another system's key, by its exact name."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from accountgraph.errors import InvalidValueError, NotFoundError
from accountgraph.models import Company, Contact, Conversation
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.conversations import ConversationRepository

if TYPE_CHECKING:
    from accountgraph.db import Connectable

T = TypeVar("T")
_MOST_NAMED = 5


async def find_account(db: Connectable, said: str) -> Company:
    """The account that `said` names: its id, a domain, an external id, or its exact name (in any case).

    Raises:
        NotFoundError: none is called so; the message offers what comes near.
        InvalidValueError: several are.
    """
    repository = CompanyRepository(db)
    found = [company] if (key := _uuid(said)) and (company := await repository.get_company_by_id(key)) else []
    found = found or await _by_domain(repository, said)
    found = found or await db.rows(Company, "naming.companies_by_external_id", {"key": said.strip()})
    alike = [] if found or not said.strip() else await repository.search_companies(said, limit=100)
    found = found or [company for company in alike if company.name.casefold() == said.strip().casefold()]
    if found:
        return _only(found, said, "account", [f"{company.name} ({company.domain or company.id})" for company in found])
    near = [company.name for company in alike] or await _near_accounts(repository, said)
    raise NotFoundError(f"There is no account {said!r}{_offer(near)}; look with `accountgraph account search TEXT`.")


async def find_contact(db: Connectable, said: str) -> Contact:
    """The contact that `said` names: an e-mail address, an id, an external id, or the exact first and last name.

    Raises:
        NotFoundError: nobody is called so; the message offers what comes near.
        InvalidValueError: several are.
    """
    repository = ContactRepository(db)
    found = [contact] if (key := _uuid(said)) and (contact := await repository.get_contact_by_id(key)) else []
    found = found or ([contact] if "@" in said and (contact := await repository.get_contact_by_email(said)) else [])
    found = found or await db.rows(Contact, "naming.contacts_by_external_id", {"key": said.strip()})
    alike = [] if found or not said.strip() else await repository.search_contacts(said, limit=100)
    found = found or [contact for contact in alike if contact.name.casefold() == said.strip().casefold()]
    if found:
        return _only(found, said, "contact", [f"{contact.name} ({contact.email or contact.id})" for contact in found])
    raise NotFoundError(
        f"There is no contact {said!r}{_offer([contact.email or contact.name for contact in alike])}; name an e-mail address or an id."
    )


async def find_conversation(db: Connectable, said: str) -> Conversation:
    """The conversation that `said` names: its id, an external id, or an e-mail address: that contact's latest.

    Raises:
        NotFoundError: there is none.
        InvalidValueError: several have this external id.
    """
    repository = ConversationRepository(db)
    if (key := _uuid(said)) and (conversation := await repository.get_conversation_by_id(key)):
        return conversation
    if "@" in said:
        contact = await find_contact(db, said)
        talks = await repository.get_conversations_by_contact(contact.id)
        if not talks:
            raise NotFoundError(f"There is no conversation with {contact.name} yet.")
        return talks[0]
    found = await db.rows(Conversation, "naming.conversations_by_external_id", {"key": said.strip()})
    if not found:
        raise NotFoundError(f"There is no conversation {said!r}; name its id, or the e-mail address of the contact.")
    return _only(found, said, "conversation", [str(conversation.id) for conversation in found])


async def _by_domain(repository: CompanyRepository, said: str) -> list[Company]:
    if "." not in said or " " in said.strip():
        return []
    try:
        company = await repository.get_company_by_domain(said)
    except InvalidValueError:
        return []  # a name with a dot, such as "Acme Inc."
    return [company] if company else []


async def _near_accounts(repository: CompanyRepository, said: str) -> list[str]:
    """What a slip of the keyboard may have meant, among accounts that begin alike."""
    beginning = said.strip()[:3]
    if not beginning:
        return []
    candidates = await repository.search_companies(beginning, limit=200)
    names = {name: name for company in candidates for name in (company.name, company.domain) if name}
    folded = {name.casefold(): name for name in names}
    return [folded[match] for match in get_close_matches(said.casefold(), folded, n=3)]


def _uuid(said: str) -> UUID | None:
    try:
        return UUID(said)
    except ValueError:
        return None


def _only(found: list[T], said: str, what: str, names: list[str]) -> T:
    if len(found) > 1:
        listed = ", ".join(sorted(names)[:_MOST_NAMED]) + (", ..." if len(names) > _MOST_NAMED else "")
        raise InvalidValueError(what, f"{said!r} may be {listed}; name one by the text in brackets.")
    return found[0]


def _offer(near: list[str]) -> str:
    return f"; did you mean {' or '.join(repr(name) for name in near[:3])}?" if near else ""
