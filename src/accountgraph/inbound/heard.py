"""What is heard in a reply: the phrases of each kind, whether they are meant, and what they are worth."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, NamedTuple

from accountgraph.inbound.language.phrases import single_words
from accountgraph.inbound.language.prose import MEANINGS, told

if TYPE_CHECKING:
    from collections.abc import Container

    from accountgraph.inbound.language.phrases import Found
    from accountgraph.inbound.language.words import Words

_NEGATION_BEFORE = 4
_DENIABLE = frozenset({"positive", "unsubscribe", "objection", "referral", "left_company"})
# Behind its verb: "interessiert uns nicht".
_NOT_BEHIND = frozenset("nicht niet ikke inte".split())  # noqa: SIM905
_VERB_FIRST = frozenset("de nl da sv no".split())  # noqa: SIM905
_SELF = frozenset("me us mich uns mir moi nous mij ons mig meg mi minuun mne nas".split())  # noqa: SIM905
# These understand each other, and a short text may be in any of them.
_FAMILIES = (frozenset({"da", "no", "sv"}), frozenset({"es", "pt"}), frozenset({"cs", "pl"}))


class Heard(NamedTuple):
    """What was found of one kind: surely or as a hint."""

    sure: list[Found]
    hints: list[Found]

    @property
    def first(self) -> int:
        """Where it was said surely for the first time; far behind everything where it was not."""
        return min((one.start for one in self.sure), default=1 << 30)

    @property
    def last(self) -> int:
        """Where it was said last; -1 where it was not."""
        return max((one.start for one in [*self.sure, *self.hints]), default=-1)


def hear(text: Words, language: str | None, found: list[Found]) -> dict[str, Heard]:
    """The phrases by kind.

    A positive word that is denied is a refusal's hint. Reasons and refusals within a question are hints. Phrases of another language than
    the text's say nothing, but for a wish to be left alone, which is a hint.
    """
    heard = {section: Heard([], []) for section in MEANINGS}
    inside = {place for one in found if one.first >= 0 for place in range(one.first, one.last + 1)}
    questions = _questions(text)
    asks = asked(text)
    for one in found:
        section = one.phrase.section
        if section == "referral" and leads_to_self(text, one):
            continue
        if section in _DENIABLE and _denied(text, one, inside):
            # "Not on Monday, Tuesday is fine": behind a comma something else begins.
            if section == "positive" and "," not in text.text[one.start : one.end]:
                heard["refusal"].hints.append(one)
            continue
        foreign = _foreign(one, language)
        if foreign and section != "unsubscribe":
            continue
        hint = (
            one.phrase.hint
            or foreign
            # One word by itself ("delete", "basta") is a wish to be left alone only where little else was said.
            or (section == "unsubscribe" and one.first == one.last >= 0 and not one.phrase.whole)
            or (section == "question" and not asks and not (one.first >= 0 and _opens(text, one.first)))
            or (one.first >= 0 and text.sentence[one.first] in questions and _asked_only(text, one))
        )
        (heard[section].hints if hint else heard[section].sure).append(one)
    return heard


def asked(text: Words) -> bool:
    """Whether a text asks something, as far as its marks tell."""
    return any(mark in text.text for mark in "?？") or text.text.rstrip("。").endswith(("か", "吗", "나요"))


def leads_to_self(text: Words, one: Found) -> bool:
    """Whether the words lead to the writer: "contact me"."""
    return 0 <= one.last < len(text) - 1 and text.folded[one.last + 1] in _SELF


def turns(text: Words, start: int, end: int) -> bool:
    """Whether a word like "but" stands between two places of the text."""
    return any(start <= one.start < end for one in told(text, {"but"}))


def _foreign(one: Found, language: str | None) -> bool:
    """Whether a phrase is of a language that the text is not in; one of several words is believed all the same where that may be wrong."""
    other = one.phrase.language
    if language is None or other in {language, "en"} or one.first < 0:
        return False
    related = any(language in family and other in family for family in _FAMILIES)
    return not related or one.first == one.last


def _opens(text: Words, place: int) -> bool:
    """Whether a line or sentence begins here, but for a greeting: "sorry who is this"."""
    courtesy = single_words("courtesy")
    while not text.opens(place):
        place -= 1
        if text.folded[place] not in courtesy:
            return False
    return True


def _asked_only(text: Words, one: Found) -> bool:
    """Whether a phrase within a question says nothing by itself: "not for us?", or "can it delete data?", which is of nobody's own."""
    if one.phrase.section == "unsubscribe":
        own = single_words("self")
        here = text.sentence[one.first]
        low, high = bisect_left(text.sentence, here), bisect_right(text.sentence, here)
        return not any(one.phrase.language in own.get(word, ()) for word in text.folded[low:high])
    return one.phrase.section in {"objection", "refusal", "left_company"}


def _questions(text: Words) -> Container[int]:
    """The numbers of the sentences that end with a question mark."""
    if "?" not in text.text:
        return ()
    sentence = text.sentence
    last = len(sentence) - 1
    return {
        sentence[place]
        for place in range(last + 1)
        if (place == last or sentence[place] != sentence[place + 1])
        and "?" in text.text[text.ends[place] : text.starts[place + 1] if place < last else len(text.text)]
    }


def _denied(text: Words, one: Found, inside: Container[int]) -> bool:
    """Whether a negation stands close before a phrase, in its sentence and in no phrase of its own, or in a gap of it."""
    if one.first < 0:
        return False
    negations = single_words("negation")
    language = one.phrase.language
    if (
        one.phrase.gaps
        and one.phrase.section == "positive"
        and any(language in negations.get(word, ()) for word in text.folded[one.first : one.last + 1])
    ):
        return True
    sentence = text.sentence[one.first]
    for place in range(max(0, one.first - _NEGATION_BEFORE), one.first):
        denies = text.sentence[place] == sentence and place not in inside and language in negations.get(text.folded[place], ())
        # "No, sounds good": behind a comma something else begins.
        if denies and "," not in text.text[text.ends[place] : text.starts[one.first]]:
            return True
    behind = one.last + 1
    return (
        language in _VERB_FIRST
        and behind < len(text)
        and text.sentence[behind] == sentence
        and text.folded[behind] in _NOT_BEHIND
        and text.text[one.end : text.starts[behind]] == " "
    )
