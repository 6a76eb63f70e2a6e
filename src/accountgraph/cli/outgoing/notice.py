"""`notice`: who is told what waits, and when."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Annotated

import typer

from accountgraph import notices
from accountgraph.cli.choices import one_of
from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.outgoing import drawing
from accountgraph.cli.outreach.shared import transports_over
from accountgraph.errors import AccountGraphError, NotFoundError
from accountgraph.notices import NewChannel, NoticeKind
from accountgraph.notices.channels import Way
from accountgraph.notices.timing import Rhythm
from accountgraph.outgoing import Poster

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.db import Connectable

app = group("Tell people what waits for them: add, list, remove, test, preview.")
COMMANDS = {"notice": app}
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="What the channel is called.", show_default=False)]


@command(app)
async def add(
    edge: Edge,
    *,
    name: NameArgument,
    email: Annotated[str | None, typer.Option("--email", metavar="ADDRESS", help="Tell this address.")] = None,
    webhook: Annotated[
        str | None, typer.Option("--webhook", metavar="URL", help="Tell a system; its signing secret is shown once.")
    ] = None,
    slack: Annotated[str | None, typer.Option("--slack", metavar="URL", help="Tell an incoming webhook of Slack's; kept sealed.")] = None,
    sender: Annotated[str | None, typer.Option("--sender", metavar="ADDRESS", help="The mailbox of mails [the only one].")] = None,
    kind: Annotated[
        list[str] | None, typer.Option("--kind", metavar="KIND", help=f"May be repeated [all]: {', '.join(NoticeKind)}.")
    ] = None,
    every: Annotated[str, typer.Option("--every", metavar="RHYTHM", help=f"One of {', '.join(Rhythm)}.")] = str(Rhythm.HOURLY),
    at: Annotated[str, typer.Option("--at", metavar="HH:MM", help="When, where it is daily.")] = "08:00",
    timezone: Annotated[str | None, typer.Option("--timezone", metavar="ZONE", help="Of its clock [the workspace's].")] = None,
    gap: Annotated[int, typer.Option("--gap", min=0, metavar="MINUTES", help="Between two notices at least.")] = 15,
    quiet: Annotated[str | None, typer.Option("--quiet", metavar="HH:MM-HH:MM", help="When nobody is told.")] = None,
    reply_hours: Annotated[int, typer.Option("--reply-hours", min=0, metavar="N", help="How long a reply may wait.")] = 4,
) -> None:
    """Add a channel; what waits already is told at its first time."""
    way, address = _way(email, webhook, slack)
    begin, end = _quiet(quiet)
    new = NewChannel(
        name=name,
        way=way,
        address=address,
        sender=sender,
        kinds=tuple(kind or ["*"]),
        rhythm=Rhythm(one_of(Rhythm, "--every", every) or ""),
        daily_at=_clock("--at", at),
        timezone=timezone,
        gap_minutes=gap,
        quiet_from=begin,
        quiet_to=end,
        reply_hours=reply_hours,
    )
    async with edge.app() as parts:
        made = await notices.create_channel(parts.db, new, parts.db.now())
    secret = f"\nIts signing secret, which is not shown again:\n{made.secret}" if made.secret else ""
    edge.emit(made, lambda: f"{name} is told from {made.channel.next_look_at:%Y-%m-%d %H:%M %Z} on.{secret}")


@command(app, "list")
async def list_(edge: Edge) -> None:
    """List the channels, and how they fare."""
    async with edge.app() as parts:
        found, now = await notices.list_channels(parts.db), parts.db.now()
    edge.emit(found, lambda: drawing.channels_table(found, now))


@command(app)
async def remove(edge: Edge, name: NameArgument) -> None:
    """Tell it no more."""
    async with edge.app() as parts:
        channel_id = await _channel(parts.db, name)
        await notices.delete_channel(parts.db, channel_id)
    edge.emit({"id": channel_id}, lambda: f"{name} is told no more.")


@command(app)
async def test(edge: Edge, name: NameArgument) -> None:
    """Tell it a made-up thing now."""
    async with edge.app() as parts:
        transports = transports_over(edge, parts.db)
        try:
            http = Poster(parts.db.settings.webhook_networks)
            outcome = await notices.send_trial(parts.db, http, transports.transport_for, await _channel(parts.db, name))
        finally:
            await transports.close()
    if outcome.error is not None:
        raise AccountGraphError(f"{name} was not told: {outcome.error}.")
    edge.emit(outcome, lambda: f"{name} was told a made-up thing.")


@command(app)
async def preview(edge: Edge, name: NameArgument) -> None:
    """Show what it would be told now; nothing is sent."""
    async with edge.app() as parts:
        found = await notices.preview(parts.db, await _channel(parts.db, name))
    edge.emit(found, lambda: drawing.notice_text(found, name))


async def _channel(db: Connectable, name: str) -> UUID:
    found: UUID | None = await db.value("outgoing.notices.by_name", {"name": name})
    if found is None:
        raise NotFoundError(f"There is no channel {name!r}; look with `notice list`.")
    return found


def _way(email: str | None, webhook: str | None, slack: str | None) -> tuple[Way, str]:
    given = [(way, said) for way, said in ((Way.EMAIL, email), (Way.WEBHOOK, webhook), (Way.SLACK, slack)) if said is not None]
    if len(given) != 1:
        raise typer.BadParameter("give one of --email, --webhook and --slack.", param_hint="--email")
    return given[0]


def _quiet(said: str | None) -> tuple[time | None, time | None]:
    if said is None:
        return None, None
    begin, _, end = said.partition("-")
    return _clock("--quiet", begin), _clock("--quiet", end)


def _clock(flag: str, said: str) -> time:
    try:
        return time.fromisoformat(said.strip())
    except ValueError:
        raise typer.BadParameter(f"{said!r} is no time of day; write 08:00.", param_hint=flag) from None
