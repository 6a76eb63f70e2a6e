"""The rich demo's rows, as they are made before anything is written."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from accountgraph.campaigns.definition.check import check
from accountgraph.campaigns.messages import check_template
from accountgraph.demo.outreach.beginning import participants, quiet_from
from accountgraph.demo.outreach.campaigns import MARK, NAMES, definition_of
from accountgraph.demo.rich import SEED, made
from accountgraph.demo.world.firms import FIRMS, Story

if TYPE_CHECKING:
    from accountgraph.demo.world.rows import Rows

NOW = datetime(2026, 3, 11, 15, tzinfo=UTC)
ROWS, PEOPLE = made(SEED, NOW)


def test_the_same_seed_and_time_give_the_same_rows() -> None:
    assert made(SEED, NOW)[0] == ROWS


def test_another_seed_gives_other_people() -> None:
    others = {row["email"] for row in made(SEED + 1, NOW)[0].contacts}
    assert len(others & {row["email"] for row in ROWS.contacts}) < len(others) / 2


def test_later_the_same_happened_at_the_same_distance() -> None:
    """Accounts and people do not change with time; times do."""
    later = made(SEED, NOW + timedelta(days=40))[0]
    assert [row["id"] for row in later.contacts] == [row["id"] for row in ROWS.contacts]
    assert max(row["sent_at"] for row in later.touchpoints) > NOW + timedelta(days=35)


def test_there_are_forty_accounts_and_about_four_hundred_people() -> None:
    assert len(ROWS.companies) == 40
    assert 380 <= len(ROWS.contacts) <= 440
    staff = Counter(row["company_id"] for row in ROWS.contacts)
    assert max(staff.values()) == 40
    assert min(staff.values()) >= 3


def test_every_story_tier_and_status_is_told() -> None:
    assert {firm.story for firm in FIRMS} == set(Story)
    assert {firm.tier for firm in FIRMS} == {"strategic", "tier1", "tier2", "tier3"}
    assert {firm.status for firm in FIRMS} == {"prospecting", "engaged", "customer", "churned"}
    assert len({firm.country for firm in FIRMS}) > 15


@pytest.mark.parametrize("table", ["companies", "contacts", "relationships", "conversations", "touchpoints"])
def test_every_row_that_has_attributes_says_that_it_is_made_up(table: str) -> None:
    assert all(row["attributes"]["demo"] is True for row in getattr(ROWS, table))


def test_every_domain_address_and_link_ends_where_nothing_is_real() -> None:
    assert all(row["domain"].endswith(".example") for row in ROWS.companies)
    assert all(row["email"].endswith(".example") for row in ROWS.contacts)
    assert all(row["linkedin_url"].startswith("https://linkedin.example/") for row in ROWS.contacts if row["linkedin_url"])
    assert all("northlight.example" in row["content"] for row in ROWS.touchpoints if "http" in row["content"])


def test_addresses_are_plain_and_nobodys_twice() -> None:
    addresses = [row["email"] for row in ROWS.contacts]
    assert len(set(addresses)) == len(addresses)
    assert all(address.isascii() and address == address.lower() for address in addresses)


def test_nothing_happens_after_now_or_before_its_message() -> None:
    sent = {row["id"]: row["sent_at"] for row in ROWS.touchpoints}
    assert max(sent.values()) < NOW
    assert all(sent[event["touchpoint_id"]] <= event["at"] < NOW for event in ROWS.events)


def test_an_answer_follows_a_delivery() -> None:
    first: dict[tuple[object, str], datetime] = {}
    for event in sorted(ROWS.events, key=lambda one: one["at"]):
        first.setdefault((event["touchpoint_id"], event["kind"]), event["at"])
    answers = [key for key in first if key[1] == "replied"]
    assert answers
    assert all(first[(touchpoint, "delivered")] < first[(touchpoint, "replied")] for touchpoint, _ in answers)


def test_nobody_is_rung_or_written_to_at_night_or_at_weekends() -> None:
    zones = {row["id"]: row["communication_preferences"]["timezone"] for row in ROWS.contacts}
    people = {row["id"]: row["contact_id"] for row in ROWS.conversations}
    for row in ROWS.touchpoints:
        local = row["sent_at"].astimezone(ZoneInfo(zones[people[row["conversation_id"]]]))
        assert local.weekday() < 5
        assert 7 <= local.hour < 18


def test_opens_have_their_hours() -> None:
    zones = {row["id"]: row["communication_preferences"]["timezone"] for row in ROWS.contacts}
    people = {row["id"]: row["contact_id"] for row in ROWS.conversations}
    talks = {row["id"]: row["conversation_id"] for row in ROWS.touchpoints}
    opened = [one for one in ROWS.events if one["kind"] == "opened" and one["user_agent"] != "Mozilla/5.0"]
    hours = Counter(one["at"].astimezone(ZoneInfo(zones[people[talks[one["touchpoint_id"]]]])).hour for one in opened)
    assert sum(hours[hour] for hour in range(8, 12)) > 3 * sum(hours[hour] for hour in range(18, 22)) > 0


def test_rates_are_those_of_good_work() -> None:
    mails = {row["id"] for row in ROWS.touchpoints if row["channel"] == "email"}
    share = {kind: _share(ROWS, mails, kind) for kind in ("opened", "clicked", "replied", "meeting_booked")}
    assert 35 <= share["opened"] <= 55
    assert 3 <= share["clicked"] <= 9
    assert 4 <= share["replied"] <= 12
    assert 1 <= share["meeting_booked"] <= 4


def _share(rows: Rows, mails: set[object], kind: str) -> float:
    return 100 * len({one["touchpoint_id"] for one in rows.events if one["kind"] == kind} & mails) / len(mails)


def test_whoever_is_in_a_campaign_had_no_other_word_of_ours_since_before_it() -> None:
    until = quiet_from(participants(PEOPLE), NOW)
    people = {row["id"]: row["contact_id"] for row in ROWS.conversations}
    for row in ROWS.touchpoints:
        person = people[row["conversation_id"]]
        assert person not in until or row["sent_at"] < until[person]


@pytest.mark.parametrize("name", NAMES)
def test_each_campaign_says_that_it_is_made_up_and_stands(name: str) -> None:
    definition = definition_of(name)
    assert definition.name == name
    assert (definition.description or "").startswith(MARK)
    assert all(address.endswith("@northlight.example") for address in definition.senders)
    assert [problem for problem in check(definition, check_template) if not problem.is_note] == []
