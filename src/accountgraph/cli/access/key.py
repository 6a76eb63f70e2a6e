"""`key`: what programs and agents enter with."""

from __future__ import annotations

from typing import Annotated

import typer

from accountgraph.access import GRANTS, Permission
from accountgraph.access.keys import NewKey, create_key, list_keys, revoke_key, rotate_key
from accountgraph.cli.access.shared import KeyArgument, actor, find_key, role_of, span_of, time_of
from accountgraph.cli.choices import one_of_words
from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.render import access as drawn

app = group("API keys of a workspace: create, list, revoke, rotate.")
COMMANDS = {"key": app}


@command(app)
async def create(
    edge: Edge,
    *,
    label: Annotated[str, typer.Argument(metavar="LABEL", help="What it is for.", show_default=False)],
    role: Annotated[str, typer.Option("--role", metavar="ROLE", help="owner, admin, member, viewer or agent.")] = "viewer",
    scope: Annotated[
        list[str] | None, typer.Option("--scope", metavar="PERMISSION", help="Only this of what the role may; several times.")
    ] = None,
    expires: Annotated[
        str | None, typer.Option("--expires", metavar="WHEN", help="When it ends: 90d, 12h, or a day like 2027-01-31 [never].")
    ] = None,
    agent: Annotated[str | None, typer.Option("--agent", metavar="NAME", help="The agent that uses it.")] = None,
) -> None:
    """Make a key. It is printed once, on standard output, and cannot be shown again."""
    wanted = role_of(role)
    names = sorted(GRANTS[wanted])
    scopes = [Permission(one_of_words(names, "--scope", one) or one) for one in scope] if scope else None
    async with edge.registry() as registry:
        until = time_of(expires, registry.now(), "--expires") if expires else None
        workspace = edge.settings.workspace
        made = await create_key(registry, workspace, label, wanted, scopes=scopes, expires_at=until, agent=agent, created_by=actor())
    _show(edge, made)


@command(app, "list")
async def list_(edge: Edge, every: Annotated[bool, typer.Option("--all", help="With those that were revoked.")] = False) -> None:
    """List the keys of the workspace, the newest first; never what opens anything."""
    async with edge.registry() as registry:
        found = await list_keys(registry, edge.settings.workspace, with_revoked=every)
        now = registry.now()
    edge.emit(found, lambda: drawn.keys_table(found, now))


@command(app)
async def revoke(edge: Edge, key: KeyArgument) -> None:
    """Let a key open nothing any more; servers that know it notice within 10 seconds."""
    async with edge.registry() as registry:
        found = await find_key(registry, edge.settings.workspace, key)
        await revoke_key(registry, found.workspace, found.id, by=actor())
    edge.emit({"revoked": found.id}, lambda: f"Key {found.label} (agk_{found.prefix}) opens nothing any more.")


@command(app)
async def rotate(
    edge: Edge,
    *,
    key: KeyArgument,
    overlap: Annotated[
        str | None, typer.Option("--overlap", metavar="SPAN", help="So long the old one opens yet: 30m, 12h, 7d [not at all].")
    ] = None,
) -> None:
    """Put a new key of the same rights in the place of one. It is printed once, as by `create`."""
    given = {"overlap": span_of(overlap, "--overlap")} if overlap else {}
    async with edge.registry() as registry:
        found = await find_key(registry, edge.settings.workspace, key)
        made = await rotate_key(registry, found.workspace, found.id, by=actor(), **given)
    _show(edge, made)


def _show(edge: Edge, made: NewKey) -> None:
    edge.say(f"Key {made.key.label} of workspace {made.key.workspace}, role {made.key.role}. It is shown this once; keep it now.")
    edge.emit({"token": made.token, "key": made.key}, lambda: made.token)
