"""`contact`: who somebody is, what a message to them can know, and the way to them."""

from __future__ import annotations

from typing import Annotated

import typer

from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.records.merging import add_merging
from accountgraph.cli.render import contact as drawn
from accountgraph.graph import as_prompt
from accountgraph.store.naming import find_account, find_contact

app = group("People: who they are, what a message to them can know, the way to them; merge.")
COMMANDS = {"contact": app}
Contact = Annotated[
    str, typer.Argument(metavar="CONTACT", help="An e-mail address, an id, an external id, or first and last name.", show_default=False)
]


@command(app)
async def show(edge: Edge, contact: Contact) -> None:
    """Show who somebody is."""
    async with edge.app() as parts:
        found = await find_contact(parts.db, contact)
        company = await parts.companies.get_company_by_id(found.company_id) if found.company_id else None
        score = await parts.contacts.get_engagement_score(found.id)
        now = parts.db.now()
    name = company.name if company else None
    edge.emit({"contact": found, "company": company, "engagement_score": score}, lambda: drawn.contact_page(found, name, now))


@command(app)
async def search(
    edge: Edge,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="Any part of a name or address.")],
    account: Annotated[str | None, typer.Option("--account", metavar="ACCOUNT", help="Only people of this account.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many.")] = 20,
) -> None:
    """Find people by any part of their name or address."""
    async with edge.app() as parts:
        company = await find_account(parts.db, account) if account else None
        found = await parts.contacts.search_contacts(text, company_id=company.id if company else None, limit=limit)
        now = parts.db.now()
    edge.emit(found, lambda: drawn.contacts_table(found, now))


@command(app)
async def context(
    edge: Edge,
    contact: Contact,
    prompt: Annotated[bool, typer.Option("--prompt", help="As compact text for a language model's prompt.")] = False,
    max_chars: Annotated[int, typer.Option("--max-chars", min=200, help="With --prompt: at most so many characters.")] = 8000,
) -> None:
    """Show everything a message to this person can know."""
    async with edge.app() as parts:
        found = await find_contact(parts.db, contact)
        answer = await parts.graph.get_conversation_context(found.id)
        now = parts.db.now()
    if prompt:
        text = as_prompt(answer, max_chars)
        edge.emit({"prompt": text}, lambda: text)
        return
    edge.emit(answer, lambda: drawn.context_page(answer, now))


@command(app)
async def paths(
    edge: Edge,
    contact: Contact,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="At most so many.")] = 5,
) -> None:
    """Show who can introduce us: the best chains of relationships from people we are in touch with."""
    async with edge.app() as parts:
        found = await find_contact(parts.db, contact)
        answer = await parts.graph.find_warm_paths(found.id, limit)
        now = parts.db.now()
    edge.emit(answer, lambda: drawn.paths_page(found, answer, now))


add_merging(app, "contacts")
