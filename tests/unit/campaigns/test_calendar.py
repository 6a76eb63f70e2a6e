from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from accountgraph.campaigns.definition.policy import Window
from accountgraph.campaigns.rules.calendar import Calendar, add_business_days, opening, zone_of
from accountgraph.errors import InvalidValueError
from tests.unit.campaigns.given import moments

WEEKDAYS = (1, 2, 3, 4, 5)
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "America/Los_Angeles", "Asia/Kolkata", "Australia/Lord_Howe", "America/Havana"]
MINUTE = timedelta(minutes=1)

zones = st.sampled_from(ZONES)
regions = st.sampled_from([None, "DE", "DE-BY", "US", "US-CA", "GB-ENG", "JP", "XX"])
clocks = st.integers(0, 24 * 60 - 1).map(lambda minutes: f"{minutes // 60:02}:{minutes % 60:02}")
day_sets = st.sets(st.integers(1, 7), min_size=1).map(lambda days: tuple(sorted(days)))
free_days = st.frozensets(st.dates(date(2020, 1, 1), date(2035, 1, 1)).map(date.isoformat), max_size=5)
windows = st.builds(lambda days, start, end: Window(days=days, start=start, end=end), day_sets, clocks, st.one_of(clocks, st.just("24:00")))
# A day on which clocks change in the zone, and the clock times that come twice or not at all lie around the hour given.
CHANGES = [
    ("America/New_York", date(2026, 3, 8), 2),
    ("America/New_York", date(2026, 11, 1), 1),
    ("Europe/Berlin", date(2026, 3, 29), 2),
    ("Europe/Berlin", date(2026, 10, 25), 2),
    ("Australia/Lord_Howe", date(2026, 4, 5), 1),
    ("Australia/Lord_Howe", date(2026, 10, 4), 2),
    ("America/Havana", date(2026, 3, 8), 0),
    ("America/Havana", date(2026, 11, 1), 0),
    ("Asia/Beirut", date(2026, 3, 29), 0),
    ("Asia/Beirut", date(2026, 10, 24), 23),
    ("Pacific/Apia", date(2011, 12, 30), 9),
]


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def shows(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%H:%M}"


def is_inside(at: datetime, window: Window, zone: str) -> bool:
    clock = shows(at, zone)
    if window.end < window.start:
        return clock >= window.start or clock < window.end
    return window.start <= clock < window.end


@given(moments, st.integers(1, 30), st.builds(Calendar, zones, regions, day_sets, st.booleans(), free_days))
def test_business_days_always_skip_weekends_holidays_and_free_days(at: datetime, count: int, calendar: Calendar) -> None:
    due = add_business_days(at, count, **calendar._asdict())
    begun, ended = at.astimezone(ZoneInfo(calendar.zone)).date(), due.astimezone(ZoneInfo(calendar.zone)).date()
    passed = [begun + timedelta(days=n) for n in range(1, (ended - begun).days + 1)]
    assert sum(calendar.is_business_day(day) for day in passed) == count
    assert calendar.is_business_day(ended)
    assert ended.isoweekday() in calendar.days
    assert ended.isoformat() not in calendar.free_days


@given(moments, st.integers(1, 20), zones)
def test_business_days_keep_the_time_of_day_unless_clocks_skip_it(at: datetime, count: int, zone: str) -> None:
    due = add_business_days(at, count, zone, None, days=(1, 2, 3, 4, 5, 6, 7), skip_holidays=False)
    wanted = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) + timedelta(days=count)
    got = due.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    is_skipped = wanted.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) != wanted
    assert got == wanted or (is_skipped and got > wanted)


def test_no_business_days_are_no_time_at_all() -> None:
    saturday = utc(2026, 3, 7, 12)
    assert add_business_days(saturday, 0, "UTC", None, days=WEEKDAYS, skip_holidays=True) == saturday


def test_two_business_days_after_friday_are_tuesday() -> None:
    assert add_business_days(utc(2026, 3, 6, 12), 2, "UTC", None, days=WEEKDAYS, skip_holidays=True) == utc(2026, 3, 10, 12)


def test_german_unity_day_is_skipped_in_germany_alone() -> None:
    thursday = utc(2025, 10, 2, 12)
    assert add_business_days(thursday, 1, "Europe/Berlin", "DE", days=WEEKDAYS, skip_holidays=True) == utc(2025, 10, 6, 12)
    assert add_business_days(thursday, 1, "Europe/Berlin", "FR", days=WEEKDAYS, skip_holidays=True) == utc(2025, 10, 3, 12)
    assert add_business_days(thursday, 1, "Europe/Berlin", "DE", days=WEEKDAYS, skip_holidays=False) == utc(2025, 10, 3, 12)


