"""`analytics`: what came of it."""

from __future__ import annotations

from typing import Annotated

import typer

from accountgraph.analytics import (
    account_funnel,
    backfill_health,
    best_hours,
    compare_variants,
    deliverability,
    engagement,
    grouped,
    health_movers,
    page_funnel_accounts,
    snapshot_health,
)
from accountgraph.analytics.deliverability import Along
from accountgraph.analytics.engagement import By, Span
from accountgraph.analytics.funnel import Stage
from accountgraph.analytics.hours import What
from accountgraph.analytics.variants import Goal
from accountgraph.cli.analytics import drawing as drawn
from accountgraph.cli.analytics.given import FromSender, OfIndustry, OfTier, OnChannel, Since, Until, Zone, asked
from accountgraph.cli.choices import one_of, one_of_words
from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.outreach.shared import CampaignOption, day

app = group("What came of it: engagement, funnel, deliverability, hours, variants, movers, snapshot.")
COMMANDS = {"analytics": app}
_SERIES_OR_GROUPS = f"Put together by {', '.join([*Span, *By])}."


@command(app, "engagement")
async def engagement_(
    edge: Edge,
    *,
    by: Annotated[str, typer.Option("--by", metavar="WORD", help=_SERIES_OR_GROUPS)] = "week",
    since: Since = None,
    until: Until = None,
    zone: Zone = None,
    channel: OnChannel = None,
    tier: OfTier = None,
    industry: OfIndustry = None,
    campaign: CampaignOption = None,
    sender: FromSender = None,
) -> None:
    """Touches that left, and what came of them: over time, or group by group; machines beside people."""
    word = one_of_words([str(one) for one in (*Span, *By)], "--by", by) or "week"
    async with edge.app() as parts:
        question = await asked(
            parts.db,
            since=since, until=until, zone=zone, channel=channel, tier=tier, industry=industry, campaign=campaign, sender=sender,
        )  # fmt: skip
        if word in set(By):
            groups = await grouped(parts.db, question, By(word))
            edge.emit(groups, lambda: drawn.groups_table(groups))
            return
        found = await engagement(parts.db, question, Span(word))
    edge.emit(found, lambda: drawn.engagement_table(found))


