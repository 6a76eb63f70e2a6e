"""Trying the model out: one draft now, for one person, which is shown and neither kept nor sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from accountgraph.campaigns.definition.check import WRITTEN
from accountgraph.campaigns.drafts import UsedFact
from accountgraph.campaigns.messages.variables import load_for_contact
from accountgraph.drafting.errors import ModelError
from accountgraph.drafting.gathering import gather
from accountgraph.drafting.wanted import used_facts
from accountgraph.drafting.writing import write
from accountgraph.enums import Channel
from accountgraph.errors import NotFoundError
from accountgraph.store.outreach.drafting import DraftingRepository

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.campaigns.definition.campaign import CampaignDefinition
    from accountgraph.campaigns.definition.steps import Step
    from accountgraph.channels.credentials import Vault
    from accountgraph.db import Connectable
    from accountgraph.drafting.gathering import Assignment


class ShownPrompt(Struct, frozen=True, kw_only=True):
    """All that a model would be told for one message. `characters`: of both."""

    step_key: str
    channel: Channel
    instructions: str
    text: str
    characters: int


class Trial(Struct, frozen=True, kw_only=True):
    """One draft, with what the checker says of it.

    `state`: `written`, or why it would not go on: `refused`, `failed`. `subject`, `body`: of the last try. `refusals`: try by try.
    `prompt_characters`: what the model was told, `facts_given`: how many facts of it.
    """

    model: str
    step_key: str
    channel: Channel
    prompt_characters: int
    facts_given: int
    state: str
    detail: str | None
    subject: str | None
    body: str | None
    facts: list[UsedFact]
    refusals: tuple[tuple[str, ...], ...]


async def show_prompt(db: Connectable, definition: CampaignDefinition, contact_id: UUID, step_key: str | None) -> ShownPrompt:
    """What a model would be told; nothing leaves.

    Raises:
        NotFoundError: there is no such step or contact.
    """
    step, assignment = await _assignment(db, definition, contact_id, step_key)
    prompt = assignment.prompt
    return ShownPrompt(
        step_key=step.key, channel=_channel(step), instructions=prompt.instructions, text=prompt.text, characters=prompt.size
    )


async def try_draft(db: Connectable, vault: Vault, definition: CampaignDefinition, contact_id: UUID, step_key: str | None) -> Trial:
    """Let the model write one message now. It counts against no budget, for a person asked for it.

    Raises:
        NotFoundError: there is no such step or contact.
        ModelError: no model is set.
    """
    settings = await DraftingRepository(db).get_settings()
    if settings is None:
        raise ModelError("No model is set; name one: accountgraph settings model.")
    step, assignment = await _assignment(db, definition, contact_id, step_key)
    attempt = await write(db, settings, vault, assignment)
    return Trial(
        model=settings.model,
        step_key=step.key,
        channel=_channel(step),
        prompt_characters=assignment.prompt.size,
        facts_given=len(assignment.ground.facts),
        state=attempt.state,
        detail=attempt.detail,
        subject=attempt.last.subject if attempt.last else None,
        body=attempt.last.body if attempt.last else None,
        facts=used_facts(attempt),
        refusals=attempt.refusals,
    )


async def _assignment(db: Connectable, definition: CampaignDefinition, contact_id: UUID, step_key: str | None) -> tuple[Step, Assignment]:
    step = _step(definition, step_key)
    variables = await load_for_contact(db, contact_id, definition.senders, db.now())
    if variables is None:
        raise NotFoundError(f"There is no contact {contact_id}.")
    return step, await gather(db, definition, step, variables, channel=_channel(step), enrolment_id=contact_id)


def _step(definition: CampaignDefinition, key: str | None) -> Step:
    """The step with a key, or so many from the first; without one the first that a model writes, else the first one."""
    if key is None:
        return next((step for step in definition.steps if step.is_drafted), definition.steps[0])
    if key.isdecimal() and 1 <= int(key) <= len(definition.steps):
        return definition.steps[int(key) - 1]
    return definition.step(key)


def _channel(step: Step) -> Channel:
    return step.channel if step.channel in WRITTEN and step.channel is not None else Channel.EMAIL
