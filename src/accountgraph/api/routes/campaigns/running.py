"""A campaign's life: approved, started, paused, resumed, ended; and where it stands."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from accountgraph.access import Permission
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.api.routes.campaigns.given import CampaignKey, which
from accountgraph.api.routes.sending_by import transports_of
from accountgraph.campaigns import lifecycle
from accountgraph.campaigns.engine.runner import Done
from accountgraph.campaigns.funnel import Funnel, funnel_of
from accountgraph.campaigns.lifecycle import Campaign, Progress, Started, Work
from accountgraph.orchestrator import AccountOrchestrator

running = Routes("campaigns")
Digits = Annotated[
    str, Meta(pattern="^[0-9a-fA-F]{8,64}$", description="The content_hash that the preview showed, 8 or more of its digits.")
]


class PreviewApproval(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was seen, by its hash: a campaign that changed since is not approved."""

    content_hash: Digits


class CampaignStart(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a campaign begins. `live`: it really sends, once its preview was approved; else as a dry run, which sends nothing."""

    live: bool = False


class MovedPeople(Struct, frozen=True, kw_only=True):
    """How many people of a campaign paused, went on or ended by it."""

    campaign: str
    people: int


class CampaignStanding(Struct, frozen=True, kw_only=True):
    """Where a campaign stands. `progress`: people by state and reason. `work`: what was sent, and what waits for somebody.

    `funnel`: how far its people came. `next_due_at`: when its next step is due, UTC.
    """

    campaign: Campaign
    under_way: int
    next_due_at: datetime | None
    progress: list[Progress]
    work: Work
    funnel: list[Funnel]


class CampaignRun(Struct, frozen=True, kw_only=True):
    """What was done of what was due. `asked`: steps that wait for a person. `unknown`: nobody knows whether they left."""

    campaign: str
    decided: int
    sent: int
    asked: int
    unknown: int


@running.post("/campaigns/{campaign}/approve", needs=Permission.MESSAGES_APPROVE)
async def approve_campaign_preview(call: Call, campaign: CampaignKey, body: PreviewApproval) -> Campaign:
    """Approve what the newest version would send, so that it may go live.

    A campaign that changes has to be approved again.
    """
    return await lifecycle.approve_preview(call.session, which(campaign), by=call.principal.name, content_hash=body.content_hash)


@running.post("/campaigns/{campaign}/start", needs=Permission.CAMPAIGNS_RUN)
async def start_campaign(call: Call, campaign: CampaignKey, body: CampaignStart) -> Started:
    """Enrol the audience and begin: as a dry run, or live once its preview was approved.

    Started again, it enrols who has come into the audience since.
    """
    return await lifecycle.start(call.session, which(campaign), live=body.live)


@running.post("/campaigns/{campaign}/pause", needs=Permission.CAMPAIGNS_RUN)
async def pause_campaign(call: Call, campaign: CampaignKey) -> MovedPeople:
    """Stop a campaign after the calls in flight; what was planned waits."""
    return MovedPeople(campaign=campaign, people=await lifecycle.pause(call.session, which(campaign)))


@running.post("/campaigns/{campaign}/resume", needs=Permission.CAMPAIGNS_RUN)
async def resume_campaign(call: Call, campaign: CampaignKey) -> MovedPeople:
    """Go on after a pause; what was due meanwhile is due now, within caps and gaps."""
    return MovedPeople(campaign=campaign, people=await lifecycle.resume(call.session, which(campaign)))


@running.post("/campaigns/{campaign}/cancel", needs=Permission.CAMPAIGNS_RUN)
async def cancel_campaign(call: Call, campaign: CampaignKey) -> MovedPeople:
    """End a campaign for everybody, for good; what was sent stays recorded."""
    return MovedPeople(campaign=campaign, people=await lifecycle.cancel(call.session, which(campaign)))


@running.post("/campaigns/{campaign}/finish", needs=Permission.CAMPAIGNS_RUN)
async def finish_campaign(call: Call, campaign: CampaignKey) -> Campaign:
    """Close a campaign whose people have all come to an end."""
    await lifecycle.finish(call.session, which(campaign))
    return await lifecycle.find_campaign(call.db, which(campaign))


@running.get("/campaigns/{campaign}/status", needs=Permission.CAMPAIGNS_READ)
async def get_campaign_status(call: Call, campaign: CampaignKey) -> CampaignStanding:
    """Where a campaign stands: people by state, its funnel, what was sent, what waits for you."""
    found = await lifecycle.get_status(call.db, which(campaign))
    return CampaignStanding(
        campaign=found.campaign,
        under_way=found.under_way,
        next_due_at=found.next_due_at,
        progress=found.progress,
        work=found.work,
        funnel=await funnel_of(call.db, found.campaign.id),
    )


@running.post("/campaigns/{campaign}/run", needs=Permission.CAMPAIGNS_RUN, writes=False)
async def run_campaign(call: Call, campaign: CampaignKey) -> CampaignRun:
    """Do what is due in a campaign now, within all its caps; a worker does the same by itself.

    What a dry run would send is decided and counted, and shown nowhere.
    """
    async with transports_of(call) as transports:
        done: Done = await AccountOrchestrator(call.database, transports).execute_campaign_step(which(campaign))
    return CampaignRun(campaign=campaign, decided=done.decided, sent=done.sent, asked=done.asked, unknown=done.unknown)
