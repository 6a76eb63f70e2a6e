"""`webhook delivery`: what was told, and telling it again."""

from __future__ import annotations

from typing import Annotated

import typer
from msgspec.structs import asdict

from accountgraph import outgoing
from accountgraph.campaigns.work.finding import find_id
from accountgraph.cli.choices import one_of
from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.outgoing import drawing
from accountgraph.cli.outreach.shared import moment
from accountgraph.outgoing import Deliveries, Kind
from accountgraph.outgoing.deliveries import DeliveryState

app = group("What systems were told, and how it went: list, show, resend, replay.")
DeliveryArgument = Annotated[int, typer.Argument(metavar="DELIVERY", help="Its number in the list.", show_default=False)]


@command(app, "list")
async def list_(
    edge: Edge,
    *,
    endpoint: Annotated[str | None, typer.Option("--endpoint", metavar="ID", help="Only to this one.")] = None,
    state: Annotated[str | None, typer.Option("--state", metavar="STATE", help=f"One of {', '.join(DeliveryState)}.")] = None,
    kind: Annotated[str | None, typer.Option("--kind", metavar="KIND", help="Only of this kind.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="So many at most, the latest first.")] = 20,
    after: Annotated[int | None, typer.Option("--after", metavar="DELIVERY", help="The page that comes after this one.")] = None,
) -> None:
    """List deliveries, the latest first."""
    chosen, about = one_of(DeliveryState, "--state", state), one_of(Kind, "--kind", kind)
    async with edge.app() as parts:
        wanted = Deliveries(
            endpoint_id=await find_id(parts.db, "endpoint", endpoint) if endpoint else None,
            state=DeliveryState(chosen) if chosen else None,
            kind=about,
            after=after,
            limit=limit,
        )
        found, now = (await outgoing.list_deliveries(parts.db, wanted)).items, parts.db.now()
    edge.emit(found, lambda: drawing.deliveries_table(found, now))


@command(app)
async def show(edge: Edge, delivery: DeliveryArgument) -> None:
    """Show one: what it says, and every try."""
    async with edge.app() as parts:
        detail, now = await outgoing.get_delivery(parts.db, delivery), parts.db.now()
    edge.emit(asdict(detail), lambda: drawing.delivery_detail(detail, now))


@command(app)
async def resend(edge: Edge, delivery: DeliveryArgument) -> None:
    """Tell it again, with the same webhook-id; a worker does."""
    async with edge.app() as parts:
        again = await outgoing.resend(parts.db, delivery, parts.db.now())
    edge.emit(again, lambda: f"Delivery {again.id} is due.")


@command(app)
async def replay(
    edge: Edge,
    endpoint: Annotated[str, typer.Argument(metavar="ENDPOINT", help="Its id, or how that begins.", show_default=False)],
    *,
    since: Annotated[str, typer.Option("--since", metavar="TIME", help="From here on.", show_default=False)],
    until: Annotated[str | None, typer.Option("--until", metavar="TIME", help="Up to here [now].")] = None,
) -> None:
    """Tell an endpoint everything of a period again, or for the first time; a worker does."""
    begin, end = moment("--since", since), moment("--until", until)
    assert begin is not None  # noqa: S101 - it was given
    async with edge.app() as parts:
        now = parts.db.now()
        endpoint_id = await find_id(parts.db, "endpoint", endpoint)
        count = await outgoing.replay(parts.db, endpoint_id, begin, end or now, now)
    edge.emit({"id": endpoint_id, "deliveries": count}, lambda: f"{count:,} deliveries are due.")
