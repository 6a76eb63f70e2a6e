"""Taking a mail: kept whole, understood, joined to its conversation, and acted upon; the same mail again changes nothing."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

import msgspec
from msgspec import Struct

from accountgraph.campaigns.desk.meetings import record_meeting
from accountgraph.campaigns.signals.words import label_of
from accountgraph.inbound.findings import MailKind
from accountgraph.inbound.understand import understand
from accountgraph.intake.accounts import lock_accounts
from accountgraph.intake.byhand import take_by_hand
from accountgraph.intake.left import left_after_all
from accountgraph.intake.matching import LIVE, Named, match_of, wire_id_of, writer_of
from accountgraph.intake.signals import About, signals_of
from accountgraph.intake.strangers import person_of

if TYPE_CHECKING:
    from datetime import datetime

    from accountgraph.db import Session
    from accountgraph.inbound.findings import Understood
    from accountgraph.inbound.mail import Mail
    from accountgraph.intake.matching import Match, Message

BIG = 200_000  # bytes: what is bigger is read beside the event loop
LONGEST_IN_KEY = 500  # bytes of a Message-ID; of a longer one its digest tells the same
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
LATELY = timedelta(days=30)  # so long after our last mail a report that names none of ours is believed


class Taken(Struct, frozen=True, kw_only=True):
    """What became of a mail. `is_new` False: it was here before, and this is what it did then. `effects`: in words.

    `state`: matched, ambiguous, unmatched, ignored. `matched_by`: alias, headers, address. `touchpoint_id`: of ours, which it is about.
    """

    id: UUID
    is_new: bool
    kind: str
    state: str
    matched_by: str | None = None
    contact_id: UUID | None = None
    touchpoint_id: UUID | None = None
    effects: list[str]


class _Known(Struct, frozen=True):
    id: UUID
    kind: str
    state: str
    matched_by: str | None
    contact_id: UUID | None
    touchpoint_id: UUID | None
    effects: list[str]


class Envelope(NamedTuple):
    """How a mail came: from where, into which mailbox, which way, when (UTC)."""

    source: str
    sender_id: UUID | None
    direction: str
    received_at: datetime


async def take_mail(
    session: Session, raw: bytes, *, source: str, sender_id: UUID | None = None, direction: str = "inbound", received_at: datetime
) -> Taken:
    """Take one mail, in the caller's transaction.

    `direction` `outbound`: a person of ours sent it by hand; it pauses those it went to. `source`: the mailbox, provider or file.
    """
    if len(raw) > BIG:
        understood = await asyncio.to_thread(understand, raw, received_at=received_at)
    else:
        understood = understand(raw, received_at=received_at)
    envelope = Envelope(source[:500], sender_id, direction, received_at)
    key = key_of_mail(understood.mail, raw, direction)
    kept = await session.value("intake.mails.keep", _row(understood, raw, key, envelope))
    if kept is None:
        known = await session.row(_Known, "intake.mails.known", {"dedupe_key": key})
        assert known is not None  # noqa: S101 - it was in the way
        return Taken(is_new=False, **msgspec.structs.asdict(known))
    done = await _Taking(session, understood, envelope, key).carry_out()
    said = {**msgspec.structs.asdict(done), "effects": msgspec.json.encode(done.effects).decode(), "id": kept}
    await session.affect("intake.mails.conclude", said)
    return Taken(id=kept, is_new=True, kind=kind_of(understood, direction), **msgspec.structs.asdict(done))


def key_of_mail(mail: Mail, raw: bytes, direction: str) -> str:
    """What identifies a mail: its Message-ID and who wrote it; without one, its bytes. Two of our mailboxes see one mail once."""
    who = mail.sender.email[:100] if mail.sender else ""
    if mail.message_id:
        content = mail.message_id.encode()
        id_ = mail.message_id if len(content) <= LONGEST_IN_KEY else f"sha256:{sha256(content).hexdigest()}"
        return f"{direction} {id_} {who}"
    return f"{direction} sha256 {sha256(raw).hexdigest()}"


def kind_of(understood: Understood, direction: str) -> str:
    """The kind that a mail is kept as."""
    if direction == "outbound":
        return "manual"
    return "unsubscribe" if understood.unsubscribe else understood.kind.value


def conclusions(understood: Understood) -> str:
    """All that was concluded, as JSON, without the mail itself."""
    found = {name: getattr(understood, name) for name in understood.__struct_fields__ if name != "mail"}
    text = msgspec.json.encode({**found, "problems": understood.mail.problems}).decode()
    return _NUL.sub(r"\1", text)


def _row(understood: Understood, raw: bytes, key: str, envelope: Envelope) -> dict[str, object]:
    mail = understood.mail
    return {
        "direction": envelope.direction,
        "source": envelope.source,
        "sender_id": envelope.sender_id,
        "dedupe_key": key,
        "message_id": mail.message_id if wire_id_of(mail) else None,
        "from_email": _plain(mail.sender.email if mail.sender else None, 500),
        "subject": _plain(mail.subject, 2000),
        "at": _at(mail, envelope.received_at),
        "kind": kind_of(understood, envelope.direction),
        "understood": conclusions(understood),
        "raw": raw,
    }


def _plain(text: str | None, longest: int) -> str | None:
    return text.replace("\0", "")[:longest] or None if text else None


def _at(mail: Mail, received_at: datetime) -> datetime:
    """When it was written; a date in the future is not believed."""
    return min(mail.at, received_at) if mail.at else received_at


class _Done(Struct, frozen=True, kw_only=True):
    """What was made of a mail."""

    state: str
    matched_by: str | None = None
    contact_id: UUID | None = None
    touchpoint_id: UUID | None = None
    effects: list[str] = []


class _Taking:
    """One mail that is news, and what it does."""

    def __init__(self, session: Session, understood: Understood, envelope: Envelope, key: str) -> None:
        self._session, self._understood, self._envelope, self._key = session, understood, envelope, key
        self._at = _at(understood.mail, envelope.received_at)

    async def carry_out(self) -> _Done:
        mail = self._understood.mail
        if self._envelope.direction == "outbound":
            effects = await take_by_hand(self._session, mail, key=self._key, source=self._envelope.source, at=self._at)
            return _Done(state="matched" if effects else "ignored", effects=effects)
        if self._understood.kind is MailKind.NOTICE:
            return _Done(state="ignored", effects=["a notice: nothing to act on"])
        match = await match_of(self._session, mail, self._named(), self._envelope.sender_id, self._at)
        if match.writer.is_ours and self._understood.kind in {MailKind.REPLY, MailKind.AUTOMATIC}:
            return _Done(state="ignored", effects=["written by ourselves"])
        return await self._act(match)

    def _named(self) -> Named:
        """What it reports on, and our unsubscribe address."""
        reports = [one for one in (*self._understood.bounces, self._understood.complaint) if one is not None]
        intents = [*(one.intent_id for one in reports), self._understood.unsubscribe]
        return Named([one for one in intents if one], [one.message_id for one in reports if one.message_id])

    async def _act(self, match: Match) -> _Done:
        match = await self._reported(match)
        message, effects = match.message, list[str]()
        people = [match.writer.contact_id, message.contact_id if message else None]
        await lock_accounts(self._session, [message.company_id if message else None], people)
        match = await self._again(match)
        if message is not None:
            effects += await left_after_all(self._session, message.intent_id, message.intent_state, self._envelope.source)
        person = await person_of(self._session, self._understood, match, self._at)
        effects += person.effects
        if person.contact_id is None:
            return _Done(state="unmatched", effects=[*effects, "nobody we know; kept for a person to look at"])
        if message is None and self._at < self._envelope.received_at - LIVE:
            said = [f"older than {LIVE.days} days, and no message of ours: kept, not acted upon"]
            return _Done(state="ignored", matched_by="address", contact_id=person.contact_id, effects=[*effects, *said])
        if message is None and self._is_report and not await self._wrote_lately(person.contact_id):
            said = [f"names no message of ours, and we have not written to them in {LATELY.days} days: anybody can write such a report"]
            return _Done(state="ignored", matched_by="address", contact_id=person.contact_id, effects=[*effects, *said])
        signals = signals_of(self._understood, self._about(match, person.contact_id, is_theirs=person.is_theirs))
        for signal in signals:
            recorded = await record_meeting(self._session, signal, self._session.now())
            effects += [label_of(signal.kind), *recorded]
        effects += await self._join(message, person.contact_id)
        effects += await self._ask(match, person.contact_id)
        return _Done(
            state="ambiguous" if match.is_ambiguous else "matched" if signals else "ignored",
            matched_by=match.by or "address",
            contact_id=person.contact_id,
            touchpoint_id=message.touchpoint_id if message and not match.is_ambiguous else None,
            effects=effects or ["nothing to act on"],
        )

    @property
    def _is_report(self) -> bool:
        return bool(self._understood.bounces or self._understood.complaint)

    async def _wrote_lately(self, contact_id: UUID) -> bool:
        asked = {"contact_id": contact_id, "since": self._at - LATELY, "until": self._envelope.received_at}
        return bool(await self._session.value("intake.mails.wrote", asked))

    async def _again(self, match: Match) -> Match:
        """Who was a stranger may have become a contact while this waited."""
        sender = self._understood.mail.sender
        if self._understood.kind is not MailKind.REPLY or match.writer.contact_id or match.message is None or sender is None:
            return match
        return msgspec.structs.replace(match, writer=await writer_of(self._session, sender.email))

    async def _reported(self, match: Match) -> Match:
        """A report that brings no message of ours back is about the address that it names."""
        bounces, complaint = self._understood.bounces, self._understood.complaint
        email = next((one.email for one in bounces if one.email), complaint.email if complaint else None)
        if match.by in {"alias", "headers"} or email is None:
            return match
        return msgspec.structs.replace(match, writer=await writer_of(self._session, email), message=None, by="address", others=())

    def _about(self, match: Match, contact_id: UUID, *, is_theirs: bool) -> About:
        message = match.message if not match.is_ambiguous else None
        mail = self._understood.mail
        return About(
            contact_id=contact_id,
            touchpoint_id=message.touchpoint_id if message else None,
            intent_id=message.intent_id if message else None,
            is_theirs=is_theirs,
            zone=match.writer.zone,
            key=f"mail {sha256(self._key.encode(errors='replace')).hexdigest()}",
            source=self._envelope.source,
            at=self._at,
            message_id=wire_id_of(mail),
        )

    async def _join(self, message: Message | None, contact_id: UUID) -> list[str]:
        """A colleague who writes in a conversation takes part in it."""
        if self._understood.kind is not MailKind.REPLY or message is None or message.conversation_id is None:
            return []
        asked = {"conversation_id": message.conversation_id, "contact_id": contact_id}
        joined = await self._session.value("intake.mails.join", asked)
        return ["they have joined the conversation"] if joined else []

    async def _ask(self, match: Match, contact_id: UUID) -> list[str]:
        if not match.is_ambiguous or match.message is None:
            return []
        talks = [str(one.conversation_id) for one in (match.message, *match.others)]
        asked = {
            "title": "Which conversation does this mail belong to?",
            "body": f"Its headers name none of our messages, and there are {len(talks)}: {', '.join(talks)}.",
            "company_id": match.message.company_id,
            "contact_id": contact_id,
            "now": self._session.now(),
        }
        await self._session.value("intake.mails.ask", asked)
        return ["a task: which conversation does it belong to?"]
