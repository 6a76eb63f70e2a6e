"""All that a draft is asked, in order."""

from __future__ import annotations

import re
import unicodedata
from itertools import chain
from typing import TYPE_CHECKING

from accountgraph.drafting.checking.amounts import Amounts
from accountgraph.drafting.checking.ground import Draft, Ground, Verdict
from accountgraph.drafting.checking.names import hearsay, language_of, named_among, strange_names, untold
from accountgraph.drafting.checking.tokens import addresses_of, sentences_of, without_addresses, words_in, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from accountgraph.graph.prompt import Fact

LONGEST_SUBJECT = 120  # characters
_HOLES = re.compile(
    r"\{\{|\}\}|\{%|%\}|\{#|\$\{|<%|%>|\[[^\]\n]{0,60}\]|\{[\w .]{1,40}\}|<[a-z/!][^>\n]{0,80}>|_{3,}|\bX{3,}\b"
    r"|\b(?:TBD|TODO|INSERT|PLACEHOLDER|LOREM)\b|\b(?:your|my|first|last|company|recipient)[ _-]?name\b(?=\s*(?:here|$|\n|[,.!]?\s*$))",
    re.IGNORECASE | re.MULTILINE,
)
_MARKUP = re.compile(r"\*\*|^#{1,6}\s|```|^\s*\|.*\|\s*$", re.MULTILINE)
_HEADER = re.compile(r"^\s*(?:to|cc|bcc|from|reply-to|subject|sender|date|mime-version|content-type|x-[\w-]+)\s*:", re.IGNORECASE)
_HEADER_LINE = re.compile(r"^(?:cc|bcc|reply-to|subject|betreff|mime-version|content-type)\s*:", re.IGNORECASE | re.MULTILINE)
_CALL = frozenset(
    "call chat talk meeting meet conversation slot coffee demo walkthrough calendar catch gesprach telefonat termin austausch anruf "  # noqa: SIM905
    "telefonieren kennenlernen appel echange rendez llamada reunion chiamata gesprek".split()
)
_NUMBERED = re.compile(r"^[ \t]*\d{1,2}[.)](?=\s)", re.MULTILINE)
_OFFER = re.compile(r"\b(?:10|15|20|25|30|45|60)[\s-]?(?:min(?:s|utes?|uten|ütig\w*|uti|utos)?)\b", re.IGNORECASE)


def check(draft: Draft, ground: Ground) -> Verdict:
    """Whether a draft says only what its ground says, names only who may be named, and is as long as it may be."""
    text = f"{draft.subject or ''}\n{draft.body}"
    refusals = list(dict.fromkeys([*_form(draft, ground), *_substance(draft, text, ground)]))
    reference = ground.reference
    names_reference = reference is not None and any(named_among([reference], text, _without_reference(ground)))
    return Verdict(
        refusals=tuple(refusals),
        facts=tuple(_rested_on(draft, text, ground)),
        mentions_id=reference.id if reference is not None and names_reference else None,
    )


def _form(draft: Draft, ground: Ground) -> Iterator[str]:
    """How it is written."""
    if ground.needs_subject or draft.subject:
        yield from _subject(draft.subject or "")
    words = len(re.findall(r"\S+", draft.body))
    if not any(sign.isalnum() for sign in draft.body):
        yield "The body is empty."
    if words > ground.max_words:
        yield f"The body has {words} words; {ground.max_words} are the most."
    for name, text in (("subject", draft.subject or ""), ("body", draft.body)):
        if any(_is_hidden(sign) for sign in text):
            yield f"The {name} has signs that nobody sees."
        if found := _HOLES.search(text):
            yield f"The {name} has “{found.group()}”: a template's sign or a gap that nobody filled."
    if found := _MARKUP.search(draft.body):
        yield f"The body has “{found.group().strip()}”: it is plain text."
    if found := _HEADER_LINE.search(draft.body):
        yield f"The body has a line “{found.group()}”: headers do not stand in it."


