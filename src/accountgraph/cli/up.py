"""`up` and `demo`: the first minute with the product."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Group
from rich.text import Text

from accountgraph.access import Registry, Role, at_command_line
from accountgraph.access.keys import create_key, list_keys
from accountgraph.access.people.memberships import has_owner
from accountgraph.access.tokens import new_secret
from accountgraph.app import brought_up, demo_settings, opened
from accountgraph.cli.account import overview_drawing
from accountgraph.cli.frame import Edge, command, console, group, run_async
from accountgraph.cli.harmless import Harmless
from accountgraph.cli.render.account import accounts_table, expansion_page
from accountgraph.cli.render.page import QUIET, facts_table
from accountgraph.cli.serve import refuse_unless_free, run_server
from accountgraph.dashboard.setup import TOKEN_NAME
from accountgraph.demo import DOMAIN, load_reference_account
from accountgraph.graph import as_prompt

if TYPE_CHECKING:
    from rich.console import RenderableType

    from accountgraph.app import App
    from accountgraph.demo.removing import MadeUp

ups, demos = group(""), group("")
HOST, PORT = "127.0.0.1", 8080
COMMANDS = {"up": ups, "demo": demos}


@command(ups)
def up(
    edge: Edge,
    *,
    no_demo: Annotated[bool, typer.Option("--no-demo", help="Load nothing made up into an empty workspace.")] = False,
    small: Annotated[
        bool, typer.Option("--small", help="With --serve: of the demo, the reference account alone, not the forty accounts beside it.")
    ] = False,
    serve: Annotated[
        bool, typer.Option("--serve", help="Then serve dashboard and API until Ctrl-C; the first time, a key and a link are shown.")
    ] = False,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Where to serve.")] = PORT,
) -> None:
    """Start the database, bring its schema up to date, load the demo account where there is nothing yet, and show it.

    With --serve, forty made-up accounts with a year of history are loaded beside it; `accountgraph demo --remove` takes all of it away.
    """
    if serve:
        refuse_unless_free(HOST, port)
    url = run_async(_up(edge, with_demo=not no_demo, is_rich=serve and not small, port=port if serve else None))
    if serve:
        run_server(edge, url, host=HOST, port=port)


async def _up(edge: Edge, *, with_demo: bool, is_rich: bool, port: int | None) -> str:
    """Bring everything up, and show it; gives the database's URL. `port`: where it is going to be served."""
    settings = edge.settings
    has_demo = await brought_up(settings, edge.say, with_demo=with_demo, is_rich=is_rich)
    async with opened(settings, edge.say, acting=edge.acting) as parts:
        url = await parts.db.url()
        key = await _first_key(edge, url) if port else None
        page = await _page(edge, url, port) if port else ""
        companies = await parts.companies.list_companies(limit=10)
        facts: dict[str, Any] = {"url": url, "workspace": settings.workspace, "has_demo": has_demo, "companies": companies}
        if port:
            facts |= {"app": page, "api": f"http://{HOST}:{port}/api/v1", "key": key}
        drawing = await _demo_drawing(parts) if has_demo else accounts_table(companies)
    edge.emit(facts, lambda: Group(drawing, Text()))
    if not edge.as_json:
        account = DOMAIN if has_demo else next((c.domain or str(c.id) for c in companies), None)
        _print_next(url, settings.workspace, account)
        if port:
            _print_page(page)
            _print_api(f"http://{HOST}:{port}/api/v1", key)
    return url


async def _first_key(edge: Edge, url: str) -> str | None:
    """A key of the workspace's owner, where it never had any."""
    async with Registry(url, pooler=edge.settings.pooler) as registry:
        if await list_keys(registry, edge.settings.workspace, with_revoked=True):
            return None
        by = at_command_line(edge.acting.name)
        return (await create_key(registry, edge.settings.workspace, "made by up", Role.OWNER, created_by=by)).token


async def _page(edge: Edge, url: str, port: int) -> str:
    """Where the dashboard is; while there is no owner, the link by which the first one is made. Browsers take our cookie of localhost."""
    async with Registry(url, pooler=edge.settings.pooler) as registry:
        if await has_owner(registry):
            return f"http://localhost:{port}/app"
    token = os.environ[TOKEN_NAME] = new_secret()  # the server is told by its environment
    return f"http://localhost:{port}/app/setup?token={token}"


def _print_page(address: str) -> None:
    console().print(Text("\nOpen this in a browser:", style="bold"))
    typer.echo(f"  {address}")
    if "token=" in address:
        typer.echo("  Whoever opens it becomes the owner of this workspace: once, and until this program ends.")


def _print_api(address: str, key: str | None) -> None:
    """Where the API is, and a first request that can be copied."""
    console().print(Text("\nThe API is served until Ctrl-C:", style="bold"))
    typer.echo(f"  {address}")
    if key:
        typer.echo(f"  key {key}\n  It opens this workspace as its owner, and is shown this once; `accountgraph key revoke` ends it.")
    typer.echo(f"\n  curl -H 'Authorization: Bearer {key or '$KEY'}' {address}/companies")


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
async def demo(
    edge: Edge,
    *,
    rich: Annotated[
        bool,
        typer.Option("--rich/--small", help="Forty made-up accounts with a year of history beside it, or the reference account alone."),
    ] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take everything made up out of the workspace again, and nothing else.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --remove: do not ask.")] = False,
) -> None:
    """Load the reference account (made up) and show the four answers about it.

    It goes into the current workspace where that is empty, and into a workspace `demo` otherwise. With --rich, forty accounts, four
    hundred people and half a year of campaigns come along; nothing of it is ever sent. With --remove, what would go is counted first.
    """
    if remove:
        await _remove(edge, asks=not yes)
        return
    settings = await demo_settings(edge.settings, edge.say, is_chosen=edge.workspace is not None, is_rich=rich)
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


async def _remove(edge: Edge, *, asks: bool) -> None:
    """Say how much there is that is made up, ask, and take it away."""
    from accountgraph.demo.removing import made_up, remove_demo  # noqa: PLC0415 - as the demo itself: seldom wanted

    workspace = edge.settings.workspace
    async with edge.app() as parts:
        found = await made_up(parts.db)
        if found.is_nothing:
            edge.emit({"removed": None}, lambda: f"There is nothing made up in workspace {workspace}; name another with --workspace.")
            return
        edge.say(f"Made up in workspace {workspace}: {_counted(found)}.")
        if found.kept_accounts:
            edge.say(f"What you put in is kept, and with it: {', '.join(found.kept_accounts)}.")
        if asks:
            typer.confirm("Remove it, for good?", abort=True, err=True)
        removed = await remove_demo(parts.db)
    edge.emit({"removed": removed}, lambda: f"Removed from workspace {workspace}: {_counted(removed)}.")


def _counted(found: MadeUp) -> str:
    names = ("accounts", "people", "conversations", "touchpoints", "campaigns", "senders")
    return ", ".join(f"{getattr(found, name):,} {name}" for name in names)
