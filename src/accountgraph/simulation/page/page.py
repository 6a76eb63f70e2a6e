"""The page of a report: which pictures, which rows, and how many are left out where there are too many."""

from __future__ import annotations

from collections import Counter, defaultdict
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, StrictUndefined

from accountgraph.simulation.page import charts
from accountgraph.simulation.page.looks import ANSWERS, CHANNELS, counted, words
from accountgraph.simulation.page.shapes import short

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from accountgraph.enums import Channel
    from accountgraph.simulation.report import Ending, Load, SimulationReport

MOST_PEOPLE = 80  # rows of the timeline
MOST_ROWS = 300  # of a table
MOST_MAILBOXES = 24


def html_page(report: SimulationReport) -> str:
    """The report as HTML that stands alone. Where there are too many rows to read, it says how many are left out."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(words=words, short=short, counted=counted)
    template = environment.from_string((files("accountgraph.simulation.page") / "page.html.j2").read_text(encoding="utf-8"))
    return template.render(
        report=report, version=version("accountgraph"), **_people(report), **_mailboxes(report), **_calendar(report), **_rest(report)
    )


def _people(report: SimulationReport) -> dict[str, Any]:
    shown = _most_telling(report)
    kinds = Counter(answer.kind for answer in report.answers)
    return {
        "people": charts.by_person(report, shown),
        "people_left_out": len(report.endings) - len(shown),
        "people_rows": _rows(report, report.endings[:MOST_ROWS]),
        "people_rows_left_out": max(0, len(report.endings) - MOST_ROWS),
        "accounts": len({end.company for end in report.endings if end.company}),
        "answered": len({answer.contact_id for answer in report.answers}),
        "kinds": [(kind, number, *ANSWERS.get(kind, ("ring", "wait"))) for kind, number in kinds.most_common()],
    }


def _most_telling(report: SimulationReport) -> list[Ending]:
    """All people in their order; of too many, whole accounts in which most happened."""
    if len(report.endings) <= MOST_PEOPLE:
        return report.endings
    events = Counter(touch.contact_id for touch in report.touches)
    events.update(answer.contact_id for answer in report.answers for _ in range(3) if answer.contact_id)  # an answer says more
    accounts: dict[object, list[Ending]] = defaultdict(list)
    for end in report.endings:
        accounts[end.company or end.contact_id].append(end)
    shown: list[Ending] = []
    for account in sorted(accounts.values(), key=lambda people: -sum(events[end.contact_id] for end in people) / len(people)):
        if len(shown) + len(account) > MOST_PEOPLE:
            break
        shown += account
    return shown or report.endings[:MOST_PEOPLE]


def _rows(report: SimulationReport, people: Sequence[Ending]) -> list[tuple[Ending, str, str]]:
    """Everybody with their touches and answers in words."""
    touched, answered = defaultdict(list), defaultdict(list)
    for touch in report.touches:
        touched[touch.contact_id].append(f"{short(touch.at)} {touch.channel}")
    for answer in report.answers:
        answered[answer.contact_id].append(f"{short(answer.at)} {words(answer.kind)}")
    return [(end, ", ".join(touched[end.contact_id]), ", ".join(answered[end.contact_id])) for end in people]


def _mailboxes(report: SimulationReport) -> dict[str, Any]:
    loads: dict[str, list[Load]] = defaultdict(list)
    for load in report.load:
        loads[load.sender].append(load)
    busiest = sorted(loads.items(), key=lambda one: -sum(load.messages for load in one[1]))
    return {
        "mailboxes": [charts.by_mailbox(report, sender, own) for sender, own in busiest[:MOST_MAILBOXES]],
        "mailboxes_left_out": max(0, len(busiest) - MOST_MAILBOXES),
        "mailbox_rows": [(sender, sum(load.messages for load in own), max(own, key=lambda load: load.messages)) for sender, own in busiest],
    }


def _calendar(report: SimulationReport) -> dict[str, Any]:
    channels = Counter(touch.channel for touch in report.touches)
    counted: dict[date, Counter[Channel]] = defaultdict(Counter)
    for touch in report.touches:
        counted[touch.at.date()][touch.channel] += 1
    return {
        "days": charts.by_day(report),
        "channels": [(channel, number, CHANNELS[channel]) for channel, number in channels.most_common()],
        "day_rows": sorted(counted.items()),
    }


def _rest(report: SimulationReport) -> dict[str, Any]:
    return {
        "put_off": charts.put_off(report),
        "endings": charts.endings(report),
        "left_out": report.left_out[:MOST_ROWS],
        "left_out_more": max(0, len(report.left_out) - MOST_ROWS),
    }
