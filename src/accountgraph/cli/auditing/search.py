"""`search`: one search over everything."""

from __future__ import annotations

from typing import Annotated

import typer

from accountgraph.cli.choices import one_of
from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.render import audit as drawn
from accountgraph.listing.search import FoundKind, search_everything

searches = group("")
COMMANDS = {"search": searches}


@command(searches)
async def search(
    edge: Edge,
    term: Annotated[str, typer.Argument(metavar="TERM", help="Any part of a name or an address; the beginnings of a subject's words.")],
    kind: Annotated[list[str] | None, typer.Option("--kind", metavar="KIND", help=f"Only these: {', '.join(FoundKind)}.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="At most so many.")] = 20,
) -> None:
    """Find accounts, people, campaigns, tasks, conversations, messages, templates and mailboxes, the closest first."""
    kinds = [one_of(FoundKind, "--kind", one) or "" for one in kind] if kind else None
    async with edge.app() as parts:
        found = await search_everything(parts.db, term, kinds, limit)
    edge.emit(found, lambda: drawn.found_table(found))
