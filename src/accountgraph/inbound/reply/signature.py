"""How a writer ends: sign-offs, names, phone numbers, "Sent from my ...", what the law and the company add."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from accountgraph.inbound.language.phrases import phrases
from accountgraph.inbound.language.words import CJK, Words, fold
from accountgraph.inbound.reply.lines import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accountgraph.inbound.reply.lines import Line

# A signature is no longer than this, in lines; a disclaimer behind it may be.
_LONGEST = 25
_RULE = re.compile(r"(?:--|—|__+|==+|\*\*+|~~+|\u2014\u2014)\s?")
_CONTACT = re.compile(
    r"(?:tel|phone|mobile|mob|cell|fax|fon|telefon|tél|direct|office|[tmpef])\b\s?[.:+(]|\+\d[\d ().-]{7,20}\d|https?://|www\.|[\w.+-]{1,64}@[\w.-]{1,255}",
    re.IGNORECASE,
)
_POSTSCRIPT = re.compile(r"(?:p\.?\s?p?\.?\s?s\.?|ps|pd|nb|n\.b\.)\s?[:.]?\s\S", re.IGNORECASE)


def signature_start(lines: Sequence[Line], name: str | None, *, later: bool = False) -> tuple[int, str] | None:
    """The line where a block of words ends and its signature begins, and how it was told; None where there is none.

    `name`: the sender's, as the header has it. `later`: words stood before this block already, so that it may be a signature whole.
    """
    marked = next((i for i, line in enumerate(lines) if line.text in {"-- ", "--"} or line.role is Role.SIGNATURE), None)
    end = len(lines) if marked is None else marked
    found = _by_words(lines[:end], fold_name(name), later=later)
    if found:
        return found
    return None if marked is None else (marked, "markup" if lines[marked].role is Role.SIGNATURE else '"-- "')


@lru_cache(maxsize=1_000)
def fold_name(name: str | None) -> frozenset[str]:
    """The words of a name that are longer than an initial."""
    return frozenset(word for word in Words(name or "").folded if len(word) > 1 or CJK.search(word))


def _by_words(lines: Sequence[Line], name: frozenset[str], *, later: bool) -> tuple[int, str] | None:
    """The first line from which on everything reads like a signature."""
    count = len(lines)
    empty = next((i for i in range(count) if lines[i].text), count)
    disclaimer = next((i for i in range(count) if _begins("disclaimer", lines[i].text)), None)
    end = count if disclaimer is None else disclaimer
    for number in range(max(0, end - _LONGEST), end):
        text = lines[number].text
        if not text or len(text) > 120:
            continue
        first = not later and number <= empty
        why = _opens(text, name, lines[number + 1 : end], first=first) or _stranger(lines, number, end)
        if why and _short(lines, number + 1, end):
            return number, why
    return None if disclaimer is None else (disclaimer, "disclaimer")


def _opens(text: str, name: frozenset[str], behind: Sequence[Line], *, first: bool) -> str | None:
    """How this line says that a signature begins with it."""
    more = any(line.text for line in behind)
    if len(text) <= 100 and _begins("sent_from", text):
        return f"sent from: {text[:40]}"
    if first and not more:
        # All that was written is one line: it may be thanks, and is kept.
        return None
    if more and _RULE.fullmatch(text):
        return "rule"
    if is_closing(text, name) and (more or _long_closing(text)):
        return f"closing: {text[:40]}"
    if not first and _is_name(text, name):
        return f"name: {text[:40]}"
    return None


def _stranger(lines: Sequence[Line], number: int, end: int) -> str | None:
    """A name of two or three words that stands last and apart, behind the end of a sentence: somebody else signed."""
    text = lines[number].text
    if number < 2 or lines[number - 1].text or any(line.text for line in lines[number + 1 : end]):
        return None
    words = text.split(" ")
    above = next((line.text for line in reversed(lines[:number]) if line.text), "")
    named = 2 <= len(words) <= 3 and all(word[:1].isupper() and word.replace("-", "").replace("'", "").isalpha() for word in words)
    return f"name: {text[:40]}" if named and above.endswith((".", "!", "?")) else None


def _long_closing(text: str) -> bool:
    """ "Best regards" ends a mail with nothing behind it; "Thanks" is an answer."""
    return not any(found.phrase.hint for found in phrases("closing").find(Words(text))) and len(text) >= 2 and not _THANKS.match(fold(text))


_THANKS = re.compile(
    r"many |muchas |vielen |mille |tausend |grazie|merci|thank|thanks|danke|obrigad|gracias|bedankt|tack|takk|tak\b|kiitos|dekuji|"
    r"best$|yours$",
)


def is_closing(text: str, name: frozenset[str] = frozenset()) -> bool:
    """Whether a line is a sign-off: a phrase for it, alone or with a name behind."""
    if len(text) > 70 or not phrases("closing").may_begin(text):
        return False
    words = Words(text)
    if CJK.search(text):
        return len(text) <= 30 and any(found.first < 0 for found in phrases("closing").find(words))
    if not words.folded or words.unit[0] != words.unit[-1]:
        return False
    for found in phrases("closing").find(words):
        if found.first == 0 or (found.first <= 2 and _plain_thanks(words.folded[: found.first])):
            behind = words.folded[found.last + 1 :]
            if not behind or all(word in name for word in behind):
                return True
            shown = text[found.end :]
            if len(behind) <= 3 and shown[:1] in ", " and all(word[:1].isupper() for word in re.findall(r"[^\W\d_]+", shown)):
                return shown.lstrip()[:1] != "" and (shown[:1] == "," or len(behind) <= 2)
    return False


def _plain_thanks(words: list[str]) -> bool:
    return all(word in {"thanks", "and", "danke", "und", "merci", "et", "gracias", "y", "grazie", "e", "many", "with"} for word in words)


def _is_name(text: str, name: frozenset[str]) -> bool:
    """The sender's own name, first or whole, alone on its line."""
    if not name or len(text) > 60:
        return False
    # Most lines are none: a line in ASCII has a name's letters as they are compared, or has not the name.
    if len(text) > 3 and text.isascii() and not any(word in text.lower() for word in name):
        return False
    words = Words(text.lstrip("-–—/ ~").rstrip(".,"))
    if len(words) == 1 and len(words.folded[0]) == 1:
        return len(text) <= 3 and any(word.startswith(words.folded[0]) for word in name)
    if not words.folded or len(words) > 5 or not all(word in name or len(word) == 1 for word in words.folded):
        return False
    first = words.folded[0]
    # "P. Lang", too.
    return first in name or (len(words) > 1 and words.folded[-1] in name and any(word.startswith(first) for word in name))


