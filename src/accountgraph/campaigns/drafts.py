"""Drafts as the engine sees them: it asks for one, waits for it, and takes the words that a model wrote. Who writes is no matter here."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from msgspec import Struct

from accountgraph.campaigns.rules.when import LONGEST_DRAFT
from accountgraph.enums import Channel
from accountgraph.errors import NotFoundError
from accountgraph.store.given import page_size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accountgraph.db import Connectable, Session

DRAFT = "draft"  # the rule that waits for one, and why an enrolment is paused meanwhile
STATES = ("wanted", "written", "refused", "failed")


class UsedFact(Struct, frozen=True, kw_only=True):
    """Something that a draft says, and the row that says so. `id`: as the model was given it."""

    id: str
    table: str
    row_id: UUID | None
    text: str


class Written(Struct, frozen=True, kw_only=True):
    """The words of a draft. `subject` None: it has none of its own. `mentions_id`: the colleague it names."""

    enrolment_id: UUID
    subject: str | None
    content: str
    mentions_id: UUID | None


class Draft(Struct, frozen=True, kw_only=True):
    """A draft with whom it is for. `refusals`: what the checker said, try by try. `detail`: why there is none."""

    id: UUID
    enrolment_id: UUID
    campaign: str
    is_live: bool
    step_key: str
    channel: Channel
    state: str
    subject: str | None
    content: str | None
    content_hash: str | None
    mentions: str | None
    facts: list[UsedFact]
    refusals: list[list[str]]
    detail: str | None
    model: str | None
    tries: int
    asked_at: datetime
    settled_at: datetime | None
    contact_id: UUID | None
    person: str | None
    company: str | None


async def ask_for_drafts(session: Session, drafts: Sequence[dict[str, Any]], now: datetime) -> None:
    """Let a worker write them; it is called by the transaction that asks, and comes if that commits."""
    await session.affect("drafting.drafts.ask", {"drafts": msgspec.json.encode(drafts).decode(), "now": now})
    await session.value("drafting.drafts.call_worker")


async def give_up_overdue(session: Session, now: datetime) -> int:
    """Drafts that nobody wrote while their enrolments paused for them: the template does the job. Gives how many.

    While a model is writing others, those that nobody has begun with wait in line.
    """
    return await session.affect("drafting.drafts.overdue", {"now": now, "longest": LONGEST_DRAFT})


async def written_for(session: Session, enrolment_ids: Sequence[UUID]) -> dict[UUID, Written]:
    """What a model wrote for the steps that these enrolments are at."""
    rows = await session.rows(Written, "drafting.drafts.written", {"ids": list(enrolment_ids)})
    return {row.enrolment_id: row for row in rows}


async def list_drafts(db: Connectable, *, state: str | None = None, campaign_id: UUID | None = None, limit: int = 100) -> list[Draft]:
    """Drafts, the newest first: of one campaign or of all, in one state or in any."""
    params = {"id": None, "state": state, "campaign_id": campaign_id, "limit": page_size(limit)}
    return await db.rows(Draft, "drafting.drafts.listing", params)


async def get_draft(db: Connectable, draft_id: UUID) -> Draft:
    """One draft.

    Raises:
        NotFoundError: there is none with this id.
    """
    found = await db.row(Draft, "drafting.drafts.listing", {"id": draft_id, "state": None, "campaign_id": None, "limit": 1})
    if found is None:
        raise NotFoundError(f"There is no draft {draft_id}.")
    return found
