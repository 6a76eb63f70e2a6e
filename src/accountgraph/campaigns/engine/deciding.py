"""Deciding a batch: one enrolment after the other, each seeing what those before it were allowed."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

import msgspec
from msgspec import Struct

from accountgraph.campaigns.arbiter import decide
from accountgraph.campaigns.decision import Decision, Verdict
from accountgraph.campaigns.facts import Facts
from accountgraph.campaigns.rules.sequence import next_step

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from accountgraph.campaigns.definition.campaign import CampaignDefinition
    from accountgraph.campaigns.definition.steps import Step
    from accountgraph.campaigns.engine.queues import FreeDays
    from accountgraph.campaigns.facts import SenderFacts

_decoder = msgspec.json.Decoder(Facts)


class Candidate(Struct, frozen=True):
    """A claimed enrolment as it is read: its keys, and the facts as JSON."""

    id: UUID
    version_id: UUID
    campaign_id: UUID
    contact_id: UUID
    company_id: UUID | None
    sender_id: UUID | None
    queue_id: int
    account_rank: int
    next_due_at: datetime
    after_key: str | None
    email: str | None
    facts: str

    @property
    def domain(self) -> str | None:
        """Of the address."""
        return self.email.rpartition("@")[2] if self.email else None


def facts_of(candidate: Candidate) -> Facts:
    """The facts as they were read: without those of the surroundings."""
    return _decoder.decode(candidate.facts)


class Decided(NamedTuple):
    """A claimed enrolment, its step, and the answer."""

    candidate: Candidate
    facts: Facts
    definition: CampaignDefinition
    step: Step
    decision: Decision


class Surroundings(NamedTuple):
    """What is the same for a whole batch: the sender, what the law says by country and channel, the workspace's free days.

    `with_colleague`: the enrolments whose messages may name a colleague, where a condition asks for that.
    """

    sender: SenderFacts | None
    law: Mapping[str, dict[str, str]]
    free: FreeDays
    with_colleague: Collection[UUID] = ()


def decided(
    candidates: Iterable[Candidate], definitions: Mapping[UUID, CampaignDefinition], around: Surroundings, now: datetime, slots: int
) -> list[Decided]:
    """The answers, in the order in which the candidates are given, until so many were allowed as there are slots."""
    usage = _Usage()
    answers = []
    for candidate in candidates:
        if usage.sent == slots:
            break
        definition = definitions[candidate.version_id]
        facts = usage.added_to(candidate, _surrounded(facts_of(candidate), around))
        facts = _branched(candidate, facts, definition)
        decision = decide(facts, definition, now)
        if decision.verdict == Verdict.ALLOW:
            usage.count(candidate, facts, now)
        answers.append(Decided(candidate, facts, definition, definition.step(facts.step_key), decision))
    return answers


def _surrounded(facts: Facts, around: Surroundings) -> Facts:
    country = facts.person.country or (facts.account.country if facts.account else None)
    changes: dict[str, object] = {
        "sender": around.sender,
        "jurisdiction": around.law.get(country or "", {}),
        "free_days": tuple(sorted(around.free.of(facts.region))),
    }
    if facts.enrolment_id in around.with_colleague:
        changes["messages"] = msgspec.structs.replace(facts.messages, has_colleague=True)
    return msgspec.structs.replace(facts, **changes)


def _branched(candidate: Candidate, facts: Facts, definition: CampaignDefinition) -> Facts:
    """On the way that the branches of the step before lead, looked at once: when what follows is first due."""
    if candidate.after_key is None:
        return facts
    step = next_step(definition, candidate.after_key, facts.track, facts)
    return facts if step is None else msgspec.structs.replace(facts, step_key=step.key)


class _Usage:
    """What a batch has used of the caps that its members share."""

    def __init__(self) -> None:
        self.sent = 0
        self._of_domain: dict[str, int] = defaultdict(int)
        self._of_account: dict[UUID, list[UUID]] = defaultdict(list)
        self._begun: dict[UUID, set[UUID]] = defaultdict(set)
        self._contacts: set[UUID] = set()

    def count(self, candidate: Candidate, facts: Facts, now: datetime) -> None:
        self.sent += 1
        self._at = now
        self._contacts.add(candidate.contact_id)
        if candidate.domain:
            self._of_domain[candidate.domain] += 1
        if candidate.company_id:
            self._of_account[candidate.company_id].append(candidate.contact_id)
            if facts.attempt == 1:
                self._begun[candidate.company_id].add(candidate.contact_id)

    def added_to(self, candidate: Candidate, facts: Facts) -> Facts:
        if not self.sent:
            return facts
        changes: dict[str, object] = {}
        if facts.sender:
            sent = {"sent_last_hour": facts.sender.sent_last_hour + self.sent, "sent_last_day": facts.sender.sent_last_day + self.sent}
            changes["sender"] = msgspec.structs.replace(facts.sender, **sent)
        if candidate.contact_id in self._contacts:
            changes["person"] = msgspec.structs.replace(facts.person, last_touch_at=self._at)
        if candidate.domain in self._of_domain:
            changes["domain_sends"] = facts.domain_sends + (self._at,) * self._of_domain[candidate.domain]
        if facts.account and candidate.company_id in self._of_account:
            touched = self._of_account[candidate.company_id]
            begun = self._begun[candidate.company_id] - {candidate.contact_id}
            account = {
                "touches": facts.account.touches + (self._at,) * len(touched),
                "contacts_at_once": facts.account.contacts_at_once + len(begun),
            }
            changes["account"] = msgspec.structs.replace(facts.account, **account)
        return msgspec.structs.replace(facts, **changes)
