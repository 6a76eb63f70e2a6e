"""Campaign files: what they may be made from, what is wrong with them, what applying them changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from accountgraph.campaigns.telling import tell
from accountgraph.cli.render.outreach.campaign import sequence
from accountgraph.cli.render.page import ATTENTION, BAD, GOOD, QUIET, facts_table, page, section
from accountgraph.cli.render.words import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from rich.console import RenderableType

    from accountgraph.campaigns.apply import Applied, Plan
    from accountgraph.campaigns.definition.campaign import CampaignDefinition
    from accountgraph.campaigns.definition.diff import Change
    from accountgraph.campaigns.definition.problems import Problem

_COLOURS = {"+": GOOD, "-": BAD, "~": ATTENTION}


def examples_page(described: Mapping[str, str]) -> RenderableType:
    """What there is to begin from."""
    table = facts_table()
    for name, description in described.items():
        table.add_row(name, Text(description))
    hint = Text("`accountgraph campaign create EXAMPLE` writes one, with comments that explain it.", style=QUIET)
    return page(section("Examples", table), Text(), hint)


def created_page(file: Path, name: str) -> RenderableType:
    """A new file, and what to do with it."""
    following = {
        f"accountgraph campaign check {file}": "says what is wrong with it; needs no database",
        f"accountgraph campaign preview {file} --contact CONTACT": "shows what somebody would get",
        f"accountgraph campaign apply {file}": "keeps it as a version",
    }
    lines = [line for command, does in following.items() for line in (Text(f"  {command}"), Text(f"      {does}", style=QUIET))]
    return page(Text(f"{file} holds the campaign {name}. Read it, change it, then"), *lines)


def check_page(file: Path, definition: CampaignDefinition | None, problems: Sequence[Problem]) -> RenderableType:
    """Everything that is wrong with a file, and what is worth knowing."""
    wrong = [problem for problem in problems if not problem.is_note]
    if wrong or definition is None:
        head = Text(f"{file} cannot be used: {count(len(wrong), 'problem')}.", style=BAD)
    else:
        steps, templates = count(len(definition.steps), "step"), count(len(definition.templates), "template")
        head = Text(f"{file} is sound: campaign {definition.name}, {steps}, {templates}.", style=GOOD)
    return page(head, *_problems(problems))


def _problems(problems: Iterable[Problem]) -> Iterable[RenderableType]:
    for problem in problems:
        style = ATTENTION if problem.is_note else BAD
        key = f"{problem.key or 'file'}: "
        yield Text.assemble("  ", ("note  " if problem.is_note else "", style), (key, "bold"), f"{problem.message} {problem.cure}".strip())


def plan_page(definition: CampaignDefinition, plan: Plan) -> RenderableType:
    """What applying a file changes."""
    notes = list(_problems(problem for problem in plan.problems if problem.is_note))
    if plan.latest is None:
        return page(Text(f"{definition.name} is new:"), *sequence(tell(definition)), *notes)
    if not plan.changes:
        return page(*notes)
    return page(Text(f"{definition.name}, against version {plan.latest}:"), *map(_change, plan.changes), *notes)


def _change(change: Change) -> RenderableType:
    text = Text()
    for line in str(change).splitlines():
        sign = line.strip()[:1]
        text.append("  " + line + "\n", style=_COLOURS.get(sign, ""))
    text.rstrip()
    return text


def kept_nothing(definition: CampaignDefinition, plan: Plan) -> RenderableType:
    """Nothing was kept, and why."""
    if plan.latest is not None and not plan.changes:
        return Text(f"Unchanged: {definition.name} stays at version {plan.latest}.")
    return Text("Nothing was kept: leave out --dry-run to keep it.", style=QUIET)


def applied_page(definition: CampaignDefinition, applied: Applied) -> RenderableType:
    """A version that is kept now."""
    if not applied.is_changed:
        return Text(f"Unchanged: {definition.name} stays at version {applied.number}.")
    said = Text(f"Kept as version {applied.number} of {definition.name}.", style=GOOD)
    if not applied.created:
        said.append(" Who has begun stays with the version they began with.", style=QUIET)
    hints = (
        f"`accountgraph campaign preview {definition.name} --contact CONTACT` shows what somebody would get,",
        f"`accountgraph campaign start {definition.name}` runs it on the console, where nothing leaves the house.",
    )
    return page(said, *(Text(hint, style=QUIET) for hint in hints if applied.created))
