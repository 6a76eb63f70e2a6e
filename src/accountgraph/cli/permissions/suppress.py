"""`suppress`: whom not to write to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from accountgraph.campaigns.work.finding import find_id
from accountgraph.cli.choices import one_of, one_of_words
from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.outreach.shared import LimitOption, NoteOption  # noqa: TC001 - Typer reads the annotations
from accountgraph.cli.render.outreach import permissions as drawn
from accountgraph.enums import Channel, SuppressionReason
from accountgraph.errors import NotFoundError
from accountgraph.store.naming import find_contact
from accountgraph.store.suppressions import SuppressionRepository, people_of

if TYPE_CHECKING:
    from typing import TypedDict
    from uuid import UUID

    from accountgraph.db import Connectable

    class Target(TypedDict, total=False):
        """One of an address, a domain, a number and a person."""

        address: str
        domain: str
        phone: str
        contact_id: UUID


app = group("Suppressions: whom not to write to: add, list, remove.")
COMMANDS = {"suppress": app}
Whom = Annotated[str, typer.Argument(metavar="TARGET", help="An e-mail address, or a domain with all below it.", show_default=False)]
PersonOption = Annotated[bool, typer.Option("--person", help="TARGET names a contact: on every address and number.")]
PhoneOption = Annotated[bool, typer.Option("--phone", help="TARGET is a telephone number, like +49 30 901820.")]
ChannelOption = Annotated[str, typer.Option("--channel", metavar="CHANNEL", help="On this channel alone.")]
_CHANNELS = ["all", *(channel.value for channel in Channel)]


@command(app)
async def add(
    edge: Edge,
    *,
    target: Whom,
    person: PersonOption = False,
    phone: PhoneOption = False,
    channel: ChannelOption = "all",
    reason: Annotated[
        str, typer.Option("--reason", metavar="REASON", help="unsubscribed, bounced, complained, objection, do_not_contact, manual.")
    ] = "manual",
    note: NoteOption = None,
) -> None:
    """Write to an address, a domain, a number or a person no more, from this moment on. A number: no calls, SMS, WhatsApp."""
    on, why = one_of_words(_CHANNELS, "--channel", channel), one_of(SuppressionReason, "--reason", reason)
    async with edge.app() as parts:
        whom = await _target(parts.db, target, is_person=person, is_phone=phone)
        repository = SuppressionRepository(parts.db)
        if phone and on == "all":
            made = await repository.suppress_number(target, reason=why or "manual", note=note)
        else:
            made = [await repository.suppress(**whom, channel=on or "all", reason=why or "manual", note=note)]
    where = ", ".join(one.channel for one in made)
    edge.emit(made if phone else made[0], lambda: f"{target} is suppressed ({where}: {made[0].reason}).")


@command(app, "list")
async def list_(
    edge: Edge,
    *,
    contact: Annotated[str | None, typer.Option("--contact", metavar="CONTACT", help="Only what keeps us from this person.")] = None,
    channel: ChannelOption = "email",
    limit: LimitOption = 100,
) -> None:
    """List suppressions, the oldest first. With --contact: those that hold for somebody on a channel."""
    on = one_of_words(_CHANNELS, "--channel", channel)
    async with edge.app() as parts:
        repository = SuppressionRepository(parts.db)
        if contact:
            found = await repository.get_suppressions((await find_contact(parts.db, contact)).id, on or "email")
        else:
            found = await repository.list_suppressions(limit=limit)
        people, now = await people_of(parts.db, found), parts.db.now()
    edge.emit(found, lambda: drawn.suppressions_table(found, people, now))


@command(app)
async def remove(
    edge: Edge,
    *,
    target: Annotated[
        str, typer.Argument(metavar="TARGET", help="An id of the list, an address, a number or a domain.", show_default=False)
    ],
    person: PersonOption = False,
    phone: PhoneOption = False,
    channel: ChannelOption = "all",
) -> None:
    """Lift a suppression: by its id, or what was suppressed on a channel (all: the one of all channels)."""
    on = one_of_words(_CHANNELS, "--channel", channel)
    async with edge.app() as parts:
        repository = SuppressionRepository(parts.db)
        if person or phone or "@" in target or "." in target:
            whom = await _target(parts.db, target, is_person=person, is_phone=phone)
            found = await repository.find_suppressions(**whom, channel=None if phone and on == "all" else on)
            ids = [one.id for one in found]
        else:
            ids = [await find_id(parts.db, "suppression", target)]
        if not ids:
            there = " It may be the person: add --person." if "@" in target and not person else ""
            raise NotFoundError(f"{target} is not suppressed on {on}; look with `suppress list`.{there}")
        for one in ids:
            await repository.remove_suppression(one)
    edge.emit({"removed": ids}, lambda: f"{target} may be written to again, as far as this suppression goes.")


async def _target(db: Connectable, said: str, *, is_person: bool, is_phone: bool) -> Target:
    if is_phone:
        return {"phone": said}
    if is_person:
        return {"contact_id": (await find_contact(db, said)).id}
    return {"address": said} if "@" in said else {"domain": said}
