"""What can be concluded from a mail. Every conclusion says how sure it is, 0 to 1, and why."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct

from accountgraph.inbound.mail import Mail


class MailKind(StrEnum):
    """What a mail is, before anybody asks what it means. `notice`: a receipt, a delay, a list's mail: nothing to act on."""

    REPLY = "reply"
    AUTOMATIC = "automatic"
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    MEETING = "meeting"
    NOTICE = "notice"


class AutomaticKind(StrEnum):
    """Why a machine answered."""

    OUT_OF_OFFICE = "out_of_office"
    LEFT_COMPANY = "left_company"
    ACKNOWLEDGEMENT = "acknowledgement"
    CHALLENGE = "challenge"
    OTHER = "other"


class MeaningKind(StrEnum):
    """What a person's reply means."""

    POSITIVE = "positive"
    QUESTION = "question"
    OBJECTION = "objection"
    REFERRAL = "referral"
    NOT_NOW = "not_now"
    REFUSAL = "refusal"
    UNSUBSCRIBE = "unsubscribe"
    LEFT_COMPANY = "left_company"
    OTHER = "other"


class BounceKind(StrEnum):
    """Whether an address is gone (hard), cannot be reached now (soft), or refuses who sends (policy)."""

    HARD = "hard"
    SOFT = "soft"
    POLICY = "policy"


class MeetingMethod(StrEnum):
    """What a calendar mail does (RFC 5546)."""

    REQUEST = "request"
    REPLY = "reply"
    CANCEL = "cancel"


class Person(Struct, frozen=True, kw_only=True):
    """Somebody whom a mail names: a stand-in, the right one to talk to. At least one of name, email and phone is there."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    title: str | None = None


class ReplyText(Struct, frozen=True, kw_only=True):
    """The words that the writer wrote now; what they quoted and how they signed stand apart. `client`: whose quote it looks like."""

    text: str
    quoted: str = ""
    signature: str = ""
    client: str | None = None
    confidence: float = 1.0
    evidence: tuple[str, ...] = ()


class Automatic(Struct, frozen=True, kw_only=True):
    """A machine answered. `back_on`: the first day they are back, by their words; `stand_in`: whom they name meanwhile."""

    kind: AutomaticKind
    back_on: date | None = None
    stand_in: Person | None = None
    confidence: float
    evidence: tuple[str, ...]


class Meaning(Struct, frozen=True, kw_only=True):
    """What a reply means. `until`: the day that a "not now" gives; `person`: whom a referral names. `language`: ISO 639-1."""

    kind: MeaningKind
    until: date | None = None
    person: Person | None = None
    language: str | None = None
    confidence: float
    evidence: tuple[str, ...]


class Bounce(Struct, frozen=True, kw_only=True):
    """One address that could not be reached. `status`: RFC 3463; `message_id`, `intent_id`: of the message it was for."""

    kind: BounceKind
    email: str | None
    status: str | None = None
    reason: str = ""
    message_id: str | None = None
    intent_id: str | None = None
    provider: str | None = None
    confidence: float
    evidence: tuple[str, ...]


class Complaint(Struct, frozen=True, kw_only=True):
    """Somebody pressed "spam" (ARF, RFC 5965). `type`: abuse, fraud, not-spam, opt-out ..., as the report says."""

    type: str
    email: str | None
    message_id: str | None = None
    intent_id: str | None = None
    provider: str | None = None
    confidence: float
    evidence: tuple[str, ...]


class Meeting(Struct, frozen=True, kw_only=True):
    """A calendar mail. `answer`: accepted, declined, tentative, for a reply; `by`: whose answer. Times in UTC."""

    method: MeetingMethod
    uid: str
    sequence: int = 0
    start: datetime | None = None
    end: datetime | None = None
    summary: str = ""
    organizer: str | None = None
    attendees: tuple[str, ...] = ()
    by: str | None = None
    answer: str | None = None
    confidence: float
    evidence: tuple[str, ...]


class Understood(Struct, frozen=True, kw_only=True):
    """Everything understood of one mail. What does not apply is None or empty; `reply` is there for every kind that has words.

    A notice may come with a complaint: one of a type by which nobody complains (not-spam, auth-failure). `unsubscribe`: the
    intent whose List-Unsubscribe address the mail was sent to.
    """

    mail: Mail
    kind: MailKind
    confidence: float
    evidence: tuple[str, ...]
    reply: ReplyText | None = None
    automatic: Automatic | None = None
    meaning: Meaning | None = None
    bounces: tuple[Bounce, ...] = ()
    complaint: Complaint | None = None
    meetings: tuple[Meeting, ...] = ()
    unsubscribe: str | None = None
