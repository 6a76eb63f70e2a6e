"""Asking for a message: the arbiter looks at it, a person approves it, or the agent's budget lets it go."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

import msgspec
from msgspec import Struct

from accountgraph.campaigns.apply import load_version
from accountgraph.campaigns.decision import Decision, Verdict
from accountgraph.campaigns.engine.deciding import Candidate, Surroundings, decided, facts_of
from accountgraph.campaigns.engine.schedule import Course, Timetable
from accountgraph.campaigns.facts import SenderFacts
from accountgraph.campaigns.messages import MessageError, check_source, content_hash, load_variables
from accountgraph.campaigns.rules.calendar import zone_of
from accountgraph.campaigns.rules.channels import BY_PEOPLE
from accountgraph.campaigns.wording import APPROVAL
from accountgraph.enums import Channel
from accountgraph.errors import InvalidValueError
from accountgraph.tools.agents import get_agent
from accountgraph.tools.answers import Asked
from accountgraph.tools.channels import definition_in_force
from accountgraph.tools.doing.words import Message, checked
from accountgraph.tools.errors import RefusedError
from accountgraph.tools.naming import find_contact
from accountgraph.tools.untrusted import name_line, one_line

if TYPE_CHECKING:
    from datetime import datetime

    from accountgraph.db import Session
    from accountgraph.models import Contact
    from accountgraph.tools.doing.words import Words

_law_decoder = msgspec.json.Decoder(dict[str, dict[str, str]])

# Why there is no message, by what the database says: what to do instead.
_REFUSALS = {
    "no_agent": "There is no agent {agent!r} at work: a person adds it with `accountgraph agent add {agent}`, or ends its pause.",
    "no_channel": "Agents do not write by {channel} here: a person opens it by adding a sender, then an agent; or starts the campaign.",
    "no_contact": "There is no such contact any more; look for them again.",
    "no_zone": "Their time zone changed meanwhile; ask again.",
    "other_day": "The time of this session is not that of the database: a budget is of the day that it is.",
    "too_many": "{agent} has asked for as many messages as it may in a day; go on tomorrow, or let a person raise proposals_a_day.",
    "under_way": "A message of an agent to {person} is under way already; see `why_not_written`, or withdraw it with `undo`.",
}
# Why a person decides, though the agent wanted it to leave by itself.
_KEPT = {
    "no_agent": "the agent is paused",
    "may_not_send": "this agent may not send by itself",
    "decided": "it was decided meanwhile",
    "other_day": "the time of this session is not that of the database",
    "budget": "the agent has used its budget of touches for today",
    "colleague": "it names somebody else of the account",
    "law": "what the law of their country says is not recorded",
}


class _Row(Struct, frozen=True):
    message_id: UUID | None
    enrolment: UUID | None
    approval: UUID | None
    refusal: str | None


class _Thread(Struct, frozen=True):
    enrolment_id: UUID
    subject: str


class _Person(Struct, frozen=True):
    contact_id: UUID
    company_id: UUID | None
    region: str | None
    contact_zone: str | None
    account_zone: str | None
    workspace_zone: str
    sender_id: UUID | None


class _Asking(NamedTuple):
    """A message with whom it is for, as it was kept."""

    person: Contact
    message: Message
    row: _Row


class _Looked(NamedTuple):
    """What the rules say: with a person's approval, and (`alone`) without."""

    decision: Decision
    alone: Decision
    is_live: bool


async def ask(session: Session, agent: str, contact: str, words: Words, *, alone: bool) -> Asked:
    """As `ask_for`, with people as they are named to tools.

    Raises:
        NotFoundError: nobody is called so. Else as `ask_for`.
    """
    person = await find_contact(session, contact)
    named = (await find_contact(session, words.mentions)).id if words.mentions else None
    message = Message(
        channel=Channel(words.channel),
        content=words.body,
        subject=words.subject,
        mentions=named,
        why=words.why,
        in_thread=words.in_thread,
    )
    return await ask_for(session, agent, person, message, alone=alone)


async def ask_for(session: Session, agent: str, person: Contact, message: Message, *, alone: bool) -> Asked:
    """Ask for a message. `alone`: it leaves without a person where rules and budget let it.

    Raises:
        InvalidValueError: something of the message cannot be.
        RefusedError: the rules would never let it leave, or the agent may not ask; nothing is kept then.
    """
    message, thread = await _threaded(session, person, message)
    message = checked(message)
    row = await _proposed(session, agent, person, message, thread)
    assert row.enrolment is not None  # noqa: S101 - nothing was refused
    looked = await _look(session, row.enrolment, session.now())
    if looked.decision.verdict is Verdict.DENY:
        raise RefusedError(
            looked.decision.rule, f"{one_line(looked.decision.reason)} Nothing was proposed; do not try another way to reach them."
        )
    await _check_words(session, row.enrolment, message)
    kept = await _released(session, agent, row, looked.alone) if alone else "it was proposed, not sent"
    return await _answer(session, agent, _Asking(person, message, row), looked, kept)


async def _threaded(session: Session, person: Contact, message: Message) -> tuple[Message, UUID | None]:
    """The message with the subject of its thread, and the enrolment that the thread is of."""
    if not message.in_thread:
        return message, None
    if message.channel is not Channel.EMAIL or message.subject is not None:
        raise InvalidValueError("in_thread", "is for an e-mail, which then has the subject of its thread; leave `subject` out.")
    found = await session.row(_Thread, "agents.messages.thread", {"contact_id": person.id})
    if found is None:
        raise InvalidValueError(
            "in_thread", f"nothing was sent to {name_line(person.name)} to go on from; leave it out and give a subject."
        )
    subject = found.subject if found.subject[:3].lower() == "re:" else f"Re: {found.subject}"
    return msgspec.structs.replace(message, subject=subject), found.enrolment_id


