"""What to do next with an account: what waits for somebody of ours, then whom to talk to, on which channel and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from accountgraph.campaigns.definition.policy import Schedule
from accountgraph.campaigns.rules.calendar import opening, zone_named, zone_of
from accountgraph.enums import Channel, RelationshipType, Strength
from accountgraph.errors import InvalidValueError

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from accountgraph.campaigns.work.tasks import Task
    from accountgraph.graph import CompanyGraph
    from accountgraph.graph.answers import AccountOverview, ExpansionTarget, WarmPath
    from accountgraph.models import Contact
    from accountgraph.store.outreach.settings import WorkspaceSettings
    from accountgraph.store.suppressions import Suppression

TARGETS = 5
PATHS = 3
_VERBS = {Channel.CALL: "call", Channel.MEETING: "meet"}


@dataclass(frozen=True, slots=True)
class Target:
    """Somebody to talk to: `verb` and `channel` say how, `when` from when on in their own time, where an hour is known."""

    found: ExpansionTarget
    verb: str
    channel: str
    when: str


@dataclass(frozen=True, slots=True)
class Steps:
    """What is next. `targets` None: there is no primary contact, with whom the search begins."""

    tasks: list[Task]
    targets: list[Target] | None


async def next_steps(
    graph: CompanyGraph, overview: AccountOverview, tasks: list[Task], settings: WorkspaceSettings, now: datetime
) -> Steps:
    """Tasks that are open, and the best targets from the primary contact on."""
    primary = next((one["contact"].id for one in overview["contacts"].values() if one["contact"].is_primary_contact), None)
    if primary is None:
        return Steps(tasks, None)
    found = await graph.find_expansion_targets(primary, Strength.WEAK, types=tuple(RelationshipType), include_implied=True)
    return Steps(tasks, [_target(one, settings, now) for one in found[:TARGETS]])


async def warm_ways(graph: CompanyGraph, overview: AccountOverview, suppressed: dict[UUID, list[Suppression]]) -> dict[str, Any] | None:
    """How to reach the first decision maker with whom nobody talks; None: there is none, or nothing may be written to them."""
    for one in overview["contacts"].values():
        person = one["contact"]
        if person.is_decision_maker and not one["active_conversations"] and person.id not in suppressed:
            paths: list[WarmPath] = await graph.find_warm_paths(person.id, PATHS)
            return {"person": person, "paths": paths}
    return None


def channel_for(person: Contact) -> Channel | None:
    """On what to reach somebody: what they prefer, else what is known of them."""
    preferred = person.communication_preferences.preferred_channel
    if preferred:
        return preferred
    known = {Channel.EMAIL: person.email, Channel.CALL: person.phone, Channel.LINKEDIN: person.linkedin_url}
    return next((channel for channel, address in known.items() if address), None)


def best_hour(person: Contact, channel: Channel, settings: WorkspaceSettings, now: datetime) -> str:
    """When a channel is open for somebody: now, or from a weekday and an hour of their own time on."""
    name, source = zone_of(person.communication_preferences.timezone, None, None, settings.timezone)
    try:
        open_ = opening(Schedule().window(channel), name, person.country, now, skip_holidays=True)
    except InvalidValueError:
        return ""
    whose = "their time" if source == "contact" else f"{name} time"
    if open_.opens_at <= now:
        return f"now, until {open_.closes_at.astimezone(zone_named(name)):%H:%M} {whose}"
    local, today = open_.opens_at.astimezone(zone_named(name)), now.astimezone(zone_named(name)).date()
    day = {today: "today", today + timedelta(days=1): "tomorrow"}.get(local.date(), f"{local:%A}")
    return f"{day} from {local:%H:%M} {whose}"


def _target(found: ExpansionTarget, settings: WorkspaceSettings, now: datetime) -> Target:
    channel = channel_for(found["contact"])
    if channel is None:
        return Target(found, "find", "an address", "")
    how = {Channel.EMAIL: "by e-mail", Channel.LINKEDIN: "on LinkedIn", Channel.CALL: "by telephone", Channel.MAIL: "by letter"}
    words = how.get(channel, f"by {channel.replace('_', ' ')}")
    return Target(found, _VERBS.get(channel, "write"), words, best_hour(found["contact"], channel, settings, now))
