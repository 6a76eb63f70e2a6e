"""Everything that is known of a person, for them to have."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from msgspec import Struct

from accountgraph.errors import NotFoundError
from accountgraph.privacy.person import person_of

if TYPE_CHECKING:
    from accountgraph.db import Connectable

_BYTES = {"mails": ("raw",), "webhook_payloads": ("body",)}


class PersonExport(Struct, frozen=True, kw_only=True):
    """All that is known of a person.

    Args:
        contact_id: None where only the address is known.
        former_ids: contacts that were merged into this one.
        tables: the rows by table, as the database has them; times are UTC, mails and deliveries are text.
    """

    exported_at: datetime
    contact_id: UUID | None
    former_ids: list[UUID]
    addresses: list[str]
    numbers: list[str]
    tables: dict[str, list[dict[str, Any]]]


async def export_person(db: Connectable, contact_id: UUID | None = None, *, email: str | None = None) -> PersonExport:
    """Everything that is known of a person, by the contact's id or by an address, from every table.

    Raises:
        InvalidValueError: neither or both are given, or the address is none.
        NotFoundError: there is no such contact, or nothing is known of the address.
    """
    person = await person_of(db, contact_id, email)
    given = {"contact_id": person.contact_id, "addresses": person.addresses, "numbers": person.numbers}
    tables = _decoded(await db.value("privacy.people.by_address", given))
    if person.contact_id is not None:
        for table, rows in _decoded(await db.value("privacy.people.rows", {"contact_id": person.contact_id})).items():
            tables[table] = _joined(tables.get(table, []), rows)
    if not tables:
        raise NotFoundError(f"Nothing is known of {email}.")
    for table, columns in _BYTES.items():
        for row in tables.get(table, []):
            row.update({column: _text(row[column]) for column in columns})
    return PersonExport(
        exported_at=db.now(),
        contact_id=person.contact_id,
        former_ids=person.former_ids,
        addresses=person.addresses,
        numbers=person.numbers,
        tables=dict(sorted(tables.items())),
    )


def _decoded(text: str) -> dict[str, list[dict[str, Any]]]:
    return msgspec.json.decode(text, type=dict[str, list[dict[str, Any]]])


def _joined(some: list[dict[str, Any]], more: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [*some, *(row for row in more if row not in some)]


def _text(written: str) -> str:
    """The database writes bytes as `\\x...`."""
    return bytes.fromhex(written.removeprefix("\\x")).decode("utf-8", errors="replace")
