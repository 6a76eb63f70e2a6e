"""Suppressions: whom not to write to."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from accountgraph.access import Permission
from accountgraph.api.asked import A_PAGE, After, Limit
from accountgraph.api.call import Call
from accountgraph.api.guarding import belonging
from accountgraph.api.operation import Routes
from accountgraph.enums import Channel, SuppressionReason
from accountgraph.listing import Page, page_suppressions
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.suppressions import Suppression, SuppressionRepository

suppressions = Routes("suppressions")
Anywhere = Literal["all", "email", "sms", "call", "linkedin", "mail", "whatsapp", "meeting"]


class NewSuppression(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom not to write to: one of an e-mail `address`, a `domain` with all below it, a `phone` number, and a contact.

    `channel`: on this one alone. Of a number `all` are calls, SMS and WhatsApp.
    """

    address: Annotated[str, Meta(min_length=3, max_length=320)] | None = None
    domain: Annotated[str, Meta(min_length=1, max_length=253)] | None = None
    phone: Annotated[str, Meta(min_length=3, max_length=50)] | None = None
    contact_id: UUID | None = None
    channel: Anywhere = "all"
    reason: SuppressionReason = SuppressionReason.MANUAL
    note: Annotated[str, Meta(max_length=10_000)] | None = None


@suppressions.get("/suppressions", needs=Permission.SUPPRESSIONS_READ)
async def list_suppressions(
    call: Call,
    *,
    contact_id: UUID | None = None,
    address: str | None = None,
    domain: str | None = None,
    reason: SuppressionReason | None = None,
    channel: Anywhere | None = None,
    sort: Literal["created_at", "-created_at"] | None = None,
    limit: Limit = A_PAGE,
    after: After = None,
) -> Page[Suppression]:
    """Suppressions, the oldest first.

    `address`: an e-mail address or a number, also one that was erased. `channel`: only with another filter.
    """
    return await page_suppressions(
        call.db,
        contact_id=contact_id,
        address=address,
        domain=domain,
        reason=reason,
        channel=channel,
        sort=sort,
        limit=limit,
        after=after,
    )


@suppressions.post("/suppressions", needs=Permission.SUPPRESSIONS_WRITE)
async def suppress(call: Call, body: NewSuppression) -> Page[Suppression]:
    """Write to somebody no more, from this moment on. It is so already: gives what stands."""
    repository = SuppressionRepository(call.db)
    if body.phone is not None and body.channel == "all" and not (body.address or body.domain or body.contact_id):
        return Page(items=await repository.suppress_number(body.phone, reason=body.reason, note=body.note))
    made = await repository.suppress(
        address=body.address,
        domain=body.domain,
        contact_id=body.contact_id,
        phone=body.phone,
        channel=body.channel,
        reason=body.reason,
        note=body.note,
    )
    return Page(items=[made])


@suppressions.delete("/suppressions/{suppression_id}", needs=Permission.SUPPRESSIONS_WRITE)
async def remove_suppression(call: Call, suppression_id: UUID) -> None:
    """Lift a suppression."""
    await SuppressionRepository(call.db).remove_suppression(suppression_id)


@suppressions.get("/contacts/{contact_id}/suppressions", needs=Permission.SUPPRESSIONS_READ)
async def get_contact_suppressions(call: Call, contact_id: UUID, channel: Channel = Channel.EMAIL) -> Page[Suppression]:
    """What keeps us from writing to somebody on a channel, by person, address, number or domain; the oldest first."""
    found = await SuppressionRepository(call.db).get_suppressions(contact_id, channel)
    return await belonging(found, "contact", contact_id, ContactRepository(call.db).get_contact_by_id)
