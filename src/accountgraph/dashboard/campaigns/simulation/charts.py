"""The charts of a simulation: what each mailbox carries by day, what is put off and why, where people end."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from accountgraph.dashboard.campaigns import words
from accountgraph.dashboard.charts import Chart, Series

if TYPE_CHECKING:
    from datetime import date

    from accountgraph.dashboard.charts import Role
    from accountgraph.simulation.report import SimulationReport

_ROLES: tuple[Role, ...] = ("series-1", "series-2", "series-3", "series-4", "series-5")
_DAY = timedelta(days=1)


def load_chart(report: SimulationReport) -> Chart:
    """Messages of each mailbox by day; of more than five, the smaller ones as one."""
    counted: dict[str, Counter[date]] = defaultdict(Counter)
    for load in report.load:
        counted[load.sender][load.day] += load.messages
    days = sorted({load.day for load in report.load})
    span = [days[0] + _DAY * nth for nth in range((days[-1] - days[0]).days + 1)] if days else []
    busiest = sorted(counted, key=lambda sender: -counted[sender].total())
    shown, rest = busiest[: len(_ROLES)], busiest[len(_ROLES) :]
    series = [Series(sender, [counted[sender][day] for day in span], role) for sender, role in zip(shown, _ROLES, strict=False)]
    if rest:
        series.append(Series(f"{len(rest)} others", [sum(counted[one][day] for one in rest) for day in span], "series-6"))
    fullest = max(report.load, key=lambda load: load.messages / load.cap, default=None)
    note = (
        f"Fullest: {fullest.sender} on {fullest.day:%-d %b}, {fullest.messages} of {fullest.cap} that its policy allows." if fullest else ""
    )
    labels = [f"{day:%-d %b}" for day in span]
    return Chart(
        "load", "Messages by mailbox and day", "stacked", labels, series, "messages", "Day (UTC)", note=note or "No mailbox sends anything."
    )


def put_off_chart(report: SimulationReport) -> Chart:
    """How often each rule said not now, or never."""
    shown = report.put_off
    labels = [f"{one.rule.replace('_', ' ')}{', never' if one.verdict == 'deny' else ''}" for one in shown]
    note = "" if shown else "Nothing was put off."
    return Chart("put-off", "Put off, by rule", "row", labels, [Series("Times", [one.times for one in shown])], "times", "Rule", note=note)


def endings_chart(report: SimulationReport) -> Chart:
    """Where people stand at the end."""
    states: Counter[str] = Counter()
    for end in report.endings:
        states[f"{end.state}: {words.why(end.reason)}" if end.reason else end.state] += 1
    found = states.most_common()
    series = [Series("People", [count for _, count in found])]
    return Chart("endings", "Where people stand at the end", "row", [said for said, _ in found], series, "people", "State")
