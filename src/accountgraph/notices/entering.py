"""Letting people in by mail: an invitation, and a link for another password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from accountgraph.access.people.resets import ask_reset
from accountgraph.errors import AccountGraphError
from accountgraph.notices import letters

if TYPE_CHECKING:
    from accountgraph.access import Registry
    from accountgraph.access.actor import Origin
    from accountgraph.access.people.invitations import NewInvitation
    from accountgraph.notices.own_mail import OwnMail


class HandedOver(Struct, frozen=True, kw_only=True):
    """How an invitation went. `link`: for who invites, where no mail left; `problem`: why none did, where the server can send some."""

    link: str | None = None
    problem: str | None = None


async def hand_over(own_mail: OwnMail | None, made: NewInvitation, address: str) -> HandedOver:
    """Mail an invitation's link, or give it to who invites. `address`: what the server was reached by, where it sends no mails."""
    if own_mail is None:
        return HandedOver(link=letters.link(address, letters.JOIN, made.token))
    try:
        await own_mail.send(letters.invitation(made, own_mail.site))
    except AccountGraphError as error:
        return HandedOver(link=letters.link(own_mail.site, letters.JOIN, made.token), problem=str(error))
    return HandedOver()


async def mail_reset(own_mail: OwnMail, registry: Registry, email: str, *, origin: Origin) -> None:
    """Have a link for another password mailed, where there is such a user; how long it takes does not tell."""
    made = await ask_reset(registry, email, origin=origin)
    if made is not None:
        own_mail.send_later(letters.reset(made, own_mail.site))
