"""Pages of what was decided for people in campaigns, and of what happened to them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from msgspec import Struct

from accountgraph.campaigns.decision import Verdict
from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.listing.page import Page, Type
from accountgraph.listing.reading import Filter, Listing, Sort, read_page
from accountgraph.store.given import optional_member

if TYPE_CHECKING:
    from accountgraph.db import Connectable


class DecisionMade(Struct, frozen=True, kw_only=True):
    """What was decided at a step of somebody's. `count`: how often the same deferral was given, `first_at` to `last_at`.

    `until`: of a deferral; None: until somebody or something resumes it. `version`: of the campaign, by whose policy it was decided.
    """

    id: int
    enrolment_id: UUID
    campaign_id: UUID
    campaign: str
    contact_id: UUID | None
    step_key: str
    verdict: Verdict
    rule: str
    reason: str
    until: datetime | None
    count: int
    first_at: datetime
    last_at: datetime
    version: int


class SignalMade(Struct, frozen=True, kw_only=True):
    """Something that happened. `source`: who told us; `data`: what it brought; `effects`: what it did, in words."""

    id: UUID
    kind: SignalKind
    at: datetime
    contact_id: UUID | None
    company_id: UUID | None
    intent_id: UUID | None
    touchpoint_id: UUID | None
    source: str
    data: dict[str, Any]
    effects: list[str]
    recorded_at: datetime


DECISIONS = Listing(
    kind=DecisionMade,
    query="listing.outreach.decisions",
    key="d.id",
    key_type=Type.NUMBER,
    sorts={"id": Sort("d.id", Type.NUMBER, "id")},
    filters={
        "enrolment_id": Filter("d.enrolment_id = %(enrolment_id)s", is_narrow=True),
        "contact_id": Filter("e.contact_id = %(contact_id)s", is_narrow=True),
        "verdict": Filter("d.verdict = %(verdict)s"),
        "rule": Filter("d.rule = %(rule)s"),
    },
)
SIGNALS = Listing(
    kind=SignalMade,
    query="listing.outreach.signals",
    key="g.id",
    sorts={"at": Sort("g.at", Type.MOMENT, "at")},
    filters={
        "contact_id": Filter("g.contact_id = %(contact_id)s", is_narrow=True),
        "company_id": Filter("g.company_id = %(company_id)s", is_narrow=True),
        "kind": Filter("g.kind = %(kind)s", sorts=("at",)),
    },
)


async def page_decisions(
    db: Connectable,
    *,
    enrolment_id: UUID | None = None,
    contact_id: UUID | None = None,
    verdict: str | None = None,
    rule: str | None = None,
    sort: str | None = None,
    limit: int = 100,
    after: str | None = None,
) -> Page[DecisionMade]:
    """Decisions as they were first made, by `id`; a verdict or a rule only with an enrolment or a contact. Raises as `read_page`."""
    filters = {
        "enrolment_id": enrolment_id,
        "contact_id": contact_id,
        "verdict": optional_member(Verdict, "verdict", verdict),
        "rule": rule,
    }
    return await read_page(db, DECISIONS, filters, sort=sort, limit=limit, after=after)


async def page_signals(
    db: Connectable,
    *,
    contact_id: UUID | None = None,
    company_id: UUID | None = None,
    kind: str | None = None,
    sort: str | None = None,
    limit: int = 100,
    after: str | None = None,
) -> Page[SignalMade]:
    """What happened, to a contact, to an account or to any, by `at`. Raises as `read_page`."""
    filters = {"contact_id": contact_id, "company_id": company_id, "kind": optional_member(SignalKind, "kind", kind)}
    return await read_page(db, SIGNALS, filters, sort=sort, limit=limit, after=after)
