"""What a model wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from accountgraph.cli.render.contact import shortened
from accountgraph.cli.render.page import ATTENTION, BAD, GOOD, QUIET, facts_table, listing, page, section
from accountgraph.cli.render.words import ago, count, plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from rich.console import RenderableType

    from accountgraph.campaigns.drafts import Draft, UsedFact
    from accountgraph.drafting.trial import Trial

_COLOURS = {"wanted": ATTENTION, "written": GOOD, "refused": BAD, "failed": BAD}
_INSTEAD = "the template does the job"


def drafts_table(found: Sequence[Draft], now: datetime) -> RenderableType:
    """A draft a row."""
    if not found:
        return Text("No draft. A step with `drafted = true` asks for one, where `settings model` names a model.", style=QUIET)
    table = listing("Draft", "For", "Message", "Asked")
    for one in found:
        to = Text(one.person or "nobody any more").append(f"\n{one.company or ''}", style=QUIET)
        message = Text(one.subject or plain(one.channel), style="bold")
        message.append(f"\n{shortened(one.content) if one.content else one.detail or ''}", style="not bold")
        state = Text(f"\n{one.state}", style=_COLOURS[one.state])
        message.append(state).append(f", {one.campaign}, step {one.step_key}" + ("" if one.is_live else ", dry run"), style=QUIET)
        table.add_row(Text(str(one.id)[:8], style=QUIET), to, message, ago(one.asked_at, now))
    return table


def draft_page(one: Draft) -> RenderableType:
    """A draft with what it rests on."""
    rows = {
        "for": one.person or "nobody any more",
        "account": one.company,
        "by": plain(one.channel),
        "subject": one.subject,
        "campaign": f"{one.campaign}, step {one.step_key}" + ("" if one.is_live else " (dry run)"),
        "written by": one.model if one.state == "written" else None,
        "names": one.mentions,
        "state": one.state if one.state in {"wanted", "written"} else f"{one.state}: {_INSTEAD}",
        "why": one.detail,
    }
    facts = facts_table()
    for label, value in rows.items():
        if value:
            facts.add_row(label, Text(value, style=_COLOURS[one.state] if label == "state" else ""))
    return page(
        facts,
        section("Message", Text(one.content)) if one.content else None,
        rests_on(one.facts),
        _refused(one.refusals),
        Text(f"\nDraft {one.id}", style=QUIET),
    )


def trial_page(tried: Trial) -> RenderableType:
    """A draft that was tried out."""
    facts = facts_table()
    facts.add_row("model", Text(tried.model))
    facts.add_row("step", f"{tried.step_key}, by {plain(tried.channel)}")
    facts.add_row("told", f"{count(tried.prompt_characters, 'character')}, {count(tried.facts_given, 'fact')}")
    verdict = "may go on" if tried.state == "written" else f"{tried.state}: {_INSTEAD}"
    facts.add_row("verdict", Text(verdict, style=_COLOURS[tried.state]))
    if tried.detail:
        facts.add_row("why", Text(tried.detail))
    if tried.subject:
        facts.add_row("subject", Text(tried.subject))
    return page(facts, section("Message", Text(tried.body)) if tried.body else None, rests_on(tried.facts), _refused(tried.refusals))


def rests_on(used: Sequence[UsedFact]) -> RenderableType | None:
    """The facts of a draft, and the rows that say them."""
    if not used:
        return None
    table = facts_table()
    for fact in used:
        table.add_row(fact.id, Text(fact.text).append(f"   {fact.table} {str(fact.row_id)[:8]}", style=QUIET))
    return section("It rests on", table)


def _refused(refusals: Sequence[Sequence[str]]) -> RenderableType | None:
    if not refusals:
        return None
    lines = [Text(f"try {number}: {said}") for number, tried in enumerate(refusals, 1) for said in tried]
    return section("Refused", page(*lines))
