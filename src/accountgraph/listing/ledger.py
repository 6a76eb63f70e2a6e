"""Pages of the ledger: what was decided to be sent, and every call to a provider."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from msgspec import Struct

from accountgraph.listing.page import Page, Type
from accountgraph.listing.reading import Filter, Listing, Sort, read_page
from accountgraph.store.given import one_of

if TYPE_CHECKING:
    from accountgraph.db import Connectable

INTENT_STATES = ("planned", "calling", "sent", "refused", "unknown", "withdrawn")


class Intent(Struct, frozen=True, kw_only=True):
    """The decision to do one step for one person: a message, a call. `detail`: what was refused, or why nobody knows whether it left.

    `message_id` is ours, `wire_message_id` as it went out.
    """

    id: UUID
    enrolment_id: UUID
    step_key: str
    state: str
    is_live: bool
    channel: str
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


INTENTS = Listing(
    kind=Intent,
    query="listing.outreach.intents",
    key="i.id",
    sorts={"planned_at": Sort("i.planned_at", Type.MOMENT, "planned_at")},
    filters={
        "enrolment_id": Filter("i.enrolment_id = %(enrolment_id)s", is_narrow=True),
        "contact_id": Filter("i.contact_id = %(contact_id)s", is_narrow=True),
        "company_id": Filter("i.company_id = %(company_id)s", is_narrow=True),
        "state": Filter("i.state = %(state)s", sorts=("planned_at",)),
        "is_live": Filter("i.is_live = %(is_live)s"),
    },
)
ATTEMPTS = Listing(
    kind=Attempt,
    query="listing.outreach.attempts",
    key="a.id",
    key_type=Type.NUMBER,
    sorts={"id": Sort("a.id", Type.NUMBER, "id")},
    filters={"intent_id": Filter("a.intent_id = %(intent_id)s", is_narrow=True)},
)


async def page_intents(
    db: Connectable,
    *,
    enrolment_id: UUID | None = None,
    contact_id: UUID | None = None,
    company_id: UUID | None = None,
    state: str | None = None,
    is_live: bool | None = None,
    sort: str | None = None,
    limit: int = 100,
    after: str | None = None,
) -> Page[Intent]:
    """What was decided to be done, by `planned_at`; `is_live` only with another filter. Raises as `read_page`."""
    filters = {
        "enrolment_id": enrolment_id,
        "contact_id": contact_id,
        "company_id": company_id,
        "state": one_of(INTENT_STATES, "state", state),
        "is_live": is_live,
    }
    return await read_page(db, INTENTS, filters, sort=sort, limit=limit, after=after)


async def page_attempts(
    db: Connectable, *, intent_id: UUID | None = None, sort: str | None = None, limit: int = 100, after: str | None = None
) -> Page[Attempt]:
    """Calls to providers as they were made, by `id`. Raises as `read_page`."""
    return await read_page(db, ATTEMPTS, {"intent_id": intent_id}, sort=sort, limit=limit, after=after)
