"""Campaigns: in a list, one in plain language, where one stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from accountgraph.cli.render.outreach.people import REASONS
from accountgraph.cli.render.page import ATTENTION, BAD, GOOD, QUIET, facts_table, listing, page, section
from accountgraph.cli.render.words import ago, count, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from rich.console import RenderableType

    from accountgraph.campaigns.definition.audience import Audience
    from accountgraph.campaigns.definition.campaign import CampaignDefinition
    from accountgraph.campaigns.definition.diff import Change
    from accountgraph.campaigns.lifecycle import Campaign, CampaignStatus, Started
    from accountgraph.campaigns.listing import CampaignLine, VersionLine
    from accountgraph.campaigns.telling import ToldStep

_COLOURS = {"live": GOOD, "dry run": ATTENTION, "paused": ATTENTION, "cancelled": BAD}
WAITS_FOR = {
    "approval": "until somebody approves their message",
    "draft": "until a model has written their message",
    "task": "until somebody does their task",
    "missing": "until what their message speaks of is known",
    "unknown": "until it is known whether their message left",
    "campaign": "until the campaign is resumed",
    "hold": "until the hold is lifted",
    "reply": "until somebody has looked at the reply",
    "meeting_booked": "until the meeting's outcome is recorded",
}


def state_of(status: str, *, is_live: bool) -> Text:
    """What a campaign is doing: `active` is a dry run or live."""
    word = ("live" if is_live else "dry run") if status == "active" else status
    return Text(word, style=_COLOURS.get(word, ""))


def campaigns_table(found: Sequence[CampaignLine], now: datetime) -> RenderableType:
    """Campaigns, a line each."""
    if not found:
        return Text("No campaign yet. `accountgraph campaign create` names the examples to begin from.", style=QUIET)
    table = listing("Name", "State", "Version", "Under way", "Ended", "Next step", right=("Version", "Under way", "Ended"))
    for line in found:
        next_step = ago(line.next_due_at, now, never="-") if line.next_due_at is None or line.next_due_at > now else "due now"
        state = state_of(line.status, is_live=line.is_live)
        table.add_row(Text(line.name), state, str(line.number), f"{line.under_way:,}", f"{line.ended:,}", next_step)
    return table


def campaign_page(
    campaign: Campaign, definition: CampaignDefinition, steps: Sequence[ToldStep], policy: Sequence[Change], versions: Sequence[VersionLine]
) -> RenderableType:
    """A campaign in plain language."""
    title = Text.assemble(
        (campaign.name, "bold"), "   ", state_of(campaign.status, is_live=campaign.is_live), f", version {campaign.number}"
    )
    return page(
        title,
        Text(definition.description, style=QUIET) if definition.description else None,
        Text(f"About {definition.topic}; who refused to hear about that is left alone.", style=QUIET) if definition.topic else None,
        section("Whom", _audience(definition)),
        section("What happens", Group(*sequence(steps))),
        section("Policy that is not as by default", _policy(policy)),
        section("Versions", _versions(versions)),
        section("Going live", Text(_going_live(campaign))),
    )


def _audience(definition: CampaignDefinition) -> RenderableType:
    if definition.audience.is_nobody:
        others = ", and the other people of their accounts after them" if definition.approach_colleagues else ""
        return Text(f"Leads that come one by one{others}.")
    table = facts_table()
    for label, value in _fields(definition.audience):
        table.add_row(label, Text(value))
    return table


def _fields(audience: Audience) -> Iterator[tuple[str, str]]:
    for name in audience.__struct_fields__:
        value = getattr(audience, name)
        if isinstance(value, tuple) and value:
            yield plain(name), " or ".join(map(plain, value))
        elif isinstance(value, dict) and value:
            yield plain(name), ", ".join(f"{key} = {one}" for key, one in value.items())
        elif value is not None and not isinstance(value, (tuple, dict)):
            yield plain(name), "yes" if value is True else "no" if value is False else str(value)


def sequence(steps: Sequence[ToldStep]) -> Iterator[RenderableType]:
    """The steps, those of each track together."""
    for track in dict.fromkeys(step.track for step in steps):
        if track != "main":
            yield Text(f"On the {track} track, to which a reaction leads:", style=QUIET)
        table = facts_table()
        for number, step in enumerate((step for step in steps if step.track == track), 1):
            words = Text(f"{step.what}, {step.when}")
            for note in step.notes:
                words.append(f"\n{note}", style=QUIET)
            table.add_row(Text(f"{number}  {step.key}", style="bold"), words)
        yield Padding(table, (0, 0, 0, 2 if track != "main" else 0))


def _policy(changes: Sequence[Change]) -> RenderableType:
    if not changes:
        return Text("Nothing: all settings have their defaults.", style=QUIET)
    table = facts_table()
    for change in changes:
        table.add_row(change.key.removeprefix("policy."), Text.assemble(change.after or "none", (f"   instead of {change.before}", QUIET)))
    return table


def _versions(versions: Sequence[VersionLine]) -> RenderableType:
    table = listing("Version", "Kept (UTC)", "Hash", "People", "", right=("Version", "People"))
    for line in versions:
        approved = Text("approved", style=GOOD) if line.is_approved else Text()
        table.add_row(str(line.number), f"{line.created_at:%Y-%m-%d %H:%M}", line.content_hash[:12], f"{line.people:,}", approved)
    return table


def _going_live(campaign: Campaign) -> str:
    if campaign.is_preview_approved and campaign.preview_approved_at:
        return f"{campaign.preview_approved_by} approved version {campaign.number} on {campaign.preview_approved_at:%Y-%m-%d %H:%M} UTC."
    if campaign.preview_approved_by:
        return f"{campaign.preview_approved_by} approved another version; version {campaign.number} is not approved."
    return f"Nobody has approved version {campaign.number}: `campaign preview`, then `campaign approve`."


def status_page(status: CampaignStatus, now: datetime) -> RenderableType:
    """Where a campaign stands."""
    campaign, work = status.campaign, status.work
    title = Text.assemble(
        (campaign.name, "bold"), "   ", state_of(campaign.status, is_live=campaign.is_live), f", version {campaign.number}"
    )
    facts = facts_table()
    facts.add_row("Sent", f"{work.sent:,}" + (f", and {work.dry_runs:,} shown in dry runs" if work.dry_runs else ""))
    facts.add_row("Next step", _next_step(status, now))
    waits = [
        (work.pending_approvals, "message to approve", "messages to approve"),
        (work.open_tasks, "task to do", "tasks to do"),
        (work.unknown, "message of which nobody knows whether it left", "messages of which nobody knows whether they left"),
    ]
    said = [count(number, one, many) for number, one, many in waits if number]
    facts.add_row("Waits for you", Text(", ".join(said) or "nothing", style=ATTENTION if said else ""))
    return page(title, section("People", _people(status)), section("Work", facts))


def _next_step(status: CampaignStatus, now: datetime) -> str:
    due = status.next_due_at
    if due is None:
        return "none is planned"
    return f"{ago(due, now)}, {due:%a %Y-%m-%d %H:%M} UTC" if due > now else "due now"


def _people(status: CampaignStatus) -> RenderableType:
    if not status.progress:
        return Text("Nobody yet.", style=QUIET)
    table = listing("People", "State", "", right=("People",))
    for place in status.progress:
        kind = "" if place.is_live == status.campaign.is_live else " (live)" if place.is_live else " (dry run)"
        why = WAITS_FOR.get(place.reason or "", plain(place.reason)) if place.reason else ""
        table.add_row(f"{place.people:,}", plain(place.state) + kind, Text(why, style=QUIET))
    return table


def started_page(started: Started) -> RenderableType:
    """What a start did."""
    campaign = started.campaign
    how = Text("live", style=GOOD) if campaign.is_live else Text("as a dry run: everything goes to the console and counts nowhere")
    head = Text.assemble(f"{campaign.name} runs ", how, ".")
    begun = Text(f"{count(started.enrolled, 'person begins', 'people begin')}.")
    left = [
        Text(f"  {number:,} left out: {REASONS.get(reason, plain(reason))}", style=QUIET) for reason, number in started.left_out.items()
    ]
    hint = f"`accountgraph campaign run {campaign.name}` does what is due now, `accountgraph worker` goes on doing it."
    if not started.enrolled:
        hint = f"`accountgraph campaign audience {campaign.name}` says whom it would take, and why not the others."
        if not started.left_out:
            hint += " Leads come one by one: `accountgraph lead process FILE`."
    return page(head, begun, *left, Text(hint, style=QUIET))


def run_page(said: str, status: CampaignStatus, now: datetime) -> RenderableType:
    """What a run did, and where the campaign stands after it."""
    hint = "`accountgraph campaign why CONTACT` says why somebody was written to, or was not."
    return page(Text(said), Text(), status_page(status, now), Text(), Text(hint, style=QUIET))
