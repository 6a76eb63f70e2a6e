"""Analytics: the filters of the address, each page's numbers against the services', and the messages behind them."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from markupsafe import escape

from accountgraph.analytics import account_funnel, backfill_health, engagement, grouped, snapshot_health
from accountgraph.analytics.behind import choices
from accountgraph.analytics.engagement import By
from accountgraph.analytics.rates import rate
from accountgraph.dashboard.analytics.delivery import judged
from accountgraph.dashboard.analytics.drawing import changed, hours
from accountgraph.dashboard.analytics.groups import inside, name_of
from accountgraph.dashboard.charts import Chart, Series
from accountgraph.db import Database
from tests.dashboard.conftest import OUR_SCRIPTS, Browser, W
from tests.dashboard.html import page as strict
from tests.dashboard.test_accounts import HOSTILE
from tests.db.analytics.history import CAMPAIGN, History

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.beginnings import Beginnings, Make
    from tests.dashboard.html import Page
    from tests.factories import Clock

A = f"{W}/analytics"
IN_MARCH = "since=2026-03-01&until=2026-03-31"
TABS = ["", "/groups", "/funnel", "/replies", "/health", "/deliverability", "/hours", "/variants"]


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> Make | None:
    return History.told if "told" in request.fixturenames else None


@pytest.fixture
async def told(url: str, clock: Clock, beginnings: Beginnings) -> AsyncIterator[History]:
    """The history whose numbers can be counted by hand; its March."""
    async with Database(url, workspace="abm", clock=clock) as db:
        yield beginnings.again(History.told, db, clock)


@pytest.fixture
async def ada(browser: Browser) -> Browser:
    return await browser.as_role("viewer")


async def whole(ada: Browser, path: str, query: str = "") -> Page:
    """A page with all its numbers, as who has no script gets it."""
    return await ada.page(f"{A}{path}?{IN_MARCH}&whole=1{'&' if query else ''}{query}")


def bare(text: str) -> str:
    """A text without spaces: cells of a table stand next to each other."""
    return "".join(text.split())


async def test_a_page_comes_with_its_filters_before_what_is_counted(ada: Browser, told: History) -> None:
    for path in TABS:
        shown = await ada.page(f"{A}{path}?{IN_MARCH}")
        assert "Counting" in shown.text
        assert "As a table" not in shown.text
        assert [link for link in shown.links if "whole=1" in link] == [f"{A}{path}?{IN_MARCH}&whole=1"]


async def test_the_part_that_a_script_asks_for_is_what_the_whole_page_has(ada: Browser, told: History) -> None:
    for path in TABS:
        answer = await ada.get(f"{A}{path}?{IN_MARCH}&part=1", **{"HX-Request": "true"})
        assert answer.status_code == 200
        assert answer.text.lstrip().startswith('<div id="found">')
        assert answer.text.strip() in (await ada.get(f"{A}{path}?{IN_MARCH}&whole=1")).text


async def test_a_part_that_no_script_asks_for_is_the_page(ada: Browser, told: History) -> None:
    assert "Counting" in (await ada.page(f"{A}?part=1")).text


async def test_an_empty_workspace_says_so_and_what_to_do(ada: Browser) -> None:
    for path in TABS:
        text = " ".join((await ada.page(f"{A}{path}?whole=1")).text.split())
        assert re.search("Nothing left in this time|No days yet|There is no campaign yet|There is no account yet", text), path


async def test_the_numbers_of_engagement_are_those_of_the_service(ada: Browser, told: History) -> None:
    total = (await engagement(told.db, await told.asked())).total
    text = bare((await whole(ada, "")).text)
    assert bare(f"Sent {total.sent} {total.emails} e-mails +{total.sent} from 0") in text
    assert bare(f"Opened by people {total.human_opened} 50.0 %") in text
    assert bare(f"Meetings {total.meetings} 40.0 %") in text


async def test_people_alone_leave_machines_out(ada: Browser, told: History) -> None:
    assert "with machines" in (await whole(ada, "")).text.partition("As a table")[2]
    assert "with machines" not in (await whole(ada, "", "view=human")).text.partition("As a table")[2]


async def test_every_group_is_in_the_table_and_leads_to_its_messages(ada: Browser, told: History) -> None:
    found = [(by, group) for by in By for group in await grouped(told.db, await told.asked(), by)]
    pages = {by: await whole(ada, "/groups", f"by={by}") for by in By}
    for by, group in found:
        shown = pages[by]
        assert name_of(group, by) in shown.text
        link = f"{A}/messages?{urlencode({'since': '2026-03-01', 'until': '2026-03-31', **inside(group, by)})}"
        assert link in shown.links
        behind = await ada.page(f"{link}&whole=1")
        assert len([one for one in behind.links if "/people/" in one]) == group.sent


async def test_groups_are_sorted_by_any_column(ada: Browser, told: History) -> None:
    up = (await whole(ada, "/groups", "by=tier&sort=name")).text.rpartition("Meetings")[2]
    down = (await whole(ada, "/groups", "by=tier&sort=-name")).text.rpartition("Meetings")[2]
    assert up.index("tier 1") < up.index("tier 2")
    assert down.index("tier 2") < down.index("tier 1")
    best = (await whole(ada, "/groups", "by=tier&sort=-reply")).text.rpartition("Meetings")[2]
    assert best.index("tier 1") < best.index("tier 2")


async def test_every_number_of_the_funnel_opens_as_its_accounts(ada: Browser, told: History) -> None:
    shown = await whole(ada, "/funnel")
    for step in (await account_funnel(told.db, await told.asked())).steps:
        link = f"{A}/funnel/{step.stage}?{IN_MARCH}"
        assert link in shown.links
        behind = await ada.page(f"{link}&whole=1")
        assert len([one for one in behind.links if "/accounts/" in one]) == step.reached
    stopped = await ada.page(f"{A}/funnel/account?{IN_MARCH}&stopped=yes&whole=1")
    assert "Dune" in stopped.text
    assert "Acme" not in stopped.text


async def test_times_to_reply_say_who_has_not_replied(ada: Browser, told: History) -> None:
    text = bare((await whole(ada, "/replies")).text)
    assert bare("Half of the replies come within 5.0 h too few replies for an interval") in text
    assert bare("Have not replied 4 the oldest has waited") in text
    assert bare("4 messages and calls have none.") in text


async def test_health_says_whose_moved_and_which_part(ada: Browser, told: History) -> None:
    await backfill_health(told.db)
    await snapshot_health(told.db)
    shown = await whole(ada, "/health", "back=7")
    assert f"{W}/accounts/{told.ids['Acme']}" in shown.links
    assert "days were reckoned afterwards" in shown.text
    assert re.search(r"engagement [+−]\d", shown.text)


async def test_a_day_of_the_health_of_a_year_opens_as_many_days_before_it(ada: Browser, told: History) -> None:
    await backfill_health(told.db)
    shown = await ada.page(f"{A}/health?days=365&whole=1")
    days = [link for link in shown.links if "until=" in link and "/health" in link]
    [earliest] = [min(days, key=lambda link: link.rpartition("until=")[2])]
    opened = await ada.page(earliest)
    assert earliest.rpartition("until=")[2][:10] in opened.text
    asked = dict(one.split("=") for one in earliest.partition("?")[2].split("&"))
    assert (date.fromisoformat(asked["until"]) - date.fromisoformat(asked["since"])).days == 364


async def test_deliverability_is_told_with_its_limits(ada: Browser, told: History) -> None:
    text = bare((await whole(ada, "/deliverability")).text)
    assert bare("Bounced for good 1 25.0 % 4.6 to 69.9 above 3 %") in text
    assert bare("Called spam 0 0.0 %") in text
    for along, name in (("domain", "cobalt.example"), ("week", "9 Mar"), ("sender", "two@ours.example")):
        assert name in (await whole(ada, "/deliverability", f"along={along}")).text


async def test_hours_with_too_little_data_are_said_to_have_it(ada: Browser, told: History) -> None:
    text = (await whole(ada, "/hours", "what=open")).text
    assert "No hour is known to be better" in text
    assert "too little data" in text.partition("As a table")[2]


async def test_the_cell_of_an_hour_leads_to_its_messages(ada: Browser, told: History) -> None:
    shown = await whole(ada, "/hours")
    cells = {link for link in shown.links if "weekday=" in link}
    seen = 0
    for link in cells:
        seen += len([one for one in (await ada.page(f"{link}&whole=1")).links if "/people/" in one])
    assert seen == 5  # each touch of March is in one cell


async def test_variants_are_told_in_an_honest_sentence(ada: Browser, told: History) -> None:
    shown = await ada.page(f"{A}/variants?{IN_MARCH}&whole=1")
    assert "spring" in shown.text
    chosen = await whole(ada, "/variants", f"campaign={CAMPAIGN}")
    assert "A and B cannot be told apart yet: 1 send each." in chosen.text
    assert "B − A" in chosen.text


async def test_the_messages_are_paged_and_each_is_there_once(ada: Browser, told: History, monkeypatch: pytest.MonkeyPatch) -> None:
    from accountgraph.dashboard.analytics import messages

    monkeypatch.setattr(messages, "ROWS", 2)
    path, seen = f"{A}/messages?{IN_MARCH}&whole=1", []
    for _ in range(3):
        shown = await ada.page(path)
        seen += [link for link in shown.links if "/people/" in link]
        path = next((f"{link}&whole=1" for link in shown.links if "after=" in link and "whole" not in link), "")
    assert len(seen) == len(set(seen)) == 5
    assert path == ""


async def test_a_filter_that_cannot_be_is_named_and_stays_typed(ada: Browser) -> None:
    for query, field, typed in (
        ("since=yesterday", "since", "yesterday"),
        ("until=2026-02-31", "until", "2026-02-31"),
        ("since=2026-04-01&until=2026-03-01", "since", "2026-04-01"),
        ("days=31", "days", "31"),
        ("channel=pigeon", "channel", "Put"),
        ("tier=nine", "tier", "Put"),
        ("campaign=spring", "campaign", "Put"),
        ("sender=x", "sender", "Put"),
        ("view=machines", "view", "Put"),
        ("industry=%00", "industry", "Put"),
    ):
        answer = await ada.get(f"{A}?{query}")
        assert answer.status_code == 422, query
        shown = strict(answer.text)
        assert f"{field}: " in shown.text
        assert typed in answer.text


async def test_an_address_that_says_nonsense_is_told_so(ada: Browser) -> None:
    for query in (
        "?span=year", "/groups?by=luck", "/groups?sort=luck", "/groups?goal=luck", "/health?back=8", "/deliverability?along=x",
        "/hours?what=x", "/variants?goal=x", "/messages?came=x", "/messages?hour=late", "/messages?hour=nan", "/messages?after=x",
        "/funnel/account?after=x",
    ):  # fmt: skip
        shown = await ada.page(f"{A}{query}&whole=1", 422)
        assert len(shown.text) < 4000


async def test_a_stage_that_is_none_is_not_there(ada: Browser) -> None:
    await ada.page(f"{A}/funnel/luck?whole=1", 404)


async def test_filters_go_with_every_tab_and_can_be_taken_away(ada: Browser, told: History) -> None:
    shown = await ada.page(f"{A}/funnel?days=365&tier=tier1&industry=Software")
    assert f"{A}/hours?days=365&tier=tier1&industry=Software" in shown.links
    assert f"{A}/funnel?days=365&industry=Software" in shown.links
    assert f"{A}/funnel?tier=tier1&industry=Software" in shown.links  # 90 days need not be said


async def test_what_others_wrote_is_text_and_nothing_else(ada: Browser, told: History) -> None:
    async with told.db.transaction() as session:
        for change in (
            "UPDATE companies SET industry = %(x)s, name = %(x)s",
            "UPDATE contacts SET first_name = %(x)s",
            "UPDATE intents SET variant = left(%(x)s, 50) || coalesce(variant, '')",
        ):
            await session.execute(change, {"x": HOSTILE})
    await snapshot_health(told.db)
    for path, query in (
        *((tab, "") for tab in TABS),
        ("/groups", "by=industry"),
        ("/groups", "by=variant"),
        ("/variants", f"campaign={CAMPAIGN}"),
        ("/messages", ""),
        ("/messages", urlencode({"of_industry": HOSTILE, "variant": HOSTILE, "step": HOSTILE, "domain": HOSTILE})),
        ("/funnel/contacted", ""),
        ("", urlencode({"industry": HOSTILE})),
    ):
        answer = await ada.get(f"{A}{path}?{IN_MARCH}&whole=1&{query}")
        shown = strict(answer.text)
        assert escape(HOSTILE) in answer.text
        assert shown.tags.count("script") == OUR_SCRIPTS
        assert "img" not in shown.tags[shown.tags.index("main") :]


async def test_who_may_not_see_campaigns_is_told_so(browser: Browser) -> None:
    assert (await browser.get(A)).status_code == 303
    assert (await (await browser.member_without()).get(A)).status_code == 403


async def test_choices_are_the_campaigns_the_senders_and_each_industry_once(told: History) -> None:
    found = [(one.kind, one.name) for one in await choices(told.db)]
    assert found == [
        ("campaign", "spring"),
        ("sender", "one@ours.example"),
        ("sender", "two@ours.example"),
        ("industry", "Anvils"),
        ("industry", "Software"),
    ]


@pytest.mark.parametrize(
    ("count", "of", "said"),
    [
        (0, 0, ("", "nothing sent")),
        (0, 10, ("", "below 3 % so far, and not certain")),
        (0, 500, ("good", "below 3 %")),
        (1, 10, ("attention", "above 3 % so far, and not certain")),
        (50, 500, ("bad", "above 3 %")),
    ],
)
def test_a_share_is_judged_by_where_its_interval_lies(count: int, of: int, said: tuple[str, str]) -> None:
    assert judged(rate(count, of), 3.0) == said


@pytest.mark.parametrize(("value", "said"), [(None, "not known"), (0.5, "30 min"), (5, "5.0 h"), (96, "4.0 days")])
def test_times_are_said_in_the_unit_that_fits(value: float | None, said: str) -> None:
    assert hours(value) == said


@pytest.mark.parametrize(("now", "before", "said"), [(3, 3, "as before"), (5, 3, "+2 from 3"), (1, 1234, "−1,233 from 1,234")])
def test_a_number_is_compared_with_that_before(now: int, before: int, said: str) -> None:
    assert changed(now, before) == said


def test_a_chart_of_intervals_with_nothing_counted_is_not_empty() -> None:
    assert not Chart("k", "t", "interval", ["a"], [Series("s", [0.0], low=[0.0], high=[0.3])]).is_empty
    assert Chart("k", "t", "interval", ["a"], [Series("s", [None], low=[None], high=[None])]).is_empty


def test_the_table_says_what_a_faint_value_is_and_where_each_leads() -> None:
    chart = Chart("k", "t", "heat", ["09"], [Series("Mon", [0.5], low=[0.1], high=[0.9], faint=[True], links=["/x"])], "%")
    assert chart.rows == [("09", None, [("50.0 % (10.0 % to 90.0 %), too little data", "/x")])]
