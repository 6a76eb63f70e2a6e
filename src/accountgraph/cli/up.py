"""`up` and `demo`: the first minute with the product."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Group
from rich.text import Text

from accountgraph.app import brought_up, demo_settings, opened
from accountgraph.cli.account import overview_drawing
from accountgraph.cli.frame import Edge, command, console, group
from accountgraph.cli.harmless import Harmless
from accountgraph.cli.render.account import accounts_table, expansion_page
from accountgraph.cli.render.page import QUIET, facts_table
from accountgraph.demo import DOMAIN, load_reference_account
from accountgraph.graph import as_prompt

if TYPE_CHECKING:
    from rich.console import RenderableType

    from accountgraph.app import App

ups, demos = group(""), group("")
COMMANDS = {"up": ups, "demo": demos}


@command(ups)
async def up(
    edge: Edge, no_demo: Annotated[bool, typer.Option("--no-demo", help="Do not load the demo account into an empty workspace.")] = False
) -> None:
    """Start the database, bring its schema up to date, load the demo account where there is nothing yet, and show it."""
    settings = edge.settings
    has_demo = await brought_up(settings, edge.say, with_demo=not no_demo)
    async with opened(settings, edge.say, acting=edge.acting) as parts:
        url = await parts.db.url()
        companies = await parts.companies.list_companies(limit=10)
        facts: dict[str, Any] = {"url": url, "workspace": settings.workspace, "has_demo": has_demo, "companies": companies}
        drawing = await _demo_drawing(parts) if has_demo else accounts_table(companies)
    edge.emit(facts, lambda: Group(drawing, Text()))
    if not edge.as_json:
        _print_next(url, settings.workspace, DOMAIN if has_demo else next((c.domain or str(c.id) for c in companies), None))


async def _demo_drawing(parts: App) -> RenderableType:
    company = await parts.companies.get_company_by_domain(DOMAIN)
    assert company is not None  # noqa: S101 - it was there a moment ago
    return (await overview_drawing(parts, company))[1]


def _print_next(url: str, workspace: str, account: str | None) -> None:
    """The connection URL unwrapped, because it is copied, and three things to do."""
    out = console()
    out.print(Text("The database is running:", style="bold"))
    typer.echo(f"  {url}")
    out.print(Text("\nNext", style="bold"))
    bound = "" if workspace == "abm" else f" --workspace {workspace}"
    table = facts_table()
    if account:
        table.add_row(f"  accountgraph account expansion {account}{bound}", "whom to talk to next, and why")
        table.add_row(f"  accountgraph account tree {account}{bound}", "the people, as they report to each other")
    table.add_row(f"  accountgraph import contacts FILE.csv --dry-run{bound}", "what would become of your own file")
    if not account:
        table.add_row(f"  accountgraph demo{bound}", "a made-up account, to look around in")
        table.add_row(f"  accountgraph db psql{bound}", "the tables, in SQL")
    out.print(Harmless(table))


@command(demos)
async def demo(edge: Edge) -> None:
    """Load the reference account (made up) and show the four answers about it.

    It goes into the current workspace where that is empty, and into a workspace `demo` otherwise.
    """
    settings = await demo_settings(edge.settings, edge.say, is_chosen=edge.workspace is not None)
    async with opened(settings, edge.say, acting=edge.acting) as parts:
        ids = await load_reference_account(parts.db)
        targets = await parts.graph.find_expansion_targets(ids.williams_id)
        context = await parts.graph.get_conversation_context(ids.williams_id)
        answers = {
            "workspace": settings.workspace,
            "overview": await parts.graph.get_account_overview(ids.company_id),
            "expansion_targets": targets,
            "context": context,
            "health": await parts.graph.get_account_health_score(ids.company_id),
        }
        drawing = Group(
            await _demo_drawing(parts),
            Text(),
            expansion_page(context["contact"], targets, parts.db.now()),
            Text(f"\nWhat a message to {context['contact'].name} can know", style="bold"),
            Text(as_prompt(context, 1500), style=QUIET),
        )
    edge.emit(answers, lambda: drawing)
