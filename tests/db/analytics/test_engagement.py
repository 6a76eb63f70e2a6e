"""What came of touches, over time and group by group: every number counted by hand."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from accountgraph.analytics import asked_of, engagement, grouped
from accountgraph.analytics.engagement import By, Span, Tally
from accountgraph.campaigns.funnel import funnel_of
from accountgraph.enums import AccountTier, Channel
from accountgraph.errors import InvalidValueError
from tests.db.analytics.history import CAMPAIGN, MARCH, NOW

if TYPE_CHECKING:
    from tests.db.analytics.history import History

OF_MARCH = Tally(
    sent=5, emails=4, opened=3, human_opened=2, clicked=2, human_clicked=1, replied=1, human_replied=1, meetings=2
)  # fmt: skip


async def test_march_is_what_was_counted_by_hand(history: History) -> None:
    found = await engagement(history.db, await history.asked(), Span.MONTH)
    assert found.total == OF_MARCH
    assert [point.starts_on for point in found.points] == [date(2026, 3, 1)]


async def test_weeks_begin_on_monday_and_have_no_gaps(history: History) -> None:
    found = await engagement(history.db, await history.asked(march_alone=False), Span.WEEK)
    sent = {point.starts_on.isoformat(): (point.sent, point.human_opened, point.meetings) for point in found.points}
    assert sent == {
        "2026-02-23": (0, 0, 0),
        "2026-03-02": (2, 2, 0),
        "2026-03-09": (2, 0, 1),
        "2026-03-16": (1, 0, 1),
        "2026-03-23": (0, 0, 0),
        "2026-03-30": (1, 0, 0),
        "2026-04-06": (0, 0, 0),
    }


async def test_days_are_those_of_the_zone(history: History) -> None:
    berlin = await asked_of(history.db, since=date(2026, 3, 11), until=date(2026, 3, 11), zone="Europe/Berlin")
    found = await engagement(history.db, berlin, Span.DAY)
    assert [(point.starts_on, point.sent) for point in found.points] == [(date(2026, 3, 11), 2)]  # 23:30 UTC is the next day in Berlin
    utc = await asked_of(history.db, since=date(2026, 3, 11), until=date(2026, 3, 11), zone="UTC")
    assert (await engagement(history.db, utc, Span.DAY)).total.sent == 1


@pytest.mark.parametrize(
    ("narrowed", "sent"),
    [
        ({"channel": Channel.CALL}, 1),
        ({"tier": AccountTier.TIER1}, 3),
        ({"industry": "Software"}, 4),
        ({"campaign_id": CAMPAIGN}, 3),
        ({"tier": AccountTier.TIER1, "industry": "Anvils"}, 1),
        ({"industry": "software"}, 0),
    ],
)
async def test_filters_leave_the_touches_that_they_name(history: History, narrowed: dict[str, Any], sent: int) -> None:
    assert (await engagement(history.db, await history.asked(**narrowed))).total.sent == sent


async def test_a_sender_has_what_left_through_it_by_the_campaign_and_by_hand(history: History) -> None:
    for name, sent in (("one", 3), ("two", 1)):
        assert (await engagement(history.db, await history.asked(sender_id=history.ids[name]))).total.sent == sent


@pytest.mark.parametrize(
    ("by", "counted"),
    [
        (By.CHANNEL, {"email": (4, 2), "call": (1, 0)}),
        (By.TIER, {"tier1": (3, 1), "tier2": (2, 1)}),
        (By.INDUSTRY, {"Software": (4, 2), "Anvils": (1, 0)}),
        (By.SENDER, {"one@ours.example": (3, 2), "two@ours.example": (1, 0), None: (1, 0)}),
        (By.CAMPAIGN, {"spring": (3, 2), None: (2, 0)}),
        (By.STEP, {"spring / first": (2, 2), "spring / second": (1, 0), None: (2, 0)}),
        (By.VARIANT, {"spring / first / A": (1, 1), "spring / first / B": (1, 1), "spring / second": (1, 0), None: (2, 0)}),
    ],
)
async def test_groups_are_what_was_counted_by_hand(history: History, by: By, counted: dict[str | None, tuple[int, int]]) -> None:
    found = await grouped(history.db, await history.asked(), by)
    assert {group.name: (group.sent, group.human_opened) for group in found} == counted


@pytest.mark.parametrize("by", list(By))
async def test_groups_together_are_the_whole(history: History, by: By) -> None:
    found = await grouped(history.db, await history.asked(), by)
    assert Tally(**{name: sum(getattr(group, name) for group in found) for name in Tally.__struct_fields__}) == OF_MARCH


async def test_rates_are_of_mails_or_of_all_and_have_intervals(history: History) -> None:
    (mails,) = [group for group in await grouped(history.db, await history.asked(), By.CHANNEL) if group.key == "email"]
    assert (mails.rates.open.percent, mails.rates.human_open.percent, mails.rates.human_reply.percent) == (75.0, 50.0, 25.0)
    assert (mails.rates.human_open.low, mails.rates.human_open.high) == (15.0, 85.0)  # Wilson, 2 of 4
    (call,) = [group for group in await grouped(history.db, await history.asked(), By.CHANNEL) if group.key == "call"]
    assert call.rates.human_open.percent is None


async def test_campaign_has_the_opens_and_clicks_that_its_funnel_has(history: History) -> None:
    total = (await engagement(history.db, await history.asked(campaign_id=CAMPAIGN))).total
    (funnel,) = await funnel_of(history.db, CAMPAIGN)
    assert (funnel.approached, funnel.opened, funnel.clicked) == (total.sent, total.human_opened, total.human_clicked)


async def test_without_a_period_it_is_the_last_ninety_days_in_the_zone_of_the_workspace(history: History) -> None:
    asked = await asked_of(history.db)
    assert (asked.period.until, (asked.period.until - asked.period.since).days, asked.period.zone) == (NOW.date(), 89, "UTC")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"zone": "Mars/Base"}, "zone"),
        ({"zone": "../etc/passwd"}, "zone"),
        ({"since": date(2026, 4, 1), "until": date(2026, 3, 1)}, "since"),
        ({"since": date(2020, 4, 1), "until": date(2026, 3, 1)}, "since"),
        ({"until": date(1, 1, 1)}, "until"),
        ({"since": date(9999, 12, 31), "until": date(9999, 12, 31)}, "until"),
    ],
)
async def test_a_period_that_is_none_is_refused_by_its_field(history: History, given: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        await asked_of(history.db, **{**MARCH, **given})
    assert refused.value.field == field
