"""`jurisdiction`: what the law of each country says about cold messages."""

from __future__ import annotations

from typing import Annotated

import typer

from accountgraph.cli.choices import one_of
from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.outreach.shared import NoteOption, day
from accountgraph.cli.render.outreach import law as drawn
from accountgraph.enums import Channel
from accountgraph.store.outreach.jurisdictions import JurisdictionRepository, LegalRule

app = group("What the law of a country says about cold messages, dated; not legal advice: list, set, remove.")
COMMANDS = {"jurisdiction": app}
Country = Annotated[str, typer.Argument(metavar="COUNTRY", help="Two letters (ISO 3166).", show_default=False)]
OnChannel = Annotated[str, typer.Argument(metavar="CHANNEL", help="email, sms, call, linkedin, mail, whatsapp or meeting.")]
FromOption = Annotated[str | None, typer.Option("--from", metavar="DAY", help="From this day on [today].")]


@command(app, "list")
async def list_(
    edge: Edge,
    *,
    country: Annotated[str | None, typer.Option("--country", metavar="COUNTRY", help="Only of this country.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="With what held before, and what will.")] = False,
) -> None:
    """List what holds today, by country and channel."""
    async with edge.app() as parts:
        on = None if everything else parts.db.now().date()
        found = await JurisdictionRepository(parts.db).list_jurisdictions(country=country.upper() if country else None, on=on)
    edge.emit(found, lambda: drawn.jurisdictions_table(found))


@command(app, "set")
async def set_(
    edge: Edge,
    *,
    country: Country,
    channel: OnChannel,
    rule: Annotated[str, typer.Argument(metavar="RULE", help="allow, consent (only with one) or deny.", show_default=False)],
    source: Annotated[str, typer.Option("--source", metavar="TEXT", help="The law, or the authority's page.", show_default=False)],
    begin: FromOption = None,
    note: NoteOption = None,
) -> None:
    """Say what holds from a day on; what held before stays in the table."""
    by_channel, what = one_of(Channel, "CHANNEL", channel), one_of(LegalRule, "RULE", rule)
    since = day("--from", begin) if begin else None
    async with edge.app() as parts:
        given = {"country": country.upper(), "channel": by_channel, "valid_from": since or parts.db.now().date(), "rule": what}
        put = await JurisdictionRepository(parts.db).put_jurisdiction({**given, "source": source, "note": note})
    edge.emit(put, lambda: f"{put.country}, {put.channel}: {drawn.RULES[put.rule]}, from {put.valid_from} on.")


@command(app)
async def remove(
    edge: Edge,
    *,
    country: Country,
    channel: OnChannel,
    begin: Annotated[str, typer.Option("--from", metavar="DAY", help="The day that it begins on.", show_default=False)],
) -> None:
    """Take a rule away; the one before it holds again."""
    by_channel, since = one_of(Channel, "CHANNEL", channel), day("--from", begin)
    async with edge.app() as parts:
        await JurisdictionRepository(parts.db).remove_jurisdiction(country.upper(), by_channel or "", since)
    removed = {"country": country.upper(), "channel": by_channel, "valid_from": since}
    edge.emit(removed, lambda: f"Removed: {country.upper()}, {by_channel}, from {since} on.")