def _short(lines: Sequence[Line], start: int, end: int) -> bool:
    """Whether the lines behind are as a signature has them: short, none of them a long sentence."""
    told = [line.text for line in lines[start:end] if line.text]
    if len(told) > _LONGEST:
        return False
    return all(len(text) <= 90 or _CONTACT.search(text) is not None for text in told) and sum(text.endswith("?") for text in told) == 0


def _begins(section: str, text: str) -> bool:
    """Whether a line begins with a phrase of this section."""
    if not text or (section == "sent_from" and len(text) > 100):
        return False
    known = phrases(section)
    if not known.may_begin(text):
        return False
    return any(found.first in {0, 1} or (found.first < 0 and found.start <= 40) for found in known.find(Words(text[:120])))


def postscript(lines: Sequence[Line]) -> int | None:
    """The line of a signature where a "PS" goes on with the words."""
    return next((number for number, line in enumerate(lines) if _POSTSCRIPT.match(line.text)), None)


def banner_end(lines: Sequence[Line]) -> int:
    """How many lines at the top are a warning that the mail came from outside, put there by the reader's own mail server."""
    end = 0
    number = 0
    while number < min(len(lines), 12):
        if not lines[number].text:
            number += 1
            continue
        if not _begins("banner", lines[number].text.lstrip("[*!⚠️ ")):
            break
        while number < len(lines) and lines[number].text and (number < 12):
            number += 1
        end = number
    return end
