"""`draft`: messages that a model writes: try one out, see what it would be told, look at what it wrote."""

from __future__ import annotations

from typing import Annotated

import typer

from accountgraph.campaigns import drafts
from accountgraph.campaigns.work.finding import find_id
from accountgraph.cli.campaigns.names import CampaignOrFile, Contact, definition_of
from accountgraph.cli.choices import one_of_words
from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.outreach.shared import CampaignOption, LimitOption, campaign_id_of
from accountgraph.cli.render.outreach import drafts as drawn
from accountgraph.drafting.trial import show_prompt, try_draft
from accountgraph.mailboxes.login.vault import WorkspaceVault
from accountgraph.store.naming import find_contact

app = group("Messages that a model writes: test, prompt, list, show.")
COMMANDS = {"draft": app}
StepOption = Annotated[
    str | None, typer.Option("--step", metavar="STEP", help="A step's key, or its place in the file [the first that a model writes].")
]
_STATES = [*drafts.STATES, "all"]


@command(app, "test")
async def try_(edge: Edge, *, campaign: CampaignOrFile, contact: Contact, step: StepOption = None) -> None:
    """Let the model write one message now, and show it with the checker's verdict.

    Nothing is kept, and nothing is sent to the person.
    """
    async with edge.app() as parts:
        definition = await definition_of(parts.db, campaign)
        person = await find_contact(parts.db, contact)
        tried = await try_draft(parts.db, WorkspaceVault(parts.db), definition, person.id, step)
    edge.emit(tried, lambda: drawn.trial_page(tried))


@command(app)
async def prompt(edge: Edge, *, campaign: CampaignOrFile, contact: Contact, step: StepOption = None) -> None:
    """Show all that the model would be told for one message. Nothing leaves this machine."""
    async with edge.app() as parts:
        definition = await definition_of(parts.db, campaign)
        person = await find_contact(parts.db, contact)
        shown = await show_prompt(parts.db, definition, person.id, step)
    edge.emit(shown, lambda: f"{shown.instructions}\n\n{shown.text}")


@command(app, "list")
async def list_(
    edge: Edge,
    *,
    campaign: CampaignOption = None,
    state: Annotated[str, typer.Option("--state", metavar="STATE", help=f"{', '.join(_STATES)}.")] = "all",
    limit: LimitOption = 100,
) -> None:
    """List what a model wrote for campaigns, or did not, the newest first."""
    wanted = one_of_words(_STATES, "--state", state)
    async with edge.app() as parts:
        chosen = await campaign_id_of(parts.db, campaign)
        found = await drafts.list_drafts(parts.db, state=None if wanted == "all" else wanted, campaign_id=chosen, limit=limit)
        now = parts.db.now()
    edge.emit(found, lambda: drawn.drafts_table(found, now))


@command(app)
async def show(
    edge: Edge,
    draft: Annotated[str, typer.Argument(metavar="DRAFT", help="Its id, or 4 or more of its first digits.", show_default=False)],
) -> None:
    """Show a draft, the facts that it rests on, and what was refused."""
    async with edge.app() as parts:
        found = await drafts.get_draft(parts.db, await find_id(parts.db, "draft", draft))
    edge.emit(found, lambda: drawn.draft_page(found))
