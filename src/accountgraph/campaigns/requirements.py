"""What a campaign needs of the workspace: senders that are there, who they are before the law, and, to go live, a way out."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.addresses import email_key
from accountgraph.campaigns.definition.check import WRITTEN
from accountgraph.campaigns.definition.problems import Problem, nearest
from accountgraph.campaigns.enrolment.audience import channels_of, choose
from accountgraph.campaigns.facts import CONSOLE
from accountgraph.campaigns.rules.calendar import is_zone
from accountgraph.enums import Channel
from accountgraph.store.outreach.drafting import DraftingRepository

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from accountgraph.campaigns.definition.campaign import CampaignDefinition
    from accountgraph.db import Connectable


class UsableSender(Struct, frozen=True):
    """An active sender that the campaign may use. Each message's footer has its legal name, address and the way to opt out."""

    address: str
    channel: Channel
    transport: str
    timezone: str | None
    has_legal_identity: bool


async def requirements(db: Connectable, definition: CampaignDefinition) -> list[Problem]:
    """What the workspace lacks for this campaign; `apply` refuses it until it is there."""
    usable = await usable_senders(db, definition)
    known = set(await db.rows(str, "campaigns.campaigns.known_senders")) if definition.senders else set()
    topics = await db.rows(str, "campaigns.campaigns.known_topics") if definition.topic else []
    return [
        *_unknown(definition, known),
        *_topicless(definition, topics),
        *_without_sender(definition, usable),
        *_nameless(usable),
        *_zoneless(usable),
        *await _modelless(db, definition),
    ]


async def _modelless(db: Connectable, definition: CampaignDefinition) -> list[Problem]:
    drafted = [number for number, step in enumerate(definition.steps) if step.is_drafted]
    if not drafted or await DraftingRepository(db).get_settings() is not None:
        return []
    cure = "Name one: accountgraph settings model."
    return [Problem(f"steps[{drafted[0]}].drafted", "no model is set: templates do the job.", cure, is_note=True)]


async def audience_problems(db: Connectable, definition: CampaignDefinition, now: datetime) -> list[Problem]:
    """Why an audience is nobody, and each person it lists who is not there or cannot be reached. One without a field takes leads."""
    if definition.audience.is_nobody:
        return []
    listed = list(await _listed(db, definition)) if definition.audience.contacts else []
    selection = await choose(db, definition, now)
    if listed or selection.chosen or selection.excluded:
        return listed
    return [Problem("audience", "is nobody: no person of this workspace fits all its fields.", "Loosen it, or bring the people in first.")]


async def _listed(db: Connectable, definition: CampaignDefinition) -> Iterator[Problem]:
    ids, emails = definition.audience.contact_keys()
    found = await db.rows(_Listed, "campaigns.audience.listed", {"contact_ids": ids, "emails": emails})
    by_key = {key: person for person in found for key in (str(person.id), person.email_key) if key}
    channels = channels_of(definition)
    return _unreachable(definition.audience.contacts, by_key, channels)


def _unreachable(listed: Sequence[str], by_key: Mapping[str, _Listed], channels: Sequence[Channel]) -> Iterator[Problem]:
    for number, text in enumerate(listed):
        key = f"audience.contacts[{number}]"
        person = by_key.get(_key_of(text))
        if person is None:
            yield Problem(key, f"there is no contact {text!r}.", "Correct it, or bring the person in first.")
        elif not any(person.reaches(channel) for channel in channels):
            said = " or ".join(channels)
            yield Problem(key, f"{text} has no address for {said}.", "Add one to the contact, or take them off the list.")


def _key_of(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return email_key(text)


class _Listed(Struct, frozen=True):
    id: UUID
    email_key: str | None
    phone: str | None
    linkedin_url: str | None

    def reaches(self, channel: Channel) -> bool:
        match channel:
            case Channel.EMAIL:
                return self.email_key is not None
            case Channel.SMS | Channel.CALL | Channel.WHATSAPP:
                return self.phone is not None
            case Channel.LINKEDIN:
                return self.linkedin_url is not None
            case _:
                return True


async def usable_senders(db: Connectable, definition: CampaignDefinition) -> list[UsableSender]:
    """The active senders of the channels that the campaign writes on."""
    channels = [str(channel) for channel in channels_of(definition) if channel in WRITTEN]
    params = {"channels": channels, "addresses": list(definition.senders)}
    return await db.rows(UsableSender, "campaigns.campaigns.senders", params)


def _unknown(definition: CampaignDefinition, known: set[str]) -> Iterator[Problem]:
    for number, address in enumerate(definition.senders):
        if address not in known:
            yield Problem(f"senders[{number}]", f"there is no sender {address!r}.", f"{nearest(address, known)} Or add it as a sender.")


def _topicless(definition: CampaignDefinition, topics: Sequence[str]) -> Iterator[Problem]:
    if definition.topic and definition.topic not in topics:
        cure = f"{nearest(definition.topic, topics)} Or add it: `accountgraph settings set --topic KEY=NAME`."
        yield Problem("topic", f"there is no topic {definition.topic!r}.", cure)


def _without_sender(definition: CampaignDefinition, usable: list[UsableSender]) -> Iterator[Problem]:
    """A step that names a channel needs a sender on it; one that leaves it to the policy can do with mail alone."""
    able = {sender.channel for sender in usable}
    for number, step in enumerate(definition.steps):
        needed = step.channel or definition.policy.channels.order[0].channel
        if needed in WRITTEN and needed not in able:
            message = f"{step.key!r} goes by {needed}, and no active sender does that."
            cure = "Add one (`accountgraph sender add ADDRESS`), activate one, or name another under senders."
            yield Problem(f"steps[{number}]", message, cure)
            return


def _nameless(usable: list[UsableSender]) -> Iterator[Problem]:
    for sender in usable:
        if not sender.has_legal_identity:
            message = f"{sender.address} has no legal name and postal address, which the law wants in every message."
            cure = "Add them: `accountgraph settings set --legal-name NAME --postal-address ADDRESS`, or in the sender."
            yield Problem("senders", message, cure)


def _zoneless(usable: list[UsableSender]) -> Iterator[Problem]:
    for sender in usable:
        if sender.timezone is not None and not is_zone(sender.timezone):
            message = f"{sender.address} is in the time zone {sender.timezone!r}, and there is none."
            yield Problem("senders", message, "Give the sender an IANA name like Europe/Berlin.")


def live_requirements(usable: list[UsableSender]) -> list[Problem]:
    """What stands between the campaign and real messages."""
    cure = "Give it another transport, or leave it out under senders."
    return [Problem("senders", f"{sender.address} only prints to the console.", cure) for sender in usable if sender.transport == CONSOLE]
