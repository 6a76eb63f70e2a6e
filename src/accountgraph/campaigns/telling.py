"""A campaign's sequence in plain language, for whoever has to judge it without reading its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from accountgraph.campaigns.rules.channels import BY_PEOPLE, planned_channel
from accountgraph.campaigns.rules.sequence import said, wait_of
from accountgraph.campaigns.rules.who import name_of
from accountgraph.enums import Channel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accountgraph.campaigns.definition.campaign import CampaignDefinition, Template
    from accountgraph.campaigns.definition.steps import Step


class ToldStep(Struct, frozen=True, kw_only=True):
    """One step: `what` is done and `when`, and what else there is to `notes`: its words, conditions, branches, approval."""

    key: str
    track: str
    what: str
    when: str
    notes: tuple[str, ...] = ()


def tell(definition: CampaignDefinition) -> list[ToldStep]:
    """The steps in the order of the file. Where the policy chooses channel and gap, they are those of somebody who gets every step."""
    touches: dict[str, int] = {}
    told = []
    for step in definition.steps:
        before = touches.get(step.track, 0)
        told.append(_told(definition, step, before))
        touches[step.track] = before + 1
    return told


def _told(definition: CampaignDefinition, step: Step, before: int) -> ToldStep:
    channel = step.channel or planned_channel(definition.policy.channels, before + 1)
    return ToldStep(
        key=step.key,
        track=step.track.value,
        what=_what(channel) if step.channel else f"{_what(channel)}, or what else the policy chooses",
        when=_when(definition, step, before),
        notes=tuple(_notes(definition, step, channel, before)),
    )


def _what(channel: Channel) -> str:
    return f"a task for one of us: {name_of(channel)}" if channel in BY_PEOPLE else name_of(channel)


def _when(definition: CampaignDefinition, step: Step, before: int) -> str:
    days = wait_of(step, definition.policy.pace, before)
    after = "later" if before else "after the start" if step.track == "main" else "after the switch of track"
    if days == 0:
        return "at once"
    return f"{days} business {'day' if days == 1 else 'days'} {after}"


def _notes(definition: CampaignDefinition, step: Step, channel: Channel, before: int) -> Iterator[str]:
    if step.only_if:
        yield f"only for whoever {said(step.only_if)}"
    template = definition.templates.get(step.template or "")
    if template is not None:
        yield _words(template, answers=channel is Channel.EMAIL and step.same_thread and before > 0)
    elif step.instructions:
        yield f"\N{LEFT DOUBLE QUOTATION MARK}{step.instructions}\N{RIGHT DOUBLE QUOTATION MARK}"
    for branch in step.branches:
        yield f"after it, whoever {said(branch.condition)} goes on with {branch.to}"
    is_drafted = step.is_drafted and channel not in BY_PEOPLE
    if is_drafted:
        yield "a model writes it for each person, where one is set; else it is the template's"
    if definition.policy.asks(step, is_drafted=is_drafted) and channel not in BY_PEOPLE:
        yield "a person approves each message"


def _words(template: Template, *, answers: bool) -> str:
    subject = template.subject or next((variant.subject for variant in template.variants if variant.subject), None)
    begun = "answers the mail before it" if answers else f"subject: {subject}" if subject else "without a subject"
    if not template.variants:
        return begun
    shares = ", ".join(f"{variant.key} x {variant.weight}" if variant.weight > 1 else variant.key for variant in template.variants)
    return f"{begun}; {len(template.variants)} variants: {shares}"
