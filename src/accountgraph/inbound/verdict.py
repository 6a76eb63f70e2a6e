"""Which of the things that were heard in a reply is its meaning: a few rules in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from accountgraph.inbound.findings import MeaningKind
from accountgraph.inbound.language.phrases import single_words

if TYPE_CHECKING:
    from datetime import date

    from accountgraph.inbound.findings import Person
    from accountgraph.inbound.language.phrases import Found
    from accountgraph.inbound.language.words import Words

# A hint is believed where hardly anything else was said.
_FEW = 12


class Heard(NamedTuple):
    """What was found of one kind: surely or as a hint, and where it was said last."""

    sure: list[Found]
    hints: list[Found]

    @property
    def last(self) -> int:
        """Where it was said last; -1 where it was not."""
        return max((one.start for one in [*self.sure, *self.hints]), default=-1)


class Verdict(NamedTuple):
    """A kind, and how sure it is, 0 to 1."""

    kind: MeaningKind
    confidence: float


class _Case(NamedTuple):
    """All that a verdict looks at. `sure`, `hinted`: the kinds that were heard; `day`: "near", "far" or "none" is named."""

    text: Words
    heard: dict[str, Heard]
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


def verdict_of(text: Words, heard: dict[str, Heard], person: Person | None, until: date | None, day: str) -> Verdict:
    """One kind of all that was heard. What has to be acted on at once goes first; of the rest what is more than a mood."""
    few = len(text) <= _FEW and not asked(text)
    sure = {section for section, one in heard.items() if one.sure or (one.hints and few and section == "unsubscribe")}
    hinted = {section for section, one in heard.items() if one.hints}
    case = _Case(text, heard, sure, hinted, person, until, day, few)
    rules = (_gone, _referred, _put_off, _opposed, _welcomed, _guessed)
    return next((verdict for rule in rules if (verdict := rule(case))), Verdict(MeaningKind.OTHER, 0.3))


def _gone(case: _Case) -> Verdict | None:
    """Nothing more is to be sent to this person."""
    if "unsubscribe" in case.sure:
        return Verdict(MeaningKind.UNSUBSCRIBE, case.confidence("unsubscribe", 0.93))
    return Verdict(MeaningKind.LEFT_COMPANY, case.confidence("left_company", 0.9)) if "left_company" in case.sure else None


def _referred(case: _Case) -> Verdict | None:
    """Somebody else is the one."""
    person = case.person
    if person is None or not (person.email or person.name):
        return None
    if "referral" in case.sure:
        return Verdict(MeaningKind.REFERRAL, case.confidence("referral", 0.88) - (0.1 if "positive" in case.sure else 0))
    if case.sure & {"positive", "not_now", "refusal", "objection"}:
        return None
    # Nothing else was said but who somebody is, or where to reach them.
    if person.email:
        return Verdict(MeaningKind.REFERRAL, 0.7)
    return Verdict(MeaningKind.REFERRAL, 0.55) if " " in (person.name or "") else None


def _put_off(case: _Case) -> Verdict | None:
    """Later, or never."""
    sure, until = case.sure, case.until
    # A day that is weeks away, and nothing that welcomes it: they put it off.
    if case.day == "far" and not asked(case.text) and not sure & {"positive", "refusal", "not_now"}:
        return Verdict(MeaningKind.NOT_NOW, 0.6)
    later = "not_now" in sure or ("not_now" in case.hinted and until is not None)
    if "refusal" in sure:
        if later and until is not None:
            return Verdict(MeaningKind.NOT_NOW, 0.7)
        return Verdict(MeaningKind.REFUSAL, case.confidence("refusal", 0.9) - (0.25 if "positive" in sure or later else 0))
    if later or ("not_now" in case.hinted and not sure & {"positive", "objection", "question"}):
        base = case.confidence("not_now", 0.85) if "not_now" in sure else 0.65
        return Verdict(MeaningKind.NOT_NOW, base - (0.1 if until is None else 0))
    return None


def _opposed(case: _Case) -> Verdict | None:
    """Not mine, or a reason against it; "but" behind it counts more."""
    sure = case.sure
    if "referral" in sure and "positive" not in sure:
        return Verdict(MeaningKind.REFERRAL, 0.65)
    if "objection" not in sure:
        return None
    if "positive" in sure and case.heard["positive"].last > case.heard["objection"].last:
        return Verdict(MeaningKind.POSITIVE, 0.6)
    return Verdict(MeaningKind.OBJECTION, case.confidence("objection", 0.8) - (0.15 if sure & {"positive", "question"} else 0))


def _welcomed(case: _Case) -> Verdict | None:
    """They want it, or want to know."""
    if "positive" in case.sure:
        return Verdict(MeaningKind.POSITIVE, case.confidence("positive", 0.85))
    if case.day == "near" and (asked(case.text) or "positive" in case.hinted):
        return Verdict(MeaningKind.POSITIVE, 0.6)
    return Verdict(MeaningKind.QUESTION, case.confidence("question", 0.8)) if "question" in case.sure else None


def _guessed(case: _Case) -> Verdict | None:
    """Hints alone."""
    if "refusal" in case.hinted:
        return Verdict(MeaningKind.REFUSAL, 0.55)
    if _agrees(case.text):
        return Verdict(MeaningKind.POSITIVE, 0.6)
    if asked(case.text):
        return Verdict(MeaningKind.QUESTION, 0.55)
    return Verdict(MeaningKind.POSITIVE, 0.55) if "positive" in case.hinted and case.few else None


def _agrees(text: Words) -> bool:
    """Whether one of the first lines or sentences begins with a yes."""
    yes = single_words("yes")
    return any(
        text.folded[place] in yes and (place == 0 or text.unit[place - 1] != text.unit[place]) and text.unit[place] <= text.unit[0] + 3
        for place in range(min(len(text), 40))
    )


def asked(text: Words) -> bool:
    """Whether a text asks something, as far as its marks tell."""
    return any(mark in text.text for mark in "?？") or text.text.rstrip("。").endswith(("か", "吗", "나요"))
