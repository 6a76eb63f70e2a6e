"""The messages behind a number, a page at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accountgraph.analytics import Came, Within, page_touches
from accountgraph.dashboard.words import plain, tier
from accountgraph.errors import InvalidValueError
from accountgraph.store.given import one_of

if TYPE_CHECKING:
    from accountgraph.dashboard.analytics.asking import Given, Question
    from accountgraph.dashboard.visits import Visit

ROWS = 50
_TEXTS = {"step": "step", "variant": "variant", "domain": "domain", "of_tier": "tier", "of_industry": "industry",
          "of_campaign": "campaign", "of_sender": "sender"}  # fmt: skip
_NUMBERS = ("weekday", "hour", "from_hours", "to_hours")
WITHIN = (*_TEXTS, *_NUMBERS)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CAME = {
    Came.HUMAN_OPENED: "opened by people",
    Came.HUMAN_CLICKED: "clicked by people",
    Came.HUMAN_REPLIED: "answered by people",
    Came.MEETING: "followed by a meeting",
    Came.BOUNCED_HARD: "bounced for good",
    Came.COMPLAINED: "called spam",
}


async def find_messages(visit: Visit, question: Question) -> dict[str, Any]:
    """A page of them, the newest first."""
    given = question.given
    came = one_of(tuple(Came), "came", given.get("came") or None)
    words: dict[str, Any] = {field: given.get(name) or None for name, field in _TEXTS.items()}
    numbers: dict[str, Any] = {name: _number(given, name) for name in _NUMBERS}
    within = Within(**words, **numbers)
    page = await page_touches(visit.db, question.asked, Came(came) if came else None, within, limit=ROWS, after=given.get("after") or None)
    return {
        "came": came and CAME.get(Came(came), plain(came)),
        "inside": _inside(given, within),
        "messages": page.items,
        "next_page": given.address(after=page.next) if page.next else None,
        "first_page": given.address(after=None) if given.get("after") else None,
    }


def _number(given: Given, name: str) -> float | None:
    try:
        value = float(text) if (text := given.get(name)) else None
    except ValueError:
        value = float("nan")
    if value is not None and not 0 <= value <= 1e6:
        raise InvalidValueError(name, f"{given.get(name)[:40]!r} is no such number.")
    return value


def _inside(given: Given, within: Within) -> list[tuple[str, str]]:
    """What else they have in common, in words, and the address without it."""
    words = {
        "step": f"step {within.step}",
        "variant": f"variant {within.variant}",
        "domain": f"to {within.domain}",
        "of_tier": f"tier {tier(within.tier)}",
        "of_industry": str(within.industry),
        "of_campaign": "sent by hand" if within.campaign == "-" else "of one campaign",
        "of_sender": "without a sender" if within.sender == "-" else "from one sender",
        "weekday": f"on {_DAYS[int(within.weekday or 1) - 1]}" if 1 <= (within.weekday or 1) <= 7 else "on no day",
        "hour": f"at {int(within.hour or 0):02}:00",
        "from_hours": f"answered after {within.from_hours:g} h or later" if within.from_hours else "",
        "to_hours": f"answered within {within.to_hours:g} h" if within.to_hours else "",
    }
    return [(say, given.address(**{name: None, "after": None})) for name, say in words.items() if given.get(name)]
