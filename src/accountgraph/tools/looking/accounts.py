"""Looking at accounts and people, as an agent needs it: text for a prompt, and the same for a program."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
from msgspec import Struct

from accountgraph.errors import InvalidValueError
from accountgraph.graph import CompanyGraph, as_prompt
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.tools.answers import (
    Brief,
    ContactContext,
    Found,
    FoundAccount,
    FoundContact,
    MessageLine,
    NextPerson,
    NotNow,
    PersonLine,
    TalkLine,
    WhoNext,
)
from accountgraph.tools.untrusted import NOTICE, harmless, name_line, untrusted

if TYPE_CHECKING:
    from accountgraph.db import Database, Session
    from accountgraph.graph.answers import AccountOverview, ExpansionTarget, WarmPath
    from accountgraph.models import Company, Contact

_MOST_FOUND = 10
_MOST_PEOPLE = 30
_MOST_RECENT = 8
_MOST_CHARACTERS = 400  # of a message's words
_MOST_NEXT = 5
_MOST_PATHS = 3  # of those, for how many a warm path is looked for
_MOST_BARRED = 200
_LEAST_PROMPT = 500


class _Recent(Struct, frozen=True):
    at: datetime
    channel: str
    direction: str
    outcome: str
    person: str | None
    subject: str | None
    content: str | None
    response: str | None


class _Kept(Struct, frozen=True):
    id: UUID
    name: str
    title: str | None
    kind: str
    detail: str


async def find(db: Database, text: str) -> Found:
    """Accounts and people with `text` in their name, domain or address.

    Raises:
        InvalidValueError: there is no text.
    """
    companies, contacts = await asyncio.gather(
        CompanyRepository(db).search_companies(text, limit=_MOST_FOUND), ContactRepository(db).search_contacts(text, limit=_MOST_FOUND)
    )
    accounts = [
        FoundAccount(
            id=str(one.id),
            name=name_line(one.name),
            domain=one.domain,
            status=one.account_status.value,
            tier=one.account_tier.value if one.account_tier else None,
            contacts=one.total_contacts,
        )
        for one in companies
    ]
    people = [
        FoundContact(
            id=str(one.id),
            name=name_line(one.name),
            email=one.email,
            title=name_line(one.title) or None,
            account_id=str(one.company_id) if one.company_id else None,
        )
        for one in contacts
    ]
    lines = [f"account {one.name} ({one.domain or one.id}), {one.status}, {one.contacts} contacts" for one in accounts]
    lines += [f"contact {one.name} ({one.email or one.id})" + (f", {one.title}" if one.title else "") for one in people]
    said = f"{NOTICE}\n{untrusted(chr(10).join(lines), 'a search')}" if lines else f"Nothing has {text!r} in its name, domain or address."
    return Found(text=said, accounts=accounts, contacts=people)


async def brief_of(session: Session, account: Company, max_chars: int) -> Brief:
    """An account in a prompt's length; what matters most first.

    Raises:
        InvalidValueError: `max_chars` is less than 500.
    """
    if max_chars < _LEAST_PROMPT:
        raise InvalidValueError("max_chars", f"must be {_LEAST_PROMPT} or more.")
    graph = CompanyGraph(session)
    overview = await graph.get_account_overview(account.id)
    health = await graph.get_account_health_score(account.id)
    talks = await graph.get_conversations_health(account.id)
    params = {"company_id": account.id, "limit": _MOST_RECENT, "characters": _MOST_CHARACTERS}
    recent = [_message(row) for row in await session.rows(_Recent, "agents.accounts.recent", params)]
    people = _people(overview)
    made = Brief(
        text="",
        account_id=str(account.id),
        name=name_line(account.name),
        domain=account.domain,
        status=account.account_status.value,
        health=health["total_score"],
        health_status=health["health_status"],
        recommendations=[name_line(one["text"]) for one in health["recommendations"]],
        people=people[:_MOST_PEOPLE],
        conversations=[
            TalkLine(
                conversation_id=str(one["conversation_id"]),
                contact_id=str(one["contact_id"]),
                name=name_line(one["contact_name"]),
                state=one["state"],
                days_waiting=one["days_waiting"],
            )
            for one in talks[:_MOST_PEOPLE]
        ],
        recent=recent,
    )
    return _told(made, account, overview, max_chars)


def _told(brief: Brief, account: Company, overview: AccountOverview, max_chars: int) -> Brief:
    counts = overview["summary"]
    standing = f"status {brief.status}, health {brief.health:.0f} of 100 ({brief.health_status})"
    people = f"{counts['total_contacts']} contacts, {counts['decision_makers']} decision makers"
    talks = f"{counts['active_conversations']} active conversations of {counts['total_conversations']}"
    head = [NOTICE, f"ACCOUNT {brief.account_id}: {standing}, {people}, {talks}"]
    data = [f"name: {brief.name} ({brief.domain or 'no domain'})"]
    data += [f"what would help: {said}" for said in brief.recommendations]
    data += [_person_line(person) for person in brief.people]
    data += [f"conversation with {talk.name}: {talk.state}" + _waiting(talk) for talk in brief.conversations]
    data += [_recent_line(message) for message in brief.recent]
    if account.research_data:
        data.append(f"research: {msgspec.json.encode(account.research_data).decode()}")
    room = max_chars - len("\n".join(head)) - 80
    text = "\n".join([*head, untrusted(_cut(data, room), f"account {brief.account_id}")])
    return msgspec.structs.replace(brief, text=text)


def _cut(lines: list[str], room: int) -> str:
    kept: list[str] = []
    for line in lines:
        room -= len(harmless(line)) + 1
        if room < len("[cut]"):
            return "\n".join([*kept, "[cut]"])
        kept.append(line)
    return "\n".join(kept)


def _person_line(person: PersonLine) -> str:
    marks = [mark for mark, holds in (("decides", person.is_decision_maker), ("champion", person.is_champion)) if holds]
    facts = [person.title or "", *marks, f"engagement {person.engagement_score}", f"{person.active_conversations} active conversations"]
    return f"person {person.name} ({person.email or person.id}): " + ", ".join(fact for fact in facts if fact)


def _waiting(talk: TalkLine) -> str:
    return f" for {talk.days_waiting:.0f} days" if talk.days_waiting else ""


def _recent_line(message: MessageLine) -> str:
    words = f": {message.untrusted_words}" if message.untrusted_words else ""
    return f"{message.at:%Y-%m-%d} {message.channel}, {message.direction}, {message.person}, {message.outcome}{words}"


def _people(overview: AccountOverview) -> list[PersonLine]:
    return [
        PersonLine(
            id=str(key),
            name=name_line(one["contact"].name),
            title=name_line(one["contact"].title) or None,
            email=one["contact"].email,
            is_decision_maker=one["contact"].is_decision_maker,
            is_champion=one["contact"].is_champion,
            engagement_score=one["engagement_score"],
            active_conversations=one["active_conversations"],
        )
        for key, one in overview["contacts"].items()
    ]


def _message(row: _Recent) -> MessageLine:
    words = " / ".join(" ".join(part.split()) for part in (row.subject, row.content, row.response) if part)
    return MessageLine(
        at=row.at,
        person=name_line(row.person),
        channel=row.channel,
        direction=row.direction,
        outcome=row.outcome,
        untrusted_words=harmless(words) or None,
    )


async def who_next(session: Session, account: Company) -> WhoNext:
    """Whom to talk to, with the reasons and the ways to them; and whom not."""
    graph = CompanyGraph(session)
    not_now = await kept_from(session, company_id=account.id)
    beginning: UUID | None = await session.value("agents.accounts.beginning", {"company_id": account.id})
    people: list[NextPerson] = []
    if beginning is not None:
        targets = await graph.find_expansion_targets(beginning, "weak", include_implied=True, types=tuple(_TYPES))
        barred = {one.contact_id for one in not_now if one.is_final}
        free = [target for target in targets if str(target["contact"].id) not in barred][:_MOST_NEXT]
        paths = [await graph.find_warm_paths(target["contact"].id, 1) for target in free[:_MOST_PATHS]]
        people = [_next(target, paths[place] if place < len(paths) else []) for place, target in enumerate(free)]
    lines = [f"{person.name} ({person.contact_id}), priority {person.priority:.0f}: " + "; ".join(person.why) for person in people]
    lines = lines or ["nobody new: everybody of the account is in touch, or is not to be written to now"]
    lines += [f"not now: {one.name} ({one.contact_id}): {one.kind}, {one.detail}" for one in not_now]
    text = f"{NOTICE}\n{untrusted(chr(10).join(lines), f'account {account.id}')}"
    return WhoNext(text=text, account_id=str(account.id), people=people, not_now=not_now)


_TYPES = ("colleagues", "reports_to", "manager_of", "mentor_mentee", "collaborators", "referral", "introduced_by")


def _next(target: ExpansionTarget, paths: list[WarmPath]) -> NextPerson:
    person = target["contact"]
    return NextPerson(
        contact_id=str(person.id),
        name=name_line(person.name),
        title=name_line(person.title) or None,
        priority=target["priority_score"],
        why=[name_line(part["because"]) for part in target["why"]],
        warm_path=[name_line(one["name"]) for one in paths[0]["people"]] if paths else [],
    )


async def kept_from(session: Session, *, company_id: UUID | None = None, contact_id: UUID | None = None) -> list[NotNow]:
    """Who of an account, or whether one contact, is not to be written to now, and why."""
    params = {"company_id": company_id, "contact_id": contact_id, "now": session.now(), "limit": _MOST_BARRED}
    rows = await session.rows(_Kept, "agents.accounts.kept_from", params)
    return [NotNow(contact_id=str(row.id), name=name_line(row.name), kind=row.kind, detail=name_line(row.detail)) for row in rows]


async def context_of(session: Session, contact: Contact, max_chars: int) -> ContactContext:
    """What a message to somebody needs, as text and with what stands against writing to them.

    Raises:
        InvalidValueError: `max_chars` is less than 500.
    """
    if max_chars < _LEAST_PROMPT:
        raise InvalidValueError("max_chars", f"must be {_LEAST_PROMPT} or more.")
    context = await CompanyGraph(session).get_conversation_context(contact.id)
    barred = await kept_from(session, contact_id=contact.id)
    head = [NOTICE, *[f"Do not write to them now: {one.kind}, {one.detail}." for one in barred]]
    room = max(max_chars - len("\n".join(head)) - 80, 200)
    data = harmless(as_prompt(context, room))[:room]
    return ContactContext(
        text="\n".join([*head, untrusted(data, f"contact {contact.id}")]),
        contact_id=str(contact.id),
        name=name_line(contact.name),
        account_id=str(contact.company_id) if contact.company_id else None,
        may_be_written_to=not any(one.is_final for one in barred),
        not_now=barred,
    )
