"""The words of a batch: what a template makes of what is known, or exactly what a person accepted."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from msgspec import Struct

from accountgraph.campaigns.decision import Decision, Effect, Verdict
from accountgraph.campaigns.drafts import written_for
from accountgraph.campaigns.messages import Composed, MessageError, check_source, compose, compose_draft, load_variables, message_of
from accountgraph.campaigns.rules.channels import BY_PEOPLE
from accountgraph.errors import ConfigError
from accountgraph.tracking import PublicAddress
from accountgraph.tracking.keys import ensure_ring

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from accountgraph.campaigns.drafts import Written
    from accountgraph.campaigns.engine.deciding import Decided
    from accountgraph.campaigns.engine.transport import Message
    from accountgraph.campaigns.messages import Variables
    from accountgraph.db import Session
    from accountgraph.enums import Channel
    from accountgraph.tracking.keys import SecretsOf

APPROVAL = "approval"

logger = logging.getLogger(__name__)


class Worded(NamedTuple):
    """An answer with its words. They may have changed the decision: something is missing, a colleague is named."""

    decision: Decision
    composed: Composed | None = None
    variables: Variables | None = None
    public: PublicAddress | None = None

    def message(self, answer: Decided, intent_id: UUID, channel: Channel) -> Message:
        """The message in its envelope."""
        assert self.composed is not None  # noqa: S101 - what is sent has words
        assert self.variables is not None  # noqa: S101
        public = self.public
        return message_of(self.composed, self.variables, intent_id=intent_id, step=answer.step, channel=channel, public=public)


class Wording(NamedTuple):
    """What may be said about each person of a batch, what a person accepted and a model wrote, by enrolment; and where links may lead."""

    variables: Mapping[UUID, Variables]
    accepted: Mapping[UUID, Composed]
    drafts: Mapping[UUID, Written]
    public: PublicAddress | None = None

    @classmethod
    async def read(cls, session: Session, answers: Sequence[Decided], now: datetime, secrets_of: SecretsOf) -> Wording:
        """Two round trips at most, whatever the batch; one more for what a model wrote, and one for the keys where there is a public
        address.
        """
        speaking = [answer.candidate.id for answer in answers if _speaks(answer.decision)]
        if not speaking:
            return cls({}, {}, {})
        approved = [answer.candidate.id for answer in answers if answer.facts.has_approval]
        rows = await session.rows(_Accepted, "campaigns.plans.approved", {"ids": approved}) if approved else []
        drafted = [answer.candidate.id for answer in answers if _speaks(answer.decision) and _is_written(answer)]
        drafts = await written_for(session, drafted) if drafted else {}
        variables = await load_variables(session, speaking, now)
        public = await _public_address(session, variables.values(), secrets_of)
        return cls(variables, {row.enrolment_id: row.composed for row in rows}, drafts, public)

    def worded(self, answer: Decided) -> Worded:
        """The answer with its words.

        Without something that the template speaks of nothing is sent, and somebody is asked. Words that name a colleague are
        approved by a person, whatever the policy says, and do not go out where the colleague may no longer be named.
        """
        if not _speaks(answer.decision):
            return Worded(answer.decision)
        variables = self.variables[answer.candidate.id]
        accepted = self.accepted.get(answer.candidate.id)
        if accepted is not None and accepted.mentions_id and not variables.may_name(accepted.mentions_id):
            return Worded(_unnameable(answer))
        try:
            if accepted is not None:
                return Worded(answer.decision, self._sourced(answer, accepted, variables), variables, self.public)
            composed = self._composed(answer, variables)
        except MessageError as missing:
            return Worded(_paused("missing", str(missing)))
        if composed.mentions_id:
            named = variables.name_of(composed.mentions_id)
            return Worded(_paused(APPROVAL, f"The message names {named}: a person approves it."), composed, variables)
        return Worded(answer.decision, composed, variables, self.public)

    def _sourced(self, answer: Decided, accepted: Composed, variables: Variables) -> Composed:
        """What a person accepted, where the law lets it go: what it has to say about the address is as it is known by now."""
        if (answer.decision.channel or answer.facts.queue_channel) not in BY_PEOPLE:
            check_source(variables)
        return accepted

    def _composed(self, answer: Decided, variables: Variables) -> Composed:
        """What a model wrote, where all that it says may still be said; else what the template makes."""
        channel = answer.decision.channel or answer.facts.queue_channel
        draft = self.drafts.get(answer.candidate.id)
        if draft is not None and (draft.mentions_id is None or variables.may_name(draft.mentions_id)):
            return compose_draft(answer.step, draft, variables, channel=channel)
        return compose(answer.definition, answer.step, variables, enrolment_id=answer.candidate.id, channel=channel)


async def _public_address(session: Session, known: Iterable[Variables], secrets_of: SecretsOf) -> PublicAddress | None:
    """Without its keys a message goes out all the same: it then tells of nothing, and people answer to be taken off."""
    url = next((variables.public_url for variables in known if variables.public_url), None)
    if url is None:
        return None
    try:
        return PublicAddress(url=url, workspace=session.settings.workspace, ring=await ensure_ring(session, secrets_of))
    except ConfigError as error:
        logger.warning("Links are not signed, and lead nowhere: %s", error)
        return None


def _speaks(decision: Decision) -> bool:
    return decision.effect is Effect.SEND or decision.rule == APPROVAL


def _is_written(answer: Decided) -> bool:
    draft = answer.facts.draft
    return answer.step.is_drafted and draft is not None and draft.state == "written"


def _unnameable(answer: Decided) -> Decision:
    return _paused("reference", f"The accepted words to {answer.facts.person.name} name a colleague who may no longer be named.")


def _paused(rule: str, reason: str) -> Decision:
    return Decision(verdict=Verdict.DEFER, effect=Effect.PAUSE, rule=rule, reason=reason)


class _Accepted(Struct, frozen=True):
    enrolment_id: UUID
    subject: str | None
    content: str
    content_hash: str
    variant: str | None
    mentions_id: UUID | None

    @property
    def composed(self) -> Composed:
        return Composed(
            subject=self.subject,
            content=self.content,
            content_hash=self.content_hash,
            variant=self.variant,
            mentions_id=self.mentions_id,
        )
