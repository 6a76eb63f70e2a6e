"""`holiday`: free days of the workspace's own."""

from __future__ import annotations

from typing import Annotated

import typer

from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.outreach.shared import day
from accountgraph.cli.render.outreach import law as drawn
from accountgraph.store.outreach.free_days import FreeDayRepository

app = group("Free days of your own, beside the public holidays of where people are: add, list, remove.")
COMMANDS = {"holiday": app}
Day = Annotated[str, typer.Argument(metavar="DAY", help="For example 2031-12-24.", show_default=False)]
RegionOption = Annotated[
    str | None, typer.Option("--region", metavar="CODE", help="Only for people there: DE, US-CA (ISO 3166) [everywhere].")
]


@command(app)
async def add(
    edge: Edge,
    *,
    when: Day,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What day it is.", show_default=False)],
    region: RegionOption = None,
) -> None:
    """Nothing is sent on this day; business days pass over it."""
    on = day("DAY", when)
    async with edge.app() as parts:
        added = await FreeDayRepository(parts.db).add_free_day(on, name, region)
    edge.emit(added, lambda: f"{added.day} is free{f' in {added.region}' if added.region else ''}: {added.name}.")


@command(app, "list")
async def list_(
    edge: Edge, since: Annotated[str | None, typer.Option("--since", metavar="DAY", help="From this day on [today].")] = None
) -> None:
    """List the free days that are ahead."""
    first = day("--since", since) if since else None
    async with edge.app() as parts:
        found = await FreeDayRepository(parts.db).list_free_days(first or parts.db.now().date())
    edge.emit(found, lambda: drawn.free_days_table(found))


@command(app)
async def remove(edge: Edge, *, when: Day, region: RegionOption = None) -> None:
    """Take a free day away."""
    on = day("DAY", when)
    async with edge.app() as parts:
        await FreeDayRepository(parts.db).remove_free_day(on, region)
    edge.emit({"day": on, "region": region}, lambda: f"{on} is a day like any other{f' in {region}' if region else ''}.")
