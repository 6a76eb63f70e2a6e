"""The ledger: one thing that was decided to be sent or done, and every call that was made for it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from msgspec import Struct

from accountgraph.enums import Channel
from accountgraph.errors import NotFoundError

if TYPE_CHECKING:
    from accountgraph.db import Connectable


class Intent(Struct, frozen=True, kw_only=True):
    """The decision to do one step for one person: a message, a call. `state`: planned, calling, sent, refused, unknown or withdrawn.

    `detail`: what was refused, or why nobody knows whether it left. `message_id` is ours, `wire_message_id` as it went out.
    """

    id: UUID
    enrolment_id: UUID
    step_key: str
    state: str
    is_live: bool
    channel: Channel
    sender_id: UUID | None
    contact_id: UUID | None
    company_id: UUID | None
    address: str | None
    subject: str | None
    content: str | None
    content_hash: str | None
    variant: str | None
    mentions_id: UUID | None
    tries: int
    message_id: str | None
    wire_message_id: str | None
    provider_id: str | None
    in_reply_to: str | None
    touchpoint_id: UUID | None
    detail: str | None
    links: list[str] | None
    planned_at: datetime
    called_at: datetime | None
    settled_at: datetime | None


class Entry(Intent, frozen=True, kw_only=True):
    """An intent, told by names. `task_id`: the task that is open about it."""

    campaign: str
    sender: str | None
    person: str | None
    task_id: UUID | None


class Attempt(Struct, frozen=True, kw_only=True):
    """One call to a provider, and what came of it. `raw`: what it answered."""

    id: int
    intent_id: UUID
    number: int
    outcome: str
    detail: str | None
    raw: dict[str, Any]
    started_at: datetime
    finished_at: datetime


async def get_entry(db: Connectable, intent_id: UUID) -> Entry:
    """One intent.

    Raises:
        NotFoundError: there is none with this id.
    """
    found = await db.row(Entry, "campaigns.ledger.entry", {"id": intent_id})
    if found is None:
        raise NotFoundError(f"There is no intent {intent_id}.")
    return found


async def attempts_of(db: Connectable, intent_id: UUID) -> list[Attempt]:
    """The calls that were made for an intent, in order."""
    return await db.rows(Attempt, "campaigns.ledger.attempts", {"id": intent_id})