def test_a_holiday_of_a_state_counts_in_that_state() -> None:
    thursday_before_epiphany = utc(2025, 1, 3, 12)
    assert add_business_days(thursday_before_epiphany, 1, "UTC", "DE-BY", days=WEEKDAYS, skip_holidays=True) == utc(2025, 1, 7, 12)
    assert add_business_days(thursday_before_epiphany, 1, "UTC", "DE-BE", days=WEEKDAYS, skip_holidays=True) == utc(2025, 1, 6, 12)


def test_an_unknown_state_has_the_holidays_of_its_country() -> None:
    christmas_eve = utc(2025, 12, 24, 12)
    assert add_business_days(christmas_eve, 1, "UTC", "DE-ZZ", days=WEEKDAYS, skip_holidays=True) == utc(2025, 12, 29, 12)


def test_an_unknown_region_has_no_holidays() -> None:
    assert add_business_days(utc(2025, 12, 24, 12), 1, "UTC", "XX", days=WEEKDAYS, skip_holidays=True) == utc(2025, 12, 25, 12)


def test_days_that_never_count_are_refused() -> None:
    with pytest.raises(InvalidValueError, match="days"):
        add_business_days(utc(2026, 1, 1), 1, "UTC", None, days=(), skip_holidays=True)


@given(windows, zones, regions, moments, free_days)
def test_an_opening_always_lies_inside_its_window(
    window: Window, zone: str, region: str | None, at: datetime, free: frozenset[str]
) -> None:
    assume(window.start != window.end)
    found = opening(window, zone, region, at, skip_holidays=True, free_days=free)
    assert found.opens_at < found.closes_at
    assert found.closes_at > at
    last = found.closes_at - MINUTE
    for inside in [found.opens_at, found.opens_at + (last - found.opens_at) / 2, last]:
        assert is_inside(inside, window, zone)
    assert Calendar(zone, region, window.days, free_days=free).is_business_day(found.opens_at.astimezone(ZoneInfo(zone)).date())


@given(windows, st.sampled_from(["UTC", "Asia/Kolkata", "Asia/Tokyo"]), moments)
def test_nothing_is_open_between_a_time_and_its_opening(window: Window, zone: str, at: datetime) -> None:
    assume(window.start < window.end)
    found = opening(window, zone, None, at, skip_holidays=False)
    between = at
    while between < found.opens_at:
        assert not (is_inside(between, window, zone) and between.astimezone(ZoneInfo(zone)).isoweekday() in window.days)
        between += timedelta(minutes=30)


@given(windows, zones, regions, moments)
def test_every_time_of_an_opening_finds_that_opening(window: Window, zone: str, region: str | None, at: datetime) -> None:
    assume(window.start != window.end)
    found = opening(window, zone, region, at, skip_holidays=True)
    for inside in [found.opens_at, found.closes_at - MINUTE]:
        assert opening(window, zone, region, inside, skip_holidays=True) == found
    assert opening(window, zone, region, found.closes_at, skip_holidays=True).opens_at >= found.closes_at


