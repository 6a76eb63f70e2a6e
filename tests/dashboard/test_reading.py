"""Numbers, times, days and ids: read as they are meant, or refused by their field and never with a fault of ours."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from accountgraph.dashboard import reading
from accountgraph.errors import InvalidValueError
from accountgraph.http.problems import ProblemError
from tests.dashboard.campaigns import at, kept, office
from tests.dashboard.conftest import W
from tests.dashboard.test_settings_people import sent

if TYPE_CHECKING:
    from accountgraph.db import Database
    from tests.dashboard.conftest import Browser

BERLIN = ZoneInfo("Europe/Berlin")
HUGE = "9" * 5000


@pytest.mark.parametrize("text", [HUGE, "2147483648", "1_0", "٣", "1e3", "x"])
def test_what_is_no_whole_number_that_a_column_holds_is_refused(text: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        reading.number("per_day", text)
    assert (refused.value.field, len(str(refused.value)) < 200) == ("per_day", True)


def test_numbers_are_read_and_nothing_is_none() -> None:
    assert [reading.number("n", text) for text in ("7", "-3", "2147483647", "", None)] == [7, -3, 2_147_483_647, None, None]


@pytest.mark.parametrize("text", [HUGE, "²", "-1", "x", "", None])
def test_a_page_that_cannot_be_is_the_first(text: str | None) -> None:
    assert reading.page_number(text) == 1


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31T23:59", "0001-01-01T00:00+14:00", "soon", HUGE])
def test_a_time_without_a_place_on_every_clock_is_refused(text: str) -> None:
    with pytest.raises(InvalidValueError):
        reading.moment("at", text, BERLIN)


def test_a_time_is_by_the_clock_of_its_zone_and_a_day_is_its_morning() -> None:
    assert reading.moment("at", "2031-05-02T10:00", BERLIN) == datetime(2031, 5, 2, 8, tzinfo=UTC)
    assert reading.moment("at", "2031-05-02T10:00+00:00", BERLIN) == datetime(2031, 5, 2, 10, tzinfo=UTC)
    assert reading.moment("at", "2031-05-02", BERLIN) == datetime(2031, 5, 2, 7, tzinfo=UTC)


def test_a_day_is_read_or_refused() -> None:
    assert reading.day("day", "2031-05-02") == date(2031, 5, 2)
    for text in ("0001-01-01", "2031-02-30", "x"):
        with pytest.raises(InvalidValueError):
            reading.day("day", text)


@pytest.mark.parametrize("text", [HUGE, "-1", "²"])
def test_a_row_that_cannot_be_is_not_there(text: str) -> None:
    with pytest.raises(ProblemError) as refused:
        reading.row_number(text, "change")
    assert refused.value.status == 404


async def test_a_talk_in_the_year_one_is_refused_at_its_field(browser: Browser, db: Database) -> None:
    _, (someone, _) = await office(db)
    ada, path = await browser.as_role("owner"), f"{W}/people/{someone.id}"
    fields: dict[str, str | list[str]] = {"kind": "call", "at": "0001-01-01T00:00"}
    assert "the year 1 cannot be" in await sent(ada, f"{path}/happened", fields, 422, path)


async def test_an_audience_has_no_page_of_five_thousand_digits(browser: Browser, db: Database) -> None:
    await office(db)
    ada = await browser.as_role("owner")
    await ada.page(f"{at(await kept(db), 'audience')}?page={HUGE[:4400]}")
