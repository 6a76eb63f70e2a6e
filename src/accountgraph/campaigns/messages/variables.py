"""What a message to a person may speak of, read for a whole batch in one statement."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from msgspec import Struct

from accountgraph.campaigns.messages.sandbox import Known
from accountgraph.campaigns.rules.law import needs_notice
from accountgraph.campaigns.rules.references import Colleague, reference_of
from accountgraph.enums import ContactStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from accountgraph.campaigns.rules.references import Reference
    from accountgraph.db import Connectable


class Person(Struct, frozen=True, kw_only=True):
    """Whom the message is for. `country`: their own, or else the company's. `has_written`: they ever wrote to us.

    `mail_law`: what the law there says about cold mail (`allow`, `consent`, `deny`); None: nobody has said.
    """

    id: UUID
    first_name: str | None = None
    last_name: str | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    linkedin_url: str | None = None
    title: str | None = None
    role: str | None = None
    department: str | None = None
    seniority: str | None = None
    status: ContactStatus = ContactStatus.ACTIVE
    country: str | None = None
    mail_law: str | None = None
    interests: tuple[str, ...] = ()
    attributes: dict[str, Any] = {}
    research: dict[str, Any] = {}
    source: str | None = None
    collected_at: datetime | None = None
    gave_address: bool = False
    has_written: bool = False


class Organisation(Struct, frozen=True, kw_only=True):
    """The person's company."""

    name: str
    domain: str | None = None
    industry: str | None = None
    size: str | None = None
    country: str | None = None
    attributes: dict[str, Any] = {}
    research: dict[str, Any] = {}


class Writer(Struct, frozen=True, kw_only=True):
    """The sender, and who that is before the law (None: nobody said).

    `signature`: below the words of its mails. `tracking_host`: where its tracked links lead instead of the public address; it was verified.
    `is_signed`: its domain was seen to sign mail (DKIM). `alias_replies`: answers go to an address of each message's own.
    """

    id: UUID
    address: str
    name: str | None = None
    reply_to: str | None = None
    settings: dict[str, Any] = {}
    legal_name: str | None = None
    postal_address: str | None = None
    privacy_url: str | None = None
    signature: str | None = None
    tracks_opens: bool = False
    tracks_clicks: bool = False
    tracking_host: str | None = None
    is_signed: bool = False
    alias_replies: bool = False


class Thread(Struct, frozen=True, kw_only=True):
    """The enrolment's last message from the same mailbox that was delivered: its wire Message-ID, and those before it, oldest first."""

    message_id: str
    references: str | None = None
    subject: str | None = None


class Acquaintance(Colleague, frozen=True, kw_only=True):
    """Somebody whom a message might name, with what it would say."""

    first_name: str | None = None
    title: str | None = None


class Variables(Struct, frozen=True, kw_only=True, dict=True):
    """All that is known for one message. `context`: of the person's latest conversation, as it was recorded.

    `referred_by_id`: who sent us to this person. `candidates`: whom the message might name; `reference` is whom it may.
    `is_first_contact`: nobody here ever wrote to the person. `public_url`: of our public server, where it was seen to answer.
    """

    person: Person
    company: Organisation | None = None
    context: dict[str, Any] = {}
    sender: Writer | None = None
    candidates: tuple[Acquaintance, ...] = ()
    referred_by_id: UUID | None = None
    thread: Thread | None = None
    is_first_contact: bool = True
    public_url: str | None = None

    @cached_property
    def reference(self) -> Reference | None:
        """The colleague whom a message may name: who referred us to the person, or else the best of the others."""
        return self.referred_by or reference_of(self.person.id, self.person.status, self.candidates)

    @cached_property
    def referred_by(self) -> Reference | None:
        """Who referred us to the person, where they may be named."""
        named = [person for person in self.candidates if person.id == self.referred_by_id]
        return reference_of(self.person.id, self.person.status, named)

    @property
    def needs_notice(self) -> bool:
        """Whether the law asks to say where the address is from."""
        return needs_notice(self.person.country, is_first_contact=self.is_first_contact, gave_address=self.person.gave_address)

    def may_name(self, contact_id: UUID) -> bool:
        """Whether a message to the person may name this contact now, as when it was written."""
        return self.naming(contact_id).reference is not None

    def name_of(self, contact_id: UUID) -> str:
        """What one of those whom a message might name is called."""
        return next((one.name for one in self.candidates if one.id == contact_id), "a colleague")

    def naming(self, contact_id: UUID) -> Variables:
        """The same, with nobody else to name."""
        return msgspec.structs.replace(self, candidates=tuple(one for one in self.candidates if one.id == contact_id))

    def namespace(self) -> dict[str, Known]:
        """As templates see it; what is not known is not there."""
        person, context, sender = msgspec.structs.asdict(self.person), self.context, self.sender
        seen: dict[str, Mapping[str, Any]] = {
            "contact": person,
            "company": msgspec.structs.asdict(self.company) if self.company else {},
            "conversation": {name: context.get(key) for name, key in _LEARNED.items()},
            "sender": {"name": sender.name, "address": sender.address, "legal_name": sender.legal_name} if sender else {},
            "colleague": _named(self.reference),
            "referred_by": _named(self.referred_by),
        }
        return {name: Known(name, values) for name, values in seen.items()}


# What a conversation's context calls what was learned.
_LEARNED = {
    "topics": "topics_discussed",
    "pain_points": "pain_points_identified",
    "objections": "objections_raised",
    "interests": "interests_expressed",
    "next_steps": "next_steps",
    "quotes": "key_quotes",
}


def _named(reference: Reference | None) -> Mapping[str, Any]:
    if reference is None:
        return {}
    person = reference.colleague
    assert isinstance(person, Acquaintance)  # noqa: S101 - the rule gives back one of those it was given
    return {"first_name": person.first_name, "name": person.name, "title": person.title, "verb": reference.verb.value}


class _Row(Struct, frozen=True):
    key: UUID
    variables: str


_decoder = msgspec.json.Decoder(Variables)


async def load_variables(
    db: Connectable, enrolment_ids: Sequence[UUID], now: datetime, *, with_colleagues: bool = True
) -> dict[UUID, Variables]:
    """What the next message of each enrolment may speak of, in one round trip. Enrolments without a contact are missing.

    `with_colleagues` False spares looking for people to name, where no template speaks of one (`names_colleagues`).
    """
    params = {"enrolments": list(enrolment_ids), "contacts": [], "senders": [], "now": now, "colleagues": with_colleagues}
    return await _load(db, params)


async def load_for_contact(db: Connectable, contact_id: UUID, senders: Sequence[str], now: datetime) -> Variables | None:
    """What a first message of a campaign would speak of, from the first of these senders; None: no such contact."""
    found = await _load(db, {"enrolments": [], "contacts": [contact_id], "senders": list(senders), "now": now, "colleagues": True})
    return found.get(contact_id)


async def _load(db: Connectable, params: dict[str, Any]) -> dict[UUID, Variables]:
    rows = await db.rows(_Row, "campaigns.messages.variables", params)
    return {row.key: _decoder.decode(row.variables) for row in rows}
