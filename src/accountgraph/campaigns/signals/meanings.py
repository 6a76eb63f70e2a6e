"""What somebody said, as campaigns take it: the signal of a meaning, the day it names, what is learned from it."""

from __future__ import annotations

from datetime import datetime, time, timezone
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.inbound.findings import MeaningKind

if TYPE_CHECKING:
    from datetime import date

    from accountgraph.inbound.findings import Meaning

SURE = 0.5  # of a meaning below it, only that somebody answered is believed
_QUOTE = 300
_MEANINGS = {
    MeaningKind.POSITIVE: SignalKind.REPLY_POSITIVE,
    MeaningKind.QUESTION: SignalKind.REPLY_QUESTION,
    MeaningKind.OBJECTION: SignalKind.REPLY_OBJECTION,
    MeaningKind.REFERRAL: SignalKind.REFERRAL,
    MeaningKind.NOT_NOW: SignalKind.REPLY_NOT_NOW,
    MeaningKind.REFUSAL: SignalKind.REPLY_REFUSAL,
    MeaningKind.UNSUBSCRIBE: SignalKind.UNSUBSCRIBE,
    MeaningKind.LEFT_COMPANY: SignalKind.LEFT_COMPANY,
    MeaningKind.OTHER: SignalKind.REPLY,
}
_LEARNED = {
    MeaningKind.POSITIVE: "key_quotes",
    MeaningKind.QUESTION: "key_quotes",
    MeaningKind.OBJECTION: "objections_raised",
    MeaningKind.REFERRAL: "next_steps",
    MeaningKind.NOT_NOW: "next_steps",
}


def meant(means: Meaning) -> SignalKind:
    """The signal of a meaning, where it is believed."""
    return _MEANINGS[means.kind] if means.confidence >= SURE else SignalKind.REPLY


def told(kind: SignalKind, means: Meaning | None, text: str, zone: str) -> dict[str, Any]:
    """What an answer of a kind tells besides: until when (`zone`: where they live, IANA), whom it names, what is learned from it."""
    day = means.until if means and kind is SignalKind.REPLY_NOT_NOW else None
    person = means.person if means and kind in {SignalKind.REFERRAL, SignalKind.LEFT_COMPANY} else None
    return {
        "until": day_in(zone, day) if day else None,
        "person": msgspec.to_builtins(person) if person else None,
        "learned": learned_from(means, text) if kind is not SignalKind.REPLY else {},
    }


def day_in(zone: str, day: date) -> datetime:
    """When a day begins where somebody lives, in UTC."""
    try:
        place: ZoneInfo | timezone = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        place = timezone.utc  # noqa: UP017 - beside the other kind of zone
    return datetime.combine(day, time(), place).astimezone(timezone.utc)  # noqa: UP017


def learned_from(means: Meaning | None, text: str) -> dict[str, Any]:
    """By rule: the first words of an answer, where the context keeps such."""
    kept = _LEARNED.get(means.kind) if means else None
    quote = " ".join(text.split())[:_QUOTE]
    return {kept: [quote]} if kept and quote else {}
