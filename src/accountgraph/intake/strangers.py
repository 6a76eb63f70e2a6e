"""Whose word a mail is: the person we wrote to, a colleague of theirs, or somebody whom we did not know yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from accountgraph.inbound.findings import MailKind
from accountgraph.store.contacts import ContactRepository

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from accountgraph.db import Session
    from accountgraph.inbound.findings import Understood
    from accountgraph.inbound.mail import Address
    from accountgraph.intake.matching import Match

_SELVES = {MailKind.REPLY, MailKind.AUTOMATIC, MailKind.MEETING}


class Person(NamedTuple):
    """Who acted. `is_theirs`: it is surely their own word, so that its meaning may be acted upon."""

    contact_id: UUID | None
    is_theirs: bool
    effects: list[str]


async def person_of(session: Session, understood: Understood, match: Match, at: datetime) -> Person:
    """Who acted. A colleague who answers in a thread and is not known yet becomes a contact of the account."""
    written_to = match.message.contact_id if match.message else None
    if understood.kind not in _SELVES:  # a report: about the person it names
        return Person(written_to or match.writer.contact_id, True, [])
    if match.writer.contact_id is not None:
        return Person(match.writer.contact_id, True, [])
    if written_to is None or match.message is None:
        return Person(None, False, [])
    account, theirs = match.message.company_id, match.writer.domain_company_id
    sender = understood.mail.sender
    if understood.unsubscribe is None and understood.kind is MailKind.REPLY and sender and account and theirs == account:
        return await _colleague(session, sender, account, at)
    if understood.unsubscribe is not None or understood.kind is MailKind.AUTOMATIC:  # the address was theirs alone to know
        return Person(written_to, True, ["it came from another address of theirs"])
    return Person(written_to, False, ["it came from an address that we do not know: a person reads it"])


async def _colleague(session: Session, sender: Address, company_id: UUID, at: datetime) -> Person:
    words = (sender.name or "").replace('"', "").split()
    fields = {
        "company_id": company_id,
        "email": sender.email,
        "first_name": words[0] if words else None,
        "last_name": " ".join(words[1:]) or None,
        "source": "wrote to us",
        "collected_at": at,
    }
    made = await ContactRepository(session).create_contact({name: value for name, value in fields.items() if value is not None})
    return Person(made.id, True, [f"{sender.name or sender.email} is a contact of the account now"])
