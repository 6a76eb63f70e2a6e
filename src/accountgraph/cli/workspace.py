"""`workspace` and `migrate`: the schemas that the data lives in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from accountgraph.cli.frame import Edge, command, group
from accountgraph.errors import DatabaseError
from accountgraph.queries import sql_folder
from accountgraph.schema import check_name, create_workspace, drop_workspace, list_workspaces, migrate, migration_sql

if TYPE_CHECKING:
    from accountgraph.schema import Migrated, Workspace

workspaces = group("Workspaces: one PostgreSQL schema each, with a role of its own.")
migrations = group("")
COMMANDS = {"workspace": workspaces, "migrate": migrations}


@command(workspaces, "list")
def list_(edge: Edge) -> None:
    """List the workspaces and their schema versions."""
    found = list_workspaces(edge.url())
    edge.emit([_facts(workspace) for workspace in found], lambda: _drawn(found))


@command(workspaces)
def create(
    edge: Edge, name: Annotated[str, typer.Argument(metavar="NAME", help="Its name: a-z, 0-9 and _, beginning with a letter.")]
) -> None:
    """Make a workspace, with all its tables."""
    made = create_workspace(edge.url(), name, must_be_new=True)
    edge.emit(_facts(made), lambda: f"Workspace {made.name} is there; use it with --workspace {made.name}.")


@command(workspaces)
def drop(
    edge: Edge,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The workspace to remove.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove a workspace with everything in it. There is no way back but a backup."""
    if not yes:
        typer.confirm(f"Remove workspace {name} and everything in it?", abort=True, err=True)
    drop_workspace(edge.url(), name)
    edge.emit({"dropped": name}, lambda: f"Workspace {name} is gone.")


@command(migrations, "migrate")
def migrate_(
    edge: Edge,
    sql: Annotated[bool, typer.Option("--sql", help="Print the SQL that makes a workspace from nothing, and run nothing.")] = False,
    supabase_policies: Annotated[
        bool,
        typer.Option("--supabase-policies", help="Print row level security policies that let members in through Supabase's Data API."),
    ] = False,
) -> None:
    """Bring every workspace to the newest schema, a transaction each; a failure leaves that one whole as it was."""
    if sql:
        typer.echo(migration_sql(edge.settings.workspace), nl=False)
        return
    if supabase_policies:
        typer.echo(_supabase_policies(edge.settings.workspace), nl=False)
        return
    url = edge.url()
    if not list_workspaces(url):
        create_workspace(url, edge.settings.workspace)
    outcomes = migrate(url, on_step=lambda workspace, number, total: edge.say(f"{number} of {total}: {workspace.name}"))
    edge.emit(outcomes, lambda: "\n".join(_said(outcome) for outcome in outcomes))
    if failed := [outcome.workspace for outcome in outcomes if outcome.error]:
        raise DatabaseError(f"{', '.join(failed)}: not migrated, and whole at the old version; see above.")


def _facts(workspace: Workspace) -> dict[str, Any]:
    return {"name": workspace.name, "schema": workspace.schema, "schema_version": workspace.version, "role": workspace.role}


def _drawn(found: list[Workspace]) -> Table | str:
    if not found:
        return "There is no workspace yet; `accountgraph up` makes the first one."
    table = Table("Workspace", "Schema version", "Role", box=None, header_style="bold", pad_edge=False)
    for workspace in found:
        table.add_row(workspace.name, workspace.version or "not migrated", workspace.role)
    return table


def _said(outcome: Migrated) -> str:
    if outcome.error:
        return f"{outcome.workspace}: stays at {outcome.before}: {outcome.error}"
    if outcome.before == outcome.after:
        return f"{outcome.workspace}: up to date ({outcome.after})"
    return f"{outcome.workspace}: {outcome.before or 'nothing'} -> {outcome.after}"


def _supabase_policies(workspace: str) -> str:
    check_name(workspace)
    return (sql_folder() / "supabase" / "membership_policies.sql").read_text(encoding="utf-8").replace("{workspace}", workspace)
