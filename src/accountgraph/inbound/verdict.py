"""Which of the things that were heard in a reply is its meaning: a few rules in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from accountgraph.inbound.findings import MeaningKind
from accountgraph.inbound.heard import asked, turns
from accountgraph.inbound.language.phrases import single_words

if TYPE_CHECKING:
    from datetime import date

    from accountgraph.inbound.findings import Person
    from accountgraph.inbound.heard import Heard
    from accountgraph.inbound.language.words import Words

# A hint is believed where hardly anything else was said.
_FEW = 12
# Days: who names one as near as this proposes it; who names one as far as that puts it off.
_SOON, FAR = 7, 21
_WEIGHT_OF_HINTS = {"objection": 0.55, "referral": 0.5}


class Named(NamedTuple):
    """A day to come that a text names, and in how many days it is.

    `proposed`: not said of coming back, of an end, or of a whole month that is far.
    """

    day: date
    ahead: int
    proposed: bool


class Verdict(NamedTuple):
    """A kind, and how sure it is, 0 to 1."""

    kind: MeaningKind
    confidence: float


class _Case(NamedTuple):
    """All that a verdict looks at. `sure`, `hinted`: the kinds that were heard; `day`: the first day to come that is named."""

    text: Words
    heard: dict[str, Heard]
    sure: set[str]
    hinted: set[str]
    person: Person | None
    until: date | None
    day: Named | None
    asks: bool

    @property
    def ahead(self) -> int:
        """In how many days the first day is that is named; 0 where none is."""
        return self.day.ahead if self.day else 0

    @property
    def few(self) -> bool:
        """Whether little is said, and nothing asked."""
        return len(self.text) <= _FEW and not self.asks

    @property
    def later(self) -> bool:
        """Whether they say "not now": surely, or as a hint with a day."""
        return "not_now" in self.sure or ("not_now" in self.hinted and self.until is not None)

    def confidence(self, section: str, base: float) -> float:
        """Said twice is surer than said once; a hint is not proof."""
        told = self.heard[section].sure
        return min(base + 0.03 * (len(told) - 1), 0.98) if told else base - 0.25

    def turned(self, from_section: str, to_section: str) -> bool:
        """Whether the second is said behind the first, and behind a "but"."""
        first, second = self.heard[from_section], self.heard[to_section]
        return bool(second.sure) and second.last > first.first and turns(self.text, first.first, second.last)


def verdict_of(text: Words, heard: dict[str, Heard], person: Person | None, until: date | None, day: Named | None) -> Verdict:
    """One kind of all that was heard. What has to be acted on at once goes first; of the rest what is more than a mood."""
    asks = asked(text) or any(one.phrase.opens for one in heard["question"].sure)
    few = len(text) <= _FEW and not asks
    sure = {section for section, one in heard.items() if one.sure or (one.hints and few and section == "unsubscribe")}
    hinted = {section for section, one in heard.items() if one.hints}
    case = _Case(text, heard, sure, hinted, person, until, day, asks)
    rules = (_gone, _referred, _turned_down, _put_off, _opposed, _welcomed, _acknowledged, _guessed)
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
    if case.sure & {"positive", "not_now", "refusal", "objection", "neutral"}:
        return None
    # Nothing else was said but who somebody is, or where to reach them.
    if person.email:
        return Verdict(MeaningKind.REFERRAL, 0.7)
    return Verdict(MeaningKind.REFERRAL, 0.55) if " " in (person.name or "") and not case.asks else None


def _turned_down(case: _Case) -> Verdict | None:
    """Never; or later, where they say when; or not this, but that."""
    if "refusal" not in case.sure:
        return None
    if case.later and case.until is not None:
        return Verdict(MeaningKind.NOT_NOW, 0.7)
    if case.turned("refusal", "positive"):
        return Verdict(MeaningKind.POSITIVE, 0.55)
    unsure = "positive" in case.sure or case.later
    return Verdict(MeaningKind.REFUSAL, case.confidence("refusal", 0.9) - (0.25 if unsure else 0))


def _put_off(case: _Case) -> Verdict | None:
    """Later."""
    sure, until = case.sure, case.until
    # "We are busy until May, happy to talk then"; "write to me in May".
    if case.day and case.ahead > FAR and not case.day.proposed and sure & {"positive", "not_now"} and not sure & {"objection"}:
        return Verdict(MeaningKind.NOT_NOW, 0.75 if "not_now" in sure else 0.65)
    # A day that is weeks away, and nothing that welcomes it: they put it off.
    if case.ahead > FAR and not case.asks and not sure & {"positive", "not_now", "objection"}:
        return Verdict(MeaningKind.NOT_NOW, 0.6)
    if case.later and "positive" in sure and 0 < case.ahead <= _SOON:
        return Verdict(MeaningKind.POSITIVE, 0.6)
    # "We have no budget at the moment": the reason counts more than a moment without an end.
    if case.later and until is None and "objection" in sure:
        return None
    if case.later or ("not_now" in case.hinted and not sure & {"positive", "objection", "question", "neutral"}):
        base = case.confidence("not_now", 0.85) if "not_now" in sure else 0.65
        return Verdict(MeaningKind.NOT_NOW, base - (0.1 if until is None else 0))
    return None


def _opposed(case: _Case) -> Verdict | None:
    """Not mine, or a reason against it; "but" behind it counts more."""
    sure = case.sure
    if "referral" in sure and "positive" not in sure and not (case.asks and "question" in sure):
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
    if 0 < case.ahead <= FAR and (case.asks or "positive" in case.hinted):
        return Verdict(MeaningKind.POSITIVE, 0.6)
    return Verdict(MeaningKind.QUESTION, case.confidence("question", 0.8)) if "question" in case.sure else None


def _acknowledged(case: _Case) -> Verdict | None:
    """They were polite, and said nothing yet."""
    if "neutral" in case.sure and not case.asks and "refusal" not in case.hinted:
        return Verdict(MeaningKind.OTHER, 0.6)
    return None


def _guessed(case: _Case) -> Verdict | None:
    """Hints alone."""
    if "refusal" in case.hinted and not case.asks:
        return Verdict(MeaningKind.REFUSAL, 0.55)
    for section, weight in _WEIGHT_OF_HINTS.items():
        if section in case.hinted and not case.asks:
            return Verdict(MeaningKind(section), weight)
    if _agrees(case.text):
        return Verdict(MeaningKind.POSITIVE, 0.6)
    if case.asks:
        return Verdict(MeaningKind.QUESTION, 0.55)
    if case.day and case.ahead <= FAR:
        return Verdict(MeaningKind.POSITIVE, 0.55) if case.day.proposed else Verdict(MeaningKind.NOT_NOW, 0.5)
    return Verdict(MeaningKind.POSITIVE, 0.55) if "positive" in case.hinted and case.few else None


def _agrees(text: Words) -> bool:
    """Whether one of the first lines or sentences begins with a yes."""
    yes = single_words("yes")
    return any(
        text.folded[place] in yes and text.opens(place) and text.unit[place] <= text.unit[0] + 3 for place in range(min(len(text), 40))
    )
