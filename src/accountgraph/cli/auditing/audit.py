"""`audit`: who changed what, and taking it back."""

from __future__ import annotations

from typing import Annotated

import typer

from accountgraph.audit import get_audit, list_audit, undo_changes
from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.outreach.shared import AccountOption, moment
from accountgraph.cli.render import audit as drawn
from accountgraph.store.naming import find_account

app = group("The audit log: who changed what, and taking it back: list, show, undo.")
COMMANDS = {"audit": app}
Since = Annotated[str | None, typer.Option("--since", metavar="TIME", help="Only from then on.")]
Until = Annotated[str | None, typer.Option("--until", metavar="TIME", help="Only before then.")]
Actor = Annotated[str | None, typer.Option("--actor", metavar="NAME", help="Only by them, as the list names them.")]
Transaction = Annotated[str | None, typer.Option("--transaction", metavar="N", help="Only what was done together with this number.")]


@command(app, "list")
async def list_(
    edge: Edge,
    *,
    actor: Actor = None,
    table: Annotated[str | None, typer.Option("--table", metavar="TABLE", help="Only of this table.")] = None,
    row: Annotated[str | None, typer.Option("--row", metavar="ID", help="Only of this row.")] = None,
    account: AccountOption = None,
    transaction: Transaction = None,
    since: Since = None,
    until: Until = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="At most so many.")] = 50,
    after: Annotated[str | None, typer.Option("--after", metavar="CURSOR", help="The page after the one that named this.")] = None,
) -> None:
    """List what was changed, the latest first."""
    begin, end = moment("--since", since), moment("--until", until)
    async with edge.app() as parts:
        page = await list_audit(
            parts.db,
            actor=actor,
            table=table,
            row_id=row,
            account=(await find_account(parts.db, account)).id if account else None,
            transaction=transaction,
            since=begin,
            until=end,
            limit=limit,
            after=after,
        )
        now = parts.db.now()
    edge.emit(page, lambda: drawn.changes_table(page.items, now))
    if page.next and not edge.as_json:
        edge.say(f"There is more: --after {page.next}")


@command(app)
async def show(edge: Edge, change: Annotated[int, typer.Argument(metavar="CHANGE", help="Its number.", show_default=False)]) -> None:
    """Show one change, with what stood there before."""
    async with edge.app() as parts:
        found = await get_audit(parts.db, change)
    edge.emit(found, lambda: drawn.change_page(found))


@command(app)
async def undo(
    edge: Edge,
    *,
    changes: Annotated[list[int] | None, typer.Argument(metavar="[CHANGE]...", help="Their numbers.", show_default=False)] = None,
    transaction: Transaction = None,
    actor: Annotated[str | None, typer.Option("--actor", metavar="NAME", help="The last that they changed; --last says how many.")] = None,
    last: Annotated[int, typer.Option("--last", min=1, max=1000, help="With --actor: so many.")] = 1,
) -> None:
    """Take changes back where the rows still are as they left them: all of them, or none. What was sent stays sent."""
    async with edge.app() as parts:
        report = await undo_changes(parts.db, ids=changes or None, transaction=transaction, actor=actor, last=last)
    edge.emit(report, lambda: drawn.undo_page(report))
    if not report.is_done:
        raise typer.Exit(1)