def _subject(subject: str) -> Iterator[str]:
    if not subject.strip():
        yield "The subject is empty."
    if len(subject) > LONGEST_SUBJECT:
        yield f"The subject has {len(subject)} characters; {LONGEST_SUBJECT} are the most."
    if re.search(r"[\r\n\u2028\u2029\x0b\x0c\x85]", subject):
        yield "The subject has more than one line."
    if found := _HEADER.match(subject):
        yield f"The subject begins like a header: “{found.group().strip()}”."
    if re.match(r"(?:re|fwd?|aw|wg)\s*:", subject, re.IGNORECASE):
        yield "The subject pretends to answer or to forward."


def _is_hidden(sign: str) -> bool:
    return sign not in "\n\t" and unicodedata.category(sign) in {"Cc", "Cf", "Co", "Cs", "Cn"}


def _substance(draft: Draft, text: str, ground: Ground) -> Iterator[str]:
    """What it says."""
    known = {fact.id for fact in ground.facts}
    for used in draft.facts_used:
        if used not in known:
            yield f"There is no fact {used!r}."
    for person in named_among(ground.others, text, ground):
        yield f"It names {person.name}, who may not be named."
    for name in hearsay(text, ground):
        yield f"“{name}” stands only in what somebody else wrote: that person is not to be named."
    yield from (f"It {told}." for told in untold(text, ground))
    for address in addresses_of(text):
        if address not in ground.addresses:
            yield f"“{address}” is an address that we do not have."
    language = language_of(draft.body)
    for name in strange_names(text, ground, language):
        yield f"“{name}” is not in the context. Name nobody and nothing that is not there; what is no name begins with a small letter."
    for said in _amounts(text, ground.amounts):
        yield f"“{said}” is not in the context: no number, date, price or share that is not there."


def _amounts(text: str, ground: Amounts) -> Iterator[str]:
    found = Amounts.of([_without_offers(text)])
    yield from (day.text for day in found.days if not ground.has_day(day))
    yield from (amount.text for amount in found.numbers if not ground.has(amount))
    yield from (word for word in found.mixed if not ground.has_mixed(word))
    yield from (word for word in found.spelled if not ground.has_spelled(word))


def _without_offers(text: str) -> str:
    """Without what nobody has to have said: the numbers of a list, the length of a call that is offered ("15 minutes")."""
    text = _NUMBERED.sub(" ", text)
    for sentence in sentences_of(text):
        if _CALL & set(words_of(sentence)):
            text = text.replace(sentence, _OFFER.sub(" ", sentence), 1)
    return text


def _without_reference(ground: Ground) -> Ground:
    """As if the colleague were nobody of ours, to see whether they are named."""
    return Ground(recipient=ground.recipient, sender=ground.sender)


def _rested_on(draft: Draft, text: str, ground: Ground) -> Iterator[Fact]:
    """The facts that it says it used, then those that have a number, a date or a name of it that no other one has."""
    by_id = {fact.id: fact for fact in ground.facts}
    used = dict.fromkeys(key for key in draft.facts_used if key in by_id)
    found = Amounts.of([_without_offers(text)])
    for amounts in _each(found):
        holders = [key for key, has in ground.amounts_by_fact.items() if _has_all(has, amounts)]
        if holders and not used.keys() & set(holders):
            used[holders[0]] = None
    capitals = {word.folded for word in words_in(without_addresses(text)) if word.text[0].isupper() and not word.is_first}
    for word in sorted(capitals - ground.own_words):
        holders = [fact.id for fact in ground.facts if word in set(words_of(fact.text))]
        if holders and not used.keys() & set(holders):
            used[holders[0]] = None
    yield from (by_id[key] for key in used)


def _each(found: Amounts) -> Iterable[Amounts]:
    singles = (Amounts((one,), (), (), ()) for one in found.numbers)
    return chain(singles, (Amounts((), (one,), (), ()) for one in found.days))


def _has_all(has: Amounts, wanted: Amounts) -> bool:
    return all(has.has(one) for one in wanted.numbers) and all(has.has_day(one) for one in wanted.days)
