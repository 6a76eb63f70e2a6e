"""Why somebody was written to, or was not: where they stand, then what was decided and happened, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from accountgraph.campaigns.rules.channels import BY_PEOPLE
from accountgraph.campaigns.rules.who import name_of
from accountgraph.campaigns.signals.words import label_of
from accountgraph.cli.render.outreach.campaign import WAITS_FOR
from accountgraph.cli.render.outreach.people import REASONS
from accountgraph.cli.render.page import ATTENTION, BAD, GOOD, QUIET, facts_table, page, section
from accountgraph.cli.render.words import ago, plain
from accountgraph.enums import Channel

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from rich.console import RenderableType

    from accountgraph.campaigns.why import Barrier, EnrolmentStory, Line, Outside, Why

_VERDICTS = {"allow": ("allowed", GOOD), "defer": ("put off", ATTENTION), "deny": ("denied", BAD)}
_PASSED_OVER = frozenset({"condition", "no_address", "no_consent", "jurisdiction", "no_channel"})
_APPROVALS = {"pending": ATTENTION, "accepted": GOOD, "rejected": BAD, "withdrawn": QUIET}
_INTENTS = {
    "planned": ("planned", ATTENTION),
    "calling": ("being sent", ATTENTION),
    "sent": ("sent", GOOD),
    "refused": ("refused", BAD),
    "unknown": ("nobody knows whether it left", BAD),
    "withdrawn": ("withdrawn", QUIET),
}
_COLOURS = {"waiting": GOOD, "pending": GOOD, "active": GOOD, "paused": ATTENTION, "failed": BAD}


def why_page(told: Why, now: datetime) -> RenderableType:
    """All there is to say about writing to one person."""
    title = Text.assemble((told.name, "bold"), (f"   {told.email or 'no address'}", QUIET))
    stands = [section(f"In {one.campaign}", _standing(one, now)) for one in told.enrolments]
    return page(
        title,
        section("What stands in the way, whatever the campaign", _barriers(told.barriers)) if told.barriers else None,
        *stands,
        section("In no campaign", Text(_outside(told.outside))) if not stands else None,
        section("What was decided and happened, and why (UTC)", _story(told)) if told.story else None,
    )


def _outside(outside: Outside | None) -> str:
    if outside is None:
        return "They were never in a campaign. `--campaign CAMPAIGN` says whether one would take them, and why not."
    if outside.reason is None:
        return f"They were never in {outside.campaign}; the next `campaign start {outside.campaign}` takes them."
    return f"They were never in {outside.campaign}: {REASONS.get(outside.reason, plain(outside.reason))}."


def _barriers(barriers: Sequence[Barrier]) -> RenderableType:
    table = facts_table()
    for one in barriers:
        what = f"suppressed on {one.what}" if one.kind == "suppressed" else f"hold on the {one.what}"
        until = f", until {_utc(one.until)}" if one.until else ""
        table.add_row(Text(what, style=BAD), Text(f"{plain(one.reason)}, since {_utc(one.since)}{until}"))
    return table


def _standing(one: EnrolmentStory, now: datetime) -> RenderableType:
    table = facts_table()
    reason = f": {plain(one.reason)}" if one.reason else ""
    until = f", until {_utc(one.paused_until)}" if one.paused_until else ""
    table.add_row("State", Text(f"{plain(one.state)}{reason}{until}", style=_COLOURS.get(one.state, "")))
    if one.finished_at is None:
        table.add_row("Step", Text(f"{one.step_key}, {_due(one, now)}"))
    if one.track != "main":
        table.add_row("Track", one.track.value)
    table.add_row("Touches", f"{one.touch_count}" + ("" if one.is_live else " (dry run: nothing left the house)"))
    table.add_row("Began", _utc(one.started_at) + (f", ended {_utc(one.finished_at)}" if one.finished_at else ""))
    zone = "set for the person" if one.zone_source == "contact" else f"that of the {one.zone_source}"
    table.add_row("Hours kept in", f"{one.zone}, {zone}")
    if one.sender:
        table.add_row("Sender", Text(one.sender))
    return table


def _due(one: EnrolmentStory, now: datetime) -> str:
    if one.state == "paused" or one.next_due_at is None:
        return WAITS_FOR.get(one.reason or "", "until somebody or something resumes it") if one.state == "paused" else "no time is set"
    return f"{ago(one.next_due_at, now)}, {_utc(one.next_due_at)}" if one.next_due_at > now else "due now"


def _story(told: Why) -> RenderableType:
    enrolments = {one.id: one for one in told.enrolments}
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style=QUIET)
    table.add_column(overflow="fold")
    for line in told.story:
        enrolment = enrolments.get(line.enrolment_id) if line.enrolment_id else None
        table.add_row(_time(line.at), _line(line, enrolment, has_many=len(enrolments) > 1))
    return table


def _line(line: Line, enrolment: EnrolmentStory | None, *, has_many: bool) -> Text:
    place = [enrolment.campaign] if enrolment and has_many else []
    place += [line.step_key] if line.step_key else []
    words = Text(f"{', '.join(place)}: " if place else "", style="bold")
    for part, style in _happened(line, enrolment):
        words.append(part, style=style or "not bold")
    rule = f"{line.rule}: " if line.kind in _VERDICTS and line.rule != line.kind else ""
    return words.append(f"\n{rule}{line.reason}" if line.reason else "", style=QUIET)


def _happened(line: Line, enrolment: EnrolmentStory | None) -> Iterator[tuple[str, str]]:
    """What it was, in a few words, each with its colour."""
    kind, _, detail = line.kind.partition(" ")
    if line.kind in _VERDICTS:
        word, style = _VERDICTS[line.kind]
        is_passed_over = line.kind == "deny" and line.rule in _PASSED_OVER
        yield ("passed over", QUIET) if is_passed_over else (word, style)
        if line.until:
            yield f" until {_time(line.until)}", ""
        if line.count > 1:
            yield f", {line.count} times", ""
    elif kind == "approval":
        yield {"pending": "waits for approval", "accepted": "approved"}.get(detail, f"approval {detail}"), _APPROVALS.get(detail, "")
    elif kind == "draft":
        yield (
            f"{line.rule} wrote the message" if detail == "written" else "the template does the job",
            GOOD if detail == "written" else ATTENTION,
        )
    elif line.kind == "signal":
        yield label_of(line.rule), ATTENTION
    elif kind == "task":
        yield f"a task of ours ({plain(line.rule)}): {plain(detail)}", GOOD if detail == "done" else ""
    else:
        yield from _intent(line, enrolment)


def _intent(line: Line, enrolment: EnrolmentStory | None) -> Iterator[tuple[str, str]]:
    channel = Channel(line.rule)
    if channel in BY_PEOPLE:
        word = {"planned": "a task waits", "sent": "done"}.get(line.kind, line.kind)
        yield f"{word} ({name_of(channel)})", _INTENTS.get(line.kind, ("", ""))[1]
        return
    word, style = _INTENTS.get(line.kind, (line.kind, ""))
    if line.kind == "sent" and enrolment is not None and not enrolment.is_live:
        word = "shown on the console, not sent,"
    yield f"{word} by {name_of(channel)}", style


def _time(at: datetime) -> str:
    return f"{at:%a %Y-%m-%d %H:%M}"


def _utc(at: datetime) -> str:
    return f"{_time(at)} UTC"
