"""What one has to know before one calls somebody: their hours, what was promised, what not to say, what is known and from where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from accountgraph.dashboard.words import plain, told, web_address
from accountgraph.enums import Channel, RelationshipType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from accountgraph.campaigns.desk.sheet import InTouch
    from accountgraph.campaigns.reach import Reach
    from accountgraph.preferences.topics import ContactTopic
    from accountgraph.store.outreach.exclusions import AccountExclusion
    from accountgraph.store.suppressions import Suppression

PROMISED = "next_steps"
CHANNELS = {
    Channel.EMAIL: "E-mail",
    Channel.CALL: "Telephone",
    Channel.LINKEDIN: "LinkedIn",
    Channel.SMS: "SMS",
    Channel.WHATSAPP: "WhatsApp",
    Channel.MAIL: "Post",
    Channel.MEETING: "Meeting",
}
_OBJECTIONS = "objections_raised"
_SOURCES = ("source", "url", "link")  # where an entry of research says where it is from
_ZONE_OF = {
    "contact": "their own time zone",
    "account": "the account's time zone; theirs is not known",
    "workspace": "your workspace's time zone; theirs is not known",
}
_WORDS = {  # how somebody stands to the person whose page it is; first: the edge reads from that person to them
    RelationshipType.REPORTS_TO: ("their manager", "reports to them"),
    RelationshipType.MANAGER_OF: ("reports to them", "their manager"),
    RelationshipType.MENTOR_MENTEE: ("their mentee", "their mentor"),
    RelationshipType.INTRODUCED_BY: ("introduced them", "was introduced by them"),
    RelationshipType.COLLEAGUES: ("colleague", "colleague"),
    RelationshipType.COLLABORATORS: ("works with them", "works with them"),
}


@dataclass(frozen=True, slots=True)
class Hours:
    """Their time. `now`: the clock there; `calls`: whether one calls now, in words; `is_open`: whether one does."""

    now: str
    whose: str
    calls: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Known:
    """Something that is known. `link`: where it is from, an address that a browser may follow."""

    name: str
    text: str
    link: str | None = None


def hours_of(reach: Reach, now: datetime) -> Hours:
    """What time it is there, and whether that is one to call at."""
    zone = ZoneInfo(reach.zone)
    there = now.astimezone(zone)
    call = next(one for one in reach.channels if one.channel is Channel.CALL)
    is_open = call.opens_at is not None and call.closes_at is not None and call.opens_at <= now < call.closes_at
    if call.opens_at is None or call.closes_at is None:
        calls = "there is no day on which one calls"
    elif is_open:
        calls = f"a good time to call, until {call.closes_at.astimezone(zone):%H:%M}"
    else:
        calls = f"calls from {call.opens_at.astimezone(zone):%A %H:%M} on"
    whose = f"{reach.zone}, {_ZONE_OF.get(reach.zone_source, reach.zone_source)}"
    return Hours(now=f"{there:%H:%M on %A}", whose=whose, calls=calls, is_open=is_open)


def promised(context: Mapping[str, Any]) -> list[str]:
    """What was agreed on in the conversation."""
    return _listed(context.get(PROMISED))


def not_to_say(
    context: Mapping[str, Any],
    *,
    stops: Sequence[Suppression],
    topics: Sequence[ContactTopic],
    exclusions: Sequence[AccountExclusion],
    colleagues: Sequence[InTouch],
    withheld: int,
) -> list[str]:
    """What to leave alone, a sentence each."""
    said = [f"They objected already: {one}" for one in _listed(context.get(_OBJECTIONS))]
    said += [f"They do not want to hear about {one.name}." for one in topics if not one.is_on and one.refused_at]
    said += [f"{one.name} does not want to be named." for one in colleagues if one.is_withheld]
    unnamed = withheld - sum(one.is_withheld for one in colleagues)
    if unnamed > 0:
        said.append(f"{unnamed} whom they know asked not to be referred to.")
    said += [f"The account is left out of campaigns: {plain(one.reason)}{f', {one.note}' if one.note else ''}." for one in exclusions]
    said += ["They complained about our mail: begin with that." for one in stops if one.reason == "complained"][:1]
    return said


def facts_of(data: Mapping[str, Any], but: Sequence[str] = ()) -> list[Known]:
    """What a JSON column holds, entry by entry, each with its source where it names one."""
    return [_known(str(name), value) for name, value in data.items() if name not in but]


def relation(kind: RelationshipType, *, is_from_them: bool) -> str:
    """How somebody stands to the person. `is_from_them`: the edge reads from the person to that somebody."""
    return _WORDS[kind][0 if is_from_them else 1] if kind in _WORDS else plain(kind)


def _known(name: str, value: object) -> Known:
    if isinstance(value, dict):
        link = next((found for key in _SOURCES if isinstance(value.get(key), str) and (found := web_address(value[key]))), None)
        rest = {key: one for key, one in value.items() if link is None or key not in _SOURCES}
        return Known(name, told(next(iter(rest.values())) if len(rest) == 1 else rest), link)
    if isinstance(value, str) and " " not in value and web_address(value):
        return Known(name, value, value)
    return Known(name, told(value))


def _listed(value: object) -> list[str]:
    if not value:
        return []
    return [told(one) for one in value] if isinstance(value, list) else [told(value)]
