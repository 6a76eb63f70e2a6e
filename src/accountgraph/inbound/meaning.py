"""What a person's reply means, by its set phrases; a model may refine it, but none is needed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from accountgraph.inbound.findings import Meaning, MeaningKind
from accountgraph.inbound.heard import Heard, hear, leads_to_self
from accountgraph.inbound.language.dates import Days
from accountgraph.inbound.language.people import person_near
from accountgraph.inbound.language.phrases import language_of, single_words
from accountgraph.inbound.language.prose import MEANINGS, SPARED, every, told
from accountgraph.inbound.language.tree import outermost
from accountgraph.inbound.language.typos import corrected
from accountgraph.inbound.language.words import READ, Words
from accountgraph.inbound.verdict import FAR, Named, verdict_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from accountgraph.inbound.findings import Person, ReplyText
    from accountgraph.inbound.language.phrases import Found
    from accountgraph.inbound.language.spans import When

# What was put right before it was understood is a little less sure.
_MISSPELT = 0.9


def meaning(
    words: ReplyText,
    subject: str,
    today: date,
    *,
    month_first: bool = False,
    leave_out: Collection[str] = (),
    text: Words | None = None,
) -> Meaning:
    """What a reply means, from the words that were written now; quotes and signatures are never looked at.

    `today`: the day of the mail. `month_first`: `05/06` is the 6th of May. `leave_out`: addresses that no referral means (the writer's,
    ours). `text`: the first `READ` letters of the words, where they were taken apart already. `until`: the first day on which to write
    again fits their words. Where nothing is sure it is `other`, with a low confidence.
    """
    text = Words(words.text[:READ]) if text is None else text
    if not text.folded:
        return _of_subject(subject)
    means = _of_words(text, today, month_first=month_first, leave_out=leave_out)
    if means.kind is MeaningKind.OTHER and not means.evidence and (again := corrected(text, MEANINGS)):
        meant = _of_words(again, today, month_first=month_first, leave_out=leave_out)
        means = replace(meant, confidence=meant.confidence * _MISSPELT)
    cut = (f"only the first {READ:,} characters were read",) if len(words.text) > READ else ()
    confidence = means.confidence * (0.9 if words.confidence < 0.8 else 1.0)
    return replace(means, confidence=round(confidence, 2), evidence=(*means.evidence, *cut))


def _of_words(text: Words, today: date, *, month_first: bool, leave_out: Collection[str]) -> Meaning:
    found = _found(text)
    language = language_of(text, found)
    heard = hear(text, language, found)
    person = _person(text, heard, leave_out)
    days = Days(text, language or _spoken(found), today, month_first=month_first).told()
    until = _until(text, heard, days, today)
    named = _named(days, today)
    verdict = verdict_of(text, heard, person, until or (named.day if named and named.ahead > FAR else None), named)
    until = until or (named.day if named else None)
    said = heard.get("neutral" if verdict.kind is MeaningKind.OTHER else str(verdict.kind), Heard([], []))
    quoted = [text.text[one.start : one.end] for one in [*said.sure, *said.hints]]
    return Meaning(
        kind=verdict.kind,
        until=until if verdict.kind is MeaningKind.NOT_NOW else None,
        person=person if verdict.kind in {MeaningKind.REFERRAL, MeaningKind.LEFT_COMPANY} else None,
        language=language or (said.sure[0].phrase.language if said.sure else None),
        confidence=verdict.confidence,
        evidence=tuple([*dict.fromkeys(quoted)][:12]),
    )


def _found(text: Words) -> list[Found]:
    """Every phrase; one that is a part of a longer one is left out, but for a wish to be left alone, and proof within a hint."""
    found = every(text, MEANINGS)
    spared = every(text, (SPARED,))
    wishes = outermost([one for one in found if one.phrase.section == "unsubscribe" and not _meets(one, spared)])
    sure = outermost([one for one in found if one.phrase.section != "unsubscribe" and not one.phrase.hint])
    hints = outermost([one for one in found if one.phrase.section != "unsubscribe" and one.phrase.hint])
    hints = [hint for hint in hints if not any(one.start <= hint.start and hint.end <= one.end for one in sure)]
    return sorted([*wishes, *sure, *hints], key=lambda one: (one.start, -one.end))


def _meets(one: Found, others: list[Found]) -> bool:
    return any(one.start < other.end and other.start < one.end for other in others)


def _spoken(found: list[Found]) -> str | None:
    """The language of the first phrase, for texts too short to tell by their words."""
    return found[0].phrase.language if found else None


def _of_subject(subject: str) -> Meaning:
    """A mail without words: its subject may be all that was said ("unsubscribe", as mail programs send it)."""
    text = Words(subject[:200])
    for one in told(text, MEANINGS):
        if one.phrase.section == "unsubscribe" and one.phrase.whole:
            return Meaning(
                kind=MeaningKind.UNSUBSCRIBE, language=one.phrase.language, confidence=0.9, evidence=(f"subject: {subject[:60]}",)
            )
    return Meaning(kind=MeaningKind.OTHER, confidence=0.1, evidence=("no words of its own",))


def _named(days: list[tuple[When, str | None]], today: date) -> Named | None:
    """The first day to come that is named."""
    for when, said in days:
        if when.first > today:
            ahead = (when.first - today).days
            ends = said in {"until", "after"} and not when.vague
            proposed = said in {None, "from"} and not (when.vague and ahead > FAR)
            return Named(when.last + timedelta(days=1) if ends else when.first, ahead, proposed)
    return None


def _person(text: Words, heard: dict[str, Heard], leave_out: Collection[str]) -> Person | None:
    """Whom the words lead to, be it a referral or the successor of who left: the first address counts most, then the first name."""
    leads = [*heard["referral"].sure, *(one for one in told(text, {"contact"}) if not leads_to_self(text, one))]
    named: Person | None = None
    for lead in leads[:16]:
        person = person_near(text.text, lead.start, lead.end, leave_out)
        if person and person.email:
            return person
        if person and person.name and (named is None or named.name is None):
            named = person
        named = named or person
    # An address that nothing leads to is somebody's all the same.
    at = text.text.find("@") if named is None or named.email is None else -1
    stray = person_near(text.text, text.text.rfind(" ", 0, at) + 1, at, leave_out) if at > 0 else None
    return stray if stray is not None and stray.email else named


def _denies(before: str) -> bool:
    negations = single_words("negation")
    return any(word in negations for word in Words(before).folded)


def _until(text: Words, heard: dict[str, Heard], days: list[tuple[When, str | None]], today: date) -> date | None:
    """The day that goes with a "not now": in the same sentence or near it, else any that is to come."""
    later = [*heard["not_now"].sure, *heard["not_now"].hints]
    if not later:
        return None
    dated: list[tuple[int, date]] = []
    # Who says when they are away and when they are back is to be asked when they are back.
    returns = [one for one in days if one[1] == "back"]
    for when, said in returns or days:
        day = when.last + timedelta(days=1) if said in {"until", "after"} or when.stretch else when.first
        if said == "until" and when.vague:
            day = when.first
        # "Not this month" is over when the month is.
        if day <= today <= when.last and _denies(text.text[max(0, when.start - 10) : when.start]):
            day = when.last + timedelta(days=1)
        if day > today:
            # "Try me in July": the day that comes right behind the wish is the one.
            dated.append((min(when.start - one.end if when.start >= one.end else one.start - when.start + 40 for one in later), day))
    return min(dated)[1] if dated else None
