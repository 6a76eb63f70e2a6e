"""What pages say: times as people say them, tiers and roles in words, links that are safe to follow."""

from __future__ import annotations

import json
from datetime import UTC
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from accountgraph.listing.account_people import LastEvent
    from accountgraph.listing.timeline import Happening
    from accountgraph.models import Contact, Event
    from accountgraph.store.suppressions import Suppression

_ACTORS = {
    "human": "a person",
    "prefetch": "a mail program, not counted",
    "scanner": "a scanner, not counted",
    "unverified": "nobody knows who, not counted",
}
_TIERS = {"strategic": "strategic", "tier1": "1", "tier2": "2", "tier3": "3"}
_STEPS = ((60, "minute"), (3600, "hour"), (86_400, "day"), (604_800, "week"), (2_629_800, "month"), (31_557_600, "year"))  # seconds
_LONGEST = 2000  # characters of a value that is shown


def relative(moment: datetime, now: datetime) -> str:
    """A time as people say it: just now, 3 hours ago, in 2 days."""
    seconds = (now - moment).total_seconds()
    away = abs(seconds)
    if away < _STEPS[0][0]:
        return "just now"
    size, unit = next((step for step in reversed(_STEPS) if step[0] <= away), _STEPS[0])
    count = int(away // size)
    words = counted(count, unit, f"{unit}s")
    return f"{words} ago" if seconds > 0 else f"in {words}"


def when(moment: datetime | None, now: datetime, missing: str = "never") -> Markup:
    """A time as an element: in words, and exactly where one points at it."""
    if moment is None:
        return Markup('<span class="quiet">{}</span>').format(missing)
    exact = f"{moment.astimezone(UTC):%d %b %Y, %H:%M} UTC"
    return Markup(f'<time datetime="{moment.isoformat()}" title="{exact}">{relative(moment, now)}</time>')  # noqa: S704 - times alone


def counted(number: int, one: str, many: str) -> str:
    """A number and what it counts."""
    return f"{number:,} {one if number == 1 else many}"


def tier(value: str | None) -> str:
    """An account's tier: strategic, 1, 2 or 3."""
    return _TIERS.get(value or "", "none")


def plain(value: object) -> str:
    """A word of an enumeration as people write it."""
    return str(value).replace("_", " ")


def points(value: float) -> str:
    """Points with one decimal, and none where it is nought."""
    return f"{value:.1f}".removesuffix(".0")


def told(value: object) -> str:
    """Anything that a JSON column holds, as text; long ones are cut."""
    if isinstance(value, list) and all(isinstance(one, str | int | float) for one in value):
        value = ", ".join(str(one) for one in value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def web_address(value: str | None) -> str | None:
    """An address that a browser may follow: of the web, and nothing that would run here; None: it is none."""
    try:
        parts = urlsplit(value or "")
    except ValueError:
        return None
    return value if parts.scheme in {"http", "https"} and parts.netloc else None


def mail_to(address: str) -> str:
    """The link that writes to an address."""
    return f"mailto:{quote(address, safe='@')}"


def actor(event: Event | LastEvent) -> str | None:
    """Who made something happen, and that a machine does not count; None where nobody acts."""
    return _ACTORS[event.actor] if event.actor else None


def standing(person: Contact) -> list[str]:
    """What somebody is in their account, in words."""
    known = {
        "primary contact": person.is_primary_contact,
        "decision maker": person.is_decision_maker,
        "champion": person.is_champion,
    }
    words = [word for word, holds in known.items() if holds]
    return words + [plain(role) for role in (person.buying_role, person.role) if role and plain(role) not in words]


def stops(person: Contact, suppressions: Sequence[Suppression]) -> list[str]:
    """Why somebody must not be written to, in words; empty: nothing is known that stops it."""
    words = [] if person.status == "active" else [plain(person.status)]
    if person.communication_preferences.do_not_contact:
        words.append("asked not to be contacted")
    for one in suppressions:
        about = f"all of {one.domain}" if one.domain else "this person" if one.contact_id else "this address"
        where = "every channel" if one.channel == "all" else plain(one.channel)
        words.append(f"{plain(one.reason)}: {about}, {where}")
    return words


def happened(one: Happening) -> str:
    """What a line of the timeline is, in a word or two."""
    words = (
        {"outbound": "sent", "inbound": "received"}
        if one.kind == "message"
        else {"allow": "went on", "defer": "put off", "deny": "refused"}
    )
    said = words.get(one.what, plain(one.what))
    if one.kind == "message" and one.channel not in {None, "email"}:
        return f"{plain(one.channel)} {said}"
    return "task" if one.kind == "task" else said


def circumstances(one: Happening) -> str:
    """How it came about: who acted or a machine that does not count, what came of it, who told us."""
    parts = [plain(one.what) if one.kind == "task" else None, _ACTORS[one.actor] if one.actor else None]
    parts += [one.actor_reason if not one.is_counted else None, plain(one.detail) if one.detail and one.kind != "decision" else None]
    parts.append(one.campaign)
    parts.append(f"step {one.detail}" if one.kind == "decision" else f"by {one.by}" if one.by else None)
    return " · ".join(part for part in parts if part)


def zip_same(values: Iterable[str]) -> list[tuple[str, str]]:
    """Values as choices of a list, each called what it is."""
    return [(value, value) for value in values if value]


FILTERS: dict[str, Callable[..., Any]] = {
    "when": when,
    "counted": counted,
    "tier": tier,
    "plain": plain,
    "points": points,
    "told": told,
    "web_address": web_address,
    "mail_to": mail_to,
    "actor": actor,
    "standing": standing,
    "stops": stops,
    "happened": happened,
    "circumstances": circumstances,
    "zip_same": zip_same,
}
