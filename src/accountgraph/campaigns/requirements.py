"""What a campaign needs of the workspace: senders that are there, who they are before the law, and, to go live, a way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from accountgraph.campaigns.definition.check import WRITTEN
from accountgraph.campaigns.definition.problems import Problem, nearest
from accountgraph.campaigns.enrolment.audience import channels_of
from accountgraph.enums import Channel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accountgraph.campaigns.definition.campaign import CampaignDefinition
    from accountgraph.db import Connectable

CONSOLE = "console"


class UsableSender(Struct, frozen=True):
    """An active sender that the campaign may use. Each message's footer has its legal name, address and the way to opt out."""

    address: str
    channel: Channel
    transport: str
    has_legal_identity: bool


async def requirements(db: Connectable, definition: CampaignDefinition) -> list[Problem]:
    """What the workspace lacks for this campaign; `apply` refuses it until it is there."""
    usable = await usable_senders(db, definition)
    known = set(await db.rows(str, "campaigns.campaigns.known_senders")) if definition.senders else set()
    return [*_unknown(definition, known), *_without_sender(definition, usable), *_nameless(usable)]


async def usable_senders(db: Connectable, definition: CampaignDefinition) -> list[UsableSender]:
    """The active senders of the channels that the campaign writes on."""
    channels = [str(channel) for channel in channels_of(definition) if channel in WRITTEN]
    params = {"channels": channels, "addresses": list(definition.senders)}
    return await db.rows(UsableSender, "campaigns.campaigns.senders", params)


def _unknown(definition: CampaignDefinition, known: set[str]) -> Iterator[Problem]:
    for number, address in enumerate(definition.senders):
        if address not in known:
            yield Problem(f"senders[{number}]", f"there is no sender {address!r}.", f"{nearest(address, known)} Or add it as a sender.")


def _without_sender(definition: CampaignDefinition, usable: list[UsableSender]) -> Iterator[Problem]:
    """A step that names a channel needs a sender on it; one that leaves it to the policy can do with mail alone."""
    able = {sender.channel for sender in usable}
    for number, step in enumerate(definition.steps):
        needed = step.channel or definition.policy.channels.order[0].channel
        if needed in WRITTEN and needed not in able:
            message = f"{step.key!r} goes by {needed}, and no active sender does that."
            yield Problem(f"steps[{number}]", message, "Add a sender, activate one, or name another under senders.")
            return


def _nameless(usable: list[UsableSender]) -> Iterator[Problem]:
    for sender in usable:
        if not sender.has_legal_identity:
            message = f"{sender.address} has no legal name and postal address, which the law wants in every message."
            cure = "Add a legal identity, and name it in the sender or in the workspace's settings."
            yield Problem("senders", message, cure)


def live_requirements(usable: list[UsableSender]) -> list[Problem]:
    """What stands between the campaign and real messages."""
    cure = "Give it another transport, or leave it out under senders."
    return [Problem("senders", f"{sender.address} only prints to the console.", cure) for sender in usable if sender.transport == CONSOLE]
