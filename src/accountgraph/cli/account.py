"""`account`: what an account is, how it is doing, and whom to talk to next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from accountgraph.cli.choices import one_of
from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.records.merging import add_merging
from accountgraph.cli.render import account as drawn
from accountgraph.cli.render.tree import people_of, people_tree
from accountgraph.enums import AccountStatus, AccountTier, Strength
from accountgraph.errors import NotFoundError
from accountgraph.listing.beside import made_up
from accountgraph.store.events import events_of
from accountgraph.store.naming import find_account, find_contact

if TYPE_CHECKING:
    from rich.console import RenderableType

    from accountgraph.app import App
    from accountgraph.models import Company, Contact

app = group("Accounts: what they are, how they are doing, whom to talk to next.")
COMMANDS = {"account": app}
Account = Annotated[str, typer.Argument(metavar="ACCOUNT", help="A domain, an id, an external id, or the exact name.", show_default=False)]
Limit = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many.")]


@command(app, "list")
async def list_(
    edge: Edge,
    tier: Annotated[str | None, typer.Option("--tier", metavar="TIER", help=f"Only these: {', '.join(AccountTier)}.")] = None,
    status: Annotated[str | None, typer.Option("--status", metavar="STATUS", help=f"Only these: {', '.join(AccountStatus)}.")] = None,
    limit: Limit = 50,
) -> None:
    """List accounts by name."""
    wanted_tier, wanted_status = one_of(AccountTier, "--tier", tier), one_of(AccountStatus, "--status", status)
    async with edge.app() as parts:
        found = await parts.companies.list_companies(tier=wanted_tier, status=wanted_status, limit=limit)
    edge.emit(found, lambda: drawn.accounts_table(found))
    if len(found) == limit and not edge.as_json:
        edge.say(f"The first {limit}; --limit shows more.")


@command(app)
async def search(
    edge: Edge, text: Annotated[str, typer.Argument(metavar="TEXT", help="Any part of a name or domain.")], limit: Limit = 20
) -> None:
    """Find accounts by any part of their name or domain."""
    async with edge.app() as parts:
        found = await parts.companies.search_companies(text, limit=limit)
    edge.emit(found, lambda: drawn.accounts_table(found))


@command(app)
async def overview(edge: Edge, account: Account) -> None:
    """Draw an account: health, people, relationships, what happened last, and what would help."""
    async with edge.app() as parts:
        data, drawing = await overview_drawing(parts, await find_account(parts.db, account))
    edge.emit(data, lambda: drawing)


async def overview_drawing(parts: App, company: Company) -> tuple[dict[str, Any], RenderableType]:
    """The overview of `company` with its health: as data, and drawn."""
    found = await parts.graph.get_account_overview(company.id)
    health = await parts.graph.get_account_health_score(company.id)
    events = await events_of(parts.db, [touchpoint["id"] for touchpoint in found["recent_touchpoints"]])
    policy, is_made_up = parts.graph.policy.health, bool(await made_up(parts.db, [company.id]))
    return {**found, "health": health}, drawn.overview_page(found, health, policy, events, parts.db.now(), is_made_up=is_made_up)


@command(app)
async def health(edge: Edge, account: Account) -> None:
    """Show how an account is doing (0-100), why, and what is missing."""
    async with edge.app() as parts:
        company = await find_account(parts.db, account)
        found = await parts.graph.get_account_health_score(company.id)
        edge.emit(found, lambda: drawn.health_page(company, found, parts.graph.policy.health, parts.db.now()))


@command(app)
async def expansion(
    edge: Edge,
    account: Account,
    start_from: Annotated[
        str | None, typer.Option("--from", metavar="CONTACT", help="Start from this contact (e-mail or id) [the primary contact].")
    ] = None,
    strength: Annotated[str, typer.Option("--strength", metavar="STRENGTH", help=f"At least so strong: {', '.join(Strength)}.")] = "medium",
    implied: Annotated[bool, typer.Option("--implied", help="Also people of the company without any known relationship.")] = False,
) -> None:
    """Show whom of the account to talk to next, best first, and why."""
    wanted = one_of(Strength, "--strength", strength) or strength
    async with edge.app() as parts:
        company = await find_account(parts.db, account)
        primary = await find_contact(parts.db, start_from) if start_from else await _primary(parts, company)
        targets = await parts.graph.find_expansion_targets(primary.id, wanted, include_implied=implied)
        edge.emit(targets, lambda: drawn.expansion_page(primary, targets, parts.db.now()))


@command(app)
async def tree(edge: Edge, account: Account) -> None:
    """Draw the people: reporting lines first, then by department."""
    async with edge.app() as parts:
        company = await find_account(parts.db, account)
        found = await parts.graph.get_account_overview(company.id)
    people = people_of(found)
    edge.emit(people, lambda: people_tree(found, people))


async def _primary(parts: App, company: Company) -> Contact:
    primary = await parts.contacts.find_primary_contact(company.id)
    if primary is None:
        people = (entry["contact"] for entry in (await parts.graph.get_account_overview(company.id))["contacts"].values())
        somebody = next((person.email or str(person.id) for person in people), None)
        cure = f"say whom to start from, like --from {somebody}" if somebody else "`accountgraph import contacts FILE` brings people in"
        raise NotFoundError(f"{company.name} has no primary contact; {cure}.")
    return primary


add_merging(app, "companies")
