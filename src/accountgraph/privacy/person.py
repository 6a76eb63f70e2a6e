"""Who is meant by an id or an address: also somebody of whom nothing but the address is known."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.addresses import email_key
from accountgraph.errors import InvalidValueError, NotFoundError

if TYPE_CHECKING:
    from accountgraph.db import Connectable


class Person(Struct, frozen=True, kw_only=True):
    """A person: `contact_id` is None where there is none with the address; `former_ids` are contacts that were merged into it."""

    contact_id: UUID | None
    former_ids: list[UUID]
    addresses: list[str]
    numbers: list[str]


async def person_of(db: Connectable, contact_id: UUID | None, email: str | None) -> Person:
    """Who is meant.

    Raises:
        InvalidValueError: neither or both are given, or the address is none.
        NotFoundError: there is no contact with this id.
    """
    if (contact_id is None) == (email is None):
        raise InvalidValueError("contact_id", "give the id or the e-mail address, one of the two.")
    key = email_key(email) if email is not None else None
    found = await db.row(Person, "privacy.people.person", {"contact_id": contact_id, "email_key": key})
    assert found is not None  # noqa: S101 - the function gives one row
    if contact_id is not None and found.contact_id is None:
        raise NotFoundError(f"There is no contact {contact_id}.")
    return found
