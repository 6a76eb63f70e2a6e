"""`secret`: passwords, keys and tokens that the workspace keeps sealed."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Annotated

import typer

from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.mailboxes.asking import secret_from
from accountgraph.cli.render.outreach import mailboxes as drawn
from accountgraph.db import Database
from accountgraph.errors import NotFoundError
from accountgraph.schema import lasting_workspaces
from accountgraph.store import rotation
from accountgraph.store.secrets import SecretRepository

app = group("Stored secrets: put, list, delete, reseal, rotate.")
COMMANDS = {"secret": app}
Name = Annotated[str, typer.Argument(metavar="NAME", help="What settings call it, as secret:NAME.", show_default=False)]


@command(app)
async def put(edge: Edge, name: Name) -> None:
    """Store a secret, from a prompt or standard input; it is never printed."""
    said = secret_from(f"Secret {name}: ")
    async with edge.app() as parts:
        await SecretRepository(parts.db).put_secret(name, said)
    edge.emit({"name": name}, lambda: f"It is sealed; settings name it secret:{name}.")


@command(app, "list")
async def list_(edge: Edge) -> None:
    """List which secrets there are, never what they say."""
    async with edge.app() as parts:
        found = await SecretRepository(parts.db).list_secrets()
        now = parts.db.now()
    edge.emit(found, lambda: drawn.secrets_table(found, now))


@command(app)
async def delete(edge: Edge, name: Name) -> None:
    """Forget a secret; whoever needs it fails from then on."""
    async with edge.app() as parts:
        if not await SecretRepository(parts.db).delete_secret(name):
            raise NotFoundError(f"There is no secret {name!r}; look with `secret list`.")
    edge.emit({"name": name}, lambda: f"Secret {name} is forgotten.")


@command(app)
async def reseal(edge: Edge) -> None:
    """Seal everything with the first key; the others are not needed then."""
    async with edge.app() as parts:
        done = await SecretRepository(parts.db).reseal()
    edge.emit({"resealed": done}, lambda: f"{done} sealed anew.")


@command(app)
async def rotate(edge: Edge) -> None:
    """Make a new key, seal the secrets of all workspaces with it, and put the old one aside.

    Both keys stand in the file until all is done. Where other machines have a copy of the file, do it by hand instead: docs/operations.md.
    """
    async with edge.app() as parts, AsyncExitStack() as stack:
        settings = parts.db.settings
        url = settings.database_url or edge.url()
        names = sorted(await asyncio.to_thread(lasting_workspaces, url))
        opened = [Database(url, workspace=name, pooler=settings.pooler, acting=edge.acting) for name in names]
        databases = [await stack.enter_async_context(db) for db in opened]
        done = await rotation.rotate(settings, databases)
    edge.emit(
        done,
        lambda: (
            f"{done.resealed} sealed anew in {done.workspaces} workspaces. The old key is in {done.old_keys}: it opens backups of before;"
            " remove it when there are none."
        ),
    )
