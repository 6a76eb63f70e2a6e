"""`campaign list`, `show`, `audience` and `preview`: what there is, and what it would do. Nothing here changes anything."""

from __future__ import annotations

from typing import Annotated

import typer

from accountgraph.campaigns.apply import load_version
from accountgraph.campaigns.definition.diff import own_policy
from accountgraph.campaigns.definition.file import written
from accountgraph.campaigns.enrolment.shown import show_audience
from accountgraph.campaigns.lifecycle import find_campaign
from accountgraph.campaigns.listing import campaign_lines, version_lines
from accountgraph.campaigns.telling import tell
from accountgraph.cli.campaigns.names import Campaign, CampaignOrFile, definition_of, is_file
from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.render.outreach import campaign as drawn
from accountgraph.cli.render.outreach import messages, people
from accountgraph.orchestrator import AccountOrchestrator
from accountgraph.store.naming import find_contact

app = group("")


@command(app, "list")
async def list_(edge: Edge) -> None:
    """List the campaigns with their state."""
    async with edge.app() as parts:
        found = await campaign_lines(parts.db)
        now = parts.db.now()
    edge.emit(found, lambda: drawn.campaigns_table(found, now))


@command(app)
async def show(
    edge: Edge,
    campaign: Campaign,
    yaml: Annotated[bool, typer.Option("--yaml", help="The newest version as a YAML file that can be applied, without comments.")] = False,
) -> None:
    """Say in plain language what a campaign does.

    Its audience, its steps, the policy that is not as by default, its versions, its state.
    """
    async with edge.app() as parts:
        found = await find_campaign(parts.db, campaign)
        definition = await load_version(parts.db, found.version_id)
        versions = await version_lines(parts.db, found.id)
    if yaml:
        text = written(definition).rstrip()
        edge.emit({"yaml": text}, lambda: text)
        return
    steps, policy = tell(definition), own_policy(definition)
    facts = {"campaign": found, "definition": definition, "sequence": steps, "policy": policy, "versions": versions}
    edge.emit(facts, lambda: drawn.campaign_page(found, definition, steps, policy, versions))


@command(app)
async def audience(
    edge: Edge,
    campaign: CampaignOrFile,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100_000, help="At most so many people of each kind.")] = 20,
) -> None:
    """Show whom a campaign would take now, and whom it leaves out and why."""
    async with edge.app() as parts:
        definition = await definition_of(parts.db, campaign)
        shown = await show_audience(parts.db, definition, limit=limit)
    edge.emit(shown, lambda: people.audience_page(definition, shown))


@command(app)
async def preview(
    edge: Edge,
    campaign: CampaignOrFile,
    contact: Annotated[
        str, typer.Option("--contact", metavar="CONTACT", help="For this person: an e-mail address, an id, or first and last name.")
    ],
) -> None:
    """Show every step and variant as a person would get it.

    Nothing is sent, and nobody has to be in the campaign.
    """
    async with edge.app() as parts:
        definition = await definition_of(parts.db, campaign)
        person = await find_contact(parts.db, contact)
        shown = await AccountOrchestrator(parts.db).preview(definition, person.id)
    facts = {"campaign": definition.name, "content_hash": definition.content_hash, "contact_id": person.id, "messages": shown}
    file = campaign if is_file(campaign) else None
    edge.emit(facts, lambda: messages.preview_page(definition, person, shown, file))
