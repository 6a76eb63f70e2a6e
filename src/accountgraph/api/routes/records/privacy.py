"""A person's data: all that is known of them, their erasure, and how long things are kept."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from accountgraph.access import Permission
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.listing import Page
from accountgraph.privacy import (
    ErasureReport,
    PersonExport,
    Retained,
    RetentionRule,
    apply_retention,
    erase_person,
    export_person,
    get_retention,
    set_retention,
)

privacy = Routes("privacy")


class Whom(Struct, frozen=True, forbid_unknown_fields=True):
    """A person, by the contact's id or by an address."""

    contact_id: UUID | None = None
    email: Annotated[str, Meta(max_length=500)] | None = None


class Days(Struct, frozen=True, forbid_unknown_fields=True):
    """How many days a kind is kept; null: for ever."""

    days: Annotated[int, Meta(ge=1, le=36_500)] | None


class Apply(Struct, frozen=True, forbid_unknown_fields=True):
    """`dry_run`: only count what would go."""

    dry_run: bool = True


@privacy.post("/privacy/export", needs=Permission.PRIVACY_EXPORT, writes=False, is_shown_once=True)
async def export_of_person(call: Call, body: Whom) -> PersonExport:
    """All that is known of a person, table by table; also where there is only an address that is suppressed."""
    return await export_person(call.db, body.contact_id, email=body.email)


@privacy.post("/privacy/erase", needs=Permission.PRIVACY_ERASE)
async def erase_one(call: Call, body: Whom) -> ErasureReport:
    """Erase a person. It cannot be undone.

    What was done is still counted, of nobody; the hash of their address stays suppressed, so that nobody writes to them again.
    """
    return await erase_person(call.db, body.contact_id, email=body.email, by=call.principal.name)


@privacy.get("/privacy/retention", needs=Permission.SETTINGS_READ)
async def list_retention(call: Call) -> Page[RetentionRule]:
    """How many days each kind is kept."""
    return Page(await get_retention(call.db))


@privacy.put("/privacy/retention/{kind}", needs=Permission.SETTINGS_WRITE)
async def change_retention(call: Call, kind: str, body: Days) -> RetentionRule:
    """Keep a kind for so many days."""
    return await set_retention(call.db, kind, body.days)


@privacy.post("/privacy/retention/apply", needs=Permission.SETTINGS_WRITE, writes=False)
async def apply_retention_now(call: Call, body: Apply) -> Page[Retained]:
    """Let go of what is too old, or count it; the worker does so every night."""
    return Page(await apply_retention(call.database, call.now, dry_run=body.dry_run))
