"""What the words of a mail say, by the phrases of all kinds: looked for once, whoever asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.inbound.language.phrases import phrases
from accountgraph.inbound.language.tree import outermost

if TYPE_CHECKING:
    from collections.abc import Container

    from accountgraph.inbound.language.tree import Found
    from accountgraph.inbound.language.words import Words

MEANINGS = ("unsubscribe", "left_company", "referral", "not_now", "refusal", "objection", "positive", "question", "neutral")
MACHINES = ("auto", "left_company", "challenge", "out_of_office", "acknowledgement")
SPARED = "spared"  # within a wish to be left alone: it is none
_ALL = tuple(dict.fromkeys((*MEANINGS, *MACHINES, "contact", "but", SPARED)))


def every(text: Words, names: Container[str]) -> list[Found]:
    """Every phrase of these sections, in their order."""
    if text.found is None:
        text.found = phrases(*_ALL).all(text)
    return [one for one in text.found if one.phrase.section in names]


def told(text: Words, names: Container[str]) -> list[Found]:
    """The phrases of these sections, in their order, without those that are a part of a longer one."""
    return outermost(every(text, names))
