"""Consents: on what basis somebody may be written to; and what they want to hear about."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from accountgraph.access import Permission
from accountgraph.api.asked import A_PAGE, After, Limit
from accountgraph.api.call import Call
from accountgraph.api.guarding import belonging
from accountgraph.api.operation import Routes
from accountgraph.enums import Channel, ConsentBasis
from accountgraph.listing import Page, page_consents
from accountgraph.preferences.topics import ContactTopic, choose_topics, topics_of
from accountgraph.store.consents import Consent, ConsentRepository
from accountgraph.store.contacts import ContactRepository

consents = Routes("consents")
Text = Annotated[str, Meta(max_length=10_000)]
Time = Annotated[datetime, Meta(tz=True)]


class NewConsent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That somebody may be written to. `wording`: what was agreed to. `evidence`: where that shows. `captured_at`: when; None: now."""

    channel: Channel
    basis: ConsentBasis = ConsentBasis.CONSENT
    wording: Text | None = None
    evidence: Text | None = None
    captured_at: Time | None = None


class Revocation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """On which channel; None: on all. `at`: when; None: now."""

    channel: Channel | None = None
    at: Time | None = None


class ChosenTopics(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The topics that somebody wants to hear about, by key; they refuse all others."""

    on: Annotated[list[str], Meta(max_length=1000)]


@consents.get("/consents", needs=Permission.SUPPRESSIONS_READ)
async def list_consents(
    call: Call,
    *,
    contact_id: UUID | None = None,
    basis: ConsentBasis | None = None,
    channel: Channel | None = None,
    sort: Literal["captured_at", "-captured_at"] | None = None,
    limit: Limit = A_PAGE,
    after: After = None,
) -> Page[Consent]:
    """Consents, those that were revoked too, as they were captured. `channel`: only with another filter."""
    return await page_consents(call.db, contact_id=contact_id, basis=basis, channel=channel, sort=sort, limit=limit, after=after)


@consents.get("/contacts/{contact_id}/consents", needs=Permission.SUPPRESSIONS_READ)
async def get_contact_consents(
    call: Call, contact_id: UUID, *, channel: Channel | None = None, include_revoked: bool = False
) -> Page[Consent]:
    """Somebody's consents, the latest first."""
    found = await ConsentRepository(call.db).get_consents(contact_id, channel, include_revoked=include_revoked)
    return await belonging(found, "contact", contact_id, ContactRepository(call.db).get_contact_by_id)


@consents.post("/contacts/{contact_id}/consents", needs=Permission.SUPPRESSIONS_WRITE)
async def record_consent(call: Call, contact_id: UUID, body: NewConsent) -> Consent:
    """Record that somebody may be written to on a channel."""
    return await ConsentRepository(call.db).record_consent(
        contact_id, body.channel, body.basis, wording=body.wording, evidence=body.evidence, captured_at=body.captured_at
    )


@consents.post("/contacts/{contact_id}/consents/revoke", needs=Permission.SUPPRESSIONS_WRITE)
async def revoke_consents(call: Call, contact_id: UUID, body: Revocation) -> Page[Consent]:
    """End somebody's consents; the record of them stays. Gives what was ended."""
    found = await ConsentRepository(call.db).revoke_consent(contact_id, body.channel, at=body.at)
    return await belonging(found, "contact", contact_id, ContactRepository(call.db).get_contact_by_id)


@consents.get("/contacts/{contact_id}/topics", needs=Permission.SUPPRESSIONS_READ)
async def get_contact_topics(call: Call, contact_id: UUID) -> Page[ContactTopic]:
    """What somebody wants to hear about, and what they refused."""
    return Page(items=await topics_of(call.db, contact_id))


@consents.put("/contacts/{contact_id}/topics", needs=Permission.SUPPRESSIONS_WRITE)
async def choose_contact_topics(call: Call, contact_id: UUID, body: ChosenTopics) -> Page[ContactTopic]:
    """Write down what somebody wants to hear about, as they told you."""
    return Page(items=await choose_topics(call.session, contact_id, body.on, call.now))
