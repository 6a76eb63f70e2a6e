"""What people do: as a script says, as rates have it, and the same for the same seed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.enums import Channel
from accountgraph.errors import InvalidValueError
from accountgraph.simulation import TYPICAL, Behaviour, Rate, behaviour_of, read_behaviour
from accountgraph.simulation.behaviour import Touch

if TYPE_CHECKING:
    from pathlib import Path

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def touch(number: int = 1, address: str = "anna@acme.com", channel: Channel = Channel.EMAIL) -> Touch:
    return Touch(address=address, channel=channel, number=number, at=MONDAY)


def test_script_answers_the_touch_it_names_after_its_days() -> None:
    behaviour = behaviour_of({"Anna@ACME.com": {"reply": {"after_days": 4, "touch": 2}}})
    assert list(behaviour.after(touch(1), 0)) == []
    [reply] = behaviour.after(touch(2), 0)
    assert (reply.kind, reply.at) == (SignalKind.REPLY, MONDAY + 4 * DAY)


def test_script_may_name_a_response_otherwise_than_its_kind() -> None:
    behaviour = behaviour_of({"anna@acme.com": {"holiday": {"kind": "out_of_office", "after_days": 1, "back_after_days": 10}}})
    [away] = behaviour.after(touch(), 0)
    assert (away.kind, away.until) == (SignalKind.OUT_OF_OFFICE, MONDAY + 11 * DAY)


def test_who_has_a_script_does_nothing_else() -> None:
    behaviour = Behaviour(scripts={"anna@acme.com": {}}, rates=(Rate(kind=SignalKind.REPLY, percent=100),))
    assert list(behaviour.after(touch(), 0)) == []
    assert len(list(behaviour.after(touch(address="ben@acme.com"), 0))) == 1


def test_first_rate_that_is_drawn_is_what_happens() -> None:
    behaviour = Behaviour(rates=(Rate(kind=SignalKind.REPLY, percent=100), Rate(kind=SignalKind.UNSUBSCRIBE, percent=100)))
    assert [one.kind for one in behaviour.after(touch(), 0)] == [SignalKind.REPLY]


def test_rate_of_another_channel_or_attempt_is_not_drawn() -> None:
    behaviour = Behaviour(rates=(Rate(kind=SignalKind.REPLY, percent=100, channel=Channel.CALL, attempt=2),))
    assert list(behaviour.after(touch(2), 0)) == []
    assert list(behaviour.after(touch(1, channel=Channel.CALL), 0)) == []
    assert len(list(behaviour.after(touch(2, channel=Channel.CALL), 0))) == 1


def test_rates_come_near_their_percentages() -> None:
    behaviour = Behaviour(rates=(Rate(kind=SignalKind.REPLY, percent=20),))
    answered = sum(len(list(behaviour.after(touch(address=f"p{number}@acme.com"), 1))) for number in range(2000))
    assert 330 < answered < 470


@given(seed=st.integers(), number=st.integers(min_value=1, max_value=20))
def test_same_touch_and_seed_always_give_the_same(seed: int, number: int) -> None:
    assert list(TYPICAL.after(touch(number), seed)) == list(TYPICAL.after(touch(number), seed))


@given(seed=st.integers(), least=st.floats(min_value=0, max_value=50), more=st.floats(min_value=0, max_value=50))
def test_answers_always_come_within_their_hours(seed: int, least: float, more: float) -> None:
    [happening] = Behaviour(rates=(Rate(kind=SignalKind.REPLY, percent=100, within_hours=(least, least + more)),)).after(touch(), seed)
    hours = (happening.at - MONDAY).total_seconds() / 3600
    assert least - 0.01 <= hours <= least + more + 0.01


def test_another_seed_draws_otherwise() -> None:
    people = [touch(address=f"p{number}@acme.com") for number in range(500)]
    assert [list(TYPICAL.after(one, 1)) for one in people] != [list(TYPICAL.after(one, 2)) for one in people]


@given(hours=st.floats(min_value=0, max_value=500), later=st.integers(min_value=0, max_value=10_000))
def test_our_people_never_work_at_weekends(hours: float, later: int) -> None:
    asked_at = MONDAY + timedelta(hours=later)
    done_at = Behaviour(do_tasks_after_hours=hours).done_at("task", asked_at)
    assert done_at is not None
    assert done_at.weekday() < 5
    assert done_at >= asked_at + timedelta(hours=hours)


def test_what_nobody_does_is_never_done() -> None:
    assert Behaviour(approve_after_hours=None).done_at("approval", MONDAY) is None


@pytest.mark.parametrize(
    ("given_", "field"),
    [
        (
            {"anna@acme.com": {"unsubscrib": {}}},
            "behaviour.scripts.anna@acme.com.unsubscrib: 'unsubscrib' is no kind of signal. Did you mean",
        ),
        ({"anna@acme.com": 3}, "behaviour.scripts.anna@acme.com: has to be a table"),
        ({"anna@acme.com": {"reply": {"after_days": "soon"}}}, "behaviour.scripts.anna@acme.com.reply.after_days: "),
        ({"anna@acme.com": {"reply": {"after": 1}}}, "behaviour.scripts.anna@acme.com.reply: Object contains unknown field `after`"),
        ({"a@@acme.com": {}}, "behaviour.scripts.a@@acme.com: "),
        ({"scripts": []}, "behaviour.scripts: has to be a table"),
        ({"rates": [{"kind": "reply", "percent": 200}]}, "behaviour.rates[0].percent: "),
        ({"rates": [{"kind": "reply", "percent": 2, "within_hours": [5, 1]}]}, "behaviour.rates[0]: 5 hours at least and 1 at most"),
        ({"approve_after_hours": -1}, "behaviour.approve_after_hours: "),
    ],
)
def test_bad_behaviour_names_the_field(given_: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        behaviour_of(given_)
    assert str(refused.value).startswith(field)


def test_file_gives_scripts_and_the_typical_rates(tmp_path: Path) -> None:
    file = tmp_path / "people.toml"
    file.write_text('typical = true\ndo_tasks_after_hours = 4\n[scripts."anna@acme.com".reply]\nafter_days = 2\n', encoding="utf-8")
    behaviour = read_behaviour(file)
    assert (behaviour.rates, behaviour.do_tasks_after_hours, list(behaviour.scripts)) == (TYPICAL.rates, 4, ["anna@acme.com"])


@pytest.mark.parametrize(("text", "said"), [(None, "there is no file"), ("rates = [", "is not TOML")])
def test_file_that_cannot_be_read_is_named(tmp_path: Path, text: str | None, said: str) -> None:
    file = tmp_path / "people.toml"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidValueError, match=said) as refused:
        read_behaviour(file)
    assert "people.toml" in str(refused.value)
