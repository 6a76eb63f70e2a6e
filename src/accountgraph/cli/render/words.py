"""Numbers and times in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

_UNITS = ((60, "minute"), (3600, "hour"), (86_400, "day"), (7 * 86_400, "week"), (30.44 * 86_400, "month"), (365.25 * 86_400, "year"))


def ago(at: datetime | None, now: datetime, *, never: str = "never") -> str:
    """How long before `now` something was ("3 days ago"), or will be ("in 2 hours")."""
    if at is None:
        return never
    seconds = (now - at).total_seconds()
    if abs(seconds) < 60:
        return "just now"
    size, unit = next(((size, unit) for size, unit in reversed(_UNITS) if abs(seconds) >= size * (2 if unit == "week" else 1)), _UNITS[0])
    count = int(abs(seconds) // size)
    words = f"{count} {unit}{'s' if count != 1 else ''}"
    return f"{words} ago" if seconds > 0 else f"in {words}"


def span(seconds: float) -> str:
    """A short stretch of time: "40 s", "3 min", "5 h", "2 days"."""
    for size, unit in ((86_400, "days"), (3600, "h"), (60, "min")):
        if seconds >= size * (2 if unit == "days" else 1):
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def plain(word: object) -> str:
    """A value of an enumeration as a person writes it: `individual_contributor` is "individual contributor"."""
    text = str(word).replace("_", " ")
    return {"c-level": "C-level", "vp": "VP", "tier1": "tier 1", "tier2": "tier 2", "tier3": "tier 3"}.get(text, text)


def count(number: int, one: str, many: str | None = None) -> str:
    """ "1 contact", "3 contacts"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def bar(share: float, width: int = 10) -> str:
    """A bar of `width` cells, `share` (0-1) of it full, to an eighth of a cell."""
    eighths = round(max(0.0, min(1.0, share)) * width * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + ("▏▎▍▌▋▊▉"[rest - 1] if rest else "")).ljust(width, "░")
