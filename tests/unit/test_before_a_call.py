"""What one has to know before a call, told from what is known."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from accountgraph.campaigns.desk.sheet import InTouch
from accountgraph.campaigns.reach import ChannelReach, Reach
from accountgraph.dashboard.people import before
from accountgraph.enums import Channel, RelationshipType, SuppressionReason
from accountgraph.preferences.topics import ContactTopic
from accountgraph.store.outreach.exclusions import AccountExclusion, ExclusionReason
from accountgraph.store.suppressions import Suppression

if TYPE_CHECKING:
    from collections.abc import Mapping

NOW = datetime(2026, 11, 30, 15, 30, tzinfo=UTC)
ID = UUID(int=1)


def reach(opens: datetime | None, closes: datetime | None) -> Reach:
    call = ChannelReach(channel=Channel.CALL, rule=None, reason="", needs_person=False, opens_at=opens, closes_at=closes)
    return Reach(zone="Europe/Berlin", zone_source="contact", barriers=[], channels=[call])


def test_inside_the_hours_it_is_a_good_time_to_call() -> None:
    hours = before.hours_of(reach(datetime(2026, 11, 30, 8, tzinfo=UTC), datetime(2026, 11, 30, 19, tzinfo=UTC)), NOW)
    assert (hours.now, hours.calls, hours.is_open) == ("16:30 on Monday", "a good time to call, until 20:00", True)


@pytest.mark.parametrize("hour", [15, 16])
def test_before_the_hours_it_is_told_when_they_begin(hour: int) -> None:
    opens = datetime(2026, 11, 30, hour, 31, tzinfo=UTC)
    hours = before.hours_of(reach(opens, datetime(2026, 11, 30, 19, tzinfo=UTC)), NOW)
    assert (hours.calls, hours.is_open) == (f"calls from Monday {hour + 1}:31 on", False)


def test_where_no_day_is_one_to_call_that_is_told() -> None:
    assert before.hours_of(reach(None, None), NOW).calls == "there is no day on which one calls"


def leave_alone(context: Mapping[str, Any] | None = None, **more: Any) -> list[str]:
    known: dict[str, Any] = {"stops": [], "topics": [], "exclusions": [], "colleagues": [], "withheld": 0}
    return before.not_to_say(context or {}, **(known | more))


def test_nothing_known_is_nothing_to_leave_alone() -> None:
    assert leave_alone() == []


def test_a_refused_topic_is_left_alone_and_one_never_chosen_is_not() -> None:
    refused = ContactTopic(key="a", name="Prices", is_on=False, refused_at=NOW)
    others = [
        ContactTopic(key="b", name="News", is_on=False, refused_at=None),
        ContactTopic(key="c", name="Tips", is_on=True, refused_at=None),
    ]
    assert leave_alone(topics=[refused, *others]) == ["They do not want to hear about Prices."]


def test_who_is_not_to_be_named_is_counted_once() -> None:
    named = InTouch(id=ID, name="Bo", title=None, last_engaged_at=None, last_touch_at=NOW, is_withheld=True)
    open_one = InTouch(id=ID, name="Cy", title=None, last_engaged_at=None, last_touch_at=NOW, is_withheld=False)
    said = leave_alone(colleagues=[named, open_one], withheld=3)
    assert said == ["Bo does not want to be named.", "2 whom they know asked not to be referred to."]


def test_complaints_and_exclusions_are_told() -> None:
    complaint = Suppression(
        id=ID, address=None, domain=None, contact_id=ID, channel="all", reason=SuppressionReason.COMPLAINED, note=None, created_at=NOW
    )
    exclusion = AccountExclusion(
        id=ID, company_id=ID, account="Acme", reason=ExclusionReason.COMPETITOR, note="sells the same", created_at=NOW, ended_at=None
    )
    assert leave_alone(stops=[complaint, complaint], exclusions=[exclusion]) == [
        "The account is left out of campaigns: competitor, sells the same.",
        "They complained about our mail: begin with that.",
    ]


@pytest.mark.parametrize(
    ("value", "text", "link"),
    [
        ("plain words", "plain words", None),
        ("https://acme.example/x", "https://acme.example/x", "https://acme.example/x"),
        ("see https://acme.example", "see https://acme.example", None),
        ({"text": "queues", "source": "https://acme.example"}, "queues", "https://acme.example"),
        ({"text": "queues", "source": "javascript:alert(1)"}, '{"text": "queues", "source": "javascript:alert(1)"}', None),
        (["a", "b"], "a, b", None),
        (7, "7", None),
    ],
)
def test_research_is_told_with_a_source_that_is_safe_to_follow(value: object, text: str, link: str | None) -> None:
    assert before.facts_of({"focus": value}) == [before.Known("focus", text, link)]


@pytest.mark.parametrize("kind", list(RelationshipType))
def test_colleagues_stand_to_each_other_alike_and_a_manager_does_not(kind: RelationshipType) -> None:
    there, back = before.relation(kind, is_from_them=True), before.relation(kind, is_from_them=False)
    is_mutual = kind in {RelationshipType.COLLEAGUES, RelationshipType.COLLABORATORS, RelationshipType.REFERRAL}
    assert (there == back) is is_mutual


@pytest.mark.parametrize(("given", "expected"), [({}, []), ({"next_steps": "call"}, ["call"]), ({"next_steps": ["a", "b"]}, ["a", "b"])])
def test_what_was_promised_is_a_list_however_it_is_kept(given: dict[str, Any], expected: list[str]) -> None:
    assert before.promised(given) == expected
