"""What one person wants to hear about, as they told somebody of ours."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from accountgraph.errors import InvalidValueError, NotFoundError
from accountgraph.store.contacts import ContactRepository

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from accountgraph.db import Connectable, Session


class ContactTopic(Struct, frozen=True, kw_only=True):
    """A topic. `is_on`: they may hear about it. `refused_at`: when they refused."""

    key: str
    name: str
    is_on: bool
    refused_at: datetime | None


async def topics_of(db: Connectable, contact_id: UUID) -> list[ContactTopic]:
    """What somebody may hear about, by name.

    Raises:
        NotFoundError: no such contact.
    """
    if await ContactRepository(db).get_contact_by_id(contact_id) is None:
        raise NotFoundError(f"There is no contact {contact_id}.")
    return await db.rows(ContactTopic, "preferences.topics_of", {"contact_id": contact_id})


async def choose_topics(session: Session, contact_id: UUID, on: Collection[str], now: datetime) -> list[ContactTopic]:
    """Write down which topics somebody wants to hear about; they refuse all others. Gives what holds then.

    Raises:
        NotFoundError: no such contact.
        InvalidValueError: there is no such topic.
    """
    known = {topic.key for topic in await topics_of(session, contact_id)}
    if unknown := sorted(set(on) - known):
        raise InvalidValueError("on", f"there is no topic {unknown[0]!r}; there is {', '.join(sorted(known)) or 'none yet'}.")
    params = {"contact_id": contact_id, "refused": sorted(known - set(on)), "now": now}
    await session.affect("preferences.refuse_topics", params)
    return await topics_of(session, contact_id)
