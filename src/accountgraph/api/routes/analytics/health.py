"""The health of accounts over time."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from accountgraph.access import Permission
from accountgraph.analytics import Distribution, Movers, Narrowed, asked_of, health_distribution, health_movers, health_series
from accountgraph.analytics.health import MOST_COMPANIES, MOST_POINTS, Series
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.api.routes.analytics.given import Industry, Since, Until, Zone
from accountgraph.enums import AccountTier
from accountgraph.listing import Page

account_days = Routes("analytics")
Companies = Annotated[list[UUID], Meta(min_length=1, max_length=MOST_COMPANIES, description="Of these accounts.")]
Days = Annotated[int, Meta(ge=1, le=MOST_POINTS, description="So many days, the last among them; all accounts together 1,500 at most.")]
Back = Annotated[int, Meta(ge=1, le=1000, description="Over so many days.")]
Most = Annotated[int, Meta(ge=1, le=1000, description="So many each way at most.")]


@account_days.get("/analytics/health/series", needs=Permission.GRAPH_READ)
async def get_health_series(
    call: Call, *, company_id: Companies, until: Until | None = None, zone: Zone | None = None, days: Days = 30
) -> Page[Series]:
    """The health scores of some accounts by day, an entry each in the order they are named; who is not there has none."""
    question = await asked_of(call.db, until=until, zone=zone)
    return Page(items=await health_series(call.db, company_id, until=question.period.until, days=days))


@account_days.get("/analytics/health/distribution", needs=Permission.GRAPH_READ)
async def get_health_distribution(
    call: Call,
    *,
    since: Since | None = None,
    until: Until | None = None,
    zone: Zone | None = None,
    tier: AccountTier | None = None,
    industry: Industry | None = None,
) -> Page[Distribution]:
    """How all accounts stood, day by day, as far as days were taken."""
    question = await asked_of(call.db, since=since, until=until, zone=zone, narrowed=Narrowed(tier=tier, industry=industry))
    return Page(items=await health_distribution(call.db, question))


@account_days.get("/analytics/health/movers", needs=Permission.GRAPH_READ)
async def get_health_movers(
    call: Call,
    *,
    until: Until | None = None,
    zone: Zone | None = None,
    tier: AccountTier | None = None,
    industry: Industry | None = None,
    days: Back = 7,
    limit: Most = 10,
) -> Movers:
    """The accounts whose health rose and fell most, and which part of it moved."""
    question = await asked_of(call.db, until=until, zone=zone, narrowed=Narrowed(tier=tier, industry=industry))
    return await health_movers(call.db, question, days=days, limit=limit)
