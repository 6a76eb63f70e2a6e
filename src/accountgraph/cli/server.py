"""`db`: the server itself, and what is in it as a whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path  # noqa: TC003 - Typer reads it
from typing import TYPE_CHECKING, Annotated, Any

import typer

from accountgraph import backup as backups
from accountgraph.cli.frame import Edge, command, group, run_async
from accountgraph.cli.render.page import facts_table
from accountgraph.clients import environment, masked, program
from accountgraph.postgres import EmbeddedServer
from accountgraph.workspaces import binding_of

if TYPE_CHECKING:
    from rich.console import RenderableType

app = group("The database server: the embedded one, or the one that DATABASE_URL names.")
COMMANDS = {"db": app}


@command(app)
def start(edge: Edge) -> None:
    """Start the embedded server where it does not run, and print its URL."""
    url = edge.url()
    edge.emit({"url": url}, lambda: url)


@command(app)
def stop(edge: Edge) -> None:
    """Stop the embedded server; open sessions end."""
    stopped = EmbeddedServer(edge.settings.home).stop()
    edge.emit({"stopped": stopped}, lambda: "Stopped." if stopped else "It was not running.")


@command(app)
def url(edge: Edge) -> None:
    """Print the connection URL, for psql and every other client; starts the embedded server where that is used."""
    found = edge.url()
    edge.emit({"url": found}, lambda: found)


@command(app)
def status(edge: Edge) -> None:
    """Show what runs, where its data are, and which version it is; starts nothing."""
    settings = edge.settings
    if settings.database_url:
        shown = masked(settings.database_url)
        edge.emit({"embedded": False, "url": shown}, lambda: f"Your own server: {shown}")
        return
    found = EmbeddedServer(settings.home).status()
    facts = {
        "embedded": True,
        "running": found.running,
        "pid": found.pid,
        "version": found.version,
        "data": str(found.data),
        "url": found.url,
    }
    edge.emit(facts, lambda: _status(facts))


@command(app, passes_on=True)
def psql(
    edge: Edge,
    arguments: Annotated[
        list[str] | None, typer.Argument(metavar="ARGS", help="Arguments for psql: -c 'SELECT ...'; after -- where they are ours, too.")
    ] = None,
) -> None:
    """Open psql in the workspace, as the workspace's own role."""
    target = edge.url()
    binding = None if edge.settings.pooler else run_async(binding_of(target, edge.settings, as_agent=False))
    executable = str(program(edge.settings, "psql"))
    surroundings = environment(target, binding)
    sys.stdout.flush()
    if sys.platform == "win32":  # there is no exec that keeps the terminal
        raise typer.Exit(subprocess.run([executable, *(arguments or [])], env=surroundings, check=False).returncode)  # noqa: S603 - psql
    os.execve(executable, ["psql", *(arguments or [])], surroundings)  # noqa: S606 - it is psql that was asked for


@command(app)
def backup(
    edge: Edge, file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it; must not exist.", show_default=False)]
) -> None:
    """Write everything, all workspaces and their roles, to one file that `db restore` reads."""
    made = backups.back_up(edge.url(), edge.settings, file, on_step=edge.say)
    names = [workspace.name for workspace in made.workspaces]
    facts = {"file": str(file), "bytes": file.stat().st_size, "workspaces": names, "taken_at": made.taken_at}
    edge.emit(facts, lambda: f"{file}: {facts['bytes']:,} bytes, workspaces {', '.join(names) or 'none'}.")


@command(app)
def restore(
    edge: Edge,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `db backup` wrote.", show_default=False)],
    replace: Annotated[bool, typer.Option("--replace", help="Give up the data that are in the database now.")] = False,
) -> None:
    """Bring a backup back, in one transaction, also on another server. Refuses where there are data already."""
    settings = edge.settings
    target = settings.database_url or EmbeddedServer(settings.home).start(on_wait=edge.say)
    made = backups.restore(target, settings, file, replace=replace, on_step=edge.say)
    names = [workspace.name for workspace in made.workspaces]
    facts = {"workspaces": names, "taken_at": made.taken_at}
    if not names:
        edge.emit(facts, lambda: "Restored no workspace.")
        return
    held = "Where campaigns were active they are on hold until `accountgraph hold lift workspace`: what left since then is not known here."
    edge.emit(facts, lambda: f"Restored {', '.join(names)}, as of {made.taken_at}. {held}")


def _status(facts: dict[str, Any]) -> RenderableType:
    table = facts_table()
    table.add_row("Server", "PostgreSQL, embedded" if facts["embedded"] else "your own (DATABASE_URL)")
    table.add_row("State", f"runs, process {facts['pid']}" if facts["running"] else "does not run; `accountgraph db start` starts it")
    for label in ("version", "data"):
        if facts[label]:
            table.add_row(label.capitalize(), str(facts[label]))
    if facts["url"]:  # here it would be broken into lines that nobody can copy
        table.add_row("URL", "`accountgraph db url` prints it, on one line")
    return table
