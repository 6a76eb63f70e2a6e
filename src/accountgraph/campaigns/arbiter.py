"""The arbiter: may this step be done, now, for this person? One pure function over the facts and the policy.

The rules are asked in their order, and the first that has something to say decides: first what is final, then what a
person has to do, then what time brings. The same facts, definition and time give the same answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.campaigns.decision import Decision, Effect, Verdict
from accountgraph.campaigns.rules import account, when, who
from accountgraph.campaigns.rules.case import Case

if TYPE_CHECKING:
    from datetime import datetime

    from accountgraph.campaigns.definition.campaign import CampaignDefinition
    from accountgraph.campaigns.facts import Facts
    from accountgraph.campaigns.rules.case import Rule


RULES: tuple[Rule, ...] = (
    who.state,
    who.campaign,
    who.made_up,
    who.suppressed,
    who.refused,
    who.inactive,
    who.excluded,
    who.held,
    who.zone,
    who.too_many_touches,
    who.condition,
    who.channel,
    who.elsewhere,
    when.outside_window,
    when.too_soon_for_person,
    account.colleague_answered,
    account.colleagues_first,
    account.too_much_for_account,
    when.not_drafted,
    when.not_approved,
    when.sender_unfit,
    when.replies_unread,
    when.sender_busy,
    when.domain_busy,
)


def decide(facts: Facts, definition: CampaignDefinition, now: datetime) -> Decision:
    """What becomes of one due step at `now` (UTC).

    Raises:
        NotFoundError: the campaign has no such step.
    """
    case = Case(facts, definition, definition.step(facts.step_key), now)
    for rule in RULES:
        decision = rule(case)
        if decision is not None:
            return decision
    inputs = {"attempt": facts.attempt, "channel": facts.queue_channel.value}
    reason = f"Nothing speaks against touch {facts.attempt} by {who.name_of(facts.queue_channel)}."
    return Decision(verdict=Verdict.ALLOW, effect=Effect.SEND, rule="allow", reason=reason, inputs=inputs, channel=facts.queue_channel)
