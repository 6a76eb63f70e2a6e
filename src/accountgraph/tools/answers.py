"""What the tools answer. `text` is for a prompt; the other fields say the same to a program.

Fields named `untrusted_*` hold words of strangers between marks; names and titles are on one line. Times are UTC.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct


class FoundAccount(Struct, frozen=True, kw_only=True):
    """An account that fits."""

    id: str
    name: str
    domain: str | None
    status: str
    tier: str | None
    contacts: int


class FoundContact(Struct, frozen=True, kw_only=True):
    """A person that fits; `account_id` names the account."""

    id: str
    name: str
    email: str | None
    title: str | None
    account_id: str | None


class Found(Struct, frozen=True, kw_only=True):
    """What a search found, the closest first."""

    text: str
    accounts: list[FoundAccount]
    contacts: list[FoundContact]


class PersonLine(Struct, frozen=True, kw_only=True):
    """Somebody in an account. `engagement_score`: 0-100."""

    id: str
    name: str
    title: str | None
    email: str | None
    is_decision_maker: bool
    is_champion: bool
    engagement_score: int
    active_conversations: int


class TalkLine(Struct, frozen=True, kw_only=True):
    """Whose turn it is in a conversation, and for how many days."""

    conversation_id: str
    contact_id: str
    name: str
    state: str
    days_waiting: float | None


class MessageLine(Struct, frozen=True, kw_only=True):
    """Something that was said or done."""

    at: datetime
    person: str
    channel: str
    direction: str
    outcome: str
    untrusted_words: str | None


class Brief(Struct, frozen=True, kw_only=True):
    """An account: how it is doing (0-100), who is there, whose turn it is, what was said last."""

    text: str
    account_id: str
    name: str
    domain: str | None
    status: str
    health: float
    health_status: str
    recommendations: list[str]
    people: list[PersonLine]
    conversations: list[TalkLine]
    recent: list[MessageLine]


class NotNow(Struct, frozen=True, kw_only=True):
    """Somebody not to write to now. `kind`: suppressed, do_not_contact, unreachable, hold, campaign or waiting."""

    contact_id: str
    name: str
    kind: str
    detail: str

    @property
    def is_final(self) -> bool:
        """Whether it holds for every channel; a suppression may be of one alone."""
        return self.kind != "suppressed" or self.detail.startswith("all")


class NextPerson(Struct, frozen=True, kw_only=True):
    """Somebody to talk to. `priority`: 0-100. `warm_path`: the chain of people from one who knows us to them."""

    contact_id: str
    name: str
    title: str | None
    priority: float
    why: list[str]
    warm_path: list[str]


class WhoNext(Struct, frozen=True, kw_only=True):
    """Whom to talk to in an account, the best first, and whom not."""

    text: str
    account_id: str
    people: list[NextPerson]
    not_now: list[NotNow]


class ContactContext(Struct, frozen=True, kw_only=True):
    """What a message to somebody needs."""

    text: str
    contact_id: str
    name: str
    account_id: str | None
    may_be_written_to: bool
    not_now: list[NotNow]


class Why(Struct, frozen=True, kw_only=True):
    """Why somebody was, or was not, written to. `story`: the last decisions and happenings."""

    text: str
    contact_id: str
    barriers: list[str]
    enrolments: list[str]
    story: list[str]
    outside: str | None


class Asked(Struct, frozen=True, kw_only=True):
    """A message that was asked for.

    `outcome`: `waits_for_a_person` until somebody approves exactly these words, or `on_its_way`: the engine sends it within hours and
    caps. `why_a_person`: why it does not leave by itself. `arbiter`: what the rules say now; `not_before`: when they let it go.
    `is_live` False: agents rehearse in this workspace, and it only goes to the console.
    """

    text: str
    message_id: str
    approval_id: str
    outcome: Literal["waits_for_a_person", "on_its_way"]
    why_a_person: str | None
    arbiter: str
    not_before: datetime | None
    content_hash: str
    is_live: bool
    touches_left_today: int


class Recorded(Struct, frozen=True, kw_only=True):
    """What was written down, and where."""

    text: str
    conversation_id: str
    touchpoint_id: str | None


class Learned(Struct, frozen=True, kw_only=True):
    """What is known now under which names."""

    text: str
    about_id: str
    names: list[str]


class TaskLine(Struct, frozen=True, kw_only=True):
    """Work that waits for a person."""

    id: str
    kind: str
    title: str
    person: str | None
    account: str | None
    owner: str | None
    due_at: datetime
    untrusted_words: str | None


class Tasks(Struct, frozen=True, kw_only=True):
    """Open tasks, what is due first before the rest."""

    text: str
    tasks: list[TaskLine]


class Simulated(Struct, frozen=True, kw_only=True):
    """What a campaign would do: how many touches by channel, what the rules put off, where people end. Nothing was sent."""

    text: str
    campaign: str
    start: datetime
    until: datetime
    touches: int
    touches_by_channel: dict[str, int]
    people: int
    put_off: list[str]
    endings: dict[str, int]
    left_out: dict[str, int]


class Budget(Struct, frozen=True, kw_only=True):
    """What the agent may still do today (`day`, ISO, in `timezone`)."""

    text: str
    agent: str
    day: str
    timezone: str
    may_send: bool
    is_paused: bool
    touches_a_day: int
    touches_left: int
    proposals_a_day: int
    proposals_left: int
    channels: dict[str, str]


class Undone(Struct, frozen=True, kw_only=True):
    """What was taken back, and what could not be."""

    text: str
    undone: list[str]
    kept: list[str]
