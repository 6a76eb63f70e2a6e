"""What the arbiter always and never does, over drawn facts and policies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from accountgraph.campaigns.arbiter import decide
from accountgraph.campaigns.decision import Effect, Verdict
from accountgraph.campaigns.definition import CampaignDefinition, Condition, Policy, Step
from accountgraph.campaigns.definition.policy import AccountLimits, ContactLimits, SenderLimits, Window
from accountgraph.campaigns.facts import AccountFacts, Facts, HoldFacts, PersonFacts, SenderFacts, StepFacts
from accountgraph.campaigns.rules.calendar import Calendar
from accountgraph.campaigns.rules.throttle import DAY, HOUR
from accountgraph.enums import AccountStatus, Channel, ContactStatus
from tests.unit.campaigns.given import NOW, ZONE, account, definition, facts, person, sender

if TYPE_CHECKING:
    from collections.abc import Callable

likely_true = st.sampled_from([True, True, True, False])
channels = st.sampled_from([Channel.EMAIL, Channel.EMAIL, Channel.EMAIL, *Channel])
nows = st.one_of(st.just(NOW), st.just(NOW), st.timedeltas(timedelta(0), timedelta(days=14)).map(lambda passed: NOW + passed))
pasts = st.timedeltas(timedelta(0), timedelta(days=8)).map(lambda ago: NOW - ago)
past_lists = st.lists(pasts, max_size=7).map(lambda times: tuple(sorted(times)))
rarely = st.sampled_from([None, None, None, NOW - HOUR, NOW + HOUR, NOW + 3 * DAY])
suppressions = st.one_of(st.just(()), st.lists(st.tuples(st.sampled_from(["all", *Channel]), st.just("objection")), max_size=2).map(tuple))

people = st.builds(
    PersonFacts,
    id=st.just(UUID(int=1)),
    name=st.just("Ann Lee"),
    email=st.sampled_from(["ann@acme.com", "ann@acme.com", None]),
    phone=st.sampled_from([None, "+1 555 0100"]),
    linkedin_url=st.sampled_from([None, "https://linkedin.com/in/ann"]),
    status=st.sampled_from([ContactStatus.ACTIVE] * 6 + list(ContactStatus)),
    do_not_contact=likely_true.map(lambda is_so: not is_so),
    consents=st.lists(channels, max_size=3).map(tuple),
    suppressed=suppressions,
    gave_address=st.booleans(),
    last_touch_at=st.one_of(st.none(), pasts),
)
accounts = st.builds(
    AccountFacts,
    id=st.just(UUID(int=2)),
    status=st.sampled_from([AccountStatus.PROSPECTING] * 4 + list(AccountStatus)),
    exclusions=st.sampled_from([(), (), (), ("owner",)]),
    contacts_at_once=st.integers(0, 4),
    touches=past_lists,
    ahead_not_approached=st.sampled_from([0, 0, 0, 1]),
    ahead_last_touch_at=st.one_of(st.none(), pasts),
)
senders = st.builds(
    SenderFacts,
    id=st.just(UUID(int=3)),
    address=st.just("sam@us.com"),
    per_hour=st.sampled_from([None, 2]),
    per_day=st.sampled_from([None, 4]),
    warmup_started_at=st.one_of(st.none(), pasts),
    inbound_synced_at=st.sampled_from([None, NOW, NOW - 5 * HOUR]),
    sent_last_hour=st.integers(0, 9),
    sent_last_day=st.integers(0, 31),
    frees_at=rarely,
    recent_bounces=st.sampled_from([0, 0, 0, 3]),
    recent_complaints=st.sampled_from([0, 0, 0, 1]),
    has_legal_identity=likely_true,
)
cases = st.builds(
    Facts,
    enrolment_id=st.just(UUID(int=4)),
    campaign=st.just("spring"),
    is_live=likely_true,
    step_key=st.sampled_from(["first", "second", "third"]),
    track=st.just("main"),
    attempt=st.integers(1, 8),
    state=st.sampled_from(["waiting"] * 5 + ["pending", "active", "paused", "finished"]),
    due_at=st.just(NOW),
    queue_channel=channels,
    zone=st.sampled_from([ZONE, ZONE, "Europe/Berlin", "Mars/Olympus"]),
    region=st.sampled_from([None, "US", "DE-BY"]),
    person=people,
    account=st.one_of(st.none(), accounts),
    sender=st.one_of(st.none(), senders),
    domain_sends=past_lists,
    holds=st.sampled_from(
        [(), (), (), (HoldFacts(scope="account", reason="stop"),), (HoldFacts(scope="contact", reason="x", until=NOW + DAY),)]
    ),
    elsewhere=st.sampled_from([(), (), (), ("autumn",)]),
    jurisdiction=st.dictionaries(st.sampled_from([str(channel) for channel in Channel]), st.sampled_from(["allow", "consent", "deny"])),
    free_days=st.sampled_from([(), ("2026-03-05",)]),
    has_approval=st.booleans(),
    mentions_colleague=likely_true.map(lambda is_so: not is_so),
    messages=st.builds(StepFacts, opened=st.booleans()),
)
steps = st.builds(
    Step,
    key=st.just("first"),
    channel=st.one_of(st.none(), channels),
    template=st.just("hello"),
    only_if=st.sampled_from([None, None, Condition(opened=True)]),
    needs_approval=st.sampled_from([None, False, True]),
)
policies = st.builds(
    Policy,
    sender=st.builds(SenderLimits, per_day=st.integers(1, 30), per_hour=st.integers(1, 8), recipient_domain_per_day=st.integers(1, 6)),
    account=st.builds(AccountLimits, most_contacts_at_once=st.integers(1, 4), touches_per_week=st.integers(1, 7)),
    contact=st.builds(ContactLimits, business_days_between=st.integers(1, 4)),
    is_exclusive=st.booleans(),
    requires_approval=likely_true.map(lambda is_so: not is_so),
)


def campaign_of(step: Step, policy: Policy) -> CampaignDefinition:
    rest = [Step(key=key, channel=step.channel, template="hello") for key in ("second", "third")]
    return replace(definition(step, *rest), policy=policy)


campaigns = st.builds(campaign_of, steps, policies)
S = TypeVar("S", bound=msgspec.Struct)


def mixed(usual: S, odd: st.SearchStrategy[S]) -> st.SearchStrategy[S]:
    """What is usual but for at most two fields, which come from what is odd."""
    names = st.lists(st.sampled_from(usual.__struct_fields__), max_size=2)
    return st.builds(lambda other, taken: replace(usual, **{name: getattr(other, name) for name in taken}), odd, names)


def usual_but(names: list[str], odd: Facts, whom: PersonFacts, where: AccountFacts, by: SenderFacts) -> Facts:
    changed = {name: getattr(odd, name) for name in names if name not in {"step_key", "track", "enrolment_id"}}
    return replace(facts(), **{"person": whom, "account": where, "sender": by, **changed})


# Facts that mostly allow it, so that what must hold then is looked at often.
likely_cases = st.builds(
    usual_but,
    st.lists(st.sampled_from(Facts.__struct_fields__), max_size=2),
    cases,
    mixed(person(), people),
    mixed(account(), accounts),
    mixed(sender(), senders),
)
drawn = st.one_of(cases, likely_cases, likely_cases)
many = settings(max_examples=150)


@many
@given(drawn, campaigns, nows)
def test_the_same_facts_definition_and_time_always_give_the_same_answer(case: Facts, campaign: CampaignDefinition, now: datetime) -> None:
    again = msgspec.json.decode(msgspec.json.encode(case), type=Facts)
    assert decide(again, campaign, now) == decide(case, campaign, now)


@many
@given(drawn, campaigns, nows)
def test_every_deferral_has_an_end_or_is_a_pause(case: Facts, campaign: CampaignDefinition, now: datetime) -> None:
    decision = decide(case, campaign, now)
    if decision.verdict == Verdict.DEFER:
        match decision.effect:
            case Effect.WAIT:
                assert decision.until is not None
                assert decision.until > now
            case Effect.MOVE:
                assert decision.until == now
                assert decision.channel not in {None, case.queue_channel}
            case effect:
                assert effect == Effect.PAUSE
    else:
        assert decision.until is None


@many
@given(drawn, campaigns, nows)
def test_every_answer_says_its_rule_and_its_reason(case: Facts, campaign: CampaignDefinition, now: datetime) -> None:
    decision = decide(case, campaign, now)
    assert decision.rule
    assert decision.reason.endswith(".")
    assert msgspec.json.encode(decision)


@many
@given(drawn, campaigns, nows)
def test_what_is_allowed_is_always_in_the_window_and_past_the_gap(case: Facts, campaign: CampaignDefinition, now: datetime) -> None:
    decision = decide(case, campaign, now)
    if decision.verdict != Verdict.ALLOW:
        return
    window = campaign.policy.schedule.window(case.queue_channel)
    calendar = Calendar(case.zone, case.region, window.days, free_days=case.free_days)
    local = now.astimezone(ZoneInfo(case.zone))
    assert calendar.is_business_day(local.date())
    assert window.start <= f"{local:%H:%M}" < window.end
    if case.person.last_touch_at:
        assert _business_days(calendar, case.person.last_touch_at, now) >= campaign.policy.contact.business_days_between


def _business_days(calendar: Calendar, since: datetime, until: datetime) -> int:
    first, last = (at.astimezone(ZoneInfo(calendar.zone)).date() for at in (since, until))
    return sum(calendar.is_business_day(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))


@many
@given(
    st.timedeltas(timedelta(0), timedelta(days=400)), st.sampled_from([ZONE, "Europe/Berlin", "UTC"]), st.integers(0, 22), st.integers(1, 2)
)
def test_waiting_as_told_always_ends_in_the_window(passed: timedelta, zone: str, start: int, length: int) -> None:
    window = Window(start=f"{start:02}:00", end=f"{start + length:02}:00")
    campaign = definition(schedule=Policy().schedule.__class__(email=window))
    now = datetime(2026, 1, 1, tzinfo=UTC) + passed
    decision = decide(facts(zone=zone), campaign, now)
    if decision.effect == Effect.WAIT and decision.until:
        later = facts(zone=zone, sender={"inbound_synced_at": decision.until})
        assert decide(later, campaign, decision.until).verdict == Verdict.ALLOW


def with_person(**fields: Any) -> Callable[[Facts], Facts]:
    return lambda case: replace(case, person=replace(case.person, **fields))


def with_account(**fields: Any) -> Callable[[Facts], Facts]:
    return lambda case: replace(case, account=account(**fields))


def by_mail(**fields: Any) -> Callable[[Facts], Facts]:
    """Facts of an e-mail whose sender has these fields."""
    return lambda case: replace(case, queue_channel=Channel.EMAIL, is_live=True, sender=sender(**fields))


def with_facts(**fields: Any) -> Callable[[Facts], Facts]:
    return lambda case: replace(case, **fields)


BREACHES: dict[str, Callable[[Facts], Facts]] = {
    "finished": with_facts(state="finished"),
    "failed": with_facts(state="failed"),
    "paused": with_facts(state="paused"),
    "in work": with_facts(state="active"),
    "not to be contacted": with_person(do_not_contact=True),
    "suppressed everywhere": with_person(suppressed=(("all", "complained"),)),
    "suppressed on each channel": with_person(suppressed=tuple((channel, "objection") for channel in Channel)),
    "unsubscribed": with_person(status=ContactStatus.UNSUBSCRIBED),
    "bounced": with_person(status=ContactStatus.BOUNCED),
    "invalid": with_person(status=ContactStatus.INVALID),
    "without an address": lambda case: replace(
        with_person(email=None, phone=None, linkedin_url=None)(case),
        queue_channel=case.queue_channel if case.queue_channel not in {Channel.MAIL, Channel.MEETING} else Channel.EMAIL,
    ),
    "sms without consent": lambda case: replace(with_person(consents=(Channel.EMAIL, Channel.CALL))(case), queue_channel=Channel.SMS),
    "whatsapp without consent": lambda case: replace(with_person(consents=(Channel.SMS,))(case), queue_channel=Channel.WHATSAPP),
    "denied by law": with_facts(jurisdiction={channel.value: "deny" for channel in Channel}),
    "cold without the consent that the law asks for": lambda case: replace(
        with_person(consents=(), gave_address=False)(case), jurisdiction={channel.value: "consent" for channel in Channel}
    ),
    "an account of an owner who said no": with_account(exclusions=("owner",)),
    "a customer": with_account(status=AccountStatus.CUSTOMER),
    "on hold": with_facts(holds=(HoldFacts(scope="account", reason="stop"),)),
    "nowhere": with_facts(zone="Mars/Olympus"),
    "touched too often": with_facts(attempt=8),
    "an account touched too often": with_account(touches=(NOW - HOUR,) * 7),
    "too many of the account at once": lambda case: replace(with_account(contacts_at_once=4)(case), attempt=1),
    "before the others of the account": lambda case: replace(with_account(ahead_not_approached=1)(case), attempt=1),
    "a colleague just approached": lambda case: replace(with_account(ahead_last_touch_at=NOW)(case), attempt=1),
    "touched today": with_person(last_touch_at=NOW),
    "on a free day": with_facts(free_days=("2026-03-04",)),
    "naming a colleague unseen": with_facts(mentions_colleague=True, has_approval=False),
    "in an unknown country unseen": lambda case: replace(
        with_person(gave_address=False, consents=())(case), queue_channel=Channel.EMAIL, jurisdiction={}, has_approval=False
    ),
    "without a mailbox": with_facts(queue_channel=Channel.EMAIL, sender=None),
    "by a mailbox with bounces": by_mail(recent_bounces=3),
    "by a mailbox with a complaint": by_mail(recent_complaints=1),
    "by a mailbox without a legal name": by_mail(has_legal_identity=False),
    "by a mailbox whose replies are unread": lambda case: replace(by_mail(inbound_synced_at=NOW - 2 * HOUR)(case), attempt=2),
    "by a mailbox past its hour": by_mail(sent_last_hour=8),
    "by a mailbox past its day": by_mail(sent_last_day=30),
    "by a mailbox past its own day": by_mail(sent_last_day=4, per_day=4),
    "by a new mailbox past its first day": by_mail(sent_last_day=5, warmup_started_at=NOW),
    "by a mailbox between two messages": by_mail(frees_at=NOW + HOUR),
    "to a domain that had enough": with_facts(queue_channel=Channel.EMAIL, domain_sends=(NOW - HOUR,) * 6),
}


@pytest.mark.parametrize("breach", BREACHES)
@settings(max_examples=40)
@given(likely_cases, campaigns)
def test_it_is_never_allowed(breach: str, case: Facts, campaign: CampaignDefinition) -> None:
    assert decide(BREACHES[breach](case), campaign, NOW).verdict != Verdict.ALLOW


@many
@given(drawn, campaigns, nows)
def test_a_step_never_moves_between_channels_twice(case: Facts, campaign: CampaignDefinition, now: datetime) -> None:
    decision = decide(case, campaign, now)
    if decision.effect == Effect.MOVE and decision.channel is not None:
        assert decide(replace(case, queue_channel=decision.channel), campaign, now).effect != Effect.MOVE
