"""`campaign why` and `replay`: what was decided about somebody, and what other rules would have decided."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - Typer reads it
from typing import Annotated

import typer

from accountgraph.campaigns.definition.file import read
from accountgraph.cli.campaigns.names import Campaign, Contact, campaign_names
from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.render.outreach import replay as replay_drawn
from accountgraph.cli.render.outreach import why as why_drawn
from accountgraph.orchestrator import AccountOrchestrator
from accountgraph.store.naming import find_contact

app = group("")


@command(app)
async def why(
    edge: Edge,
    contact: Contact,
    campaign: Annotated[
        str | None,
        typer.Option(
            "--campaign", metavar="CAMPAIGN", help="Of this campaign alone; also why it does not take them.", autocompletion=campaign_names
        ),
    ] = None,
) -> None:
    """Say why somebody was written to, or was not.

    Where they stand, then everything that was decided and happened, each with its rule and reason.
    """
    async with edge.app() as parts:
        person = await find_contact(parts.db, contact)
        told = await AccountOrchestrator(parts.db).why(person.id, campaign=campaign)
        now = parts.db.now()
    edge.emit(told, lambda: why_drawn.why_page(told, now))


@command(app)
async def replay(
    edge: Edge,
    campaign: Campaign,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="FILE", help="Decide by this campaign file [the versions it was decided by].")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100_000, help="Show so many differences at most.")] = 50,
) -> None:
    """Decide a campaign's history again, and show what would have been different.

    Each decision is made from the facts of its time alone.
    """
    other = read(file) if file else None
    async with edge.app() as parts:
        replayed = await AccountOrchestrator(parts.db).replay(campaign, other)
    edge.emit(replayed, lambda: replay_drawn.replay_page(campaign, replayed, file, limit))
