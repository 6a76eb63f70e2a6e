"""`contact` and `account`: merge two that are one, undo it, find candidates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from accountgraph.cli.frame import Edge, command
from accountgraph.cli.render import merging as drawn
from accountgraph.errors import InvalidValueError
from accountgraph.merging import (
    MergeError,
    find_duplicates,
    merge_companies,
    merge_contacts,
    preview_company_merge,
    preview_contact_merge,
    unmerge,
)
from accountgraph.store.naming import find_account, find_contact

if TYPE_CHECKING:
    from accountgraph.app import App

Kept = Annotated[str, typer.Argument(metavar="KEEP", help="Which stays, as elsewhere: address, domain, id or name.", show_default=False)]
Dropped = Annotated[str, typer.Argument(metavar="DROP", help="Which goes into it.", show_default=False)]
Take = Annotated[list[str] | None, typer.Option("--take", metavar="FIELD", help="Here the value of DROP wins; may be repeated.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do it; without, it is only shown.")]
By = Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who does it.")]


def add_merging(app: typer.Typer, kind: str) -> None:
    """Give a group its commands about merging; `kind` is `contacts` or `companies`."""
    preview_of, merge_of = (preview_contact_merge, merge_contacts) if kind == "contacts" else (preview_company_merge, merge_companies)

    @command(app)
    async def merge(edge: Edge, *, keep: Kept, drop: Dropped, take: Take = None, yes: Yes = False, by: By = None) -> None:
        """Show what merging two that are one would do; with --yes, do it."""
        async with edge.app() as parts:
            kept, dropped = await _named(parts, kind, keep), await _named(parts, kind, drop)
            preview = await preview_of(parts.db, kept, dropped, take=take or ())
            done = None
            if yes and preview.obstacles:
                raise MergeError(preview.obstacles)
            if yes:
                done = await merge_of(parts.db, kept, dropped, take=take or (), by=by)
        edge.emit({"preview": preview, "merge": done}, lambda: drawn.preview_page(preview, done))

    @command(app, "unmerge")
    async def undo(
        edge: Edge,
        *,
        merge: Annotated[str, typer.Argument(metavar="MERGE", help="The id that the merge gave.", show_default=False)],
        by: By = None,
    ) -> None:
        """Undo a merge; what came or was changed since stays with the one that was kept."""
        async with edge.app() as parts:
            done = await unmerge(parts.db, _id(merge), by=by)
        edge.emit(done, lambda: drawn.undone_page(done))

    @command(app)
    async def duplicates(
        edge: Edge,
        *,
        limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many groups.")] = 50,
        after: Annotated[str | None, typer.Option("--after", metavar="CURSOR", help="Those that follow: the cursor of the last.")] = None,
    ) -> None:
        """List which may be the same, and why; the surest reasons first."""
        async with edge.app() as parts:
            found = await find_duplicates(parts.db, kind, limit, after)
        edge.emit(found, lambda: drawn.duplicates_table(found))
        if len(found) == limit and not edge.as_json:
            edge.say(f"There may be more: --after {found[-1].cursor!r}")


async def _named(parts: App, kind: str, said: str) -> UUID:
    return (await (find_contact if kind == "contacts" else find_account)(parts.db, said)).id


def _id(said: str) -> UUID:
    try:
        return UUID(said)
    except ValueError:
        raise InvalidValueError("merge", f"{said!r} is no id of a merge; `merge` gave it.") from None
