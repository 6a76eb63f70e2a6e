"""What lists show beside their rows: one round trip for a whole page of them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.store.suppressions import Suppression

if TYPE_CHECKING:
    from collections.abc import Collection

    from accountgraph.db import Connectable


class _Engagement(Struct, frozen=True):
    company_id: UUID
    at: datetime


class _OfPerson(Suppression, frozen=True, kw_only=True):
    person: UUID


async def last_engagements(db: Connectable, company_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """When somebody of each company last did something that counts as a person's, UTC; companies without any are left out."""
    found = await db.rows(_Engagement, "listing.beside.last_engagements", {"ids": list(company_ids)}) if company_ids else []
    return {one.company_id: one.at for one in found}


async def made_up(db: Connectable, ids: Collection[UUID]) -> set[UUID]:
    """Which of these companies and people are made up, to show what the program does."""
    return set(await db.rows(UUID, "listing.beside.made_up", {"ids": list(ids)})) if ids else set()


async def suppressions_by_person(db: Connectable, contact_ids: Collection[UUID]) -> dict[UUID, list[Suppression]]:
    """What keeps us from writing to each of these people, on any channel, the oldest first; people whom nothing keeps are left out."""
    found = await db.rows(_OfPerson, "listing.beside.suppressions", {"ids": list(contact_ids)}) if contact_ids else []
    people: dict[UUID, list[Suppression]] = {}
    for one in found:
        said = {name: getattr(one, name) for name in Suppression.__struct_fields__}
        people.setdefault(one.person, []).append(Suppression(**said))
    return people
