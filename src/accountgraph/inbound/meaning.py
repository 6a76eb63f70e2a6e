"""What a person's reply means, by its set phrases; a model may refine it, but none is needed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from accountgraph.inbound.findings import Meaning, MeaningKind
from accountgraph.inbound.language.dates import Days
from accountgraph.inbound.language.people import person_near
from accountgraph.inbound.language.phrases import language_of, phrases, single_words
from accountgraph.inbound.language.words import Words

if TYPE_CHECKING:
    from collections.abc import Collection

    from accountgraph.inbound.findings import Person, ReplyText
    from accountgraph.inbound.language.phrases import Found
    from accountgraph.inbound.language.spans import When

# People say what they want at once; what stands behind this is not read.
_READ = 8_000
_SECTIONS = ("unsubscribe", "left_company", "referral", "not_now", "refusal", "objection", "positive", "question")
# A hint is believed where hardly anything else was said.
_FEW = 12
_NEGATION_BEFORE = 4
_SELF = frozenset("me us mich uns mir moi nous mij ons mig meg mi minuun mne nas".split())  # noqa: SIM905


class _Heard(NamedTuple):
    """What was found of one kind: surely or as a hint, and where it was said last."""

    sure: list[Found]
    hints: list[Found]

    @property
    def last(self) -> int:
        return max((one.start for one in [*self.sure, *self.hints]), default=-1)


class _Verdict(NamedTuple):
    kind: MeaningKind
    confidence: float


def meaning(
    words: ReplyText,
    subject: str,
    today: date,
    *,
    month_first: bool = False,
    leave_out: Collection[str] = (),
) -> Meaning:
    """What a reply means, from the words that were written now; quotes and signatures are never looked at.

    `today`: the day of the mail. `month_first`: `05/06` is the 6th of May. `leave_out`: addresses that no referral means (the writer's,
    ours). `until`: the first day on which to write again fits their words. Where nothing is sure it is `other`, with a low confidence.
    """
    text = Words(words.text[:_READ])
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
    verdict = _verdict(text, heard, person, until, "none" if day is None else "far" if isinstance(day, date) else "near")
    confidence = verdict.confidence * (0.9 if words.confidence < 0.8 else 1.0)
    kinds = heard.get(str(verdict.kind), _Heard([], []))
    told = [words.text[one.start : one.end] for one in [*kinds.sure, *kinds.hints]]
    cut = [f"only the first {_READ:,} characters were read"] if len(words.text) > _READ else []
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


def _heard(text: Words, found: list[Found], language: str | None) -> dict[str, _Heard]:
    """The phrases by kind; a positive word that is denied is a refusal."""
    heard = {section: _Heard([], []) for section in _SECTIONS}
    inside = {place for one in found if one.first >= 0 for place in range(one.first, one.last + 1)}
    asked = _asked(text)
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
        hint = one.phrase.hint or foreign or bare or (section == "question" and not asked)
        (heard[section].hints if hint else heard[section].sure).append(one)
    return heard


def _asked(text: Words) -> bool:
    return any(mark in text.text for mark in "?？") or text.text.rstrip("。").endswith(("か", "吗", "나요"))


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


class _Case(NamedTuple):
    """All that a verdict looks at. `sure`, `hinted`: the kinds that were heard; `day`: "near", "far" or "none" is named."""

    text: Words
    heard: dict[str, _Heard]
    sure: set[str]
    hinted: set[str]
    person: Person | None
    until: date | None
    day: str
    few: bool

    def confidence(self, section: str, base: float) -> float:
        """Said twice is surer than said once; a hint is not proof."""
        told = self.heard[section].sure
        return min(base + 0.03 * (len(told) - 1), 0.98) if told else base - 0.25


def _verdict(text: Words, heard: dict[str, _Heard], person: Person | None, until: date | None, day: str) -> _Verdict:
    """One kind of all that was heard. What has to be acted on at once goes first; of the rest what is more than a mood."""
    few = len(text) <= _FEW and not _asked(text)
    sure = {section for section, one in heard.items() if one.sure or (one.hints and few and section == "unsubscribe")}
    hinted = {section for section, one in heard.items() if one.hints}
    case = _Case(text, heard, sure, hinted, person, until, day, few)
    rules = (_gone, _referred, _put_off, _opposed, _welcomed, _guessed)
    return next((verdict for rule in rules if (verdict := rule(case))), _Verdict(MeaningKind.OTHER, 0.3))


def _gone(case: _Case) -> _Verdict | None:
    """Nothing more is to be sent to this person."""
    if "unsubscribe" in case.sure:
        return _Verdict(MeaningKind.UNSUBSCRIBE, case.confidence("unsubscribe", 0.93))
    return _Verdict(MeaningKind.LEFT_COMPANY, case.confidence("left_company", 0.9)) if "left_company" in case.sure else None


def _referred(case: _Case) -> _Verdict | None:
    """Somebody else is the one."""
    person = case.person
    if person is None or not (person.email or person.name):
        return None
    if "referral" in case.sure:
        return _Verdict(MeaningKind.REFERRAL, case.confidence("referral", 0.88) - (0.1 if "positive" in case.sure else 0))
    if case.sure & {"positive", "not_now", "refusal", "objection"}:
        return None
    # Nothing else was said but who somebody is, or where to reach them.
    if person.email:
        return _Verdict(MeaningKind.REFERRAL, 0.7)
    return _Verdict(MeaningKind.REFERRAL, 0.55) if " " in (person.name or "") else None


def _put_off(case: _Case) -> _Verdict | None:
    """Later, or never."""
    sure, until = case.sure, case.until
    # A day that is weeks away, and nothing that welcomes it: they put it off.
    if case.day == "far" and not _asked(case.text) and not sure & {"positive", "refusal", "not_now"}:
        return _Verdict(MeaningKind.NOT_NOW, 0.6)
    later = "not_now" in sure or ("not_now" in case.hinted and until is not None)
    if "refusal" in sure:
        if later and until is not None:
            return _Verdict(MeaningKind.NOT_NOW, 0.7)
        return _Verdict(MeaningKind.REFUSAL, case.confidence("refusal", 0.9) - (0.25 if "positive" in sure or later else 0))
    if later or ("not_now" in case.hinted and not sure & {"positive", "objection", "question"}):
        base = case.confidence("not_now", 0.85) if "not_now" in sure else 0.65
        return _Verdict(MeaningKind.NOT_NOW, base - (0.1 if until is None else 0))
    return None


def _opposed(case: _Case) -> _Verdict | None:
    """Not mine, or a reason against it; "but" behind it counts more."""
    sure = case.sure
    if "referral" in sure and "positive" not in sure:
        return _Verdict(MeaningKind.REFERRAL, 0.65)
    if "objection" not in sure:
        return None
    if "positive" in sure and case.heard["positive"].last > case.heard["objection"].last:
        return _Verdict(MeaningKind.POSITIVE, 0.6)
    return _Verdict(MeaningKind.OBJECTION, case.confidence("objection", 0.8) - (0.15 if sure & {"positive", "question"} else 0))


def _welcomed(case: _Case) -> _Verdict | None:
    """They want it, or want to know."""
    if "positive" in case.sure:
        return _Verdict(MeaningKind.POSITIVE, case.confidence("positive", 0.85))
    if case.day == "near" and (_asked(case.text) or "positive" in case.hinted):
        return _Verdict(MeaningKind.POSITIVE, 0.6)
    return _Verdict(MeaningKind.QUESTION, case.confidence("question", 0.8)) if "question" in case.sure else None


def _guessed(case: _Case) -> _Verdict | None:
    """Hints alone."""
    if "refusal" in case.hinted:
        return _Verdict(MeaningKind.REFUSAL, 0.55)
    if _agrees(case.text):
        return _Verdict(MeaningKind.POSITIVE, 0.6)
    if _asked(case.text):
        return _Verdict(MeaningKind.QUESTION, 0.55)
    return _Verdict(MeaningKind.POSITIVE, 0.55) if "positive" in case.hinted and case.few else None


def _agrees(text: Words) -> bool:
    """Whether one of the first lines or sentences begins with a yes."""
    yes = single_words("yes")
    return any(
        text.folded[place] in yes and (place == 0 or text.unit[place - 1] != text.unit[place]) and text.unit[place] <= text.unit[0] + 3
        for place in range(min(len(text), 40))
    )


def _proposed(days: list[tuple[When, str | None]], today: date) -> date | str | None:
    """The first day to come that is named: itself where it is weeks away, "near" where it is within three of them."""
    for when, said in days:
        if when.first > today:
            far = when.first > today + timedelta(days=21)
            return (when.last + timedelta(days=1) if said in {"until", "after"} and not when.vague else when.first) if far else "near"
    return None


def _person(text: Words, heard: dict[str, _Heard], leave_out: Collection[str]) -> Person | None:
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


def _until(text: Words, heard: dict[str, _Heard], days: list[tuple[When, str | None]], today: date) -> date | None:
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
