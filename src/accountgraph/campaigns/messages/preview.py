"""What a campaign would say to a person, step by step, without anything being done."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

import msgspec
from msgspec import Struct

from accountgraph.addresses import email_key
from accountgraph.campaigns.messages.compose import WRITTEN, Composed, compose_instructions, compose_variant
from accountgraph.campaigns.messages.envelope import Below, address_of, below_of
from accountgraph.campaigns.messages.errors import MessageError
from accountgraph.campaigns.messages.texts import TextSize, size_on
from accountgraph.campaigns.messages.variables import Thread, Variables, load_for_contact
from accountgraph.enums import Channel
from accountgraph.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from accountgraph.campaigns.definition.campaign import CampaignDefinition, Template, Variant
    from accountgraph.campaigns.definition.steps import Step
    from accountgraph.db import Connectable


class Preview(Struct, frozen=True, kw_only=True):
    """One step in one of its variants, as the person would get it. `warnings`: what keeps it from leaving by itself, or is missing.

    `channel`: the step's, or the one that the policy tries first. `content` None: it cannot be written for this person.
    `tracks`: `opens` and `clicks`, where they are told of. `size`: of an SMS, with its footer: encoding and segments.
    """

    step_key: str
    track: str
    channel: Channel
    variant: str | None = None
    subject: str | None = None
    content: str | None = None
    signature: str = ""
    footer: str = ""
    tracks: tuple[str, ...] = ()
    size: TextSize | None = None
    names: str | None = None
    needs_approval: bool = False
    warnings: tuple[str, ...] = ()


class _Way(NamedTuple):
    """How far a preview came on a track: what is known by then, and the touches before."""

    variables: Variables
    touches: int


async def preview(db: Connectable, definition: CampaignDefinition, person: UUID | str, now: datetime) -> list[Preview]:
    """Every step in every variant, in the order of the file, for a contact by id or e-mail address.

    A follow-up answers the first variant of the e-mail before it.

    Raises:
        NotFoundError: there is no such contact.
    """
    contact_id = person if isinstance(person, UUID) else await db.value("campaigns.messages.contact", {"email_key": email_key(person)})
    variables = await load_for_contact(db, contact_id, definition.senders, now) if contact_id else None
    if variables is None:
        raise NotFoundError(f"There is no contact {person}.")
    return previewed(definition, variables)


def previewed(definition: CampaignDefinition, variables: Variables) -> list[Preview]:
    """As `preview`, of what is known already."""
    found: list[Preview] = []
    ways = {track: _Way(variables, 0) for track in {step.track for step in definition.steps}}
    for step in definition.steps:
        way = ways[step.track]
        shown = list(_of_step(definition, step, way))
        found += shown
        ways[step.track] = _Way(_after(way.variables, shown[0]), way.touches + 1)
    return found


def _of_step(definition: CampaignDefinition, step: Step, way: _Way) -> Iterator[Preview]:
    template = definition.templates.get(step.template or "")
    channel = step.channel or _channel_of(definition, way.touches + 1)
    asks = definition.policy.asks(step, is_drafted=step.is_drafted)
    for variant in (template.variants if template else ()) or (None,):
        said = _said(step, template, variant, way.variables, channel)
        shown = _shown(step, variant, way.variables, channel, said)
        yield msgspec.structs.replace(shown, needs_approval=asks or shown.names is not None)


def _said(
    step: Step, template: Template | None, variant: Variant | None, variables: Variables, channel: Channel
) -> Composed | MessageError:
    try:
        if template is None:
            return compose_instructions(step, channel)
        return compose_variant(step, template, variant, variables, channel=channel)
    except MessageError as error:
        return error


def _shown(step: Step, variant: Variant | None, variables: Variables, channel: Channel, said: Composed | MessageError) -> Preview:
    composed = said if isinstance(said, Composed) else None
    names = variables.reference.colleague.name if composed and composed.mentions_id and variables.reference else None
    warnings = [str(said)] if isinstance(said, MessageError) else []
    if names:
        warnings.append(f"It names {names}: a person approves it.")
    if channel in WRITTEN:
        warnings += ["A model writes it where one is set; these words stand in."] if step.is_drafted else []
        warnings += _lacks(variables, channel)
    below = below_of(variables, channel) if channel in WRITTEN else Below()
    return Preview(
        step_key=step.key,
        track=step.track.value,
        channel=channel,
        variant=variant.key if variant else None,
        subject=composed.subject if composed else None,
        content=composed.content if composed else None,
        signature=below.signature,
        footer=below.footer,
        tracks=below.tracks,
        size=size_on(channel, composed.content, below.footer) if composed else None,
        names=names,
        warnings=tuple(warnings),
    )


def _lacks(variables: Variables, channel: Channel) -> Iterator[str]:
    if not address_of(variables, channel):
        yield f"The person has no address for {channel}."
    if variables.sender is None:
        yield "There is no sender for it; add one."
    elif not variables.sender.legal_name:
        yield "The sender has no legal identity; the law asks for a name and a postal address."


def _channel_of(definition: CampaignDefinition, attempt: int) -> Channel:
    """The first that the policy tries at an attempt."""
    order = definition.policy.channels.order
    return next((rule.channel for rule in order if rule.first <= attempt <= (rule.last or attempt)), Channel.EMAIL)


def _after(variables: Variables, shown: Preview) -> Variables:
    """What is known once the person got this."""
    if shown.channel not in WRITTEN:
        return variables
    thread = variables.thread
    if shown.channel is Channel.EMAIL:
        thread = Thread(message_id="<before@preview>", subject=shown.subject or (thread.subject if thread else None) or "...")
    return msgspec.structs.replace(variables, thread=thread, is_first_contact=False)
