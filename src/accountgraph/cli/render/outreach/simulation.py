"""What a simulation found, in a terminal: a calendar, everybody's course, loads, what was put off, where people ended."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from rich.console import Group
from rich.text import Text

from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.cli.render.contact import shortened
from accountgraph.cli.render.outreach.campaign import WAITS_FOR
from accountgraph.cli.render.page import ATTENTION, BAD, DATA, GOOD, QUIET, listing, page, section
from accountgraph.cli.render.words import count
from accountgraph.enums import Channel

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from rich.console import RenderableType

    from accountgraph.simulation import SimulationReport
    from accountgraph.simulation.report import Ending

MOST_PEOPLE = 30  # more than so many are summed up
MOST_WEEKS = 30  # more than so many become months
MOST_ROWS = 12  # of mailboxes
_COURSE = 36  # columns for everybody's course
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_CHANNELS = {
    Channel.EMAIL: "e",
    Channel.SMS: "s",
    Channel.CALL: "c",
    Channel.LINKEDIN: "l",
    Channel.MAIL: "p",
    Channel.WHATSAPP: "w",
    Channel.MEETING: "m",
}
_ANSWERS = {
    SignalKind.REPLY_POSITIVE: ("+", GOOD),
    SignalKind.MEETING_BOOKED: ("+", GOOD),
    SignalKind.OUT_OF_OFFICE: ("o", ATTENTION),
    SignalKind.REPLY_REFUSAL: ("-", BAD),
    SignalKind.HARD_BOUNCE: ("x", BAD),
    SignalKind.UNSUBSCRIBE: ("u", BAD),
    SignalKind.COMPLAINT: ("u", BAD),
}
_SAID = "e e-mail  c call  s SMS  l LinkedIn  p post;  r reply  + positive  - refusal  o out of office  x bounce  u unsubscribed"


def simulation_page(report: SimulationReport) -> RenderableType:
    """All of it, at most 80 columns wide."""
    many = len(report.endings) > MOST_PEOPLE
    return page(
        _head(report),
        section("Touches", _calendar(report)),
        section("People", _summary(report) if many else _courses(report)),
        section("Where they stand at the end", _states(report)),
        section("Load by mailbox", _load(report)) if report.load else None,
        section("Put off", _put_off(report)) if report.put_off else None,
        section("Left out of the audience", _left_out(report)) if report.left_out else None,
        _notes(report),
    )


def _head(report: SimulationReport) -> RenderableType:
    title = Text(report.campaign, style="bold")
    title.append(f"  simulated, {_day(report.start.date())} to {_day(report.until.date())}, seed {report.seed}", style=f"not bold {QUIET}")
    answered = len({answer.contact_id for answer in report.answers})
    people, touches = count(len(report.endings), "person", "people"), count(len(report.touches), "touch", "touches")
    return Group(title, Text(f"{touches} to {people}; {answered:,} did something. Times are UTC; nothing was sent."))


def _calendar(report: SimulationReport) -> RenderableType:
    """A row a week with its days, or a row a month where that is too long; channels beside it."""
    by_day: dict[date, Counter[Channel]] = defaultdict(Counter)
    for touch in report.touches:
        by_day[touch.at.date()][touch.channel] += 1
    if not by_day:
        return Text("None.", style=QUIET)
    weeks = sorted({day - timedelta(days=day.weekday()) for day in by_day})
    if len(weeks) > MOST_WEEKS:
        return _months(by_day)
    figures = [*_DAYS, "All"]
    table = listing("Week of", *figures, "By channel", right=figures)
    for monday in weeks:
        counts = [by_day.get(monday + timedelta(days=nth), Counter[Channel]()) for nth in range(7)]
        numbers = [Text(f"{one.total():,}") if one else Text("·", style=QUIET) for one in counts]
        table.add_row(_day(monday), *numbers, f"{sum(one.total() for one in counts):,}", _channels(sum(counts, Counter())))
    return table


def _months(by_day: dict[date, Counter[Channel]]) -> RenderableType:
    table = listing("Month", "Days", "Touches", "By channel", right=("Days", "Touches"))
    months: dict[date, list[Counter[Channel]]] = defaultdict(list)
    for day, counts in sorted(by_day.items()):
        months[day.replace(day=1)].append(counts)
    for month, days in months.items():
        table.add_row(f"{month:%b %Y}", f"{len(days)}", f"{sum(one.total() for one in days):,}", _channels(sum(days, Counter())))
    return table


def _channels(counts: Counter[Channel]) -> Text:
    if len(counts) == 1:
        return Text(next(iter(counts)).value, style=DATA)
    return Text(", ".join(f"{channel.value} {number:,}" for channel, number in counts.most_common()), style=DATA)


def _courses(report: SimulationReport) -> RenderableType:
    """Everybody in a row, a column for so many days that they fit."""
    if not report.endings:
        return Text("Nobody is approached.", style=QUIET)
    first = report.start.astimezone(UTC).date()
    last = max([touch.at.date() for touch in report.touches] + [answer.at.date() for answer in report.answers], default=first)
    width = -(-((last - first).days + 1) // _COURSE)
    columns = (last - first).days // width + 1
    marks = _marks(report, first, width)
    table = listing("Person", f"From {_day(first)}, {count(width, 'day')} a column", "At the end")
    company: str | None = None
    for end in report.endings:
        if end.company and end.company != company:
            company = end.company
            table.add_row(Text(shortened(company, 20), style="bold"), "", "")
        course = Text()
        for nth in range(columns):
            sign, style = marks.get((end.contact_id, nth), ("·", QUIET))
            course.append(sign, style=style)
        table.add_row(Text(f" {shortened(end.name or end.address, 19)}"), course, _ending(end))
    return Group(table, Text(_SAID, style=QUIET))


def _marks(report: SimulationReport, first: date, width: int) -> dict[tuple[UUID | None, int], tuple[str, str]]:
    """What stands in each column; an answer says more than a touch."""
    marks: dict[tuple[UUID | None, int], tuple[str, str]] = {}
    for touch in report.touches:
        marks[touch.contact_id, (touch.at.date() - first).days // width] = (_CHANNELS[touch.channel], DATA)
    for answer in report.answers:
        marks[answer.contact_id, (answer.at.date() - first).days // width] = _ANSWERS.get(SignalKind(answer.kind), ("r", ATTENTION))
    return marks


def _summary(report: SimulationReport) -> RenderableType:
    """How many got how much, and what they did."""
    touches = Counter(end.touches for end in report.endings)
    got = ", ".join(f"{number:,} {_times(times)}" for times, number in sorted(touches.items()))
    kinds = Counter(answer.kind for answer in report.answers)
    did = ", ".join(f"{number:,} {_words(kind)}" for kind, number in kinds.most_common()) or "nothing"
    return Group(Text(f"Touched: {got}."), Text(f"They did: {did}."), Text("--html FILE draws everybody's course.", style=QUIET))


def _times(number: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(number, f"{number} times")


def _states(report: SimulationReport) -> RenderableType:
    table = listing("People", "State", "", right=("People",))
    for state, people in report.states.items():
        what, _, reason = state.partition(": ")
        why = WAITS_FOR.get(reason, "") if what == "paused" else ""
        table.add_row(f"{people:,}", _words(state), Text(why, style=QUIET))
    return table


def _load(report: SimulationReport) -> RenderableType:
    table = listing("Mailbox", "Messages", "Days", "Busiest", "Of at most", right=("Messages", "Days", "Busiest", "Of at most"))
    senders = Counter[str]()
    for load in report.load:
        senders[load.sender] += load.messages
    for sender, messages in senders.most_common(MOST_ROWS):
        own = [load for load in report.load if load.sender == sender]
        busiest = max(own, key=lambda load: load.messages)
        table.add_row(shortened(sender, 34), f"{messages:,}", f"{len(own):,}", f"{busiest.messages:,}", f"{busiest.cap:,}")
    more = len(senders) - MOST_ROWS
    return Group(table, Text(f"{count(more, 'mailbox', 'mailboxes')} more send less.", style=QUIET)) if more > 0 else table


def _put_off(report: SimulationReport) -> RenderableType:
    table = listing("Rule", "People", "Times", "For example", right=("People", "Times"))
    for one in report.put_off:
        rule = Text(_words(one.rule), style=BAD if one.verdict == "deny" else "")
        table.add_row(rule, f"{one.people:,}", f"{one.times:,}", Text(shortened(one.example, 120), style=QUIET))
    return table


def _left_out(report: SimulationReport) -> RenderableType:
    table = listing("Reason", "People", "For example", right=("People",))
    for reason, people in report.reasons.items():
        example = next(one for one in report.left_out if one.reason == reason)
        table.add_row(_words(reason), f"{people:,}", Text(shortened(example.name or example.address, 40), style=QUIET))
    return table


def _notes(report: SimulationReport) -> RenderableType | None:
    if not report.scripts_of_nobody:
        return None
    return Text(f"\nA script, but nobody who is approached: {', '.join(report.scripts_of_nobody)}.", style=ATTENTION)


def _ending(end: Ending) -> Text:
    style = {"failed": BAD, "paused": ATTENTION}.get(end.state, GOOD if end.reason == "replied" else "")
    return Text(_words(end.words), style=style)


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _words(name: str) -> str:
    return name.replace("_", " ")
