"""What one of us did without a task: a call, a meeting, a message by hand, or something to remember."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from msgspec import Struct

from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.signals.record import lock_account
from accountgraph.campaigns.work.persons import said_by
from accountgraph.campaigns.work.telling import Told, tell
from accountgraph.enums import Channel, Direction
from accountgraph.errors import InvalidValueError, MissingReferenceError
from accountgraph.store.consents import without_nul
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.touchpoints import TouchpointRepository

if TYPE_CHECKING:
    from accountgraph.db import Session
    from accountgraph.models import Contact

NOTES = "notes"  # where the conversation's context keeps what is to be remembered
LONGEST = 100_000  # characters
CAME = (
    SignalKind.REPLY_POSITIVE,
    SignalKind.REPLY_QUESTION,
    SignalKind.REPLY_OBJECTION,
    SignalKind.REPLY_NOT_NOW,
    SignalKind.REPLY_REFUSAL,
    SignalKind.MEETING_BOOKED,
    SignalKind.MEETING_MISSED,
    SignalKind.LEFT_COMPANY,
    SignalKind.UNSUBSCRIBE,
    SignalKind.MANUAL_MESSAGE,
)
"""What can come of it. The last: nothing yet, and campaigns wait for their answer."""
_NEED_A_DATE = {SignalKind.REPLY_NOT_NOW, SignalKind.MEETING_BOOKED}


class Talk(Struct, frozen=True, kw_only=True):
    """What happened. `direction`: inbound where they began. `seconds`: how long it took.

    `came`: what the campaigns of the account hear of it; None: nothing. `until`: the date it gives, of a meeting or when to ask again.
    """

    contact_id: UUID
    by: str
    channel: Channel = Channel.CALL
    direction: Direction = Direction.OUTBOUND
    at: datetime | None = None
    subject: str | None = None
    text: str | None = None
    seconds: int | None = None
    came: SignalKind | None = None
    until: datetime | None = None


class TalkKept(Struct, frozen=True, kw_only=True):
    """What was written down, and what it did, in words."""

    touchpoint_id: UUID
    effects: list[str]


async def record_talk(session: Session, talk: Talk, now: datetime) -> TalkKept:
    """Write down a call, a meeting or a message by hand, in the person's conversation; without one, a new one begins.

    Raises:
        InvalidValueError: a time has no offset, is still to come or is missing; the text is too long.
        MissingReferenceError: no such contact.
    """
    at = _checked(talk, now)
    person = await _person(session, talk.contact_id)
    await lock_account(session, person.company_id, person.id)
    row: dict[str, Any] = {
        "conversation_id": await _conversation(session, person),
        "channel": talk.channel,
        "direction": talk.direction,
        "subject": talk.subject,
        "content": talk.text,
        "sent_at": at,
        "metadata": {"by_hand": True},
    }
    kept = await TouchpointRepository(session).create_touchpoint(row)
    described = dict.fromkeys(("outcome", "recording", "transcript", "sentiment", "note"))
    await session.affect("campaigns.desk.describe", {**described, "id": kept.id, "seconds": talk.seconds, "by": said_by(talk.by)})
    effects: list[str] = []
    if talk.came is not None:
        told = Told(
            kind=talk.came, by=talk.by, contact_id=person.id, at=at, until=talk.until, text=talk.text, key=f"by hand {kept.id} {talk.came}"
        )
        effects = (await tell(session, told, now)).effects
    return TalkKept(touchpoint_id=kept.id, effects=effects)


async def remember(session: Session, contact_id: UUID, text: str, *, by: str, now: datetime) -> str:
    """Keep something about a person in the context of their conversation, with the day and who says it; gives it as it stands there.

    Raises:
        InvalidValueError: the text is empty or too long.
        MissingReferenceError: no such contact.
    """
    said = text.strip()
    if not 1 <= len(said) <= LONGEST:
        raise InvalidValueError("text", f"write down 1 to {LONGEST:,} characters.")
    without_nul(("text", said))
    person = await _person(session, contact_id)
    await lock_account(session, person.company_id, person.id)
    line = f"{now:%Y-%m-%d}, {said_by(by)}: {said}"
    await ConversationRepository(session).update_conversation_context(await _conversation(session, person), {NOTES: [line]})
    return line


def _checked(talk: Talk, now: datetime) -> datetime:
    without_nul(("subject", talk.subject), ("text", talk.text))
    if talk.text is not None and len(talk.text) > LONGEST:
        raise InvalidValueError("text", f"has {len(talk.text):,} characters; at most {LONGEST:,} are kept.")
    at = talk.at or now
    if at.tzinfo is None or at > now:
        raise InvalidValueError("at", "is when it happened: a time with its offset that is not ahead.")
    if talk.came in _NEED_A_DATE and talk.until is None:
        raise InvalidValueError("until", "say when: the day of the meeting, or from when on they may be asked again.")
    return at


async def _person(session: Session, contact_id: UUID) -> Contact:
    person = await ContactRepository(session).get_contact_by_id(contact_id)
    if person is None:
        raise MissingReferenceError("contact_id", f"there is no contact {contact_id}.")
    return person


async def _conversation(session: Session, person: Contact) -> UUID:
    talk: UUID | None = await session.value("campaigns.signals.talk", {"touchpoint_id": None, "contact_id": person.id})
    return talk or (await ConversationRepository(session).create_conversation(person.id, person.company_id)).id
