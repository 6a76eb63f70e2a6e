"""Numbers on a terminal, with how sure they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from accountgraph.analytics.hours import ENOUGH, hours_in_words
from accountgraph.cli.render.page import ATTENTION, BAD, GOOD, QUIET, listing, page, section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from accountgraph.analytics import (
        AccountFunnel,
        ComparedStep,
        DeliverabilityLine,
        Engagement,
        FunnelAccount,
        Group,
        HourCell,
        Hours,
        Movers,
    )
    from accountgraph.analytics.engagement import Tally
    from accountgraph.analytics.health import Mover
    from accountgraph.analytics.rates import Rate
    from accountgraph.analytics.snapshots import Taken

_COUNTS = ("Sent", "Opened", "by people", "Clicked", "by people", "Replied", "Meetings")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_NOTHING = "Nothing left in this period."


def engagement_table(found: Engagement) -> RenderableType:
    """A point a row, and their sum."""
    table = listing("From", *_COUNTS, right=_COUNTS)
    for point in found.points:
        table.add_row(str(point.starts_on), *_counts(point), style=None if point.sent else QUIET)
    table.add_row("together", *_counts(found.total))
    return table


def groups_table(groups: Sequence[Group]) -> RenderableType:
    """A group a row, with the shares of people and their intervals."""
    if not groups:
        return Text(_NOTHING, style=QUIET)
    table = listing("Group", "Sent", "Opened by people", "Clicked by people", "Replied", "Meetings", right=("Sent",))
    for group in groups:
        rates = (group.rates.human_open, group.rates.human_click, group.rates.human_reply, group.rates.meeting)
        table.add_row(group.name or "not known", f"{group.sent:,}", *map(share, rates))
    return table


def funnel_table(found: AccountFunnel) -> RenderableType:
    """A stage a row."""
    table = listing("Stage", "Accounts", "Of those before", right=("Accounts",))
    for step in found.steps:
        table.add_row(step.stage.value, f"{step.reached:,}", share(step.from_before) if step.from_before else "")
    return table


def accounts_table(accounts: Sequence[FunnelAccount]) -> RenderableType:
    """An account a row."""
    if not accounts:
        return Text("No account.", style=QUIET)
    table = listing("Account", "Came to", "Contacted")
    for one in accounts:
        table.add_row(one.name, one.stage.value, f"{one.contacted_at:%Y-%m-%d}" if one.contacted_at else "")
    return table


def deliverability_table(lines: Sequence[DeliverabilityLine]) -> RenderableType:
    """A line a row."""
    if not lines:
        return Text(_NOTHING, style=QUIET)
    table = listing(
        "Week", "Sender", "Domain", "Sent", "Bounced for good", "Bounced for now", "Complaints", "Unsubscribed", right=("Sent",)
    )
    for line in lines:
        rates = (line.hard_bounce, line.soft_bounce, line.complaint, line.unsubscribe)
        table.add_row(str(line.week or ""), line.sender or "", line.domain or "", f"{line.sent:,}", *map(share, rates))
    return table


def hours_page(found: Hours) -> RenderableType:
    """The week as a grid of estimates; cells with too little data stand pale and in brackets."""
    if not found.n:
        return Text(_NOTHING, style=QUIET)
    used = sorted({cell.hour for cell in found.cells if cell.n})
    table = listing("Hour", *_DAYS, right=_DAYS)
    for hour in used:
        cells = [cell for cell in found.cells if cell.hour == hour]
        table.add_row(f"{hour:02}:00", *map(_cell, cells))
    best = hours_in_words(found.best)
    said = f"Known to be better than the rest: {', '.join(best)}." if best else "No hour is known to be better than the rest."
    words = {"open": "opened", "reply": "answered"}[found.what.value]
    head = f"Of {found.n:,} touches {found.overall:.1f} % were {words} by a person. {said}"
    return page(Text(head), section(f"Per cent by hour, drawn towards all; ( ) less than {ENOUGH} touches", table))


def variants_page(steps: Sequence[ComparedStep]) -> RenderableType:
    """A step a section."""
    if not steps:
        return Text("No touch of this campaign had a variant in this period.", style=QUIET)
    return page(*(section(step.step_key, _variants(step)) for step in steps))


def movers_page(found: Movers) -> RenderableType:
    """Up, then down."""
    if found.from_day is None:
        return Text("There are no two days to compare; see analytics snapshot --backfill.", style=QUIET)
    head = Text(f"From {found.from_day} to {found.to_day}.")
    return page(head, section("Up", _movers(found.up, GOOD)), section("Down", _movers(found.down, BAD)))


def taken_line(done: Sequence[Taken]) -> str:
    """What was written."""
    accounts = sum(one.accounts for one in done)
    if len(done) == 1:
        return f"{done[0].day}: the health of {accounts:,} accounts is written."
    return f"{done[0].day} to {done[-1].day}: {len(done):,} days of accounts, {accounts:,} rows."


def share(one: Rate) -> str:
    """A share with its interval: 12.5 % (8.1-18.8)."""
    return "" if one.percent is None else f"{one.percent:.1f} % ({one.low:.1f}-{one.high:.1f})"


def _counts(tally: Tally) -> list[str]:
    values = (
        tally.sent, tally.opened, tally.human_opened, tally.clicked, tally.human_clicked, tally.human_replied, tally.meetings,
    )  # fmt: skip
    return [f"{value:,}" if value else "" for value in values]


def _cell(cell: HourCell) -> Text:
    if not cell.n:
        return Text("")
    return Text(f"{cell.estimate:.1f}") if cell.is_enough else Text(f"({cell.estimate:.1f})", style=QUIET)


def _variants(step: ComparedStep) -> RenderableType:
    table = listing("Variant", "Sent", step.goal.value.capitalize(), right=("Sent",))
    for one in step.variants:
        table.add_row(one.variant, f"{one.n:,}", share(one.rate))
    return page(table, Text(step.says, style=GOOD if any(one.is_told_apart for one in step.comparisons) else ATTENTION))


def _movers(movers: Sequence[Mover], style: str) -> RenderableType:
    if not movers:
        return Text("nobody", style=QUIET)
    table = listing("Account", "Change", "Now", "Because", right=("Change", "Now"))
    for one in movers:
        table.add_row(one.name, Text(f"{one.change:+.1f}", style=style), f"{one.after:.1f}", one.says)
    return table
