"""The funnel of accounts, and who stands behind each number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from accountgraph.analytics import Stage, account_funnel, page_funnel_accounts
from accountgraph.enums import AccountTier, Channel
from accountgraph.errors import InvalidValueError
from tests.db.analytics.history import CAMPAIGN

if TYPE_CHECKING:
    from tests.db.analytics.history import History


async def reached(history: History, **narrowed: Any) -> list[int]:
    return [step.reached for step in (await account_funnel(history.db, await history.asked(**narrowed))).steps]


async def names(history: History, stage: Stage, **given: Any) -> list[str]:
    return [one.name for one in (await page_funnel_accounts(history.db, await history.asked(), stage, **given)).items]


async def test_accounts_by_stage_are_what_was_counted_by_hand(history: History) -> None:
    assert await reached(history) == [4, 3, 2, 2, 2, 1]


async def test_who_met_without_a_reply_has_come_past_it_and_was_not_seen_there(history: History) -> None:
    steps = (await account_funnel(history.db, await history.asked())).steps
    assert [(step.stage, step.seen) for step in steps] == [
        (Stage.ACCOUNT, 4), (Stage.CONTACTED, 3), (Stage.ENGAGED, 2), (Stage.REPLIED, 1), (Stage.MEETING, 2), (Stage.WON, 1),
    ]  # fmt: skip


async def test_steps_say_how_many_went_on(history: History) -> None:
    steps = {step.stage: step for step in (await account_funnel(history.db, await history.asked())).steps}
    won, contacted = steps[Stage.WON], steps[Stage.CONTACTED]
    assert won.from_before is not None
    assert won.from_contacted is not None
    assert (won.from_before.count, won.from_before.of, won.from_contacted.of) == (1, 2, 3)
    assert steps[Stage.ACCOUNT].from_before is None
    assert contacted.from_before is not None
    assert (contacted.from_before.percent, contacted.from_contacted) == (75.0, None)


@pytest.mark.parametrize(
    ("narrowed", "counted"),
    [
        ({"tier": AccountTier.TIER1}, [2, 2, 1, 1, 1, 1]),
        ({"industry": "Anvils"}, [1, 1, 0, 0, 0, 0]),
        ({"campaign_id": CAMPAIGN}, [2, 2, 2, 1, 1, 1]),  # Bob met us after the call, which is none of the campaign's
        ({"channel": Channel.CALL}, [4, 1, 1, 1, 1, 0]),
    ],
)
async def test_filters_leave_the_accounts_and_touches_that_they_name(
    history: History, narrowed: dict[str, Any], counted: list[int]
) -> None:
    assert await reached(history, **narrowed) == counted


async def test_every_number_opens(history: History) -> None:
    steps = (await account_funnel(history.db, await history.asked())).steps
    for step in steps:
        assert len(await names(history, step.stage)) == step.reached
    assert await names(history, Stage.ENGAGED) == ["Acme", "Blue"]


async def test_those_who_came_no_further_can_be_asked_for_alone(history: History) -> None:
    assert await names(history, Stage.ACCOUNT, only_stopped=True) == ["Dune"]
    assert await names(history, Stage.CONTACTED, only_stopped=True) == ["Cobalt"]
    assert await names(history, Stage.MEETING, only_stopped=True) == ["Blue"]


async def test_pages_go_on_where_the_last_one_ended(history: History) -> None:
    asked = await history.asked()
    page = await page_funnel_accounts(history.db, asked, Stage.CONTACTED, limit=2)
    assert [one.name for one in page.items] == ["Acme", "Blue"]
    rest = await page_funnel_accounts(history.db, asked, Stage.CONTACTED, limit=2, after=page.next)
    assert ([one.name for one in rest.items], rest.next) == (["Cobalt"], None)


async def test_page_can_be_read_the_other_way_round(history: History) -> None:
    assert await names(history, Stage.CONTACTED, sort="-name") == ["Cobalt", "Blue", "Acme"]
    with pytest.raises(InvalidValueError, match="sort"):
        await names(history, Stage.CONTACTED, sort="tier")


async def test_account_says_how_far_it_came(history: History) -> None:
    page = await page_funnel_accounts(history.db, await history.asked(), Stage.ACCOUNT)
    assert {one.name: one.stage for one in page.items} == {
        "Acme": Stage.WON, "Blue": Stage.MEETING, "Cobalt": Stage.CONTACTED, "Dune": Stage.ACCOUNT,
    }  # fmt: skip


async def test_deal_that_was_won_before_anybody_wrote_is_not_owed_to_it(history: History) -> None:
    async with history.db.transaction() as session:
        await session.execute("UPDATE signals SET at = '2026-03-01'")
    assert await reached(history) == [4, 3, 2, 2, 2, 0]
