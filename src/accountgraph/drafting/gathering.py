"""Gathering what a draft is written from and checked against."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from accountgraph.campaigns.messages import MessageError, compose
from accountgraph.campaigns.messages.compose import answering
from accountgraph.drafting.checking import Ground, Named
from accountgraph.drafting.checking.ground import Reference
from accountgraph.drafting.prompting import prompt_of
from accountgraph.enums import Channel
from accountgraph.graph import CompanyGraph, Fact, Source, as_cited_prompt

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.campaigns.definition.campaign import CampaignDefinition
    from accountgraph.campaigns.definition.steps import Step
    from accountgraph.campaigns.messages import Composed, Variables
    from accountgraph.campaigns.messages.variables import Acquaintance
    from accountgraph.db import Connectable
    from accountgraph.drafting.prompting import Prompt

MOST_CONTEXT = 6_000  # characters
MOST_WORDS = {Channel.EMAIL: 150, Channel.SMS: 40, Channel.WHATSAPP: 60}


class Assignment(NamedTuple):
    """One message to write: for whom, what the model is told, and what it may say."""

    contact_id: UUID
    prompt: Prompt
    ground: Ground


async def gather(
    db: Connectable, definition: CampaignDefinition, step: Step, variables: Variables, *, channel: Channel, enrolment_id: UUID
) -> Assignment:
    """What a step's message for one person is written from.

    Raises:
        NotFoundError: the contact is not there any more.
    """
    person = variables.person
    context = await CompanyGraph(db).get_conversation_context(person.id, include_relationship_context=False)
    cited = as_cited_prompt(context, MOST_CONTEXT)
    reference = _reference(variables)
    facts = (*cited.facts, *_told(variables, reference, len(cited.facts)))
    text = "\n".join([cited.text, *(f"[{fact.id}] {fact.text}" for fact in facts[len(cited.facts) :])])
    template = _template(definition, step, variables, channel, enrolment_id)
    ground = Ground(
        facts=facts,
        ours=tuple(_ours(step, variables, template)),
        recipient=Named(id=person.id, first_name=person.first_name or "", last_name=person.last_name or ""),
        sender=Named(first_name=(variables.sender.name or "") if variables.sender else ""),
        reference=reference,
        max_words=step.max_words if isinstance(step.max_words, int) else MOST_WORDS[channel],
        needs_subject=channel is Channel.EMAIL and answering(step, variables) is None,
    )
    prompt = prompt_of(ground, variables, text, step.instructions, template, is_mail=channel is Channel.EMAIL)
    return Assignment(person.id, prompt, ground)


def _template(definition: CampaignDefinition, step: Step, variables: Variables, channel: Channel, enrolment_id: UUID) -> Composed | None:
    """What would go out otherwise; None where it speaks of something that is not known."""
    try:
        return compose(definition, step, variables, enrolment_id=enrolment_id, channel=channel)
    except MessageError:
        return None


def _ours(step: Step, variables: Variables, template: Composed | None) -> list[str]:
    sender = variables.sender
    texts = [step.instructions, template.subject if template else None, template.content if template else None]
    texts += [sender.name, sender.address, sender.legal_name, sender.signature] if sender else []
    texts += [variables.thread.subject] if variables.thread else []
    return [text for text in texts if text]


def _reference(variables: Variables) -> Reference | None:
    found = variables.reference
    if found is None:
        return None
    colleague: Acquaintance = found.colleague  # type: ignore[assignment]  # the rule gives back one of those it was given
    first = colleague.first_name or ""
    is_referrer = variables.referred_by is not None and variables.referred_by.colleague.id == colleague.id
    last = colleague.name.removeprefix(first).strip()
    return Reference(id=colleague.id, first_name=first, last_name=last, verb=found.verb, referred=is_referrer)


def _told(variables: Variables, reference: Reference | None, before: int) -> list[Fact]:
    """The colleague who may be named, as one more fact."""
    found = variables.reference
    if reference is None or found is None or reference.id is None:
        return []
    referred = ", and referred us to the recipient" if reference.referred else ""
    title = getattr(found.colleague, "title", None)
    who = f"{reference.name}, {title}" if title else reference.name
    text = f"colleague who may be named: {who}; {found.verb} on {found.at:%Y-%m-%d}{referred}; say nothing else of them"
    return [Fact(f"f{before + 1}", Source("contacts", reference.id), text)]