async def _check_words(session: Session, enrolment_id: UUID, message: Message) -> None:
    """What the law wants said below a message has to be known."""
    variables = (await load_variables(session, [enrolment_id], session.now(), with_colleagues=False)).get(enrolment_id)
    if variables is None or message.channel in BY_PEOPLE:
        return
    try:
        check_source(variables)
    except MessageError as missing:
        raise RefusedError("missing", f"{missing} A person does that.") from missing


async def _proposed(session: Session, agent: str, person: Contact, message: Message, thread: UUID | None) -> _Row:
    zone, source, sender_id = await _place(session, person.id, message.channel)
    params = {
        "agent": agent,
        "contact_id": person.id,
        "channel": message.channel,
        "subject": message.subject,
        "content": message.content,
        "mentions_id": message.mentions,
        "why": message.why,
        "zone": zone,
        "zone_source": source,
        "sender_id": sender_id,
        "continues_id": thread,
    }
    row = await session.row(_Row, "agents.messages.propose", params)
    assert row is not None  # noqa: S101 - the function gives one
    if row.refusal is not None:
        said = _REFUSALS[row.refusal].format(agent=agent, channel=message.channel, person=name_line(person.name))
        raise RefusedError(row.refusal, said)
    return row


async def _place(session: Session, contact_id: UUID, channel: Channel) -> tuple[str, str, UUID | None]:
    """As for every enrolment: the zone of the person, else of the account, the mailbox, the workspace; and the mailbox."""
    person = await session.row(_Person, "campaigns.enrolments.people", {"ids": [contact_id], "campaign_id": None})
    if person is None:
        return "UTC", "workspace", None
    course = Course(
        company_id=person.company_id, contact_id=contact_id, sender_id=None, is_live=True, touch_count=0, zone="UTC", region=person.region
    )
    definition = await definition_in_force(session, channel)
    sender = (await Timetable.read(session, session.now())).sender(definition, channel, course)
    zone, source = zone_of(person.contact_zone, person.account_zone, sender.timezone if sender else None, person.workspace_zone)
    return zone, source, sender.id if sender else None


async def _look(session: Session, enrolment_id: UUID, now: datetime) -> _Looked:
    """What the arbiter would say if it were due now. The mailbox's own caps and gaps are looked at when it is sent."""
    [candidate] = await session.rows(Candidate, "campaigns.facts.of", {"ids": [enrolment_id], "now": now})
    definition = await load_version(session, candidate.version_id)
    facts = msgspec.structs.replace(facts_of(candidate), state="waiting", has_approval=True)
    timetable = await Timetable.read(session, now)
    law = _law_decoder.decode(await session.value("campaigns.claims.law", {"now": now}))
    course = Course(
        company_id=candidate.company_id,
        contact_id=candidate.contact_id,
        sender_id=candidate.sender_id,
        is_live=facts.is_live,
        touch_count=0,
        zone=facts.zone,
        region=facts.region,
    )
    sender = timetable.sender(definition, facts.queue_channel, course)
    known = SenderFacts(id=sender.id, address=sender.address, has_legal_identity=True) if sender else None
    around = Surroundings(known, law, timetable.free)
    relaxed = msgspec.structs.replace(definition, policy=msgspec.structs.replace(definition.policy, requires_approval=False))
    decisions = []
    for has_approval, version in ((True, definition), (False, relaxed)):
        seen = msgspec.json.encode(msgspec.structs.replace(facts, has_approval=has_approval)).decode()
        asked = msgspec.structs.replace(candidate, facts=seen)
        [answer] = decided([asked], {candidate.version_id: version}, around, now, 1)
        decisions.append(answer.decision)
    return _Looked(decisions[0], decisions[1], facts.is_live)


async def _released(session: Session, agent: str, row: _Row, alone: Decision) -> str | None:
    """Let it go, where the rules want no person; gives why not."""
    if alone.rule == APPROVAL:
        return one_line(alone.reason)
    kept: str | None = await session.value("agents.messages.release", {"agent": agent, "message_id": row.message_id})
    return _KEPT[kept] if kept else None


async def _answer(session: Session, agent: str, asked: _Asking, looked: _Looked, kept: str | None) -> Asked:
    decision, left = looked.decision, (await get_agent(session, agent)).touches_left
    row, name, message = asked.row, name_line(asked.person.name), asked.message
    said = f"The message to {name} is on its way: the engine sends it within hours and caps."
    if kept is not None:
        said = f"The message to {name} waits for a person to approve exactly these words: {kept.rstrip('.')}."
    rules = "Nothing else speaks against it now." if decision.verdict is Verdict.ALLOW else f"The rules: {one_line(decision.reason)}"
    rehearsal = "" if looked.is_live else " Agents rehearse here: it goes to the console, and nobody gets it."
    return Asked(
        text=f"{said} {rules}{rehearsal}",
        message_id=str(row.message_id),
        approval_id=str(row.approval),
        outcome="on_its_way" if kept is None else "waits_for_a_person",
        why_a_person=kept,
        arbiter=one_line(decision.reason),
        not_before=decision.until,
        content_hash=content_hash(message.subject, message.content),
        is_live=looked.is_live,
        touches_left_today=left,
    )
