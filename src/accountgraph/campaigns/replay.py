"""Replay: decide again what was decided, under the same rules (the same comes out) or under others (what would have been different)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from msgspec import Struct

from accountgraph.campaigns.apply import load_versions
from accountgraph.campaigns.arbiter import decide
from accountgraph.campaigns.decision import Decision, Verdict
from accountgraph.campaigns.definition.policy import Policy
from accountgraph.campaigns.facts import Facts
from accountgraph.campaigns.lifecycle import find_campaign
from accountgraph.campaigns.wording import APPROVAL

if TYPE_CHECKING:
    from accountgraph.campaigns.definition.campaign import CampaignDefinition
    from accountgraph.db import Connectable

AT_ONCE = 2000
WORDED = ("missing", "reference")  # rules of what is said, which facts alone cannot decide again
_decoder = msgspec.json.Decoder(Facts)


class Difference(Struct, frozen=True, kw_only=True):
    """One decision that would have been another. `at`: when it was made; `until`: of a deferral (UTC). `before` and `after` are rules."""

    at: datetime
    name: str
    step_key: str
    verdict_before: Verdict
    before: str
    until_before: datetime | None
    verdict_after: Verdict
    after: str
    until_after: datetime | None
    reason: str

    def __str__(self) -> str:
        """For a person: what it was, what it would have been, and why."""
        was, would = _said(self.verdict_before, self.before), _said(self.verdict_after, self.after)
        return f"{self.at:%Y-%m-%d %H:%M} {self.name}, {self.step_key}: {was} -> {would}. {self.reason}"


class Replayed(Struct, frozen=True, kw_only=True):
    """A history decided again. `before`, `after`: how many decisions each rule made; `missing_steps`: decisions of steps that the other
    definition does not have, which could not be made again.
    """

    decisions: int
    before: dict[str, int]
    after: dict[str, int]
    differences: list[Difference]
    missing_steps: int = 0


class _Made(Struct, frozen=True):
    id: int
    version_id: UUID
    at: datetime
    step_key: str
    verdict: Verdict
    rule: str
    until: datetime | None
    facts: str
    name: str


async def replay(db: Connectable, campaign: UUID | str, other: CampaignDefinition | Policy | None = None) -> Replayed:
    """Decide a campaign's history again: under another definition or policy, or (None) under the versions it was decided by.

    Each decision is made from the facts of its time alone: what would have followed from a different one is a simulation's to say.
    Of a deferral that was repeated, the last time counts.

    Raises:
        NotFoundError: no such campaign.
    """
    found = await find_campaign(db, campaign)
    tally = _Tally()
    after = 0
    while made := await db.rows(_Made, "campaigns.replay.decided", _page(found.id, after)):
        definitions = await load_versions(db, {one.version_id for one in made})
        for one in made:
            tally.add(one, definitions[one.version_id], other)
        after = made[-1].id
    return tally.result()


def _page(campaign_id: UUID, after: int) -> dict[str, Any]:
    return {"campaign_id": campaign_id, "after": after, "worded": list(WORDED), "limit": AT_ONCE}


def _under(own: CampaignDefinition, other: CampaignDefinition | Policy | None) -> CampaignDefinition:
    if isinstance(other, Policy):
        return msgspec.structs.replace(own, policy=other)
    return other or own


class _Tally:
    """What comes out, decision by decision."""

    def __init__(self) -> None:
        self._before: Counter[str] = Counter()
        self._after: Counter[str] = Counter()
        self._differences: list[Difference] = []
        self._missing = 0

    def add(self, made: _Made, own: CampaignDefinition, other: CampaignDefinition | Policy | None) -> None:
        facts, definition = _decoder.decode(made.facts), _under(own, other)
        if made.rule == APPROVAL and decide(facts, own, made.at).rule != APPROVAL:
            return  # its words named a colleague
        if all(step.key != facts.step_key for step in definition.steps):
            self._missing += 1
            return
        again = decide(facts, definition, made.at)
        self._before[made.rule] += 1
        self._after[again.rule] += 1
        if (made.verdict, made.rule, made.until) != (again.verdict, again.rule, again.until):
            self._differences.append(_difference(made, again))

    def result(self) -> Replayed:
        return Replayed(
            decisions=self._before.total(),
            before=dict(self._before.most_common()),
            after=dict(self._after.most_common()),
            differences=self._differences,
            missing_steps=self._missing,
        )


def _difference(made: _Made, again: Decision) -> Difference:
    return Difference(
        at=made.at,
        name=made.name,
        step_key=made.step_key,
        verdict_before=made.verdict,
        before=made.rule,
        until_before=made.until,
        verdict_after=again.verdict,
        after=again.rule,
        until_after=again.until,
        reason=again.reason,
    )


def _said(verdict: Verdict, rule: str) -> str:
    return "allowed" if verdict is Verdict.ALLOW else f"{'put off' if verdict is Verdict.DEFER else 'denied'} ({rule})"
