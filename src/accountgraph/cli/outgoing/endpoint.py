"""`webhook endpoint`: the systems that are told."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import asdict

from accountgraph import outgoing
from accountgraph.campaigns.work.finding import find_id
from accountgraph.cli.choices import one_of
from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.outgoing import drawing
from accountgraph.errors import AccountGraphError
from accountgraph.outgoing import EndpointChanges, Kind, NewEndpoint, Poster

if TYPE_CHECKING:
    from accountgraph.outgoing import Endpoint

app = group("Systems that are told what happens: add, list, show, change, pause, resume, rotate, remove, test.")
EndpointArgument = Annotated[str, typer.Argument(metavar="ENDPOINT", help="Its id, or how that begins.", show_default=False)]
KindOption = Annotated[
    list[str] | None,
    typer.Option("--kind", metavar="KIND", help="What it hears about; may be repeated; * is everything. `webhook kinds` lists them."),
]
DescriptionOption = Annotated[str | None, typer.Option("--description", metavar="TEXT", help="What it is for.")]


@command(app)
async def add(
    edge: Edge,
    *,
    url: Annotated[str, typer.Argument(metavar="URL", help="Its https address.", show_default=False)],
    kind: KindOption = None,
    description: DescriptionOption = None,
) -> None:
    """Add a system that is told. Its signing secret is shown here, once."""
    new = NewEndpoint(url=url, kinds=tuple(kind or ["*"]), description=description or "")
    async with edge.app() as parts:
        made = await outgoing.create_endpoint(parts.db, new)
    edge.emit(made, lambda: f"{made.endpoint.id}\nIts signing secret, which is not shown again:\n{made.secret}")


@command(app, "list")
async def list_(edge: Edge) -> None:
    """List the systems that are told, and how they fare."""
    async with edge.app() as parts:
        found, now = await outgoing.list_endpoints(parts.db), parts.db.now()
    edge.emit(found, lambda: drawing.endpoints_table(found, now))


@command(app)
async def show(edge: Edge, endpoint: EndpointArgument) -> None:
    """Show one; never its secret."""
    async with edge.app() as parts:
        found = await outgoing.get_endpoint(parts.db, await find_id(parts.db, "endpoint", endpoint))
        now = parts.db.now()
    edge.emit(found, lambda: drawing.endpoint_facts(found, now))


@command(app)
async def change(
    edge: Edge,
    endpoint: EndpointArgument,
    *,
    url: Annotated[str | None, typer.Option("--url", metavar="URL", help="Its https address.")] = None,
    kind: KindOption = None,
    description: DescriptionOption = None,
) -> None:
    """Change what is given."""
    changed = await _changed(edge, endpoint, EndpointChanges(url=url, kinds=tuple(kind) if kind else None, description=description))
    edge.emit(changed, lambda: f"Endpoint {changed.id} is changed.")


@command(app)
async def pause(
    edge: Edge,
    endpoint: EndpointArgument,
    *,
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why, for whoever looks.")] = None,
) -> None:
    """Tell it nothing for now; what happens waits for it, for 30 days."""
    changed = await _changed(edge, endpoint, EndpointChanges(is_active=False, reason=reason))
    edge.emit(changed, lambda: f"Endpoint {changed.id} is paused; what happens waits for it.")


@command(app)
async def resume(edge: Edge, endpoint: EndpointArgument) -> None:
    """Tell it again, what waited first."""
    changed = await _changed(edge, endpoint, EndpointChanges(is_active=True))
    edge.emit(changed, lambda: f"Endpoint {changed.id} is told again.")


@command(app)
async def rotate(
    edge: Edge,
    endpoint: EndpointArgument,
    *,
    overlap: Annotated[int, typer.Option("--overlap", min=0, max=720, metavar="HOURS", help="So long the old secret signs too.")] = 24,
) -> None:
    """Make a new signing secret; it is shown here, once."""
    async with edge.app() as parts:
        endpoint_id = await find_id(parts.db, "endpoint", endpoint)
        secret = await outgoing.rotate_secret(parts.db, endpoint_id, parts.db.now(), overlap=timedelta(hours=overlap))
    until = f"The old one signs too for {overlap} hours." if overlap else "The old one signs no more."
    edge.emit({"id": endpoint_id, "secret": secret}, lambda: f"The new signing secret, which is not shown again:\n{secret}\n{until}")


@command(app)
async def remove(edge: Edge, endpoint: EndpointArgument) -> None:
    """Forget it, with its secret and the log of what it was told."""
    async with edge.app() as parts:
        endpoint_id = await find_id(parts.db, "endpoint", endpoint)
        await outgoing.delete_endpoint(parts.db, endpoint_id)
    edge.emit({"id": endpoint_id}, lambda: f"Endpoint {endpoint_id} is forgotten.")


@command(app)
async def test(
    edge: Edge,
    endpoint: EndpointArgument,
    *,
    kind: Annotated[str, typer.Option("--kind", metavar="KIND", help="With the example of this kind.")] = "webhook.test",  # noqa: PT028 - no test
) -> None:
    """Tell it an example now, once, and show what it answered."""
    chosen = Kind(one_of(Kind, "--kind", kind) or "")
    async with edge.app() as parts:
        endpoint_id = await find_id(parts.db, "endpoint", endpoint)
        detail = await outgoing.send_test(parts.db, Poster(parts.db.settings.webhook_networks), endpoint_id, chosen)
        now = parts.db.now()
    edge.emit(asdict(detail), lambda: drawing.delivery_detail(detail, now))
    if detail.delivery.state != "delivered":
        raise AccountGraphError(f"It did not get through: {detail.delivery.error}.")


async def _changed(edge: Edge, said: str, changes: EndpointChanges) -> Endpoint:
    async with edge.app() as parts:
        return await outgoing.update_endpoint(parts.db, await find_id(parts.db, "endpoint", said), changes, parts.db.now())
