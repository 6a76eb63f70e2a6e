"""Whether this person may be approached at all, with this step, and how. None of it passes by waiting, but for holds."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from accountgraph.campaigns.decision import Decision, Effect, Verdict
from accountgraph.campaigns.facts import CONSOLE
from accountgraph.campaigns.rules.calendar import is_zone
from accountgraph.campaigns.rules.case import Case, deny, pause, wait
from accountgraph.campaigns.rules.channels import choose_channel
from accountgraph.campaigns.rules.sequence import holds, said
from accountgraph.enums import AccountStatus, Channel, ContactStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from accountgraph.campaigns.definition.policy import Exclusions
    from accountgraph.campaigns.facts import PersonFacts
    from accountgraph.campaigns.rules.channels import Refusal

_DUE = frozenset({"pending", "waiting"})
ENDED = frozenset({"finished", "failed"})  # states that an enrolment never leaves
_NAMES = {Channel.EMAIL: "e-mail", Channel.CALL: "phone", Channel.LINKEDIN: "LinkedIn", Channel.SMS: "SMS", Channel.MAIL: "post"}
_WHY = {
    "no_address": "there is no address for it",
    "suppressed": "the person is suppressed on it",
    "no_consent": "no consent to it is recorded",
    "jurisdiction": "the law of the country forbids it",
}


def name_of(channel: Channel) -> str:
    """A channel in a sentence."""
    return _NAMES.get(channel, channel.value)


def state(case: Case) -> Decision | None:
    """Only what is due is decided; what another worker is at is left to it."""
    current = case.facts.state
    if current in _DUE:
        return None
    if current in ENDED:
        return deny(Effect.FINISH, "state", f"The enrolment has {current}.", state=current)
    if current == "active":
        return wait("state", "The step is in work.", case.now + timedelta(seconds=case.policy.lease_seconds), state=current)
    return pause("state", f"The enrolment is {current}.", state=current)


def campaign(case: Case) -> Decision | None:
    """What becomes due while the campaign is paused waits for it; of one that is over nothing is left to do."""
    status = case.facts.campaign_status
    if status == "active":
        return None
    if status == "paused":
        return pause("campaign", "The campaign is paused.", status=status)
    return deny(Effect.FINISH, "cancelled", f"The campaign is {status}.", status=status)


def zone(case: Case) -> Decision | None:
    """Without a zone nobody knows the hours."""
    if is_zone(case.facts.zone):
        return None
    return pause("zone", f"There is no time zone {case.facts.zone!r}: somebody has to correct it.", zone=case.facts.zone)


def suppressed(case: Case) -> Decision | None:
    """Who is not to be contacted is not, on any channel."""
    person = case.facts.person
    if person.do_not_contact:
        return deny(Effect.FINISH, "do_not_contact", f"{person.name} is not to be contacted.")
    for channel, reason in person.suppressed:
        if channel == "all":
            return deny(Effect.FINISH, "suppressed", f"{person.name} is suppressed on all channels: {reason}.", because=reason)
    return None


def made_up(case: Case) -> Decision | None:
    """Who does not exist (the demo's people say so of themselves) is written to on the console alone: a real mailbox would bounce."""
    person, sender = case.facts.person, case.facts.sender
    if not person.is_made_up or sender is None or not case.facts.is_live or sender.transport == CONSOLE:
        return None
    reason = f"{person.name} is made up for the demo, and {sender.address} reaches real mailboxes."
    return deny(Effect.FINISH, "made_up", reason, transport=sender.transport)


def refused(case: Case) -> Decision | None:
    """Who does not want to hear about the campaign's topic does not."""
    topic = case.definition.topic
    if topic in case.facts.person.refused_topics:
        return deny(Effect.FINISH, "topic", f"{case.facts.person.name} does not want to hear about {topic}.", topic=topic)
    return None


def inactive(case: Case) -> Decision | None:
    """Who cannot be written to is not."""
    person = case.facts.person
    match person.status:
        case ContactStatus.ACTIVE:
            return None
        case ContactStatus.UNSUBSCRIBED:
            return deny(Effect.FINISH, "unsubscribed", f"{person.name} has unsubscribed.", status=person.status)
        case ContactStatus.BOUNCED:
            return deny(Effect.FAIL, "bounced", f"The address of {person.name} has bounced.", status=person.status)
        case _:
            return deny(Effect.FINISH, "unreachable", f"{person.name} is marked as {person.status}.", status=person.status)


def excluded(case: Case) -> Decision | None:
    """Accounts that audiences leave out are left out later too."""
    account = case.facts.account
    if account is None:
        return None
    why = [*account.exclusions, *(["customer"] if account.status == AccountStatus.CUSTOMER else [])]
    for reason in dict.fromkeys(why):
        if _is_heeded(reason, case.policy.exclusions):
            return deny(Effect.FINISH, "excluded", f"The account is left out: {reason.replace('_', ' ')}.", exclusion=reason)
    return None


def held(case: Case) -> Decision | None:
    """Every stop that stands, until the last of them ends."""
    standing = [hold for hold in case.facts.holds if hold.until is None or hold.until > case.now]
    if not standing:
        return None
    ends = [hold.until for hold in standing if hold.until is not None]
    until = max(ends) if len(ends) == len(standing) else None
    said = ", ".join(f"{hold.scope}: {hold.reason}" for hold in standing)
    return pause("hold", f"On hold ({said}).", until, holds=[[hold.scope, hold.reason] for hold in standing])


def too_many_touches(case: Case) -> Decision | None:
    """An enrolment has so many touchpoints at most."""
    most = case.policy.pace.most_touchpoints
    if case.facts.attempt <= most:
        return None
    return deny(Effect.FINISH, "completed", f"All {most} touchpoints were used.", attempt=case.facts.attempt, most=most)


def elsewhere(case: Case) -> Decision | None:
    """One campaign at a time, where the policy says so."""
    others = case.facts.elsewhere
    if not others or not case.policy.is_exclusive:
        return None
    return wait("elsewhere", f"{', '.join(others)} is approaching them.", case.next_business_day(), campaigns=list(others))


def condition(case: Case) -> Decision | None:
    """A step whose condition does not hold is passed over."""
    if case.step.only_if is None or holds(case.step.only_if, case.facts):
        return None
    return deny(Effect.SKIP_STEP, "condition", f"Step {case.step.key} is only for whoever {said(case.step.only_if)}.", step=case.step.key)


def channel(case: Case) -> Decision | None:
    """The right channel, or none: then the step is passed over, and who was never approached and never can be is done."""
    choice = choose_channel(case.policy.channels, case.step, case.facts)
    refused = _said(choice.refused, case.facts.person)
    if choice.channel is None:
        rule, effect = choice.refused[0].rule if choice.refused else "no_channel", Effect.SKIP_STEP
        if case.facts.attempt == 1 and not any(_ways_below(case)):
            rule, effect = "unreachable", Effect.FINISH
        return deny(effect, rule, f"No channel can be used{refused}.", refused=[list(refusal) for refusal in choice.refused])
    if choice.channel != case.facts.queue_channel:
        reason = f"This step goes by {name_of(choice.channel)}{refused}."
        return Decision(
            verdict=Verdict.DEFER, effect=Effect.MOVE, rule="channel", reason=reason, until=case.now, channel=choice.channel,
            inputs={"channel": choice.channel.value, "refused": [list(refusal) for refusal in choice.refused]},
        )  # fmt: skip
    return None


def _is_heeded(reason: str, exclusions: Exclusions) -> bool:
    match reason:
        case "customer":
            return exclusions.customers
        case "open_opportunity":
            return exclusions.open_opportunities
        case "competitor":
            return exclusions.competitors
        case "owner":
            return exclusions.owner_exclusions
        case _:
            return True


def _ways_below(case: Case) -> Iterator[bool]:
    """For each step below, whether a channel can be used for it."""
    step = case.definition.after(case.step.key)
    while step is not None:
        yield choose_channel(case.policy.channels, step, case.facts).channel is not None
        step = case.definition.after(step.key)


def _said(refused: Iterable[Refusal], person: PersonFacts) -> str:
    said = "; ".join(f"{name_of(refusal.channel)}: {why_not(refusal, person)}" for refusal in refused)
    return f" ({said})" if said else ""


def why_not(refusal: Refusal, person: PersonFacts) -> str:
    """Why a channel cannot be used, in words; of who is suppressed on it also for what reason."""
    if refusal.rule != "suppressed":
        return _WHY[refusal.rule]
    reasons = sorted({reason.replace("_", " ") for channel, reason in person.suppressed if channel in (refusal.channel, "all")})
    return f"{_WHY[refusal.rule]}, {', '.join(reasons)}"
