"""A person's data goes from every table; that nobody may write to them stays, as a hash of their address."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
from msgspec import Struct

from accountgraph.privacy.person import person_of
from accountgraph.store.given import short_text

if TYPE_CHECKING:
    from accountgraph.db import Connectable, Session

NOT_REACHED = (
    "Backups of the database, files that were exported, and your providers still have what they got; erase there too.",
    "Text of others that names the person by their first name alone, or in a picture or an attachment, is not found.",
)


class ErasureReport(Struct, frozen=True, kw_only=True):
    """What was erased.

    Args:
        contact_id: of the contact that is gone; None where only the address was known.
        counts: by table, the rows that were about the person or named them; they are gone, or say nothing of the person any more.
        suppressed: of how many addresses and numbers the hash is kept, so that nobody writes to them.
        not_reached: where data may still be that this cannot erase.
    """

    erased_at: datetime
    contact_id: UUID | None
    counts: dict[str, int]
    suppressed: int
    not_reached: tuple[str, ...] = NOT_REACHED


async def erase_person(
    db: Connectable, contact_id: UUID | None = None, *, email: str | None = None, by: str | None = None
) -> ErasureReport:
    """Erase a person, by the contact's id or by an address; an address that nobody knows is suppressed by its hash all the same.

    It cannot be undone: not even a merge that the person was in. What was done is still counted, of nobody.

    Raises:
        InvalidValueError: neither or both are given, or the address is none.
        NotFoundError: there is no such contact.
    """
    who = short_text("by", by)[:200] if by is not None else None

    async def work(session: Session) -> ErasureReport:
        await session.value("privacy.people.hold_imports")
        person = await person_of(session, contact_id, email)
        ids = {"contact_id": person.contact_id, "ids": [person.contact_id], "drop": person.contact_id}
        await session.affect("privacy.people.lock_companies", ids)
        if person.contact_id is not None:
            for what in ("enrolments", "conversations", "contacts", "touchpoints"):
                await session.affect(f"merging.contacts.lock_{what}", ids)
        given = {**ids, "former_ids": person.former_ids, "addresses": person.addresses, "numbers": person.numbers, "by": who}
        counts = msgspec.json.decode(await session.value("privacy.people.erase", given), type=dict[str, int])
        if person.contact_id is not None:  # last: what this deleted stands in the log too
            await session.value("audit.log.redact_all", {"ids": [person.contact_id, *person.former_ids]})
        return ErasureReport(
            erased_at=session.now(),
            contact_id=person.contact_id,
            counts=dict(sorted(counts.items())),
            suppressed=len(person.addresses) + len(person.numbers),
        )

    return await db.run(work)
