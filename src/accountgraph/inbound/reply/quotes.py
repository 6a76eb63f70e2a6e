"""Where what the writer quotes begins: attributions, header blocks and separators, in the ways of the mail programs."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from accountgraph.inbound.language.phrases import phrases, sections
from accountgraph.inbound.language.words import Words
from accountgraph.inbound.reply.lines import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accountgraph.inbound.reply.lines import Line

_LONGEST = 400
_SPAN = 4
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,255}")
_DATED = re.compile(r"\d{1,2}[:.h]\d{2}|\b(?:19|20)\d{2}\b|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}")
_LABEL = re.compile(r"[*_|]{0,3}\s?([^\W\d_][^:：*\t]{0,24}?)\s?[*_]{0,2}\s?[:：]")
_RULE = re.compile(r"[-_=—*]{3,}|_{5,}")
# A line that ends a sentence is not the first half of an attribution; "9." may be.
_SENTENCE = re.compile(r"(?:[^\d\s]|[:.,]\d{1,4}|\d{3,4})[.!?]$")
_ZOHO = re.compile(r"-{2,}\s?.{3,300}\s-{2,}$")


class Cut(NamedTuple):
    """Lines `start` to `end` (not included) introduce a quote. `open`: all behind them is quoted, whatever its marks; `why`: in words."""

    start: int
    end: int
    open: bool
    why: str


def cut_of(lines: Sequence[Line]) -> Cut | None:
    """The first place where a quote is introduced, None where none is."""
    for number, line in enumerate(lines):
        text = line.text
        if line.role is Role.CUT:
            return Cut(number, number, True, "markup")
        if line.depth or not text:
            continue
        if line.role is Role.ATTRIBUTION:
            end = number
            while end < len(lines) and lines[end].role is Role.ATTRIBUTION:
                end += 1
            return Cut(number, end, not _quoted_behind(lines, end), "markup")
        last = text[-1]
        if last in ":：" or (last in "-—–_=" and len(text) > 6) or text[0] in "-_=—":
            found = _separator(lines, number) or (_attribution(lines, number) if last in ":：-" else None)
            if found:
                return found
        if (":" in text[:32] or "：" in text[:32]) and _header_block(lines, number):
            return Cut(number, number, True, "header block")
    return None


def _separator(lines: Sequence[Line], number: int) -> Cut | None:
    """`-----Original Message-----`, `Begin forwarded message:`, or a rule with a header block under it."""
    text = lines[number].text
    if len(text) > 120:
        return None
    if _RULE.fullmatch(text):
        behind = _next(lines, number + 1)
        if len(text) >= 5 and behind is not None and _header_block(lines, behind):
            return Cut(number, number + 1, True, "rule and header block")
        return None
    if (text[0] in "-_=—*" or text[-1] in ":：") and phrases("original").may_begin(text):
        words = Words(text)
        core = text.strip("-_=—*:： \u00a0").lower()
        for found in phrases("original").find(words):
            # Nothing but the phrase, or the phrase between rules.
            if found.end - found.start >= len(core) - 4 and (text[0] in "-_=—*" or len(words) > 1):
                return Cut(number, number + 1, True, f"separator: {text[:60]}")
    return None


def _attribution(lines: Sequence[Line], number: int) -> Cut | None:
    """`On Monday Ann wrote:`, over up to four lines that end with this one."""
    joined = ""
    found = -1
    for start in range(number, max(-1, number - _SPAN), -1):
        line = lines[start]
        if line.depth or not line.text or len(joined) + len(line.text) > _LONGEST or (joined and _SENTENCE.search(line.text)):
            break
        joined = f"{line.text} {joined}".strip()
        if _is_attribution(joined):
            found = start
            # Where the line above could be its beginning, that is looked at too.
            if _starts_attribution(line.text):
                break
    if found >= 0:
        why = " ".join(line.text for line in lines[found : number + 1])
        return Cut(found, number + 1, not _quoted_behind(lines, number + 1), f"attribution: {why[:80]}")
    line = lines[number]
    behind = _next(lines, number + 1)
    if behind is not None and lines[behind].depth and len(line.text) <= 120 and _wrote(line.text):
        return Cut(number, number + 1, False, f"attribution: {line.text[:80]}")
    return None


_OPENERS = (
    "on ", "am ", "le ", "el ", "il ", "em ", "op ", "den ", "dne ", "w dniu ", "dnia ", "pon", "wt", "śr", "czw", "pt", "sob", "niedz",
    "no dia ", "quoting ", "at ", "在", "于", "----",
)  # fmt: skip


def _starts_attribution(text: str) -> bool:
    lowered = text.lower().lstrip("-– ")
    return lowered.startswith(_OPENERS) or _DATED.search(text[:24]) is not None


def _is_attribution(text: str) -> bool:
    """Who wrote when: an address or a date, and the word for writing; a few programs leave that word out."""
    dated = _DATED.search(text) is not None
    addressed = _ADDRESS.search(text) is not None
    if not (dated or addressed):
        return False
    if text.startswith("--") and text.endswith("--"):
        return _ZOHO.match(text) is not None and _wrote(text)
    if text[-1] == "-":
        return False
    return _wrote_last_or_first(text) or (dated and addressed and text.rstrip(":： ").endswith((">", ")", "]")))


def _wrote(text: str) -> bool:
    return bool(phrases("wrote").find(Words(text)))


def _wrote_last_or_first(text: str) -> bool:
    """The verb stands at the end, or before a name that ends the line: no sentence of the answer itself goes on behind it."""
    found = phrases("wrote").find(Words(text))
    return any(len(text) - one.end <= 90 for one in found)


def _quoted_behind(lines: Sequence[Line], start: int) -> bool:
    """Whether what comes next is quoted by its marks."""
    for line in lines[start : start + 12]:
        if line.depth:
            return True
        if line.text and line.role is not Role.ATTRIBUTION:
            return False
    return False


def _next(lines: Sequence[Line], start: int) -> int | None:
    """The next line that has words."""
    return next((number for number in range(start, min(start + 4, len(lines))) if lines[number].text), None)


@cache
def _labels() -> dict[str, str]:
    known: dict[str, str] = {}
    for read in sections().values():
        for name in ("from", "sent", "to", "subject", "cc"):
            for label in read.get(f"label_{name}", ()):
                known.setdefault(label.lower().replace(" ", ""), name)
    return known


def _header_block(lines: Sequence[Line], start: int) -> bool:
    """`From:`, `Sent:`, `To:`, `Subject:`: at least three different labels within seven lines, the first of them here."""
    seen: list[str] = []
    blanks = 0
    for line in lines[start : start + 9]:
        if not line.text:
            blanks += 1
            if blanks > 2:
                break
            continue
        label = _LABEL.match(line.text)
        name = _labels().get(label.group(1).lower().replace(" ", "").strip("*_")) if label else None
        if name is None and not seen:
            return False
        if name is not None:
            seen.append(name)
    return bool(seen) and len(set(seen)) >= 3 and seen[0] in {"from", "sent", "subject", "to"}