@given(st.sampled_from(CHANGES), st.integers(-90, 150), st.integers(1, 240))
def test_a_change_of_clocks_always_gives_one_opening_a_day_inside_the_window(
    change: tuple[str, date, int], offset: int, length: int
) -> None:
    zone, day, hour = change
    begins = min(max(hour * 60 + offset, 0), 24 * 60 - 1)
    ends = min(begins + length, 24 * 60)
    window = Window(days=(1, 2, 3, 4, 5, 6, 7), start=f"{begins // 60:02}:{begins % 60:02}", end=f"{ends // 60:02}:{ends % 60:02}")
    at = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC) - timedelta(days=2)
    opened: list[date] = []
    for _ in range(4):
        found = opening(window, zone, None, at, skip_holidays=False)
        minutes = int((found.closes_at - found.opens_at) / MINUTE)
        assert all(is_inside(found.opens_at + n * MINUTE, window, zone) for n in range(minutes))
        opened.append(found.opens_at.astimezone(ZoneInfo(zone)).date())
        at = found.closes_at
    assert len(set(opened)) == len(opened)
    first = datetime(day.year, day.month, day.day, begins // 60, begins % 60, tzinfo=ZoneInfo(zone))
    exists = first.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == first.replace(tzinfo=None)
    assert day in opened or not exists


def test_a_start_that_clocks_skip_is_the_moment_they_change() -> None:
    found = opening(Window(days=(7,), start="02:30", end="05:00"), "America/New_York", None, utc(2026, 3, 8), skip_holidays=False)
    assert (found.opens_at, found.closes_at) == (utc(2026, 3, 8, 7), utc(2026, 3, 8, 9))


def test_an_end_that_clocks_skip_is_the_moment_they_change() -> None:
    found = opening(Window(days=(7,), start="00:00", end="02:30"), "America/New_York", None, utc(2026, 3, 8, 5), skip_holidays=False)
    assert (found.opens_at, found.closes_at) == (utc(2026, 3, 8, 5), utc(2026, 3, 8, 7))


def test_a_window_that_clocks_skip_wholly_is_closed_that_day() -> None:
    found = opening(Window(days=(7,), start="02:10", end="02:50"), "America/New_York", None, utc(2026, 3, 8), skip_holidays=False)
    assert found.opens_at == utc(2026, 3, 15, 6, 10)


def test_a_start_that_comes_twice_is_the_second_one() -> None:
    found = opening(Window(days=(7,), start="01:30", end="03:00"), "America/New_York", None, utc(2026, 11, 1), skip_holidays=False)
    assert (found.opens_at, found.closes_at) == (utc(2026, 11, 1, 6, 30), utc(2026, 11, 1, 8))


def test_an_overnight_window_belongs_to_the_day_it_starts_on() -> None:
    window = Window(days=(5,), start="22:00", end="06:00")
    saturday_night = opening(window, "UTC", None, utc(2026, 3, 7, 3), skip_holidays=False)
    assert (saturday_night.opens_at, saturday_night.closes_at) == (utc(2026, 3, 6, 22), utc(2026, 3, 7, 6))
    assert opening(window, "UTC", None, utc(2026, 3, 7, 6), skip_holidays=False).opens_at == utc(2026, 3, 13, 22)


def test_a_window_to_24_o_clock_ends_at_midnight() -> None:
    found = opening(Window(days=(5,), start="09:00", end="24:00"), "UTC", None, utc(2026, 3, 6, 23, 59), skip_holidays=False)
    assert found.closes_at == utc(2026, 3, 7)


@pytest.mark.parametrize("window", [Window(days=()), Window(start="09:00", end="09:00")])
def test_a_window_that_never_opens_is_refused(window: Window) -> None:
    with pytest.raises(InvalidValueError, match="never opens"):
        opening(window, "UTC", None, utc(2026, 1, 1), skip_holidays=False)


def test_a_zone_that_does_not_exist_is_refused_by_name() -> None:
    with pytest.raises(InvalidValueError, match="Mars/Olympus"):
        opening(Window(), "Mars/Olympus", None, utc(2026, 1, 1), skip_holidays=False)


@pytest.mark.parametrize(
    ("given_zones", "expected"),
    [
        (("Asia/Tokyo", "Europe/Berlin", "UTC", "UTC"), ("Asia/Tokyo", "contact")),
        ((None, "Europe/Berlin", "UTC", "UTC"), ("Europe/Berlin", "account")),
        ((None, None, "Europe/Paris", "UTC"), ("Europe/Paris", "sender")),
        ((None, None, None, "Europe/Rome"), ("Europe/Rome", "workspace")),
        (("Mars/Olympus", "", "../etc/passwd", "America"), ("UTC", "workspace")),
        (("America", "Europe/Berlin", None, None), ("Europe/Berlin", "account")),
    ],
)
def test_the_zone_is_the_contacts_then_the_accounts_then_the_senders_then_the_workspaces(
    given_zones: tuple[str | None, str | None, str | None, str | None], expected: tuple[str, str]
) -> None:
    assert zone_of(*given_zones) == expected


@given(st.lists(st.one_of(st.none(), st.text(max_size=20), zones), min_size=4, max_size=4))
def test_whatever_zones_are_given_there_is_always_one_that_exists(given_zones: list[str | None]) -> None:
    zone, source = zone_of(*given_zones)
    assert ZoneInfo(zone)
    assert source in {"contact", "account", "sender", "workspace"}
