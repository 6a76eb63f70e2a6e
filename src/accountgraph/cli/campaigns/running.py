"""`campaign approve`, `start`, `pause`, `resume`, `cancel`, `finish`, `status` and `run`: a campaign's life."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from accountgraph.cli.campaigns.names import Campaign  # noqa: TC001 - Typer reads it
from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.outreach.shared import transports_over
from accountgraph.cli.render.outreach import campaign as drawn
from accountgraph.cli.render.words import count
from accountgraph.orchestrator import AccountOrchestrator

if TYPE_CHECKING:
    from accountgraph.campaigns.engine.runner import Done
    from accountgraph.campaigns.lifecycle import CampaignStatus

app = group("")


def _user() -> str:
    """Who sits at this machine; "" where it does not say."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


@command(app)
async def approve(
    edge: Edge,
    campaign: Campaign,
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who approves [the user of this machine].")] = None,
    hash_: Annotated[
        str | None, typer.Option("--hash", metavar="DIGITS", help="Only if this is still what was seen: digits that the preview shows.")
    ] = None,
) -> None:
    """Let what the newest version would send go live.

    A changed campaign has to be approved again.
    """
    async with edge.app() as parts:
        found = await AccountOrchestrator(parts.db).approve_preview(campaign, by=by or _user(), content_hash=hash_)
    hint = f"`accountgraph campaign start {found.name} --live` sends it."
    edge.emit(
        found, lambda: f"{found.preview_approved_by} approved version {found.number} of {found.name} ({found.content_hash[:12]}). {hint}"
    )


@command(app)
async def start(
    edge: Edge,
    campaign: Campaign,
    live: Annotated[bool, typer.Option("--live", help="Really send; needs an approved preview and a sender that can.")] = False,
) -> None:
    """Enrol the audience and begin: as a dry run on the console, or live.

    Started again, it enrols who has come into the audience since.
    """
    async with edge.app() as parts:
        started = await AccountOrchestrator(parts.db).start(campaign, live=live)
    edge.emit(started, lambda: drawn.started_page(started))


@command(app)
async def pause(edge: Edge, campaign: Campaign) -> None:
    """Stop a campaign after the calls in flight; what was planned waits."""
    async with edge.app() as parts:
        people = await AccountOrchestrator(parts.db).pause(campaign)
    edge.emit({"campaign": campaign, "people": people}, lambda: f"{campaign} is paused; {count(people, 'person waits', 'people wait')}.")


@command(app)
async def resume(edge: Edge, campaign: Campaign) -> None:
    """Go on after a pause.

    What was due meanwhile is due now, within caps and gaps.
    """
    async with edge.app() as parts:
        people = await AccountOrchestrator(parts.db).resume(campaign)
    edge.emit(
        {"campaign": campaign, "people": people}, lambda: f"{campaign} goes on; {count(people, 'person goes', 'people go')} on with it."
    )


@command(app)
async def cancel(edge: Edge, campaign: Campaign, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """End a campaign for everybody, for good.

    What was sent stays recorded.
    """
    if not yes:
        typer.confirm(f"End campaign {campaign} for everybody, for good?", abort=True, err=True)
    async with edge.app() as parts:
        people = await AccountOrchestrator(parts.db).cancel(campaign)
    edge.emit(
        {"campaign": campaign, "people": people}, lambda: f"{campaign} is cancelled; it ended for {count(people, 'person', 'people')}."
    )


@command(app)
async def finish(edge: Edge, campaign: Campaign) -> None:
    """Close a campaign whose people have all come to an end."""
    async with edge.app() as parts:
        await AccountOrchestrator(parts.db).finish(campaign)
    edge.emit({"campaign": campaign}, lambda: f"{campaign} is finished.")


@command(app)
async def status(edge: Edge, campaign: Campaign) -> None:
    """Show where a campaign stands: people by state, what was sent, what waits for you."""
    async with edge.app() as parts:
        found = await AccountOrchestrator(parts.db).get_campaign_status(campaign)
        now = parts.db.now()
    edge.emit(found, lambda: drawn.status_page(found, now))


@command(app)
async def run(edge: Edge, campaign: Campaign) -> None:
    """Do what is due in a campaign now, within all its caps.

    A worker does the same by itself.
    """
    async with edge.app() as parts:
        orchestrator = AccountOrchestrator(parts.db, transports_over(edge, parts.db))
        try:
            done = await orchestrator.execute_campaign_step(campaign)
            found = await orchestrator.get_campaign_status(campaign)
        finally:
            await orchestrator.close()
        now = parts.db.now()
    facts = {"campaign": found.campaign.name, "decided": done.decided, "sent": done.sent, "unknown": done.unknown, "status": found}
    edge.emit(facts, lambda: drawn.run_page(_said(done, found), found, now))


def _said(done: Done, status: CampaignStatus) -> str:
    if not done.decided:
        return "Nothing was due." if status.campaign.status == "active" else f"Nothing was due: the campaign is {status.campaign.status}."
    what = "sent" if status.campaign.is_live else "shown"
    return f"{count(done.decided, 'step was', 'steps were')} decided, {count(done.sent, 'message')} {what}."
