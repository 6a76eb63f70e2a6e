"""`consent`: on what basis somebody may be written to."""

from __future__ import annotations

from typing import Annotated

import typer

from accountgraph.cli.choices import one_of
from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.outreach.shared import moment
from accountgraph.cli.render.outreach import permissions as drawn
from accountgraph.enums import Channel, ConsentBasis
from accountgraph.store.consents import ConsentRepository
from accountgraph.store.naming import find_contact

app = group("Consents: add, list, revoke.")
COMMANDS = {"consent": app}
Contact = Annotated[str, typer.Argument(metavar="CONTACT", help="An e-mail address, an id, or first and last name.", show_default=False)]
AtOption = Annotated[str | None, typer.Option("--at", metavar="TIME", help="When [now].")]


@command(app)
async def add(
    edge: Edge,
    *,
    contact: Contact,
    channel: Annotated[str, typer.Argument(metavar="CHANNEL", help="email, sms, call, linkedin, mail, whatsapp or meeting.")],
    basis: Annotated[
        str, typer.Option("--basis", metavar="BASIS", help="consent, legitimate_interest, contract or legal_obligation.")
    ] = "consent",
    wording: Annotated[str | None, typer.Option("--wording", metavar="TEXT", help="What was agreed to.")] = None,
    evidence: Annotated[str | None, typer.Option("--evidence", metavar="TEXT", help="Where that shows.")] = None,
    at: AtOption = None,
) -> None:
    """Record that somebody may be written to on a channel."""
    by_channel, on_basis = one_of(Channel, "CHANNEL", channel), one_of(ConsentBasis, "--basis", basis)
    async with edge.app() as parts:
        person = await find_contact(parts.db, contact)
        recorded = await ConsentRepository(parts.db).record_consent(
            person.id, by_channel or "", on_basis or "", wording=wording, evidence=evidence, captured_at=moment("--at", at)
        )
    edge.emit(recorded, lambda: f"{person.name} may be written to by {recorded.channel} ({recorded.basis}).")


@command(app, "list")
async def list_(
    edge: Edge, contact: Contact, everything: Annotated[bool, typer.Option("--all", help="With those that were revoked.")] = False
) -> None:
    """List somebody's consents, the latest first."""
    async with edge.app() as parts:
        person = await find_contact(parts.db, contact)
        found = await ConsentRepository(parts.db).get_consents(person.id, include_revoked=everything)
        now = parts.db.now()
    edge.emit(found, lambda: drawn.consents_table(found, now))


@command(app)
async def revoke(
    edge: Edge,
    *,
    contact: Contact,
    channel: Annotated[str | None, typer.Option("--channel", metavar="CHANNEL", help="On this channel alone [all].")] = None,
    at: AtOption = None,
) -> None:
    """End somebody's consents; the record of them stays."""
    by_channel = one_of(Channel, "--channel", channel)
    async with edge.app() as parts:
        person = await find_contact(parts.db, contact)
        ended = await ConsentRepository(parts.db).revoke_consent(person.id, by_channel, at=moment("--at", at))
    what = ", ".join(sorted({consent.channel for consent in ended}))
    edge.emit(ended, lambda: f"Ended: {what}." if ended else f"Nothing changed: {person.name} has no consent that stands.")
