"""The channels on which agents ask for messages: each a campaign of one step without an audience, so that arbiter, approvals, ledger
and everything else that holds for campaigns holds for agents too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from accountgraph.campaigns.apply import apply, load_version
from accountgraph.campaigns.definition.campaign import CampaignDefinition
from accountgraph.campaigns.definition.check import WRITTEN
from accountgraph.campaigns.engine.queues import Hours, Place, ensure, free_days
from accountgraph.campaigns.lifecycle import find_campaign, start
from accountgraph.campaigns.requirements import usable_senders
from accountgraph.enums import Channel
from accountgraph.errors import AccountGraphError, NotFoundError
from accountgraph.store.outreach.settings import SettingsRepository

if TYPE_CHECKING:
    from accountgraph.db import Connectable, Session

OFFERED = (Channel.EMAIL, Channel.SMS, Channel.WHATSAPP, Channel.LINKEDIN, Channel.CALL)
_STEP = "message"
# Nobody has such a field: where the words of a message were taken back, the template finds nothing to say, and a person is asked.
_WORDS = "{{ contact.attributes.words_of_the_agent }}"


class AgentChannel(Struct, frozen=True, kw_only=True):
    """A channel that agents have. `is_live` False: its messages go to the console and count nowhere, until its campaign goes live."""

    channel: Channel
    campaign: str
    status: str
    is_live: bool


async def list_channels(db: Connectable) -> list[AgentChannel]:
    """The channels that agents have."""
    return await db.rows(AgentChannel, "agents.agents.channels")


async def open_channels(db: Connectable) -> dict[str, str]:
    """Open each channel that can be used and is not open yet; gives why the others stay closed. The campaigns begin as dry runs.

    A campaign `agents-CHANNEL` that is there already, with a policy of the workspace's own, is taken as it is.
    """
    known = {one.channel for one in await list_channels(db)}
    closed = {}
    for channel in OFFERED:
        if channel in known:
            continue
        try:
            await db.run(lambda session, channel=channel: _open(session, channel))  # type: ignore[misc]
        except AccountGraphError as error:
            closed[channel.value] = " ".join(error.lines)
    return closed


def definition_of(channel: Channel) -> CampaignDefinition:
    """The campaign of a channel: one step, nobody in its audience, everything approved unless a budget lets it go."""
    template: dict[str, Any] = {"body": _WORDS}
    if channel is Channel.EMAIL:
        template["subject"] = _WORDS
    return msgspec.convert(
        {
            "name": f"agents-{channel}",
            "description": "Messages that AI agents write. Its policy says when they may leave; its audience is nobody.",
            "steps": [{"key": _STEP, "channel": channel.value, "template": "words", "wait_business_days": 0}],
            "templates": {"words": template},
            "policy": {"requires_approval": True, "reentry": "any", "pace": {"most_touchpoints": 1}},
        },
        CampaignDefinition,
    )


async def definition_in_force(session: Session, channel: Channel) -> CampaignDefinition:
    """The campaign of a channel as it is now; as it would be, where it is not open."""
    try:
        found = await find_campaign(session, definition_of(channel).name)
    except NotFoundError:
        return definition_of(channel)
    return await load_version(session, found.version_in_force)


async def _open(session: Session, channel: Channel) -> None:
    definition = definition_of(channel)
    if channel in WRITTEN and not await usable_senders(session, definition):
        raise NotFoundError(f"no active sender for {channel}; add one with `accountgraph sender add ADDRESS --channel {channel}`.")
    try:
        found = await find_campaign(session, definition.name)
    except NotFoundError:
        await apply(session, definition, with_audience=False)
        found = (await start(session, definition.name)).campaign
    written = await load_version(session, found.version_in_force)
    now = session.now()
    zone = (await SettingsRepository(session).get_settings()).timezone
    place = Place(None, False, channel, zone, None, Hours.of(written.policy.schedule, channel))
    queues = await ensure(session, {place}, await free_days(session, now), now)
    params = {"channel": channel, "campaign_id": found.id, "queue_id": queues[place]}
    await session.value("agents.agents.open_channel", params)
