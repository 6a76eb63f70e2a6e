"""Deliverability, best hours and variants: counted by hand, and what is said where little is known."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from accountgraph.analytics import best_hours, compare_variants, deliverability
from accountgraph.analytics.deliverability import Along
from accountgraph.analytics.hours import What, cells_of, hours_in_words
from accountgraph.analytics.variants import Goal
from accountgraph.enums import Channel
from accountgraph.errors import InvalidValueError
from tests.db.analytics.history import CAMPAIGN, march

if TYPE_CHECKING:
    from tests.db.analytics.history import History


async def test_mails_by_sender_are_what_was_counted_by_hand(history: History) -> None:
    lines = await deliverability(history.db, await history.asked(), [Along.SENDER])
    assert [(one.sender, one.sent, one.delivered, one.bounced_hard, one.week) for one in lines] == [
        ("one@ours.example", 3, 1, 0, None),
        ("two@ours.example", 1, 0, 1, None),
    ]
    assert (lines[1].hard_bounce.percent, lines[0].hard_bounce.high) == (100.0, 56.15)  # Wilson: 0 of 3


async def test_mails_by_domain_and_week_are_told_apart(history: History) -> None:
    lines = await deliverability(history.db, await history.asked(march_alone=False), [Along.DOMAIN, Along.WEEK])
    assert {(one.domain, one.week, one.sent) for one in lines} == {
        ("acme.example", date(2026, 3, 2), 1),
        ("blue.example", date(2026, 3, 2), 1),
        ("cobalt.example", date(2026, 3, 9), 1),
        ("acme.example", date(2026, 3, 9), 1),
        ("acme.example", date(2026, 3, 30), 1),  # by hand, and too old to count against caps: the domain is the person's
    }


async def test_every_kind_of_trouble_has_its_column(history: History) -> None:
    for kind, detail in (("bounced", "soft"), ("bounced", "policy"), ("complained", None), ("unsubscribed", None)):
        message = await history.send("Cy", march(20))
        await history.happened(message, kind, hours=1, **({"detail": detail} if detail else {}))
        await history.happened(message, kind, hours=2, **({"detail": detail} if detail else {}))  # each message counts once
    (line,) = await deliverability(history.db, await history.asked(industry="Anvils"), [])
    counted = (line.sent, line.bounced_hard, line.bounced_soft, line.refused, line.complained, line.unsubscribed)
    assert counted == (5, 1, 1, 1, 1, 1)


async def test_another_channel_is_looked_at_where_it_is_asked_for(history: History) -> None:
    (line,) = await deliverability(history.db, await history.asked(channel=Channel.CALL), [])
    assert line.sent == 1


async def test_hours_are_those_of_the_recipient(history: History) -> None:
    found = await best_hours(history.db, await history.asked(), What.OPEN)
    cells = {(cell.weekday, cell.hour): (cell.count, cell.n) for cell in found.cells if cell.n}
    assert cells == {(1, 4): (1, 1), (1, 10): (1, 1), (1, 15): (0, 1), (2, 23): (0, 1), (3, 9): (0, 1)}  # 09:00 UTC is 04:00 in New York
    assert (found.n, found.count, found.overall, len(found.cells)) == (5, 2, 40.0, 168)


async def test_a_zone_that_is_none_is_taken_for_the_workspaces(history: History) -> None:
    async with history.db.transaction() as session:
        await session.execute("""UPDATE contacts SET communication_preferences = '{"timezone": "Moon/Base"}'""")
    cells = {(cell.weekday, cell.hour) for cell in (await best_hours(history.db, await history.asked())).cells if cell.n}
    assert cells == {(1, 4), (1, 10), (1, 15), (2, 23), (3, 9)}


async def test_opens_of_machines_make_no_hour_better(history: History) -> None:
    april = await history.asked(march_alone=False)
    found = await best_hours(history.db, april, What.OPEN)
    assert {(cell.count, cell.n) for cell in found.cells if (cell.weekday, cell.hour) == (4, 9)} == {(0, 1)}


async def test_cells_with_few_touches_say_so_and_no_hour_is_best(history: History) -> None:
    found = await best_hours(history.db, await history.asked(), What.OPEN)
    assert not any(cell.is_enough for cell in found.cells)
    assert found.best == []


def test_an_hour_that_truly_is_better_is_found() -> None:
    cells = cells_of({(day, hour): (5 + 45 * ((day, hour) == (2, 10)), 100) for day in range(1, 6) for hour in range(8, 18)})
    (best,) = [cell for cell in cells if cell.low > 10]
    assert (best.weekday, best.hour, best.percent, best.is_enough) == (2, 10, 50.0, True)
    assert 30 < best.estimate < 50
    assert hours_in_words([best]) == ["Tuesday 10:00"]


def test_estimate_of_a_lucky_cell_stays_near_to_all() -> None:
    cells = cells_of({(1, 9): (2, 2), **{(day, 10): (10, 100) for day in range(1, 8)}})
    lucky = next(cell for cell in cells if (cell.weekday, cell.hour) == (1, 9))
    assert lucky.percent == 100.0
    assert lucky.estimate < 40
    empty = next(cell for cell in cells if (cell.weekday, cell.hour) == (5, 3))
    assert (empty.n, empty.percent, empty.is_enough) == (0, None, False)
    assert empty.low < empty.estimate < empty.high


async def test_variants_with_one_send_each_cannot_be_told_apart(history: History) -> None:
    (step,) = await compare_variants(history.db, await history.asked(campaign_id=CAMPAIGN))
    assert (step.step_key, [(one.variant, one.n, one.rate.count) for one in step.variants]) == ("first", [("A", 1, 1), ("B", 1, 0)])
    assert step.says == "A and B cannot be told apart yet: 1 send each."
    assert (step.comparisons[0].difference, step.comparisons[0].is_told_apart) == (-100.0, False)


async def test_variant_that_is_better_is_said_to_be(history: History) -> None:
    for number in range(20):
        for variant in ("A", "B"):
            message = await history.by_spring("Cy", march(20, 9, number), "first", variant)
            if variant == "B":
                await history.happened(message, "replied", hours=1)
    (step,) = await compare_variants(history.db, await history.asked(campaign_id=CAMPAIGN))
    assert [(one.variant, one.n, one.rate.count) for one in step.variants] == [("A", 21, 1), ("B", 21, 20)]
    assert step.comparisons[0].is_told_apart
    assert step.says.startswith("B is answered more often than A: by ")


async def test_variants_can_be_compared_by_opens(history: History) -> None:
    (step,) = await compare_variants(history.db, await history.asked(campaign_id=CAMPAIGN), Goal.OPEN)
    assert [one.rate.count for one in step.variants] == [1, 1]


async def test_three_variants_are_compared_each_with_each_and_more_strictly(history: History) -> None:
    await history.by_spring("Cy", march(20), "first", "C")
    (step,) = await compare_variants(history.db, await history.asked(campaign_id=CAMPAIGN))
    assert [(one.first, one.second) for one in step.comparisons] == [("A", "B"), ("A", "C"), ("B", "C")]
    assert step.says == "A, B and C cannot be told apart yet: 1, 1, 1 sends."


async def test_variants_without_a_campaign_are_refused(history: History) -> None:
    with pytest.raises(InvalidValueError, match="campaign"):
        await compare_variants(history.db, await history.asked())
