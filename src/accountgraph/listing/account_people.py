"""What stands beside the people of an account: who of ours reached them last, and what they did last."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.enums import Actor, Channel, EventDetail, EventKind
from accountgraph.errors import NotFoundError
from accountgraph.models import Contact

if TYPE_CHECKING:
    from accountgraph.db import Connectable


class Reached(Struct, frozen=True, kw_only=True):
    """The last that left to somebody. `by`: a person or a mailbox of ours; None: nobody has said who."""

    contact_id: UUID
    at: datetime
    channel: Channel
    by: str | None
    campaign: str | None


class LastEvent(Struct, frozen=True, kw_only=True):
    """Something that happened. `subject`: of the message it happened to."""

    id: int
    kind: EventKind
    detail: EventDetail | None
    at: datetime
    actor: Actor | None
    actor_reason: str | None
    subject: str | None


class AccountHold(Struct, frozen=True, kw_only=True):
    """What keeps campaigns away from an account. `until` None: until it is lifted."""

    id: UUID
    reason: str
    note: str | None
    until: datetime | None
    created_at: datetime


class AccountPerson(Contact, frozen=True, kw_only=True):
    """A person of an account. `score`: their engagement as of now, 0-100."""

    score: int


async def last_reached(db: Connectable, company_id: UUID, contact_id: UUID | None = None) -> dict[UUID, Reached]:
    """The last that left to each person of an account, or to one of them; people to whom nothing left are not in it."""
    found = await db.rows(Reached, "listing.account_people.reached", {"company_id": company_id, "contact_id": contact_id})
    return {one.contact_id: one for one in found}


async def last_events(db: Connectable, contact_id: UUID, *, limit: int) -> list[LastEvent]:
    """What happened with somebody last, whoever or whatever did it; the latest first."""
    return await db.rows(LastEvent, "listing.account_people.last_events", {"contact_id": contact_id, "limit": limit})


async def person_of_account(db: Connectable, company_id: UUID, contact_id: UUID) -> AccountPerson:
    """Somebody of an account.

    Raises:
        NotFoundError: there is no such person in this account.
    """
    params = {"company_id": company_id, "contact_id": contact_id, "now": db.now()}
    found = await db.row(AccountPerson, "listing.account_people.one", params)
    if found is None:
        raise NotFoundError(f"There is no person {contact_id} in this account.")
    return found


async def holds_of_account(db: Connectable, company_id: UUID) -> list[AccountHold]:
    """What keeps campaigns away from an account as a whole, the oldest first."""
    return await db.rows(AccountHold, "listing.account_people.holds", {"company_id": company_id, "now": db.now()})
