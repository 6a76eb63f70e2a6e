"""The page of a report: whole by itself, escaped, and readable however many there are."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from accountgraph.cli.frame import console
from accountgraph.cli.harmless import Harmless
from accountgraph.cli.render.outreach.simulation import simulation_page
from accountgraph.enums import Channel
from accountgraph.simulation import SimulationReport, html_page
from accountgraph.simulation.report import Answer, Ending, LeftOut, Load, PutOff, TouchMade

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def report(people: int = 2, *, name: str = "Anna", days: int = 30) -> SimulationReport:
    """So many people, two to an account, each touched twice; the first answers."""
    ids = [UUID(int=number + 1) for number in range(people)]
    address, company = "p{}@acme.com".format, "Account {}".format
    ends = [
        Ending(ids[nth], address(nth), name, company(nth // 2), "finished", "completed", "main", "last", 2, None, None)
        for nth in range(people)
    ]
    touches = [
        TouchMade(START + timedelta(days=day), ids[nth], address(nth), name, company(nth // 2), Channel.EMAIL, "me@ours.com", "first", name)
        for nth in range(people)
        for day in (0, days - 1)
    ]
    return SimulationReport(
        campaign="plain",
        start=START,
        until=START + timedelta(days=days),
        seed=0,
        left_out=[LeftOut(UUID(int=10**6), "out@acme.com", name, None, "customer")],
        touches=touches,
        answers=[Answer(START + timedelta(days=1), ids[0], address(0), "reply_positive")],
        put_off=[PutOff("defer", "sender", 2, 3, f"{name} has sent enough.")],
        endings=ends,
        load=[Load("me@ours.com", START.date(), people, 30)],
        scripts_of_nobody=["nobody@acme.com"],
    )


def drawn(of: SimulationReport, capsys: pytest.CaptureFixture[str], width: int = 80) -> str:
    terminal = console()
    terminal.width = width
    terminal.print(Harmless(simulation_page(of)))
    return capsys.readouterr().out


def test_page_needs_no_network_and_no_script() -> None:
    html = html_page(report())
    assert not re.search(r"<script|<link|https?://|@import|url\(", html)


def test_words_from_the_data_are_escaped() -> None:
    html = html_page(report(name="<script>alert(1)</script>\"'&"))
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_every_picture_has_words_for_who_does_not_see_it_and_a_table() -> None:
    html = html_page(report())
    pictures = re.findall(r'<svg role="img" aria-label="([^"]+)"', html)
    assert len(pictures) == 5
    assert all(pictures)
    assert html.count("As a table") == 6  # of each picture, and of those left out


def test_everybody_has_a_row_where_they_are_few() -> None:
    html = html_page(report(10))
    assert "more people are left out here" not in html
    assert html.count("finished: completed</text>") == 10 + 1  # and one bar


def test_of_too_many_people_it_says_how_many_are_left_out() -> None:
    html = html_page(report(3000))
    assert "2,920 more people are left out here" in html
    assert "2,700 more are left out here" in html
    assert len(html) < 500_000


def test_cap_stands_beside_the_busiest_day() -> None:
    assert "most 2 of 30" in html_page(report())


@pytest.mark.parametrize(("people", "days"), [(2, 30), (10, 400), (3000, 90)])
def test_terminal_view_fits_eighty_columns(people: int, days: int, capsys: pytest.CaptureFixture[str]) -> None:
    lines = drawn(report(people, days=days), capsys).splitlines()
    assert max(map(len, lines)) <= 80
    assert len(lines) < 100


def test_terminal_view_says_what_happened_to_everybody(capsys: pytest.CaptureFixture[str]) -> None:
    said = drawn(report(), capsys)
    assert "4 touches to 2 people" in said
    assert "e+" in said  # written to on the first day, a positive answer on the second
    assert "nobody@acme.com" in said


def test_terminal_view_sums_many_people_up(capsys: pytest.CaptureFixture[str]) -> None:
    said = drawn(report(3000), capsys)
    assert "Touched: 3,000 twice." in said
    assert "1 reply positive" in said


def test_json_has_all_of_it() -> None:
    assert report().facts()["states"] == {"finished: completed": 2}
    assert b'"reasons":{"customer":1}' in report().to_json()
