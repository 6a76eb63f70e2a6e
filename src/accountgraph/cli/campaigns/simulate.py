"""`campaign simulate`: what a campaign would do, on a copy of its audience."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from accountgraph.campaigns.definition.file import read
from accountgraph.cli.frame import Edge, command, console, group
from accountgraph.cli.render.outreach.simulation import simulation_page
from accountgraph.errors import InvalidValueError
from accountgraph.simulation import TYPICAL, html_page, read_behaviour
from accountgraph.simulation import simulate as simulated
from accountgraph.store.naming import find_contact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from accountgraph.campaigns.definition.campaign import CampaignDefinition
    from accountgraph.simulation import Behaviour
    from accountgraph.simulation import Progress as Told

app = group("")
USUAL = timedelta(days=90)
_FILES = {".toml", ".yaml", ".yml"}


@command(app)
async def simulate(  # noqa: PLR0917 - one parameter an option
    edge: Edge,
    campaign: Annotated[str, typer.Argument(metavar="CAMPAIGN", help="A campaign's name, its id, or its file.", show_default=False)],
    start: Annotated[str | None, typer.Option("--start", metavar="TIME", help="From this day or time on [now].")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="TIME", help="Up to this day or time [90 days later].")] = None,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Of everything that is drawn; the same gives the same.")] = 0,
    behaviour: Annotated[
        str | None,
        typer.Option("--behaviour", metavar="FILE", help="What people do: a TOML file, or the word typical [nobody answers]."),
    ] = None,
    contact: Annotated[
        list[str] | None, typer.Option("--contact", metavar="CONTACT", help="These people, in this order, instead of the audience.")
    ] = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write a page with pictures there.")] = None,
) -> None:
    """Show what a campaign would do: who gets what and when, what is put off and why, what each mailbox carries.

    The real engine runs on a copy of the audience in a workspace that is thrown away; nothing is sent, and nothing here changes.
    """
    wanted = _campaign(campaign)
    people = _behaviour(behaviour)
    _check_writable(html)
    async with edge.app() as parts:
        begin = _moment("--start", start) or parts.db.now()
        end = _moment("--until", until) or begin + USUAL
        if end <= begin:
            raise InvalidValueError("--until", f"{end:%Y-%m-%d %H:%M} is not after the start, {begin:%Y-%m-%d %H:%M}.")
        chosen = [(await find_contact(parts.db, one)).id for one in contact] if contact else None
        with _bar() as show:
            report = await simulated(
                parts.db, wanted, start=begin, until=end, contacts=chosen, behaviour=people, seed=seed, on_progress=show
            )
    if html is not None:
        html.write_text(html_page(report), encoding="utf-8")
        edge.say(f"Wrote {html}.")
    edge.emit(report.facts(), lambda: simulation_page(report))


def _campaign(given: str) -> CampaignDefinition | UUID | str:
    if Path(given).suffix.lower() in _FILES:
        return read(given)
    try:
        return UUID(given)
    except ValueError:
        return given


def _behaviour(given: str | None) -> Behaviour | None:
    if given is None:
        return None
    return TYPICAL if given.strip().lower() == "typical" else read_behaviour(given)


def _check_writable(file: Path | None) -> None:
    """Before the work, rather than after it."""
    if file is not None and (file.is_dir() or not file.resolve().parent.is_dir()):
        raise InvalidValueError("--html", f"{file} cannot be written; name a file in a folder that is there.")


def _moment(flag: str, given: str | None) -> datetime | None:
    """A day (its beginning) or a time; UTC where no offset is said."""
    if given is None:
        return None
    try:
        day = date.fromisoformat(given)
    except ValueError:
        try:
            moment = datetime.fromisoformat(given)
        except ValueError:
            raise InvalidValueError(flag, f"{given!r} is no day or time; write 2026-03-02 or 2026-03-02T09:00+01:00.") from None
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return datetime.combine(day, time(), tzinfo=UTC)


@contextmanager
def _bar() -> Iterator[Callable[[Told], None]]:
    """A bar on standard error, where that is a terminal."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415 - slow to load

    errors = console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn(), console=errors, transient=True, disable=not errors.is_terminal
    )
    with bar:
        task = bar.add_task("Copying the audience", total=None)

        def show(told: Told) -> None:
            lasts, gone = (told.until - told.start).total_seconds(), (told.now - told.start).total_seconds()
            description = f"{told.now:%Y-%m-%d}, {told.touches:,} touches, {told.answers:,} answers"
            bar.update(task, total=lasts, completed=gone, description=description)

        yield show
