"""Whether it may be now: the hours, the gaps, what person, sender and domain bear, and what somebody has to see before."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from accountgraph.campaigns.rules.case import Case, pause, wait
from accountgraph.campaigns.rules.channels import BY_PEOPLE, law_for
from accountgraph.campaigns.rules.law import Law
from accountgraph.campaigns.rules.throttle import DAY, HOUR, daily_cap, frees_at, narrowed, trouble
from accountgraph.campaigns.rules.who import name_of
from accountgraph.enums import Channel

if TYPE_CHECKING:
    from accountgraph.campaigns.decision import Decision
    from accountgraph.campaigns.facts import SenderFacts

LONGEST_DRAFT = timedelta(minutes=15)  # that a message waits for the model that writes it
_UNWRITTEN = frozenset({"missing", "wanted", "stale"})


def outside_window(case: Case) -> Decision | None:
    """Each channel has its hours where the person is."""
    opened = case.opening(case.now)
    if opened.opens_at <= case.now:
        return None
    window = case.policy.schedule.window(case.channel)
    reason = f"{window.start}-{window.end} in {case.facts.zone} are the hours of {name_of(case.channel)}."
    return wait("window", reason, opened.opens_at, zone=case.facts.zone, region=case.facts.region, channel=case.channel.value)


def too_soon_for_person(case: Case) -> Decision | None:
    """Business days between two touches of a person, over all channels and campaigns."""
    last, days = case.facts.person.last_touch_at, case.policy.contact.business_days_between
    if last is None:
        return None
    until = case.business_days_after(last, days)
    if until <= case.now:
        return None
    reason = f"{days} business days have to pass after the last touch."
    return wait("contact_gap", reason, case.open_at(until), last_touch_at=last, business_days=days)


def not_drafted(case: Case) -> Decision | None:
    """Where a model writes the message, it is waited for, but not for long: then the template does the job."""
    draft = case.facts.draft
    if draft is None or not case.step.is_drafted or case.facts.has_approval or case.channel in BY_PEOPLE:
        return None
    if draft.state not in _UNWRITTEN:
        return None
    until = case.now + LONGEST_DRAFT
    reason = f"{draft.model} writes the message; where it has not by {until:%H:%M} UTC, the template does the job."
    return pause("draft", reason, until, model=draft.model, draft=draft.state)


def not_approved(case: Case) -> Decision | None:
    """A person sees the words before: where the policy or the step says so, where they name a colleague, where the law is unknown.

    What a person does by hand needs it only where it names a colleague. What a model wrote needs it unless its step is trusted.
    """
    facts = case.facts
    if facts.has_approval:
        return None
    if facts.mentions_colleague:
        return pause("approval", "The message names a colleague: a person approves it.", mentions_colleague=True)
    if case.channel in BY_PEOPLE:
        return None
    is_drafted = case.step.is_drafted and facts.draft is not None and facts.draft.state == "written"
    if case.policy.asks(case.step, is_drafted=is_drafted):
        who = "A model wrote the message: a person approves it." if is_drafted else "A person approves the message."
        return pause("approval", who, step=case.step.key)
    if law_for(case.channel, facts) == Law.UNKNOWN:
        why = "what the law of their country says is not recorded" if facts.country_is_known else "their country is not known"
        return pause("approval", f"A person decides, for {why}.", country_is_known=facts.country_is_known)
    return None


def sender_unfit(case: Case) -> Decision | None:
    """A mailbox that is missing, in trouble, or without its owner's legal name sends nothing. Dry runs need no legal name."""
    sender = _sender_of(case)
    if sender is None:
        return pause("mailbox", "There is no active mailbox to send it from.") if case.channel == Channel.EMAIL else None
    if not case.facts.is_live:
        return None
    limits = case.policy.sender
    what = trouble(limits, sender.recent_bounces, sender.recent_complaints)
    if what is not None:
        reason = f"{sender.address} has had too many {what} in its last {limits.hold_of_last} messages."
        return pause("mailbox", reason, bounces=sender.recent_bounces, complaints=sender.recent_complaints)
    if case.channel == Channel.EMAIL and not sender.has_legal_identity:
        return pause("legal_identity", f"{sender.address} has no legal name and postal address to sign with.")
    return None


def replies_unread(case: Case) -> Decision | None:
    """No follow-up goes out while a reply to the message before may lie unread. A mailbox that we never read is not waited for."""
    sender, limit = _sender_of(case), timedelta(minutes=case.policy.sync_limit_minutes)
    if sender is None or sender.inbound_synced_at is None or case.facts.attempt == 1 or not case.facts.is_live:
        return None
    if case.now - sender.inbound_synced_at <= limit:
        return None
    reason = f"The inbound mail of {sender.address} was last read at {sender.inbound_synced_at:%Y-%m-%d %H:%M} UTC."
    return wait("inbound_sync", reason, case.open_at(case.now + limit), inbound_synced_at=sender.inbound_synced_at)


def sender_busy(case: Case) -> Decision | None:
    """The caps and the jitter of a sender."""
    sender = _sender_of(case)
    if sender is None:
        return None
    until = _sender_frees_at(case, sender)
    if until <= case.now:
        return None
    reason = f"{sender.address} has sent {sender.sent_last_hour} in an hour, {sender.sent_last_day} in a day; the next may leave later."
    return wait("sender", reason, case.open_at(until), sent_last_hour=sender.sent_last_hour, sent_last_day=sender.sent_last_day)


def domain_busy(case: Case) -> Decision | None:
    """What all senders together may send to one recipient's domain in 24 hours."""
    sends, most = case.facts.domain_sends, case.policy.sender.recipient_domain_per_day
    if case.channel != Channel.EMAIL:
        return None
    until = frees_at(sends, most, DAY, case.now)
    if until <= case.now:
        return None
    reason = f"{len(sends)} messages went to the recipient's domain in 24 hours; {most} are allowed."
    return wait("domain", reason, case.open_at(until), sends=len(sends), most=most)


def _sender_of(case: Case) -> SenderFacts | None:
    return None if case.channel in BY_PEOPLE else case.facts.sender


def _sender_frees_at(case: Case, sender: SenderFacts) -> datetime:
    """A full cap of which nobody said when it frees is looked at again in an hour."""
    limits = narrowed(case.policy.sender, sender)
    cap = daily_cap(limits, sender.warmup_started_at, case.now)
    is_full = sender.sent_last_hour >= limits.per_hour or sender.sent_last_day >= cap
    free_at = sender.frees_at or case.now
    return case.now + HOUR if is_full and free_at <= case.now else free_at
