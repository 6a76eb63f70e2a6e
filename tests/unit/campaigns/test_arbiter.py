from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accountgraph.campaigns.arbiter import decide
from accountgraph.campaigns.decision import Decision, Effect, Verdict
from accountgraph.campaigns.definition import CampaignDefinition, Condition, Step
from accountgraph.campaigns.definition.policy import AccountLimits, Exclusions, Pace
from accountgraph.campaigns.definition.reactions import AccountAction, Reaction, Reactions, Scope
from accountgraph.campaigns.facts import Facts, HoldFacts
from accountgraph.enums import AccountStatus, Channel, ContactStatus
from tests.unit.campaigns.given import NOW, definition, facts

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
FREE = definition()


def decided(known: Facts | None = None, campaign: CampaignDefinition = FREE, now: datetime = NOW, **given: Any) -> Decision:
    return decide(known or facts(**given), campaign, now)


def utc(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def test_where_nothing_speaks_against_it_the_step_is_done_now() -> None:
    decision = decided()
    assert (decision.verdict, decision.effect, decision.rule) == (Verdict.ALLOW, Effect.SEND, "allow")
    assert decision.channel == Channel.EMAIL


@pytest.mark.parametrize(
    ("state", "effect"), [("finished", Effect.FINISH), ("failed", Effect.FINISH), ("paused", Effect.PAUSE), ("active", Effect.WAIT)]
)
def test_what_is_not_due_is_never_done(state: str, effect: Effect) -> None:
    assert (decided(state=state).rule, decided(state=state).effect) == ("state", effect)


@pytest.mark.parametrize(
    ("person", "rule", "effect"),
    [
        ({"do_not_contact": True}, "do_not_contact", Effect.FINISH),
        ({"suppressed": (("all", "complained"),)}, "suppressed", Effect.FINISH),
        ({"status": ContactStatus.UNSUBSCRIBED}, "unsubscribed", Effect.FINISH),
        ({"status": ContactStatus.BOUNCED}, "bounced", Effect.FAIL),
        ({"status": ContactStatus.INVALID}, "unreachable", Effect.FINISH),
    ],
)
def test_who_must_not_be_written_to_ends(person: dict[str, Any], rule: str, effect: Effect) -> None:
    decision = decided(person=person)
    assert (decision.verdict, decision.rule, decision.effect) == (Verdict.DENY, rule, effect)


def test_who_is_made_up_is_written_to_on_the_console_alone() -> None:
    decision = decided(person={"is_made_up": True}, sender={"transport": "smtp"})
    assert (decision.verdict, decision.rule, decision.effect) == (Verdict.DENY, "made_up", Effect.FINISH)
    assert decided(person={"is_made_up": True}, sender={"transport": "console"}).rule == "allow"
    assert decided(person={"is_made_up": True}, sender={"transport": "smtp"}, is_live=False).rule == "allow"


@pytest.mark.parametrize("reason", ["customer", "open_opportunity", "competitor", "owner"])
def test_an_excluded_account_ends_the_enrolment(reason: str) -> None:
    decision = decided(account={"exclusions": (reason,)})
    assert (decision.rule, decision.effect, decision.inputs) == ("excluded", Effect.FINISH, {"exclusion": reason})


def test_an_account_that_became_a_customer_ends_the_enrolment_unless_customers_are_wanted() -> None:
    assert decided(account={"status": AccountStatus.CUSTOMER}).rule == "excluded"
    wanted = definition(exclusions=Exclusions(customers=False))
    assert decided(account={"status": AccountStatus.CUSTOMER, "exclusions": ("customer",)}, campaign=wanted).rule == "allow"


def test_a_hold_pauses_until_the_last_of_them_ends() -> None:
    holds = (HoldFacts(scope="account", reason="merger", until=NOW + DAY), HoldFacts(scope="contact", reason="asked", until=NOW + HOUR))
    decision = decided(holds=holds)
    assert (decision.rule, decision.effect, decision.until) == ("hold", Effect.PAUSE, NOW + DAY)


def test_a_hold_without_an_end_pauses_until_it_is_lifted() -> None:
    holds = (HoldFacts(scope="account", reason="merger", until=NOW + DAY), HoldFacts(scope="workspace", reason="stop"))
    assert decided(holds=holds).until is None
    assert decided(holds=holds).effect == Effect.PAUSE


def test_a_hold_that_has_ended_holds_nothing() -> None:
    assert decided(holds=(HoldFacts(scope="account", reason="merger", until=NOW),)).rule == "allow"


def test_a_zone_that_no_longer_exists_asks_somebody() -> None:
    assert (decided(zone="Mars/Olympus").rule, decided(zone="Mars/Olympus").effect) == ("zone", Effect.PAUSE)


def test_an_enrolment_has_so_many_touchpoints_at_most() -> None:
    campaign = definition(pace=Pace(most_touchpoints=2))
    assert decided(attempt=2, campaign=campaign).rule == "allow"
    assert (decided(attempt=3, campaign=campaign).rule, decided(attempt=3, campaign=campaign).effect) == ("completed", Effect.FINISH)


def test_who_another_campaign_approaches_waits_a_business_day_where_campaigns_are_exclusive() -> None:
    decision = decided(elsewhere=("autumn",))
    assert (decision.rule, decision.effect, decision.until) == ("elsewhere", Effect.WAIT, NOW + DAY)
    assert decided(elsewhere=("autumn",), campaign=definition(is_exclusive=False)).rule == "allow"


def test_a_step_whose_condition_does_not_hold_is_passed_over() -> None:
    campaign = definition(Step(key="first", template="hello", only_if=Condition(has_phone=True)))
    assert (decided(campaign=campaign).rule, decided(campaign=campaign).effect) == ("condition", Effect.SKIP_STEP)
    assert decided(campaign=campaign, person={"phone": "+1 555"}).rule == "allow"


def test_a_step_due_on_the_wrong_channel_moves_to_the_right_one_at_once() -> None:
    decision = decided(attempt=3, person={"phone": "+1 555"}, step_key="third")
    assert (decision.rule, decision.effect, decision.channel, decision.until) == ("channel", Effect.MOVE, Channel.CALL, NOW)
    assert decision.inputs["refused"] == [["sms", "no_consent"]]


def test_an_sms_without_consent_is_denied_whatever_was_approved() -> None:
    campaign = definition(Step(key="first", channel=Channel.SMS, template="hello"), Step(key="second", template="hello"))
    decision = decided(campaign=campaign, queue_channel=Channel.SMS, person={"phone": "+1 555"}, has_approval=True)
    assert (decision.verdict, decision.rule, decision.effect) == (Verdict.DENY, "no_consent", Effect.SKIP_STEP)


def test_who_was_never_approached_and_never_can_be_is_done() -> None:
    decision = decided(person={"email": None})
    assert (decision.rule, decision.effect) == ("unreachable", Effect.FINISH)


def test_who_was_approached_before_goes_on_past_a_step_without_a_channel() -> None:
    decision = decided(person={"email": None}, attempt=2)
    assert (decision.rule, decision.effect) == ("no_address", Effect.SKIP_STEP)


def test_outside_the_window_the_step_waits_for_the_next_opening() -> None:
    saturday = utc(3, 7, 15)
    decision = decided(now=saturday)
    assert (decision.rule, decision.effect, decision.until) == ("window", Effect.WAIT, utc(3, 9, 13))


def test_a_holiday_where_the_person_is_is_outside_the_window() -> None:
    independence = utc(7, 3, 15)  # the 4th of July is a Saturday in 2026
    assert decided(now=independence).until == utc(7, 6, 13)
    assert decided(now=independence, region=None).rule == "allow"


def test_a_free_day_of_our_own_is_outside_the_window() -> None:
    assert decided(free_days=("2026-03-04",)).until == utc(3, 5, 14)


def test_two_business_days_lie_between_touches_over_all_channels() -> None:
    decision = decided(person={"last_touch_at": utc(3, 3, 16)})
    assert (decision.rule, decision.until) == ("contact_gap", utc(3, 5, 16))
    assert decided(person={"last_touch_at": utc(3, 2, 15)}).rule == "allow"


def test_three_people_of_an_account_are_approached_at_once_and_no_fourth() -> None:
    assert decided(account={"contacts_at_once": 3}).rule == "account_contacts"
    assert decided(account={"contacts_at_once": 2}).rule == "allow"
    assert decided(account={"contacts_at_once": 3}, attempt=2).rule == "allow"


def test_an_account_has_five_touches_in_seven_days_and_no_sixth() -> None:
    touches = tuple(NOW - timedelta(days=6) + n * HOUR for n in range(5))
    decision = decided(account={"touches": touches})
    assert (decision.rule, decision.until) == ("account_touches", utc(3, 5, 15))
    assert decided(account={"touches": touches[1:]}).rule == "allow"


def test_the_wait_for_an_account_ends_inside_the_window() -> None:
    campaign = definition(account=AccountLimits(touches_per_week=1))
    assert decided(account={"touches": (utc(2, 28, 12),)}, campaign=campaign).until == utc(3, 9, 13)


def test_who_joins_an_account_that_a_reply_paused_waits_a_business_day_at_a_time() -> None:
    decision = decided(account={"stopped_by": ("reply_positive",)})
    assert (decision.rule, decision.effect, decision.until) == ("account_paused", Effect.WAIT, utc(3, 5, 15))


def test_a_newcomer_does_not_wait_for_a_signal_that_pauses_nobody() -> None:
    assert decided(account={"stopped_by": ("referral", "open", "manual_message")}).rule == "allow"
    lenient = definition(reactions=Reactions(reply=Reaction(rest=AccountAction.NOTHING)))
    assert decided(account={"stopped_by": ("reply",)}, campaign=lenient).rule == "allow"


def test_a_reply_in_another_campaign_holds_no_newcomer_of_a_policy_that_looks_at_its_own() -> None:
    own = definition(reactions=Reactions(scope=Scope.CAMPAIGN))
    assert decided(account={"stopped_by": ("reply",)}, campaign=own).rule == "allow"
    assert decided(account={"stopped_by_in_campaign": ("reply",)}, campaign=own).rule == "account_paused"


def test_who_came_to_us_is_not_kept_waiting_for_a_colleagues_reply() -> None:
    assert decided(account={"stopped_by": ("reply",)}, person={"gave_address": True}).rule == "allow"


def test_those_further_up_in_the_account_come_first() -> None:
    assert decided(account={"ahead_not_approached": 1}).rule == "colleague_order"
    assert decided(account={"ahead_not_approached": 1}, attempt=2).rule == "allow"


def test_a_colleague_is_approached_three_business_days_after_48_hours_of_silence() -> None:
    approached = utc(2, 26, 15)  # a Thursday: silent for 48 hours on Saturday, three business days later is Wednesday
    assert decided(account={"ahead_last_touch_at": approached}).rule == "allow"
    decision = decided(account={"ahead_last_touch_at": approached + HOUR})
    assert (decision.rule, decision.until) == ("colleague_silence", NOW + HOUR)


def test_everything_waits_for_approval_until_a_person_relaxes_it() -> None:
    asking = definition(requires_approval=True)
    assert (decided(campaign=asking).rule, decided(campaign=asking).effect) == ("approval", Effect.PAUSE)
    assert decided(campaign=asking, has_approval=True).rule == "allow"
    relaxed = definition(Step(key="first", template="hello", needs_approval=False), requires_approval=True)
    assert decided(campaign=relaxed).rule == "allow"


def test_a_step_may_ask_for_approval_where_the_policy_does_not() -> None:
    assert decided(campaign=definition(Step(key="first", template="hello", needs_approval=True))).rule == "approval"


def test_a_message_that_names_a_colleague_always_waits_for_a_person() -> None:
    assert decided(mentions_colleague=True).rule == "approval"
    assert decided(mentions_colleague=True, has_approval=True).rule == "allow"


def test_in_an_unknown_country_a_person_decides() -> None:
    unknown = facts(jurisdiction={}, country_is_known=False, person={"country": None})
    assert (decided(unknown).rule, decided(unknown).effect) == ("approval", Effect.PAUSE)
    assert decided(jurisdiction={}, country_is_known=False, has_approval=True).rule == "allow"


def test_what_a_person_does_by_hand_needs_no_approval_and_no_sender() -> None:
    campaign = definition(Step(key="first", channel=Channel.CALL, instructions="Call."), requires_approval=True)
    by_hand = facts(queue_channel=Channel.CALL, person={"phone": "+1 555"}, sender=None)
    assert decided(by_hand, campaign=campaign).rule == "allow"


def test_an_email_without_a_mailbox_asks_somebody() -> None:
    assert (decided(sender=None).rule, decided(sender=None).effect) == ("mailbox", Effect.PAUSE)


@pytest.mark.parametrize("trouble", [{"recent_bounces": 3}, {"recent_complaints": 1}])
def test_a_mailbox_in_trouble_sends_nothing(trouble: dict[str, int]) -> None:
    decision = decided(sender={"recent": 100, **trouble})
    assert (decision.rule, decision.effect) == ("mailbox", Effect.PAUSE)
    assert decided(sender={"recent": 100, **trouble}, is_live=False).rule == "allow"


def test_live_mail_needs_the_senders_legal_name() -> None:
    assert decided(sender={"has_legal_identity": False}).rule == "legal_identity"
    assert decided(sender={"has_legal_identity": False}, is_live=False).rule == "allow"


def test_follow_ups_hold_while_replies_may_lie_unread() -> None:
    stale = {"inbound_synced_at": NOW - timedelta(minutes=61)}
    decision = decided(sender=stale, attempt=2)
    assert (decision.rule, decision.until) == ("inbound_sync", NOW + HOUR)
    assert decided(sender=stale, attempt=1).rule == "allow"
    assert decided(sender={"inbound_synced_at": NOW - timedelta(minutes=60)}, attempt=2).rule == "allow"


def test_a_mailbox_that_we_never_read_is_not_waited_for() -> None:
    assert decided(sender={"inbound_synced_at": None}, attempt=2).rule == "allow"


def test_a_sender_that_is_not_free_yet_puts_the_step_off_until_it_is() -> None:
    decision = decided(sender={"frees_at": NOW + timedelta(minutes=3), "sent_last_hour": 8})
    assert (decision.rule, decision.effect, decision.until) == ("sender", Effect.WAIT, NOW + timedelta(minutes=3))


@pytest.mark.parametrize(
    "usage",
    [
        {"sent_last_hour": 8},
        {"sent_last_day": 30},
        {"sent_last_hour": 2, "per_hour": 2},
        {"sent_last_day": 10, "per_day": 10},
        {"sent_last_day": 5, "warmup_started_at": NOW},
    ],
)
def test_a_sender_at_its_cap_sends_nothing_more(usage: dict[str, Any]) -> None:
    assert (decided(sender=usage).rule, decided(sender=usage).until) == ("sender", NOW + HOUR)


def test_a_recipients_domain_gets_five_in_a_day_and_no_sixth() -> None:
    sends = tuple(NOW - timedelta(hours=20) + n * timedelta(minutes=1) for n in range(5))
    decision = decided(domain_sends=sends)
    assert (decision.rule, decision.until) == ("domain", NOW + timedelta(hours=4))
    assert decided(domain_sends=sends[1:]).rule == "allow"