@command(app)
async def funnel(
    edge: Edge,
    *,
    since: Since = None,
    until: Until = None,
    zone: Zone = None,
    channel: OnChannel = None,
    tier: OfTier = None,
    industry: OfIndustry = None,
    campaign: CampaignOption = None,
    sender: FromSender = None,
    stage: Annotated[str | None, typer.Option("--stage", metavar="STAGE", help=f"The accounts that reached {', '.join(Stage)}.")] = None,
    stopped: Annotated[bool, typer.Option("--stopped", help="With --stage: only those that came no further.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="With --stage: at most so many.")] = 50,
    after: Annotated[str | None, typer.Option("--after", metavar="CURSOR", help="The page after the one that named this.")] = None,
) -> None:
    """How far accounts came: known, contacted, engaged, replied, met, won; with --stage, which."""
    wanted = one_of(Stage, "--stage", stage)
    async with edge.app() as parts:
        question = await asked(
            parts.db,
            since=since, until=until, zone=zone, channel=channel, tier=tier, industry=industry, campaign=campaign, sender=sender,
        )  # fmt: skip
        if wanted is None:
            found = await account_funnel(parts.db, question)
            edge.emit(found, lambda: drawn.funnel_table(found))
            return
        page = await page_funnel_accounts(parts.db, question, Stage(wanted), only_stopped=stopped, limit=limit, after=after)
    edge.emit(page, lambda: drawn.accounts_table(page.items))
    if page.next and not edge.as_json:
        edge.say(f"There is more: --after {page.next}")


@command(app, "deliverability")
async def deliverability_(
    edge: Edge,
    *,
    by: Annotated[list[str] | None, typer.Option("--by", metavar="WORD", help=f"Told apart by {', '.join(Along)} [sender].")] = None,
    since: Since = None,
    until: Until = None,
    zone: Zone = None,
    channel: OnChannel = None,
    tier: OfTier = None,
    industry: OfIndustry = None,
    campaign: CampaignOption = None,
    sender: FromSender = None,
) -> None:
    """What became of messages on their way: bounces, complaints, unsubscribes."""
    words = [Along(one_of(Along, "--by", word) or word) for word in by or ["sender"]]
    async with edge.app() as parts:
        question = await asked(
            parts.db,
            since=since, until=until, zone=zone, channel=channel, tier=tier, industry=industry, campaign=campaign, sender=sender,
        )  # fmt: skip
        lines = await deliverability(parts.db, question, words)
    edge.emit(lines, lambda: drawn.deliverability_table(lines))


@command(app)
async def hours(
    edge: Edge,
    *,
    what: Annotated[str, typer.Option("--what", metavar="WORD", help=f"What people did: {', '.join(What)}.")] = "reply",
    since: Since = None,
    until: Until = None,
    zone: Zone = None,
    channel: OnChannel = None,
    tier: OfTier = None,
    industry: OfIndustry = None,
    campaign: CampaignOption = None,
    sender: FromSender = None,
) -> None:
    """At which hours of the week people open or answer, in their own zone."""
    wanted = What(one_of(What, "--what", what) or what)
    async with edge.app() as parts:
        question = await asked(
            parts.db,
            since=since, until=until, zone=zone, channel=channel, tier=tier, industry=industry, campaign=campaign, sender=sender,
        )  # fmt: skip
        found = await best_hours(parts.db, question, wanted)
    edge.emit(found, lambda: drawn.hours_page(found))


@command(app)
async def variants(
    edge: Edge,
    campaign: Annotated[str, typer.Argument(metavar="CAMPAIGN", help="Its name.", show_default=False)],
    *,
    goal: Annotated[str, typer.Option("--goal", metavar="WORD", help=f"Compared by {', '.join(Goal)}.")] = "reply",
    since: Since = None,
    until: Until = None,
    zone: Zone = None,
    tier: OfTier = None,
    industry: OfIndustry = None,
) -> None:
    """The variants of each step of a campaign, and whether they can be told apart."""
    wanted = Goal(one_of(Goal, "--goal", goal) or goal)
    async with edge.app() as parts:
        question = await asked(parts.db, since=since, until=until, zone=zone, tier=tier, industry=industry, campaign=campaign)
        steps = await compare_variants(parts.db, question, wanted)
    edge.emit(steps, lambda: drawn.variants_page(steps))


@command(app)
async def movers(
    edge: Edge,
    *,
    days: Annotated[int, typer.Option("--days", min=1, max=1000, help="Over so many days.")] = 7,
    until: Until = None,
    zone: Zone = None,
    tier: OfTier = None,
    industry: OfIndustry = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="So many each way at most.")] = 10,
) -> None:
    """The accounts whose health rose and fell most, and which part of it moved."""
    async with edge.app() as parts:
        question = await asked(parts.db, until=until, zone=zone, tier=tier, industry=industry)
        found = await health_movers(parts.db, question, days=days, limit=limit)
    edge.emit(found, lambda: drawn.movers_page(found))


@command(app)
async def snapshot(
    edge: Edge,
    *,
    backfill: Annotated[bool, typer.Option("--backfill", help="Reckon past days from the event log instead.")] = False,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DAY", help="With --backfill: the first day [where history begins].")
    ] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DAY", help="With --backfill: the last day [yesterday].")] = None,
    anew: Annotated[bool, typer.Option("--anew", help="With --backfill: days that are there already too.")] = False,
) -> None:
    """Write down how every account does today; the worker does it every night."""
    if not backfill and (since or until):
        raise typer.BadParameter("is for --backfill; without it, today is taken.", param_hint="--since" if since else "--until")
    if anew and not backfill:
        raise typer.BadParameter("is for --backfill; today is always taken anew.", param_hint="--anew")
    first, last = (day("--since", since) if since else None), (day("--until", until) if until else None)
    async with edge.app() as parts:
        if backfill:
            done = await backfill_health(
                parts.db, since=first, until=last, anew=anew, on_day=lambda one: edge.say(f"{one.day}: {one.accounts:,} accounts")
            )
        else:
            done = [await snapshot_health(parts.db)]
    edge.emit(done, lambda: drawn.taken_line(done))
