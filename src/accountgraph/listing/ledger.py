"""Pages of the ledger: what was decided to be sent, and every call to a provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.campaigns.work.ledger import Attempt, Intent
from accountgraph.listing.page import Page, Type
from accountgraph.listing.reading import Filter, Listing, Sort, read_page
from accountgraph.store.given import one_of

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.db import Connectable

INTENT_STATES = ("planned", "calling", "sent", "refused", "unknown", "withdrawn")


INTENTS = Listing(
    kind=Intent,
    query="listing.outreach.intents",
    key="i.id",
    sorts={"planned_at": Sort("i.planned_at", Type.MOMENT, "planned_at")},
    filters={
        "enrolment_id": Filter("i.enrolment_id = %(enrolment_id)s", is_narrow=True),
        "contact_id": Filter("i.contact_id = %(contact_id)s", is_narrow=True),
        "company_id": Filter("i.company_id = %(company_id)s", is_narrow=True),
        "campaign_id": Filter("i.enrolment_id IN (SELECT e.id FROM enrolments AS e WHERE e.campaign_id = %(campaign_id)s)", is_narrow=True),
        "state": Filter("i.state = %(state)s", sorts=("planned_at",)),
        "is_live": Filter("i.is_live = %(is_live)s"),
    },
)
ATTEMPTS = Listing(
    kind=Attempt,
    query="listing.outreach.attempts",
    key="a.id",
    key_type=Type.NUMBER,
    sorts={"id": Sort("a.id", Type.NUMBER, "id")},
    filters={"intent_id": Filter("a.intent_id = %(intent_id)s", is_narrow=True)},
)


async def page_intents(
    db: Connectable,
    *,
    enrolment_id: UUID | None = None,
    contact_id: UUID | None = None,
    company_id: UUID | None = None,
    campaign_id: UUID | None = None,
    state: str | None = None,
    is_live: bool | None = None,
    sort: str | None = None,
    limit: int = 100,
    after: str | None = None,
) -> Page[Intent]:
    """What was decided to be done, by `planned_at`; `is_live` only with another filter. Raises as `read_page`."""
    filters = {
        "enrolment_id": enrolment_id,
        "contact_id": contact_id,
        "company_id": company_id,
        "campaign_id": campaign_id,
        "state": one_of(INTENT_STATES, "state", state),
        "is_live": is_live,
    }
    return await read_page(db, INTENTS, filters, sort=sort, limit=limit, after=after)


async def page_attempts(
    db: Connectable, *, intent_id: UUID | None = None, sort: str | None = None, limit: int = 100, after: str | None = None
) -> Page[Attempt]:
    """Calls to providers as they were made, by `id`. Raises as `read_page`."""
    return await read_page(db, ATTEMPTS, {"intent_id": intent_id}, sort=sort, limit=limit, after=after)
