"""The words of one step for one person: which variant, what it says, what identifies it, and whom it names."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.campaigns.messages.errors import MissingVariableError
from accountgraph.campaigns.messages.sandbox import render
from accountgraph.enums import Channel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accountgraph.campaigns.definition.campaign import CampaignDefinition, Template, Variant
    from accountgraph.campaigns.definition.steps import Step
    from accountgraph.campaigns.drafts import Written
    from accountgraph.campaigns.messages.variables import Variables

WRITTEN = frozenset({Channel.EMAIL, Channel.SMS, Channel.WHATSAPP})


class Composed(Struct, frozen=True, kw_only=True):
    """What a step says to a person. `content_hash`: of exactly this, 64 hex digits. `mentions_id`: the colleague it names."""

    subject: str | None = None
    content: str
    content_hash: str
    variant: str | None = None
    mentions_id: UUID | None = None


def compose(
    definition: CampaignDefinition, step: Step, variables: Variables, *, enrolment_id: UUID, channel: Channel | None = None
) -> Composed:
    """What a step says to a person. `channel` is the one chosen; None: the step's own, or else e-mail.

    Without a template it is the step's instructions, for whoever does it.

    Raises:
        MissingVariableError: it speaks of something that is not known; or a first message has to say where the address is from,
            and nobody recorded it.
        TemplateRefusedError: the template cannot be used.
    """
    template = definition.templates.get(step.template or "")
    if template is None:
        return compose_instructions(step, channel or step.channel)
    variant = variant_of(template.variants, enrolment_id, step.key)
    return compose_variant(step, template, variant, variables, channel=channel)


def compose_instructions(step: Step, channel: Channel | None) -> Composed:
    """What a step without a template tells whoever does it. A message to the person needs a template. Raises as `compose`."""
    if channel in WRITTEN:
        raise MissingVariableError("template", f"steps.{step.key}", f"Give the step a template: it goes out by {channel}.")
    return _composed(None, step.instructions or "")


def compose_variant(
    step: Step, template: Template, variant: Variant | None, variables: Variables, *, channel: Channel | None = None
) -> Composed:
    """What one variant of a template says. Raises as `compose`."""
    channel = channel or step.channel or Channel.EMAIL
    if channel in WRITTEN:
        check_source(variables)
    where = f"templates.{step.template}" + (f".variants.{variant.key}" if variant else "")
    namespace = variables.namespace()
    subject = None
    if channel is Channel.EMAIL:
        text = (variant.subject if variant else None) or template.subject
        subject = answering(step, variables) or _one_line(render(text or "", namespace, f"{where}.subject"))
        if not subject:
            raise MissingVariableError("subject", where, "Give the template a subject: this e-mail begins a thread.")
    content = render(variant.body if variant else template.body, namespace, f"{where}.body")
    if not content:
        raise MissingVariableError("body", where, "Nothing is left to say to this person; give the template words for everybody.")
    names = variables.reference is not None and bool(namespace["colleague"].read or namespace["referred_by"].read)
    mentions_id = variables.reference.colleague.id if names and variables.reference else None
    return _composed(subject, content, variant.key if variant else None, mentions_id)


def compose_draft(step: Step, draft: Written, variables: Variables, *, channel: Channel) -> Composed:
    """What a model wrote for a step, in its thread.

    Raises:
        MissingVariableError: it has no subject and begins a thread; or a first message has to say where the address is from, and
            nobody recorded it.
    """
    check_source(variables)
    subject = None
    if channel is Channel.EMAIL:
        subject = answering(step, variables) or draft.subject
        if not subject:
            raise MissingVariableError("subject", f"the draft for steps.{step.key}", "Give it one: this e-mail begins a thread.")
    return _composed(subject, draft.content, mentions_id=draft.mentions_id)


def answering(step: Step, variables: Variables) -> str | None:
    """The subject of an e-mail that goes on in its thread, which is the thread's; None where it begins one."""
    if not (step.same_thread and variables.thread and variables.thread.subject):
        return None
    subject = variables.thread.subject
    return subject if subject[:3].lower() == "re:" else f"Re: {subject}"


def variant_of(variants: Sequence[Variant], enrolment_id: UUID, step_key: str) -> Variant | None:
    """Which variant an enrolment gets at a step: the same whenever it is asked; over many, each its share by weight."""
    if not variants:
        return None
    drawn = int.from_bytes(sha256(enrolment_id.bytes + step_key.encode()).digest()[:8]) % sum(one.weight for one in variants)
    for variant in variants:
        drawn -= variant.weight
        if drawn < 0:
            return variant
    raise AssertionError("weights are at least 1")


def names_colleagues(definition: CampaignDefinition) -> bool:
    """Whether a template of the campaign may speak of a colleague, or of who referred us."""
    written: list[Template | Variant] = []
    for template in definition.templates.values():
        written += [template, *template.variants]
    return any(name in f"{one.subject} {one.body}" for one in written for name in ("colleague", "referred_by"))


def content_hash(subject: str | None, content: str) -> str:
    """What identifies exactly this subject and content: SHA-256, 64 hex digits."""
    return sha256(f"{subject or ''}\n{content}".encode()).hexdigest()


def _composed(subject: str | None, content: str, variant: str | None = None, mentions_id: UUID | None = None) -> Composed:
    digest = content_hash(subject, content)
    return Composed(subject=subject, content=content, content_hash=digest, variant=variant, mentions_id=mentions_id)


def check_source(variables: Variables) -> None:
    """Refuse a message that has to say where the address is from, where nobody recorded it.

    Raises:
        MissingVariableError: naming what is to be recorded.
    """
    if variables.needs_notice and not (variables.person.source or "").strip():
        cure = "Record where the address is from (the contact's source): the law asks a first message to say it."
        raise MissingVariableError("contact.source", "the first-contact notice", cure)


def _one_line(text: str) -> str:
    return " ".join(text.split())
