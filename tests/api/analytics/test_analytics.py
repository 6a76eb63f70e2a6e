"""What came of it, over HTTP: the services' answers, for whoever may read them, and as CSV."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import pytest

from accountgraph.analytics import snapshot_health
from accountgraph.db import Database
from tests.api.conftest import opened
from tests.db.analytics.history import CAMPAIGN, NOW, History

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.api.conftest import Asker
    from tests.beginnings import Beginnings, Make
    from tests.factories import Clock

MARCH = {"since": "2026-03-01", "until": "2026-03-31", "zone": "UTC"}


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> Make | None:
    return History.told if "told" in request.fixturenames else None


@pytest.fixture
async def told(url: str, clock: Clock, beginnings: Beginnings) -> AsyncIterator[History]:
    """The hand-made history."""
    async with Database(url, workspace="abm", clock=clock) as db:
        yield beginnings.again(History.told, db, clock)


@pytest.fixture
async def asker(url: str, told: History) -> AsyncIterator[Asker]:
    """The API over it."""
    async with opened(url) as api:
        yield api


async def got(api: Asker, path: str, **query: Any) -> Any:
    answer = await api.get(path, params={**MARCH, **query})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_engagement_and_its_groups_have_the_same_sum(asker: Asker) -> None:
    series = await got(asker, "/analytics/engagement", by="day")
    assert (len(series["points"]), series["total"]["sent"], series["total"]["human_opened"]) == (31, 5, 2)
    groups = (await got(asker, "/analytics/groups", by="tier"))["items"]
    assert {group["key"]: group["sent"] for group in groups} == {"tier1": 3, "tier2": 2}
    assert groups[0]["rates"]["reply"]["percent"] == 33.33


async def test_questions_can_be_narrowed(asker: Asker, told: History) -> None:
    for narrowed, sent in (({"campaign": "spring"}, 3), ({"channel": "call"}, 1), ({"sender_id": str(told.ids["two"])}, 1)):
        assert (await got(asker, "/analytics/engagement", **narrowed))["total"]["sent"] == sent


async def test_every_number_of_the_funnel_opens(asker: Asker) -> None:
    for step in (await got(asker, "/analytics/funnel"))["steps"]:
        page = await got(asker, f"/analytics/funnel/{step['stage']}", limit=1)
        names = [one["name"] for one in page["items"]]
        while page["next"]:
            page = await got(asker, f"/analytics/funnel/{step['stage']}", limit=1, after=page["next"])
            names += [one["name"] for one in page["items"]]
        assert len(names) == step["reached"]


async def test_reply_times_hours_variants_and_deliverability_answer(asker: Asker) -> None:
    assert (await got(asker, "/analytics/reply-times"))["median"]["hours"] == 5.0
    assert len((await got(asker, "/analytics/hours", what="open"))["cells"]) == 168
    (step,) = (await got(asker, f"/analytics/variants/{CAMPAIGN}"))["items"]
    assert step["says"] == "A and B cannot be told apart yet: 1 send each."
    lines = (await got(asker, "/analytics/deliverability", by="sender"))["items"]
    assert [(one["sender"], one["bounced_hard"]) for one in lines] == [("one@ours.example", 0), ("two@ours.example", 1)]


async def test_health_over_time_answers(asker: Asker, told: History) -> None:
    await snapshot_health(told.db)
    until = {"until": NOW.date().isoformat()}
    ids = f"{told.ids['Dune']},{told.ids['Acme']}"
    series = (await asker.get("/analytics/health/series", params={"company_id": ids, **until})).json()["items"]
    assert [one["company_id"] for one in series] == ids.split(",")
    assert series[1]["days"][0]["day"] == until["until"]
    spread = (await asker.get("/analytics/health/distribution", params=until)).json()["items"]
    assert [one["accounts"] for one in spread] == [4]
    movers = (await asker.get("/analytics/health/movers", params=until)).json()
    assert (movers["from_day"], movers["up"]) == (None, [])


@pytest.mark.parametrize("table", ["weeks", "steps", "senders", "funnel", "deliverability", "hours"])
async def test_answer_comes_as_csv(asker: Asker, table: str) -> None:
    answer = await asker.get(f"/analytics/files/{table}", params=MARCH)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    names, *rows = list(csv.reader(io.StringIO(answer.text)))
    assert rows
    assert all(len(row) == len(names) for row in rows)


async def test_csv_has_counts_and_intervals_in_columns_of_their_own(asker: Asker) -> None:
    answer = await asker.get("/analytics/files/channels", params=MARCH)
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(row["key"], row["sent"], row["rates_human_open_percent"]) for row in rows] == [("email", "4", "50.0"), ("call", "1", "")]


async def test_no_text_of_a_csv_is_a_formula(asker: Asker, told: History) -> None:
    async with told.db.transaction() as session:
        await session.execute("UPDATE companies SET industry = '=1+1'")
    answer = await asker.get("/analytics/files/industries", params=MARCH)
    assert "'=1+1" in answer.text


@pytest.mark.parametrize("path", ["/analytics/engagement", "/analytics/funnel/won", "/analytics/files/weeks", "/analytics/health/movers"])
async def test_viewers_and_agents_may_look(asker: Asker, path: str) -> None:
    for role in ("viewer", "agent"):
        assert (await (await asker.as_role(role)).get(path)).status_code == 200


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("/analytics/engagement", {"zone": "Mars/Base"}, "zone"),
        ("/analytics/engagement", {"since": "2026-02-30"}, "since"),
        ("/analytics/engagement", {"since": "2026-02-01", "until": "2026-01-01"}, "since"),
        ("/analytics/groups", {}, "by"),
        ("/analytics/health/series", {}, "company_id"),
        ("/analytics/health/series", {"company_id": str(CAMPAIGN), "days": "0"}, "days"),
        ("/analytics/funnel/won", {"after": "x"}, "after"),
    ],
)
async def test_what_cannot_be_asked_is_refused_by_its_field(asker: Asker, path: str, query: dict[str, str], field: str) -> None:
    answer = await asker.get(path, params=query)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
