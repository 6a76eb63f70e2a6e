"""The options of questions about touches: a period, a zone, filters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from accountgraph.analytics import Asked, Narrowed, asked_of
from accountgraph.cli.choices import one_of
from accountgraph.cli.outreach.shared import campaign_id_of, day
from accountgraph.enums import AccountTier, Channel
from accountgraph.errors import NotFoundError
from accountgraph.store.outreach.senders import SenderRepository

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.db import Connectable

Since = Annotated[str | None, typer.Option("--since", metavar="DAY", help="The first day [89 days before the last].")]
Until = Annotated[str | None, typer.Option("--until", metavar="DAY", help="The last day [today].")]
Zone = Annotated[str | None, typer.Option("--zone", metavar="ZONE", help="Whose days, as Europe/Berlin [the workspace's].")]
OnChannel = Annotated[str | None, typer.Option("--channel", metavar="CHANNEL", help=f"Only on this channel: {', '.join(Channel)}.")]
OfTier = Annotated[str | None, typer.Option("--tier", metavar="TIER", help=f"Only accounts of this tier: {', '.join(AccountTier)}.")]
OfIndustry = Annotated[str | None, typer.Option("--industry", metavar="NAME", help="Only accounts of this industry.")]
FromSender = Annotated[str | None, typer.Option("--sender", metavar="ADDRESS", help="Only what left through this mailbox or number.")]


async def asked(
    db: Connectable,
    *,
    since: str | None = None,
    until: str | None = None,
    zone: str | None = None,
    channel: str | None = None,
    tier: str | None = None,
    industry: str | None = None,
    campaign: str | None = None,
    sender: str | None = None,
) -> Asked:
    """The question that the options ask.

    Raises:
        typer.BadParameter: an option is none of what it may be.
        NotFoundError: there is no such campaign or mailbox.
    """
    on_channel, of_tier = one_of(Channel, "--channel", channel), one_of(AccountTier, "--tier", tier)
    first = day("--since", since) if since else None
    last = day("--until", until) if until else None
    narrowed = Narrowed(
        channel=Channel(on_channel) if on_channel else None,
        tier=AccountTier(of_tier) if of_tier else None,
        industry=industry,
        campaign_id=await campaign_id_of(db, campaign),
        sender_id=await _sender_id(db, sender, on_channel or Channel.EMAIL),
    )
    return await asked_of(db, since=first, until=last, zone=zone, narrowed=narrowed)


async def _sender_id(db: Connectable, address: str | None, channel: str) -> UUID | None:
    if address is None:
        return None
    found = await SenderRepository(db).get_sender_by_address(address, channel=channel)
    if found is None:
        raise NotFoundError(f"There is no {channel} sender {address}.")
    return found.id
