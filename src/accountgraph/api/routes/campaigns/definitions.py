"""Campaigns as they are written: examples, checked, compared with what there is, kept as versions."""

from __future__ import annotations

from msgspec import Struct

from accountgraph.access import Permission
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.api.routes.campaigns.given import LARGEST, CampaignKey, CampaignSource, CampaignText, which, written_in
from accountgraph.campaigns.apply import Applied, Plan, apply, load_version, plan
from accountgraph.campaigns.definition.campaign import CampaignDefinition
from accountgraph.campaigns.definition.check import refuse
from accountgraph.campaigns.definition.diff import Change
from accountgraph.campaigns.definition.file import parse, written
from accountgraph.campaigns.definition.problems import DefinitionError, Problem
from accountgraph.campaigns.examples import NAMES, example
from accountgraph.campaigns.lifecycle import find_campaign
from accountgraph.campaigns.listing import VersionLine, version_lines
from accountgraph.errors import NotFoundError
from accountgraph.listing import Page

definitions = Routes("campaigns")


class Example(Struct, frozen=True):
    """A campaign to begin from. `text`: a commented TOML file."""

    name: str
    description: str | None
    text: str


class CampaignCheck(Struct, frozen=True):
    """What is wrong with a campaign's text (`problems`), or worth knowing (notes among them). `is_sound`: it can be applied."""

    name: str | None
    is_sound: bool
    problems: list[Problem]


class CampaignPlan(Struct, frozen=True, kw_only=True):
    """What applying would do: `problems` stand against it (notes do not), `changes` are key by key. `latest`: the newest version."""

    campaign: str
    content_hash: str
    latest: int | None
    is_changed: bool
    problems: list[Problem]
    changes: list[Change]


class CampaignWritten(Struct, frozen=True, kw_only=True):
    """A version of a campaign: as data, and as YAML without what is as it is by default."""

    campaign: str
    number: int
    content_hash: str
    definition: CampaignDefinition
    yaml: str


@definitions.get("/campaign-examples", needs=Permission.CAMPAIGNS_READ)
async def list_campaign_examples(call: Call) -> Page[Example]:
    """Campaigns to begin from, as commented files."""
    del call
    return Page(items=[Example(name, parse(example(name), "toml").description, example(name)) for name in NAMES])


@definitions.post("/campaigns/check", needs=Permission.CAMPAIGNS_READ, body=CampaignSource, writes=False, largest=LARGEST)
async def check_campaign(call: Call, body: CampaignText) -> CampaignCheck:
    """Say everything that is wrong with a campaign's text, and what the workspace lacks for it.

    Nothing is kept.
    """
    try:
        definition = written_in(body)
    except DefinitionError as error:
        return CampaignCheck(None, False, list(error.problems))
    found = await plan(call.db, definition)
    return CampaignCheck(definition.name, all(one.is_note for one in found.problems), found.problems)


@definitions.post("/campaigns/plan", needs=Permission.CAMPAIGNS_READ, body=CampaignSource, writes=False, largest=LARGEST)
async def plan_campaign(call: Call, body: CampaignText) -> CampaignPlan:
    """Show what applying a campaign would change, key by key, and keep nothing: the dry run."""
    definition = written_in(body)
    found: Plan = await plan(call.db, definition)
    return CampaignPlan(
        campaign=definition.name,
        content_hash=definition.content_hash,
        latest=found.latest,
        is_changed=found.latest is None or bool(found.changes),
        problems=found.problems,
        changes=found.changes,
    )


@definitions.post("/campaigns", needs=Permission.CAMPAIGNS_WRITE, body=CampaignSource, largest=LARGEST)
async def apply_campaign(call: Call, body: CampaignText) -> Applied:
    """Keep a campaign as the newest version of its name; it is made where there is none.

    The same text again changes nothing. Who has begun stays with the version they began with.
    """
    return await apply(call.session, written_in(body))


@definitions.put("/campaigns/{campaign}", needs=Permission.CAMPAIGNS_WRITE, body=CampaignSource, largest=LARGEST)
async def change_campaign(call: Call, campaign: CampaignKey, body: CampaignText) -> Applied:
    """Keep a newer version of a campaign that there is; its name stays."""
    found = await find_campaign(call.db, which(campaign))
    definition = written_in(body)
    if definition.name != found.name:
        refuse(found.name, [Problem("name", f"this is campaign {found.name}.", "Leave its name, or make another campaign with POST.")])
    return await apply(call.session, definition)


@definitions.get("/campaigns/{campaign}/versions", needs=Permission.CAMPAIGNS_READ)
async def list_campaign_versions(call: Call, campaign: CampaignKey) -> Page[VersionLine]:
    """The versions of a campaign, the newest first."""
    return Page(items=await version_lines(call.db, (await find_campaign(call.db, which(campaign))).id))


@definitions.get("/campaigns/{campaign}/versions/{number}", needs=Permission.CAMPAIGNS_READ)
async def get_campaign_version(call: Call, campaign: CampaignKey, number: int) -> CampaignWritten:
    """A version of a campaign as it was written."""
    found = await find_campaign(call.db, which(campaign))
    line = next((one for one in await version_lines(call.db, found.id) if one.number == number), None)
    if line is None:
        raise NotFoundError(f"Campaign {found.name} has no version {number}.")
    definition = await load_version(call.db, line.id)
    return CampaignWritten(
        campaign=found.name, number=number, content_hash=definition.content_hash, definition=definition, yaml=written(definition)
    )
