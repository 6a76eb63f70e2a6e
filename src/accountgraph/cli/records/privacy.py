"""`privacy`: a person's data, exported and erased; how long what came in is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.render import privacy as drawn
from accountgraph.errors import InvalidValueError, NotFoundError
from accountgraph.privacy import apply_retention, erase_person, export_person, get_retention, set_retention
from accountgraph.store.naming import find_contact

if TYPE_CHECKING:
    from accountgraph.app import App

app = group("A person's data: export it, erase it; how long what came in is kept.")
COMMANDS = {"privacy": app}
Person = Annotated[
    str, typer.Argument(metavar="PERSON", help="An e-mail address, an id, an external id, or first and last name.", show_default=False)
]


@command(app)
async def export(edge: Edge, person: Person) -> None:
    """Print everything that is known of a person, from every table, as JSON."""
    async with edge.app() as parts:
        found = await export_person(parts.db, **await _named(parts, person))
    edge.print_json(found)


@command(app)
async def erase(
    edge: Edge,
    *,
    person: Person,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without, it is only shown what would go.")] = False,
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who does it.")] = None,
) -> None:
    """Erase a person for good; a hash of the address keeps everybody from writing to them again."""
    async with edge.app() as parts:
        whom = await _named(parts, person)
        if not yes:
            found = await export_person(parts.db, **whom)
            counts = {table: len(rows) for table, rows in found.tables.items()}
            edge.emit({"would_erase": counts}, lambda: drawn.would_erase(person, counts))
            return
        report = await erase_person(parts.db, **whom, by=by)
    edge.emit(report, lambda: drawn.erased_page(report))


@command(app)
async def retain(
    edge: Edge,
    *,
    kind: Annotated[str | None, typer.Option("--kind", metavar="KIND", help="With --days or --for-ever: the rule to change.")] = None,
    days: Annotated[int | None, typer.Option("--days", min=1, max=36_500, help="Keep that kind for so many days.")] = None,
    for_ever: Annotated[bool, typer.Option("--for-ever", help="Keep that kind for ever.")] = False,
    apply: Annotated[bool, typer.Option("--apply", help="Let go of what is too old now; the worker does so every night.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would go.")] = False,
) -> None:
    """Show how long each kind is kept, change a rule, or apply them."""
    if (kind is not None) != (days is not None or for_ever) or (days is not None and for_ever):
        raise typer.BadParameter("say both, which kind and how long: --kind with --days or --for-ever.", param_hint="--kind")
    async with edge.app() as parts:
        if kind is not None:
            await set_retention(parts.db, kind, days)
        if apply or dry_run:
            done = await apply_retention(parts.db, parts.db.now(), dry_run=dry_run)
            edge.emit(done, lambda: drawn.retained_table(done, is_dry=dry_run))
            return
        rules = await get_retention(parts.db)
    edge.emit(rules, lambda: drawn.rules_table(rules))


async def _named(parts: App, said: str) -> dict[str, Any]:
    """The contact that is meant; else the address by itself, of which there may be no contact."""
    try:
        return {"contact_id": (await find_contact(parts.db, said)).id}
    except (NotFoundError, InvalidValueError):
        if "@" not in said:
            raise
        return {"email": said}
