"""Somebody whom a text names: their name, address, number and title, near the words that lead to them."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from accountgraph.inbound.findings import Person
from accountgraph.inbound.language.phrases import sections, single_words
from accountgraph.inbound.language.words import CJK, fold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

# Who is named stands this near, in letters, before and behind the words that lead there.
_BEFORE = 90
_BEHIND = 260
_EMAIL = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_PHONE = re.compile(r"(?:\+|\b0|\(0?)\d[\d ()/.\u2011-]{5,20}\d(?:\s?(?:ext|x|dw)\.?\s?\d{1,5})?")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*\.?")
_PARTICLES = frozenset("von van der den de da di du la le el bin al dos das del ten ter zu".split())  # noqa: SIM905
_HONORIFICS = frozenset("mr mrs ms dr herr herrn frau prof sr sra mme m mlle dott sig dhr mevr pan pani".split())  # noqa: SIM905
_TITLE_BEHIND = re.compile(
    r"\s*(?:[,(–-]|(?:is|ist|est|es|è|é|as|als)\s)\s*(?:who is |qui est |the |our |der |die |unser\w* |"
    r"notre |nuestr[oa] |el |la |il |o |a )?"
    r"([^,.()\n;<>@:]{2,60})",
    re.IGNORECASE,
)
_TITLE_BEFORE = re.compile(
    r"(?:our|the|my|unser\w*|mein\w*|notre|mon|ma|nuestr\w+|mi|il nostro|la nostra|o nosso|a nossa|onze|"
    r"mijn)\s+([^,.()\n;:@]{2,50}?),?\s*(?:[-–:]\s*)?$",
    re.IGNORECASE,
)
_EASTERN_NAME = re.compile(
    r"([\u3400-\u9fff\u30a0-\u30ff]{1,4})(?:様|さん|氏|先生|女士|经理|經理)|(?:联系|聯絡|同事|负责人是|後任の|後任は|担当の|担当は|"
    r"담당자는\s?|担当者は)([\u3400-\u9fff]{2,4}?)(?=[\s(（,，。:：)）はが]|$)"
    r"|([\uac00-\ud7af]{2,4})\s?(?:님|씨|과장|부장|대리|팀장|차장|이사)",
)

# "At our office in Chicago", "you have the wrong Dana".
_PLACE_BEFORE = re.compile(r"\b(?:in|from|aus|nach|à|wrong)\s$")


class _Name(NamedTuple):
    text: str
    start: int
    end: int


def person_near(text: str, start: int, end: int, leave_out: Collection[str] = ()) -> Person | None:
    """Who is named near the letters `start` to `end` of a text; None where nobody is.

    `leave_out`: addresses that are never meant (the writer's own, ours), in lower case.
    """
    window_end = _window_end(text, end)
    window_start = _window_start(text, start)
    behind = text[start:window_end]
    email = next((found for found in _EMAIL.finditer(behind) if found.group().lower() not in leave_out), None)
    offset = start
    if email is None:
        before = text[window_start:start]
        email = next((found for found in _EMAIL.finditer(before) if found.group().lower() not in leave_out), None)
        offset = window_start
    address = email.group().strip(".'-").lower() if email else None
    phone = _PHONE.search(_EMAIL.sub(lambda found: " " * len(found.group()), behind))
    name = _best(text, [*_names(text, start, window_end)], address) or _best(text, [*_names(text, window_start, start)], address)
    if name is None and email is not None and offset == window_start:
        name = _best(text, [*_names(text, window_start, start)], address)
    if not (address or phone or name):
        return None
    return Person(
        name=name.text if name else None,
        email=address,
        phone=phone.group().strip(" .-") if phone else None,
        title=_title(text, name) if name else None,
    )


def _window_end(text: str, end: int) -> int:
    """To the end of the paragraph that follows, but not further than a few lines."""
    stop = text.find("\n\n", end, end + _BEHIND)
    if stop >= 0 and len(text[end:stop].strip(" :\n")) < 4:
        again = text.find("\n\n", stop + 2, end + _BEHIND)
        stop = again if again >= 0 else min(len(text), end + _BEHIND)
    return stop if stop >= 0 else min(len(text), end + _BEHIND)


def _window_start(text: str, start: int) -> int:
    """From the beginning of the sentence, but not further than some words."""
    low = max(0, start - _BEFORE)
    places = [text.rfind(mark, low, start) + len(mark) for mark in (". ", "! ", "? ", "\n\n") if text.rfind(mark, low, start) >= 0]
    return max([low, *places])


def _names(text: str, start: int, end: int) -> Iterator[_Name]:
    """Words with a capital letter that are no words of a language, standing together."""
    eastern = _EASTERN_NAME.search(text, start, end) if CJK.search(text[start:end]) else None
    if eastern:
        group = next(number for number in (1, 2, 3) if eastern.group(number))
        yield _Name(eastern.group(group), eastern.start(group), eastern.end(group))
    run: list[re.Match[str]] = []
    for match in _WORD.finditer(_EMAIL.sub(lambda found: " " * len(found.group()), text[:end]), start):
        word = match.group()
        glued = bool(run) and text[run[-1].end() : match.start()].strip(" ") == ""
        if run and not glued:
            yield from _made(text, run)
            run = []
        if _is_name_word(word, goes_on=bool(run)) or (run and word in _PARTICLES):
            run.append(match)
        elif run:
            yield from _made(text, run)
            run = []
        if run and word.endswith(".") and len(word) > 3:
            yield from _made(text, run)
            run = []
    yield from _made(text, run)


def _made(text: str, run: list[re.Match[str]]) -> Iterator[_Name]:
    while run and run[-1].group() in _PARTICLES:
        run.pop()
    while run and fold(run[0].group().rstrip(".")) in _HONORIFICS:
        run.pop(0)
    if run and len(run) <= 5:
        whole = text[run[0].start() : run[-1].end()].rstrip(".")
        if len(whole) > 1 and not (len(run) == 1 and whole.isupper() and len(whole) <= 4):
            yield _Name(whole, run[0].start(), run[0].start() + len(whole))


def _is_name_word(word: str, *, goes_on: bool) -> bool:
    bare = word.rstrip(".")
    if not bare[:1].isupper() or (bare.isupper() and len(bare) > 12):
        return False
    folded = fold(bare)
    # Behind a first name hardly anything is no surname: "Ana Costa".
    return folded in _HONORIFICS or folded not in (_common() if goes_on else _known())


@cache
def _common() -> frozenset[str]:
    """Words that are in no name, not even behind a first one."""
    names = ("common", "months", "weekdays", "courtesy", "titles", "negation", "today", "tomorrow", "closing")
    return frozenset({word for name in names for word in single_words(name)} - _FIRST_NAMES) | _OTHERS


@cache
def _known() -> frozenset[str]:
    """Words of the languages that begin with a capital letter for other reasons than being a name."""
    known = {word for name in ("contact", "back", "away") for word in single_words(name)}
    for read in sections().values():
        for name in ("positive", "not_now", "refusal", "referral", "question", "objection", "out_of_office", "acknowledgement", "auto"):
            for line in read.get(name, ()):
                known.update(fold(word.strip("=^?~()")) for word in line.replace("|", " ").split() if word[0] != "@")
    return frozenset(known - _FIRST_NAMES) | _common()


# These are words of some language here and names all the same.
_FIRST_NAMES = frozenset(
    "jan maja marco avril april june augusto will mark don art rob "  # noqa: SIM905
    "sue max dan marc mar ian per bo max".split()
)
_OTHERS = frozenset(
    "it hr sales finance marketing security legal operations business development team "  # noqa: SIM905
    "department office email mail phone tel mobile fax "
    "cell ext linkedin regards europe emea apac us uk germany berlin london paris hallo hi hello dear "
    "abteilung bereich rückfragen fragen zeit "
    "anfrage nachricht thema projekt unternehmen firma telefon durchwahl kollegen kollege kollegin herren damen vertretung urlaub büro "
    "entscheidung einkauf vertrieb mitarbeiter verfügung stelle moment mails anliegen angelegenheiten "
    "abwesenheit fällen nummer adresse after "
    "since until unfortunately however also meanwhile instead perhaps maybe then so and but or as he "
    "she they his her their this that these "
    "those all any some our my your its there here now leider danach aber und oder wenn falls en pour "
    "si para em per voor om za w v на по".split(),
)


def _best(text: str, names: list[_Name], address: str | None) -> _Name | None:
    """The name that the address has, too; else the first of two words and more; else the first that is no place."""
    if address:
        local = fold(address.split("@")[0])
        for name in names:
            if any(len(part) > 2 and fold(part) in local for part in re.split(r"[\s-]", name.text)):
                return name
    named = [name for name in names if " " in name.text or not _PLACE_BEFORE.search(text[max(0, name.start - 8) : name.start])]
    return next((name for name in named if " " in name.text), None) or (named[0] if named else None)


def _title(text: str, name: _Name) -> str | None:
    """What somebody is, as it is said beside their name: `Jane Doe, our Head of IT`, `our CFO Jane Doe`."""
    titles = single_words("titles")
    behind = _TITLE_BEHIND.match(text, name.end)
    before = _TITLE_BEFORE.search(text[max(0, name.start - 70) : name.start])
    for found in (behind, before):
        if found and any(fold(word.group().rstrip(".")) in titles for word in _WORD.finditer(found.group(1))):
            return re.split(r"\s(?:and|und|et|y|e|who|at|unter|on|via|in cc|who's|qui|die|der|he|she)\s", found.group(1).strip())[0].strip()
    return None
