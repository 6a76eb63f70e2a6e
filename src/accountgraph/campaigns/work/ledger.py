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


class Call(Struct, frozen=True, kw_only=True):
    """One call to a provider, and what came of it. `raw`: what it answered."""

    number: int
    outcome: str
    detail: str | None
    raw: dict[str, Any]
    started_at: datetime
    finished_at: datetime


class Entry(Struct, frozen=True, kw_only=True):
    """An intent: the decision to do one step for one person. `state`: planned, calling, sent, refused, unknown or withdrawn.

    `detail`: what was refused, or why nobody knows. `message_id` is ours, `wire_message_id` as it went out. `task_id`: the task that is
    open about it.
    """

    id: UUID
    enrolment_id: UUID
    campaign: str
    step_key: str
    state: str
    is_live: bool
    channel: Channel
    sender: str | None
    contact_id: UUID | None
    person: str | None
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
    planned_at: datetime
    called_at: datetime | None
    settled_at: datetime | None
    task_id: UUID | None


async def get_entry(db: Connectable, intent_id: UUID) -> Entry:
    """One intent.

    Raises:
        NotFoundError: there is none with this id.
    """
    found = await db.row(Entry, "campaigns.ledger.entry", {"id": intent_id})
    if found is None:
        raise NotFoundError(f"There is no intent {intent_id}.")
    return found


async def calls_of(db: Connectable, intent_id: UUID) -> list[Call]:
    """The calls that were made for an intent, in order."""
    return await db.rows(Call, "campaigns.ledger.attempts", {"id": intent_id})
