"""Pages of who may be written to: suppressions and consents, holds, and accounts that are left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from accountgraph.campaigns.work.holds import Hold
from accountgraph.enums import Channel, ConsentBasis, SuppressionReason
from accountgraph.listing.page import Page, Type
from accountgraph.listing.reading import Filter, Listing, Sort, read_page
from accountgraph.store.consents import Consent
from accountgraph.store.given import optional_member
from accountgraph.store.outreach.exclusions import AccountExclusion
from accountgraph.store.suppressions import Suppression

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from accountgraph.db import Connectable

SUPPRESSIONS = Listing(
    kind=Suppression,
    query="listing.graph.suppressions",
    key="s.id",
    sorts={"created_at": Sort("s.created_at", Type.MOMENT, "created_at")},
    filters={
        "contact_id": Filter("s.contact_id = %(contact_id)s", is_narrow=True),
        "address": Filter("s.address_hash = address_hash(lower(%(address)s))", is_narrow=True),
        "domain": Filter("s.domain = lower(%(domain)s)", is_narrow=True),
        "reason": Filter("s.reason = %(reason)s", sorts=("created_at",)),
        "channel": Filter("s.channel = %(channel)s"),
    },
)
CONSENTS = Listing(
    kind=Consent,
    query="listing.graph.consents",
    key="c.id",
    sorts={"captured_at": Sort("c.captured_at", Type.MOMENT, "captured_at")},
    filters={
        "contact_id": Filter("c.contact_id = %(contact_id)s", is_narrow=True),
        "basis": Filter("c.basis = %(basis)s", sorts=("captured_at",)),
        "channel": Filter("c.channel = %(channel)s"),
    },
)
HOLDS = Listing(
    kind=Hold, query="listing.outreach.holds", key="h.id", sorts={"created_at": Sort("h.created_at", Type.MOMENT, "created_at")}
)
STANDING_HOLDS = replace(HOLDS, query="listing.outreach.standing_holds", params={"now": None})
EXCLUSIONS = Listing(
    kind=AccountExclusion,
    query="listing.outreach.exclusions",
    key="x.id",
    sorts={"created_at": Sort("x.created_at", Type.MOMENT, "created_at")},
    filters={"company_id": Filter("x.company_id = %(company_id)s", is_narrow=True)},
)
STANDING_EXCLUSIONS = replace(EXCLUSIONS, query="listing.outreach.standing_exclusions")


async def page_suppressions(
    db: Connectable,
    *,
    contact_id: UUID | None = None,
    address: str | None = None,
    domain: str | None = None,
    reason: str | None = None,
    channel: str | None = None,
    sort: str | None = None,
    limit: int = 100,
    after: str | None = None,
) -> Page[Suppression]:
    """Suppressions by `created_at`. `address`: an e-mail address or a number (E.164), also one that was erased; a channel (or `all`)
    only with another filter. Raises as `read_page`.
    """
    filters = {
        "contact_id": contact_id,
        "address": address,
        "domain": domain,
        "reason": optional_member(SuppressionReason, "reason", reason),
        "channel": channel if channel == "all" else optional_member(Channel, "channel", channel),
    }
    return await read_page(db, SUPPRESSIONS, filters, sort=sort, limit=limit, after=after)


async def page_consents(
    db: Connectable,
    *,
    contact_id: UUID | None = None,
    basis: str | None = None,
    channel: str | None = None,
    sort: str | None = None,
    limit: int = 100,
    after: str | None = None,
) -> Page[Consent]:
    """Consents, those that were revoked too, by `captured_at`; a channel only with another filter. Raises as `read_page`."""
    filters = {
        "contact_id": contact_id,
        "basis": optional_member(ConsentBasis, "basis", basis),
        "channel": optional_member(Channel, "channel", channel),
    }
    return await read_page(db, CONSENTS, filters, sort=sort, limit=limit, after=after)


async def page_holds(
    db: Connectable,
    now: datetime,
    *,
    everything: bool = False,
    sort: str | None = None,
    limit: int = 100,
    after: str | None = None,
) -> Page[Hold]:
    """Holds that stand at `now`, or all that there ever were, by `created_at`. Raises as `read_page`."""
    listing = HOLDS if everything else replace(STANDING_HOLDS, params={"now": now})
    return await read_page(db, listing, {}, sort=sort, limit=limit, after=after)


async def page_exclusions(
    db: Connectable,
    *,
    company_id: UUID | None = None,
    with_ended: bool = False,
    sort: str | None = None,
    limit: int = 100,
    after: str | None = None,
) -> Page[AccountExclusion]:
    """Accounts that campaigns leave alone, with those that were, by `created_at`. Raises as `read_page`."""
    listing = EXCLUSIONS if with_ended else STANDING_EXCLUSIONS
    return await read_page(db, listing, {"company_id": company_id}, sort=sort, limit=limit, after=after)
