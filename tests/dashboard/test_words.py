"""Times and links as pages say them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accountgraph.dashboard.words import mail_to, relative, told, web_address, when
from tests.factories import START


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        ({"seconds": 59}, "just now"),
        ({"seconds": 60}, "1 minute ago"),
        ({"minutes": 119}, "1 hour ago"),
        ({"days": 6}, "6 days ago"),
        ({"days": 8}, "1 week ago"),
        ({"days": 400}, "1 year ago"),
        ({"days": -3}, "in 3 days"),
    ],
)
def test_times_are_said_as_people_say_them(ago: dict[str, float], said: str) -> None:
    assert relative(START - timedelta(**ago), START) == said


def test_the_exact_time_is_at_hand_and_a_missing_one_is_said() -> None:
    assert 'title="02 Mar 2026, 09:00 UTC"' in when(START, START)
    assert "nobody yet" in when(None, START, "nobody yet")


@pytest.mark.parametrize(
    "address", [None, "", "javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "//evil", "linkedin.com/in/x", "http://[x"]
)
def test_what_is_no_address_of_the_web_is_no_link(address: str | None) -> None:
    assert web_address(address) is None


def test_addresses_of_the_web_and_of_mail_are_links() -> None:
    assert web_address("https://linkedin.com/in/x") == "https://linkedin.com/in/x"
    assert mail_to("a?bcc=eve@x.com&b") == "mailto:a%3Fbcc%3Deve@x.com%26b"


def test_values_are_told_as_text_and_long_ones_are_cut() -> None:
    values: list[object] = ["a", 1, ["a", 2], {"a": [{}]}, None]
    assert [told(one) for one in values] == ["a", "1", "a, 2", '{"a": [{}]}', "null"]
    assert len(told("x" * 5000)) == 2001
