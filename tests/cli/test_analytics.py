"""What came of it, from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Program


def test_engagement_is_shown_over_time_and_in_groups(demo: Program) -> None:
    series = demo("analytics", "engagement", "--by", "month", "--since", "2024-01-01", "--until", "2026-12-31", "--json").data
    groups = demo("analytics", "engagement", "--by", "channel", "--since", "2024-01-01", "--until", "2026-12-31", "--json").data
    assert series["total"]["sent"] == sum(group["sent"] for group in groups) > 0
    assert "together" in demo("analytics", "engagement").out
    assert "email" in demo("analytics", "engagement", "--by", "channel", "--since", "2024-01-01", "--until", "2026-12-31").out


def test_every_number_of_the_funnel_opens(demo: Program) -> None:
    period = ("--since", "2024-01-01", "--until", "2026-12-31")
    steps = demo("analytics", "funnel", *period, "--json").data["steps"]
    assert steps[0]["reached"] > 0
    for step in steps:
        page = demo("analytics", "funnel", *period, "--stage", step["stage"], "--json").data
        assert len(page["items"]) == step["reached"]
    assert "contacted" in demo("analytics", "funnel", *period).out
    assert "Came to" in demo("analytics", "funnel", *period, "--stage", "account").out


def test_health_is_taken_reckoned_and_compared(demo: Program) -> None:
    assert "is written" in demo("analytics", "snapshot").out
    done = demo("analytics", "snapshot", "--backfill", "--anew", "--json")
    assert done.code == 0, done.err
    assert all(one["is_reckoned"] for one in done.data)
    assert demo("analytics", "movers", "--days", "1").code == 0


def test_hours_and_deliverability_are_shown(demo: Program) -> None:
    period = ("--since", "2024-01-01", "--until", "2026-12-31")
    assert "No hour is known to be better" in demo("analytics", "hours", *period).out
    assert len(demo("analytics", "hours", *period, "--json").data["cells"]) == 168
    assert demo("analytics", "deliverability", *period, "--by", "domain", "--json").data[0]["domain"]
    assert "Sent" in demo("analytics", "deliverability", *period, "--by", "week").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("engagement", "--by", "wek"), "did you mean 'week'"),
        (("engagement", "--since", "yesterday"), "--since"),
        (("funnel", "--zone", "Mars/Base"), "zone"),
        (("variants", "nowhere"), "nowhere"),
        (("hours", "--sender", "who@where.example"), "who@where.example"),
        (("snapshot", "--since", "2026-01-01"), "--backfill"),
        (("snapshot", "--anew"), "--backfill"),
        (("snapshot", "--backfill", "--until", "2999-01-01"), "until"),
    ],
)
def test_what_cannot_be_asked_is_said_with_its_name(run: Program, arguments: tuple[str, ...], said: str) -> None:
    answer = run("analytics", *arguments)
    assert answer.code != 0
    assert said in " ".join(answer.err.split())


@pytest.mark.parametrize("name", ["engagement", "funnel", "deliverability", "hours", "movers"])
def test_empty_workspace_is_no_error(run: Program, name: str) -> None:
    assert run("analytics", name).code == 0
    assert run("analytics", name, "--json").code == 0
