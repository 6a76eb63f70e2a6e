"""What the arbiter always and never does, over drawn facts and policies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from accountgraph.campaigns.arbiter import decide
from accountgraph.campaigns.decision import Effect, Verdict
from accountgraph.campaigns.definition import CampaignDefinition, Condition, Policy, Step
from accountgraph.campaigns.definition.policy import AccountLimits, ContactLimits, SenderLimits, Window
from accountgraph.campaigns.facts import AccountFacts, Facts, HoldFacts, PersonFacts, SenderFacts, StepFacts
from accountgraph.campaigns.rules.calendar import Calendar
from accountgraph.campaigns.rules.channels import BY_PEOPLE
from accountgraph.campaigns.rules.throttle import DAY, HOUR, daily_cap, narrowed
from accountgraph.enums import AccountStatus, Channel, ContactStatus
from tests.unit.campaigns.given import NOW, ZONE, account, definition, facts, person, sender

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
    contact=st.builds(ContactLimits, business_days_between=st.integers(0, 4)),
    is_exclusive=st.booleans(),
    requires_approval=likely_true.map(lambda is_so: not is_so),
)


def campaign_of(step: Step, policy: Policy) -> CampaignDefinition:
    rest = [Step(key=key, channel=step.channel, template="hello") for key in ("second", "third")]
    return msgspec.structs.replace(definition(step, *rest), policy=policy)


campaigns = st.builds(campaign_of, steps, policies)
S = TypeVar("S", bound=msgspec.Struct)


def mixed(usual: S, odd: st.SearchStrategy[S]) -> st.SearchStrategy[S]:
    """What is usual but for at most two fields, which come from what is odd."""
    names = st.lists(st.sampled_from(usual.__struct_fields__), max_size=2)
    return st.builds(lambda other, taken: msgspec.structs.replace(usual, **{name: getattr(other, name) for name in taken}), odd, names)


def usual_but(names: list[str], odd: Facts, whom: PersonFacts, where: AccountFacts, by: SenderFacts) -> Facts:
    changed = {name: getattr(odd, name) for name in names if name not in {"step_key", "track", "enrolment_id"}}
    return msgspec.structs.replace(facts(), **{"person": whom, "account": where, "sender": by, **changed})


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
many = settings(max_examples=300, deadline=None)


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
def test_nobody_suppressed_is_ever_written_to(case: Facts, campaign: CampaignDefinition, now: datetime) -> None:
    decision = decide(case, campaign, now)
    if decision.verdict == Verdict.ALLOW:
        assert not {"all", str(decision.channel)} & {str(channel) for channel, _ in case.person.suppressed}
        assert not case.person.do_not_contact
        assert case.person.status == ContactStatus.ACTIVE
        assert case.state in {"pending", "waiting"}
        assert not any(hold.until is None or hold.until > now for hold in case.holds)


@many
@given(drawn, campaigns, nows)
def test_sms_is_never_allowed_without_a_consent(case: Facts, campaign: CampaignDefinition, now: datetime) -> None:
    decision = decide(case, campaign, now)
    if decision.verdict == Verdict.ALLOW and decision.channel in {Channel.SMS, Channel.WHATSAPP}:
        assert decision.channel in case.person.consents


@many
@given(drawn, campaigns, nows)
def test_what_is_allowed_is_always_within_every_cap(case: Facts, campaign: CampaignDefinition, now: datetime) -> None:
    policy, sender = campaign.policy, case.sender
    decision = decide(case, campaign, now)
    if decision.verdict != Verdict.ALLOW:
        return
    assert case.attempt <= policy.pace.most_touchpoints
    if case.account:
        assert sum(at > now - timedelta(days=7) for at in case.account.touches) < policy.account.touches_per_week
        assert case.attempt > 1 or case.account.contacts_at_once < policy.account.most_contacts_at_once
    if sender and decision.channel not in BY_PEOPLE:
        limits = narrowed(policy.sender, sender)
        assert sender.sent_last_hour < limits.per_hour
        assert sender.sent_last_day < daily_cap(limits, sender.warmup_started_at, now)
        assert sender.frees_at is None or sender.frees_at <= now
    if decision.channel == Channel.EMAIL:
        assert sum(at > now - DAY for at in case.domain_sends) < policy.sender.recipient_domain_per_day


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
@given(drawn, campaigns, nows)
def test_a_message_that_names_a_colleague_is_never_allowed_unseen(case: Facts, campaign: CampaignDefinition, now: datetime) -> None:
    if decide(case, campaign, now).verdict == Verdict.ALLOW:
        assert case.has_approval or not case.mentions_colleague


@many
@given(drawn, campaigns, nows)
def test_no_follow_up_is_ever_allowed_on_stale_mail(case: Facts, campaign: CampaignDefinition, now: datetime) -> None:
    decision = decide(case, campaign, now)
    by_mailbox = decision.verdict == Verdict.ALLOW and decision.channel not in BY_PEOPLE and case.is_live and case.attempt > 1
    if by_mailbox and case.sender and case.sender.inbound_synced_at:
        assert now - case.sender.inbound_synced_at <= timedelta(minutes=campaign.policy.sync_limit_minutes)


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
