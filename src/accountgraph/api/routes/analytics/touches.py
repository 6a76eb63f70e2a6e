"""Touches and what came of them: over time, in groups, through the funnel, on their way, by the hour, variant by variant."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from accountgraph.access import Permission
from accountgraph.analytics import (
    AccountFunnel,
    ComparedStep,
    DeliverabilityLine,
    Engagement,
    FunnelAccount,
    Group,
    Hours,
    ReplyTimes,
    Stage,
    account_funnel,
    best_hours,
    compare_variants,
    deliverability,
    engagement,
    grouped,
    page_funnel_accounts,
    reply_times,
)
from accountgraph.analytics.deliverability import Along
from accountgraph.analytics.engagement import By, Span
from accountgraph.analytics.hours import What
from accountgraph.analytics.variants import Goal
from accountgraph.api.asked import A_PAGE, After, Limit
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.api.routes.analytics.given import AnyTouchFilters, TouchFilters, asked
from accountgraph.api.routes.campaigns.given import CampaignKey
from accountgraph.listing import Page

touches = Routes("analytics")
OnlyStopped = Annotated[bool, Meta(description="Only those that came no further.")]


@touches.get("/analytics/engagement", needs=Permission.CAMPAIGNS_READ)
async def get_engagement(
    call: Call,
    *,
    by: Span = Span.WEEK,
    filters: AnyTouchFilters,
) -> Engagement:
    """Touches by the day, week or month in which they left, and what came of them until now.

    What anybody did, machines among them, stands beside what people did (`human_*`). Each touch counts once in each column.
    """
    question = await asked(call, filters)
    return await engagement(call.db, question, by)


@touches.get("/analytics/groups", needs=Permission.CAMPAIGNS_READ)
async def get_engagement_groups(
    call: Call,
    *,
    by: By,
    filters: AnyTouchFilters,
) -> Page[Group]:
    """The touches of a period group by group, the largest first: counts, and rates in percent with their 95 % intervals."""
    question = await asked(call, filters)
    return Page(items=await grouped(call.db, question, by))


@touches.get("/analytics/funnel", needs=Permission.CAMPAIGNS_READ)
async def get_account_funnel(
    call: Call,
    *,
    filters: AnyTouchFilters,
) -> AccountFunnel:
    """How far the touches of a period brought the accounts: known, contacted, engaged (a person acted), replied, met, won."""
    question = await asked(call, filters)
    return await account_funnel(call.db, question)


@touches.get("/analytics/funnel/{stage}", needs=Permission.CAMPAIGNS_READ)
async def list_funnel_accounts(
    call: Call,
    stage: Stage,
    *,
    filters: AnyTouchFilters,
    only_stopped: OnlyStopped = False,
    limit: Limit = A_PAGE,
    after: After = None,
) -> Page[FunnelAccount]:
    """The accounts behind a number of the funnel, by name."""
    question = await asked(call, filters)
    return await page_funnel_accounts(call.db, question, stage, only_stopped=only_stopped, limit=limit, after=after)


@touches.get("/analytics/reply-times", needs=Permission.CAMPAIGNS_READ)
async def get_reply_times(
    call: Call,
    *,
    filters: AnyTouchFilters,
) -> ReplyTimes:
    """How long people took to answer: a histogram, median and ninth decile with their intervals, and what is not known yet."""
    question = await asked(call, filters)
    return await reply_times(call.db, question)


@touches.get("/analytics/deliverability", needs=Permission.CAMPAIGNS_READ)
async def get_deliverability(
    call: Call,
    *,
    by: list[Along] = [Along.SENDER, Along.WEEK],  # noqa: B006 - read by the declaration alone
    filters: AnyTouchFilters,
) -> Page[DeliverabilityLine]:
    """What became of messages on their way: bounces, complaints, unsubscribes, with rates and their intervals; at most 5,000 lines.

    E-mail, where no other `channel` is asked for.
    """
    question = await asked(call, filters)
    return Page(items=await deliverability(call.db, question, by))


@touches.get("/analytics/hours", needs=Permission.CAMPAIGNS_READ)
async def get_best_hours(
    call: Call,
    *,
    what: What = What.REPLY,
    filters: AnyTouchFilters,
) -> Hours:
    """How often people open or answer what left in each hour of the week, in their own zone; with as much certainty as there is."""
    question = await asked(call, filters)
    return await best_hours(call.db, question, what)


@touches.get("/analytics/variants/{campaign}", needs=Permission.CAMPAIGNS_READ)
async def compare_campaign_variants(
    call: Call,
    campaign: CampaignKey,
    *,
    goal: Goal = Goal.REPLY,
    filters: TouchFilters,
) -> Page[ComparedStep]:
    """The variants of each step of a campaign, and whether they can be told apart."""
    question = await asked(call, filters, campaign)
    return Page(items=await compare_variants(call.db, question, goal))
