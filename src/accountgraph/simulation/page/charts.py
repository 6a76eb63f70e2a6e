"""The pictures of a report: touches by day, everybody's course, what each mailbox carries, what was put off, where people ended."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from accountgraph.enums import Channel
from accountgraph.simulation.page.looks import ANSWERS, CHANNELS, counted, look_of, words
from accountgraph.simulation.page.shapes import WIDTH, Bar, Days, Label, Line, Mark, Picture, short

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from accountgraph.simulation.report import Ending, Load, SimulationReport

ROW = 20
_NAMES, _ENDS = 230, 860  # where everybody's name ends, and how they ended begins
_LONGEST = 34  # characters of a label
_SMALL_WIDTH, _SMALL_HEIGHT = 344, 104  # of a mailbox's picture


def days_of(report: SimulationReport, left: float, right: float) -> Days:
    """The days from the start to the last thing that happened, or two weeks at least."""
    first = report.start.astimezone(UTC).date()
    last = max((touch.at.date() for touch in report.touches), default=first)
    answered = max((answer.at.date() for answer in report.answers), default=first)
    number = max((max(last, answered) - first).days + 2, 14)
    return Days(first, number, left, right)


def by_day(report: SimulationReport) -> Picture:
    """Touches of each day, by channel, one on the other."""
    days = days_of(report, 36, WIDTH - 4)
    counted: dict[date, Counter[Channel]] = defaultdict(Counter)
    for touch in report.touches:
        counted[touch.at.date()][touch.channel] += 1
    most = max((counts.total() for counts in counted.values()), default=0)
    height, floor = 150, 128
    bars = []
    for day, counts in sorted(counted.items()):
        y: float = floor
        for channel in Channel:
            if counts[channel]:
                tall = counts[channel] / most * (floor - 16)
                y -= tall
                title = f"{day:%a} {short(day)}: {counts[channel]:,} by {channel}"
                bars.append(Bar(days.x(day, 0.12), y, max(days.step * 0.76, 0.8), tall, f"c-{channel}", title))
    lines, labels = _grid(days, floor, 8)
    if most:
        lines.append(Line([(days.left, 16), (days.right, 16)], "dash"))
        labels.append(Label(days.left - 6, 20, f"{most:,}", "end", "quiet"))
    return Picture(says="Touches by day and channel", height=height, bars=bars, lines=lines, labels=labels)


def by_person(report: SimulationReport, shown: Sequence[Ending]) -> Picture:
    """A row for each person, by account: what they got, what they did, how they stand at the end."""
    days = days_of(report, _NAMES + 10, _ENDS - 12)
    rows, y, company = {}, 20.0, ""
    labels: list[Label] = []
    for end in shown:
        if end.company is not None and end.company != company:
            company = end.company
            y += 6 if labels else 0
            labels.append(Label(0, y + 14, _cut(company), look="strong"))
            y += ROW
        rows[end.contact_id] = y + ROW / 2
        labels.append(Label(_NAMES, y + 14, _cut(end.name or end.address), "end"))
        labels.append(Label(_ENDS, y + 14, _cut(_ending(end), 36), look=look_of(end.state, end.reason)))
        y += ROW
    lines = [Line([(days.left, at), (days.right, at)]) for at in rows.values()]
    grid, ticks = _grid(days, y, 14, labels_at=10)
    marks = [*_touches(report, rows, days), *_answers(report, rows, days)]
    return Picture(
        says="What each person gets and does, by day", height=y + 4, lines=[*grid, *lines], labels=[*ticks, *labels], marks=marks
    )


def by_mailbox(report: SimulationReport, sender: str, loads: Iterable[Load]) -> Picture:
    """What one mailbox sends each day, under the line that it may not pass."""
    days = days_of(report, 26, _SMALL_WIDTH - 2)
    floor, top = 84.0, 26.0
    loads = list(loads)
    highest = max(load.cap for load in loads)
    scale = (floor - top) / highest
    bars = [
        Bar(days.x(load.day, 0.12), floor - load.messages * scale, max(days.step * 0.76, 0.6), load.messages * scale, "data", _load(load))
        for load in loads
    ]
    steps = [(days.left, floor - loads[0].cap * scale)]
    for load in loads:
        steps += [(days.x(load.day), steps[-1][1]), (days.x(load.day), floor - load.cap * scale)]
    steps.append((days.right, steps[-1][1]))
    busiest = max(loads, key=lambda load: load.messages)
    labels = [
        Label(0, 12, _cut(sender), look="strong"),
        Label(_SMALL_WIDTH, 12, f"most {busiest.messages:,} of {busiest.cap:,}", "end", "quiet"),
        Label(days.left - 5, floor - loads[-1].cap * scale + 4, f"{loads[-1].cap:,}", "end", "quiet"),
        Label(days.left, 100, short(days.first), look="quiet"),
        Label(days.right, 100, short(days.first + timedelta(days=days.number - 1)), "end", "quiet"),
    ]
    return Picture(
        says=f"Messages of {sender} by day, and its cap",
        width=_SMALL_WIDTH,
        height=_SMALL_HEIGHT,
        bars=bars,
        lines=[Line([(days.left, floor), (days.right, floor)]), Line(steps, "cap")],
        labels=labels,
    )


def put_off(report: SimulationReport) -> Picture:
    """How often each rule said not now, or never."""
    rows = [
        (
            words(one.rule),
            one.times,
            f"{counted(one.times, 'time', 'times')}, {counted(one.people, 'person', 'people')}",
            "bad" if one.verdict == "deny" else "wait",
        )
        for one in report.put_off
    ]
    return _across("How often each rule put somebody off", rows)


def endings(report: SimulationReport) -> Picture:
    """How many people stand where at the end."""
    looks = {end.words: look_of(end.state, end.reason) for end in report.endings}
    total = len(report.endings)
    rows = [(words(said), people, f"{people:,} ({people / total:.0%})", looks[said]) for said, people in report.states.items()]
    return _across("Where people stand at the end", rows)


def _across(says: str, rows: Sequence[tuple[str, int, str, str]]) -> Picture:
    most = max((number for _, number, _, _ in rows), default=1)
    bars, labels = [], []
    for nth, (name, number, figure, look) in enumerate(rows):
        y = nth * 28.0
        width = max(number / most * 560, 2)
        bars.append(Bar(_NAMES + 10, y + 8, width, 10, look, f"{name}: {figure}"))
        labels += [Label(_NAMES, y + 17, _cut(name), "end"), Label(_NAMES + 18 + width, y + 17, figure, look="quiet")]
    return Picture(says=says, height=max(len(rows) * 28, 28), bars=bars, labels=labels)


def _grid(days: Days, floor: float, top: float, *, labels_at: float | None = None) -> tuple[list[Line], list[Label]]:
    lines = [Line([(days.left, floor), (days.right, floor)])]
    labels = []
    for x, text in days.ticks():
        lines.append(Line([(x, top), (x, floor)]))
        labels.append(Label(x + 3, floor + 16 if labels_at is None else labels_at, text, look="quiet"))
    return lines, labels


def _touches(report: SimulationReport, rows: dict[UUID, float], days: Days) -> Iterable[Mark]:
    for touch in report.touches:
        if touch.contact_id in rows:
            x = days.x(touch.at.date(), _share(touch.at))
            title = f"{touch.at:%a} {short(touch.at)} {touch.at:%H:%M} {touch.channel}, step {touch.step}"
            yield Mark(
                x, rows[touch.contact_id], CHANNELS[touch.channel], f"c-{touch.channel}", f"{title}: {touch.subject or ''}".rstrip(": ")
            )


def _answers(report: SimulationReport, rows: dict[UUID, float], days: Days) -> Iterable[Mark]:
    for answer in report.answers:
        if answer.contact_id in rows:
            shape, look = ANSWERS.get(answer.kind, ("ring", "wait"))
            title = f"{answer.at:%a} {short(answer.at)} {answer.at:%H:%M} {words(answer.kind)}"
            yield Mark(days.x(answer.at.date(), _share(answer.at)), rows[answer.contact_id], shape, look, title)


def _share(at: datetime) -> float:
    return (at.hour + at.minute / 60) / 24


def _ending(end: Ending) -> str:
    said = words(end.words)
    if end.paused_until:
        return f"{said} until {short(end.paused_until)}"
    return f"{said}, next {short(end.next_due_at)}" if end.next_due_at else said


def _load(load: Load) -> str:
    return f"{load.day:%a} {short(load.day)}: {load.messages:,} of {load.cap:,}"


def _cut(text: str, longest: int = _LONGEST) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
