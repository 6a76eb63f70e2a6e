"""Pages of campaigns, of the people in them, of templates and of mailboxes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from msgspec import Struct

from accountgraph.campaigns.lifecycle import Campaign
from accountgraph.campaigns.work.enrolled import Enrolment
from accountgraph.enums import Channel
from accountgraph.listing.page import Page, Type
from accountgraph.listing.reading import Filter, Listing, Sort, read_page
from accountgraph.store.given import one_of, optional_member
from accountgraph.store.outreach.mailboxes import PROTOCOLS, Mailbox
from accountgraph.store.outreach.senders import Sender

if TYPE_CHECKING:
    from accountgraph.db import Connectable

CAMPAIGN_STATUSES = ("draft", "active", "paused", "finished", "cancelled")
ENROLMENT_STATES = ("pending", "active", "waiting", "paused", "finished", "failed")


class Template(Struct, frozen=True, kw_only=True):
    """A template in its newest version."""

    id: UUID
    name: str
    created_at: datetime
    number: int
    definition: dict[str, Any]
    content_hash: str


CAMPAIGNS = Listing(
    kind=Campaign,
    query="campaigns.campaigns.find",
    key="c.id",
    params={"id": None, "name": None},
    sorts={"name": Sort("c.name", Type.TEXT, "name")},
    filters={"status": Filter("c.status = %(status)s", sorts=("name",)), "is_live": Filter("c.is_live = %(is_live)s")},
)
ENROLMENTS = Listing(
    kind=Enrolment,
    query="listing.outreach.enrolments",
    key="e.id",
    sorts={"created_at": Sort("e.created_at", Type.MOMENT, "created_at")},
    filters={
        "contact_id": Filter("e.contact_id = %(contact_id)s", is_narrow=True),
        "company_id": Filter("e.company_id = %(company_id)s", is_narrow=True),
        "campaign_id": Filter("e.campaign_id = %(campaign_id)s", sorts=("created_at",)),
        "state": Filter("e.state = %(state)s"),  # with a campaign by an index too
    },
)
TEMPLATES = Listing(
    kind=Template, query="listing.outreach.templates", key="t.id", sorts={"name": Sort("t.name", Type.TEXT, "name")}, filters={}
)
MAILBOXES = Listing(
    kind=Mailbox,
    query="outreach.mailboxes.listing",
    key="s.id",
    key_field="sender_id",
    params={"sender_id": None},
    sorts={"address": Sort("s.address", Type.TEXT, "address")},
    filters={
        "protocol": Filter("m.protocol = %(protocol)s", is_narrow=True),
        "is_failing": Filter("(m.failing_since IS NOT NULL) = %(is_failing)s", is_narrow=True),
    },
)
SENDERS = Listing(
    kind=Sender,
    query="outreach.senders.listing",
    key="s.id",
    params={"channel": None, "active_only": False},
    sorts={"created_at": Sort("s.created_at", Type.MOMENT, "created_at")},
    filters={
        "of_channel": Filter("s.channel = %(of_channel)s", is_narrow=True),
        "is_active": Filter("s.is_active = %(is_active)s", is_narrow=True),
    },
)


async def page_campaigns(
    db: Connectable,
    *,
    status: str | None = None,
    is_live: bool | None = None,
    sort: str | None = None,
    limit: int = 100,
    after: str | None = None,
) -> Page[Campaign]:
    """Campaigns by `name`, each with its newest version; `is_live` only with a status. Raises as `read_page`."""
    filters = {"status": one_of(CAMPAIGN_STATUSES, "status", status), "is_live": is_live}
    return await read_page(db, CAMPAIGNS, filters, sort=sort, limit=limit, after=after)


async def page_enrolments(
    db: Connectable,
    *,
    campaign_id: UUID | None = None,
    contact_id: UUID | None = None,
    company_id: UUID | None = None,
    state: str | None = None,
    sort: str | None = None,
    limit: int = 100,
    after: str | None = None,
) -> Page[Enrolment]:
    """People in campaigns by `created_at`; a state only of one campaign, contact or company. Raises as `read_page`."""
    filters = {
        "campaign_id": campaign_id,
        "contact_id": contact_id,
        "company_id": company_id,
        "state": one_of(ENROLMENT_STATES, "state", state),
    }
    return await read_page(db, ENROLMENTS, filters, sort=sort, limit=limit, after=after)


async def page_templates(db: Connectable, *, sort: str | None = None, limit: int = 100, after: str | None = None) -> Page[Template]:
    """Templates by `name`. Raises as `read_page`."""
    return await read_page(db, TEMPLATES, {}, sort=sort, limit=limit, after=after)


async def page_mailboxes(
    db: Connectable,
    *,
    protocol: str | None = None,
    is_failing: bool | None = None,
    sort: str | None = None,
    limit: int = 100,
    after: str | None = None,
) -> Page[Mailbox]:
    """Mailboxes by `address`. Raises as `read_page`."""
    filters = {"protocol": one_of(PROTOCOLS, "protocol", protocol), "is_failing": is_failing}
    return await read_page(db, MAILBOXES, filters, sort=sort, limit=limit, after=after)


async def page_senders(
    db: Connectable,
    *,
    channel: str | None = None,
    active_only: bool = False,
    sort: str | None = None,
    limit: int = 100,
    after: str | None = None,
) -> Page[Sender]:
    """Mailboxes and numbers by `created_at`. Raises as `read_page`."""
    filters = {"of_channel": optional_member(Channel, "channel", channel), "is_active": active_only or None}
    return await read_page(db, SENDERS, filters, sort=sort, limit=limit, after=after)
