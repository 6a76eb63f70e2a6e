"""What a person's reply means, by its set phrases; a model may refine it, but none is needed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from accountgraph.inbound.findings import Meaning, MeaningKind
from accountgraph.inbound.language.dates import Days
from accountgraph.inbound.language.people import person_near
from accountgraph.inbound.language.phrases import language_of, phrases, single_words
from accountgraph.inbound.language.words import READ, Words
from accountgraph.inbound.verdict import Heard, asked, verdict_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from accountgraph.inbound.findings import Person, ReplyText
    from accountgraph.inbound.language.phrases import Found
    from accountgraph.inbound.language.spans import When

_SECTIONS = ("unsubscribe", "left_company", "referral", "not_now", "refusal", "objection", "positive", "question")
_NEGATION_BEFORE = 4
_SELF = frozenset("me us mich uns mir moi nous mij ons mig meg mi minuun mne nas".split())  # noqa: SIM905


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
    found = phrases(*_SECTIONS).find(text)
    language = language_of(text, found)
    heard = _heard(text, found, language)
    person = _person(text, heard, leave_out)
    days = Days(text, language or _spoken(found), today, month_first=month_first).told()
    until = _until(text, heard, days, today)
    day = _proposed(days, today)
    until = until or (day if isinstance(day, date) else None)
    verdict = verdict_of(text, heard, person, until, "none" if day is None else "far" if isinstance(day, date) else "near")
    confidence = verdict.confidence * (0.9 if words.confidence < 0.8 else 1.0)
    kinds = heard.get(str(verdict.kind), Heard([], []))
    told = [words.text[one.start : one.end] for one in [*kinds.sure, *kinds.hints]]
    cut = [f"only the first {READ:,} characters were read"] if len(words.text) > READ else []
    return Meaning(
        kind=verdict.kind,
        until=until if verdict.kind is MeaningKind.NOT_NOW else None,
        person=person if verdict.kind in {MeaningKind.REFERRAL, MeaningKind.LEFT_COMPANY} else None,
        language=language or (kinds.sure[0].phrase.language if kinds.sure else None),
        confidence=round(confidence, 2),
        evidence=tuple([*dict.fromkeys(told), *cut][:12]),
    )


def _spoken(found: list[Found]) -> str | None:
    """The language of the first phrase, for texts too short to tell by their words."""
    return found[0].phrase.language if found else None


def _of_subject(subject: str) -> Meaning:
    """A mail without words: its subject may be all that was said ("unsubscribe", as mail programs send it)."""
    text = Words(subject[:200])
    for one in phrases(*_SECTIONS).find(text):
        if one.phrase.section == "unsubscribe" and one.phrase.whole:
            return Meaning(
                kind=MeaningKind.UNSUBSCRIBE, language=one.phrase.language, confidence=0.9, evidence=(f"subject: {subject[:60]}",)
            )
    return Meaning(kind=MeaningKind.OTHER, confidence=0.1, evidence=("no words of its own",))


def _heard(text: Words, found: list[Found], language: str | None) -> dict[str, Heard]:
    """The phrases by kind; a positive word that is denied is a refusal."""
    heard = {section: Heard([], []) for section in _SECTIONS}
    inside = {place for one in found if one.first >= 0 for place in range(one.first, one.last + 1)}
    asks = asked(text)
    for one in found:
        section = one.phrase.section
        denied = section in {"positive", "unsubscribe", "objection", "referral", "left_company"} and _denied(text, one, inside)
        if section == "referral" and 0 <= one.last < len(text) - 1 and text.folded[one.last + 1] in _SELF:
            continue
        if denied and section == "positive":
            heard["refusal"].hints.append(one)
        if denied:
            continue
        foreign = language is not None and one.phrase.language not in {language, "en"} and one.first == one.last
        # One word by itself ("delete", "basta") is a wish to be left alone only where little else was said.
        bare = section == "unsubscribe" and one.first == one.last >= 0 and not one.phrase.whole
        hint = one.phrase.hint or foreign or bare or (section == "question" and not asks)
        (heard[section].hints if hint else heard[section].sure).append(one)
    return heard


def _denied(text: Words, one: Found, inside: set[int]) -> bool:
    """Whether a negation stands close before a phrase, in its sentence and in no phrase of its own."""
    if one.first < 0:
        return False
    negations = single_words("negation")
    sentence = text.sentence[one.first]
    codes = {one.phrase.language, "en"} if one.phrase.language == "en" else {one.phrase.language}
    for place in range(max(0, one.first - _NEGATION_BEFORE), one.first):
        denies = text.sentence[place] == sentence and place not in inside and codes & set(negations.get(text.folded[place], ()))
        # "No, sounds good": behind a comma something else begins.
        if denies and "," not in text.text[text.ends[place] : text.starts[one.first]]:
            return True
    behind = one.last + 1
    return (
        one.phrase.language in {"de", "nl", "da", "sv", "no"}
        and behind < len(text)
        and text.sentence[behind] == sentence
        and text.folded[behind] in {"nicht", "niet", "ikke", "inte"}
        and text.text[one.end : text.starts[behind]] == " "
    )


def _proposed(days: list[tuple[When, str | None]], today: date) -> date | str | None:
    """The first day to come that is named: itself where it is weeks away, "near" where it is within three of them."""
    for when, said in days:
        if when.first > today:
            far = when.first > today + timedelta(days=21)
            return (when.last + timedelta(days=1) if said in {"until", "after"} and not when.vague else when.first) if far else "near"
    return None


def _person(text: Words, heard: dict[str, Heard], leave_out: Collection[str]) -> Person | None:
    """Whom the words lead to, be it a referral or the successor of who left: the first address counts most, then the first name."""
    leads = [*heard["referral"].sure, *(one for one in phrases("contact").find(text) if not _leads_to_self(text, one))]
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


def _leads_to_self(text: Words, one: Found) -> bool:
    return 0 <= one.last < len(text) - 1 and text.folded[one.last + 1] in _SELF


def _until(text: Words, heard: dict[str, Heard], days: list[tuple[When, str | None]], today: date) -> date | None:
    """The day that goes with a "not now": in the same sentence or near it, else any that is to come."""
    later = [*heard["not_now"].sure, *heard["not_now"].hints]
    if not later:
        return None
    dated: list[tuple[int, date]] = []
    for when, said in days:
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
