"""Where a conversation stands, by the times of both sides."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accountgraph.enums import ConversationStatus
from accountgraph.graph import ConversationHealthPolicy
from accountgraph.graph.conversation_health import ConversationTimes, judged
from tests.factories import START

if TYPE_CHECKING:
    from accountgraph.graph.answers import ConversationState

POLICY = ConversationHealthPolicy()


def state(
    *,
    we: float | None = None,
    wrote: float | None = None,
    acted: float | None = None,
    unanswered: float | None = None,
    usual: float | None = None,
    status: ConversationStatus = ConversationStatus.ACTIVE,
) -> ConversationState:
    """The state, from how many days ago each thing happened (`usual` in hours)."""

    def ago(days: float | None) -> object:
        return None if days is None else START - timedelta(days=days)

    times = ConversationTimes(
        conversation_id=UUID(int=1),
        contact_id=UUID(int=2),
        contact_name="Lisa Anderson",
        status=status,
        we_wrote_at=ago(we),  # type: ignore[arg-type]
        they_wrote_at=ago(wrote),  # type: ignore[arg-type]
        they_acted_at=ago(acted),  # type: ignore[arg-type]
        unanswered_since=ago(unanswered),  # type: ignore[arg-type]
        usual_reply_hours=usual,
    )
    return judged(POLICY, times, START)["state"]


def test_conversation_with_nothing_sent_waits_on_us() -> None:
    assert state() == "waiting_on_us"


def test_who_wrote_last_waits_on_us_however_long() -> None:
    assert state(we=100, wrote=99, acted=99) == "waiting_on_us"


def test_contact_who_clicked_yesterday_is_engaged() -> None:
    assert state(we=2, acted=1) == "engaged"


def test_fresh_message_waits_on_them() -> None:
    assert state(we=2, unanswered=2) == "waiting_on_them"


def test_silence_cools_and_then_stalls() -> None:
    assert state(we=5, unanswered=5) == "cooling"
    assert state(we=31, unanswered=31) == "stalled"


def test_writing_again_does_not_end_a_silence() -> None:
    assert state(we=1, unanswered=31) == "stalled"


def test_slow_contact_is_given_more_time() -> None:
    assert state(we=9, acted=30, wrote=30, unanswered=9, usual=5 * 24) == "waiting_on_them"
    assert state(we=9, acted=30, wrote=30, unanswered=9, usual=1) == "cooling"


@pytest.mark.parametrize("status", [ConversationStatus.CLOSED, ConversationStatus.WON, ConversationStatus.LOST])
def test_ended_conversation_is_closed(status: ConversationStatus) -> None:
    assert state(we=1, wrote=0.5, acted=0.5, status=status) == "closed"


@given(st.floats(0, 60), st.floats(0, 60), st.none() | st.floats(0, 2000))
def test_silence_always_goes_one_way(days: float, more: float, usual: float | None) -> None:
    order = ["waiting_on_them", "cooling", "stalled"]
    now, later = state(we=days, unanswered=days, usual=usual), state(we=days + more, unanswered=days + more, usual=usual)
    assert order.index(now) <= order.index(later)
