"""Numbers, shares, money and dates in a text, so that those of a draft can be looked for in its ground."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from accountgraph.drafting.checking.tokens import without_addresses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar jänner janvier enero gennaio",
            "february feb februar février febrero febbraio",
            "march mar märz mrz mars marzo",
            "april apr avril abril aprile",
            "may mai mayo maggio",
            "june jun juni juin junio giugno",
            "july jul juli juillet julio luglio",
            "august aug août agosto",
            "september sep sept septembre septiembre settembre",
            "october oct oktober okt octobre octubre ottobre",
            "november nov novembre noviembre",
            "december dec dezember dez décembre diciembre dicembre",
        ),
        start=1,
    )
    for name in names.split()
}
_NAME = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATES = re.compile(
    rf"(?P<iso>(?P<y1>\d{{4}})-(?P<m1>\d{{1,2}})-(?P<d1>\d{{1,2}}))"
    rf"|(?P<d2>\d{{1,2}})\.\s?(?P<m2>\d{{1,2}})\.(?:\s?(?P<y2>\d{{4}}|\d{{2}})\b)?"
    rf"|(?P<a3>\d{{1,2}})/(?P<b3>\d{{1,2}})(?:/(?P<y3>\d{{4}}|\d{{2}}))?(?![\d/])"
    rf"|\b(?P<m4>{_NAME})\.?\s+(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s*(?:%|percent))(?:,?\s+(?P<y4>\d{{4}}))?"
    rf"|\b(?P<d5>\d{{1,2}})(?:st|nd|rd|th|\.)?\s+(?:of\s+|de\s+)?(?P<m5>{_NAME})\b\.?(?:,?\s+(?P<y5>\d{{4}}))?",
    re.IGNORECASE,
)
_MONEY = {
    "$": "USD",
    "usd": "USD",
    "us$": "USD",
    "dollar": "USD",
    "dollars": "USD",
    "€": "EUR",
    "eur": "EUR",
    "euro": "EUR",
    "euros": "EUR",
}
_MONEY |= {
    "£": "GBP",
    "gbp": "GBP",
    "pound": "GBP",
    "pounds": "GBP",
    "chf": "CHF",
    "franken": "CHF",
    "¥": "JPY",
    "jpy": "JPY",
    "yen": "JPY",
}
_SHARE = ("%", "percent", "per cent", "prozent", "percentage points", "prozentpunkte")
_TIMES = {"k": 1_000, "thousand": 1_000, "tausend": 1_000, "tsd": 1_000, "m": 1_000_000, "mn": 1_000_000, "mio": 1_000_000}
_TIMES |= {"million": 1_000_000, "millions": 1_000_000, "millionen": 1_000_000, "bn": 1_000_000_000, "billion": 1_000_000_000}
_TIMES |= {"mrd": 1_000_000_000, "milliarden": 1_000_000_000, "hundred": 100, "hundert": 100}
_AMOUNT = re.compile(
    r"(?P<before>us\$|[$€£¥]|\b(?:usd|eur|gbp|chf|jpy))?\s?(?<![^\W\d_])(?P<number>\d+(?:[.,'’\u00a0\u202f]\d+)*)"
    rf"(?:[\s-]?(?P<times>{'|'.join(sorted(_TIMES, key=len, reverse=True))})\b\.?)?"
    r"(?:[\s-]?(?P<share>%|percent(?:age points)?\b|per cent\b|prozent(?:punkte)?\b)"
    r"|\s?(?P<after>[€$£¥]|(?:usd|eur|gbp|chf|jpy|dollars?|euros?|pounds?|yen|franken)\b)|(?P<unit>[^\W\d_]{1,3})(?![^\W_]))?",
    re.IGNORECASE,
)
_MIXED = re.compile(r"\b(?=[^\W_]*\d)[^\W\d_][^\W_]*\b")  # Q3, B2B: a letter in front of a digit
_SPELLED = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100,
    "hundreds": 0, "thousand": 1_000, "thousands": 0, "million": 1_000_000, "millions": 0, "billion": 1_000_000_000, "billions": 0,
    "dozen": 12, "dozens": 0, "eleven": 11, "twelve": 12, "fifteen": 15, "eighteen": 18, "zwanzig": 20, "dreißig": 30, "vierzig": 40,
    "fünfzig": 50, "sechzig": 60, "siebzig": 70, "achtzig": 80, "neunzig": 90, "hundert": 100, "hunderte": 0, "hunderten": 0,
    "tausend": 1_000, "tausende": 0, "tausenden": 0, "millionen": 0, "milliarden": 0, "dutzend": 12, "dutzende": 0, "elf": 11, "zwölf": 12,
}  # fmt: skip
_SPELLED_OUT = re.compile(rf"\b(?:{'|'.join(_SPELLED)})\b", re.IGNORECASE)
_SPARE = frozenset({"b2b", "b2c"})
_ORDINAL = frozenset({"st", "nd", "rd", "th"})


class Amount(NamedTuple):
    """A number as it stands there. `values`: what it may be, for `1,200` is read in two ways. `unit`: `%`, a currency, `x` ..."""

    text: str
    values: frozenset[Decimal]
    unit: str
    start: int


class Day(NamedTuple):
    """A date as it stands there. `readings`: month and day, for 3/4 is one of two days."""

    text: str
    readings: frozenset[tuple[int, int]]
    year: int | None
    start: int


class Amounts(NamedTuple):
    """Everything of the kind in some texts. `mixed`: words with digits in them, in small letters. `spelled`: great numbers as words."""

    numbers: tuple[Amount, ...]
    days: tuple[Day, ...]
    mixed: tuple[str, ...]
    spelled: tuple[str, ...]

    @classmethod
    def of(cls, texts: Iterable[str]) -> Amounts:
        """What stands in texts, each by itself."""
        numbers: list[Amount] = []
        days: list[Day] = []
        mixed: list[str] = []
        spelled: list[str] = []
        for text in texts:
            rest = without_addresses(text)
            found = list(_days(rest))
            days += found
            for day in found:
                rest = rest[: day.start] + " " * len(day.text) + rest[day.start + len(day.text) :]
            mixed += [one.group().casefold() for one in _MIXED.finditer(rest)]
            rest = _MIXED.sub(lambda one: " " * len(one.group()), rest)
            numbers += _numbers(rest)
            spelled += [one.group().lower() for one in _SPELLED_OUT.finditer(_AMOUNT.sub(lambda one: " " * len(one.group()), rest))]
        return cls(tuple(numbers), tuple(days), tuple(mixed), tuple(spelled))

    def has(self, amount: Amount) -> bool:
        """Whether a number stands here: with the same unit, or as money where it stands without one."""
        wanted = {amount.unit} if amount.unit else {"", *_MONEY.values()}
        if not amount.unit and any(Decimal(day.year) in amount.values for day in self.days if day.year):
            return True
        return any(amount.values & one.values and one.unit in wanted for one in self.numbers)

    def has_day(self, day: Day) -> bool:
        """Whether a date stands here."""
        return any(day.readings & one.readings and (None in (day.year, one.year) or day.year == one.year) for one in self.days)

    def has_mixed(self, word: str) -> bool:
        """Whether a word with digits stands here."""
        return word in _SPARE or word in self.mixed

    def has_spelled(self, word: str) -> bool:
        """Whether a great number stands here, as a word or in digits."""
        return word in self.spelled or (_SPELLED[word] > 0 and any(Decimal(_SPELLED[word]) in one.values for one in self.numbers))


def _days(text: str) -> Iterator[Day]:
    for found in _DATES.finditer(text):
        part = found.groupdict()
        if part["a3"]:
            first, second = int(part["a3"]), int(part["b3"])
            readings = {(first, second), (second, first)}
        else:
            number = next(number for number in "1245" if part[f"d{number}"])
            month = part[f"m{number}"]
            readings = {(_MONTHS[month.lower()] if month.lower() in _MONTHS else int(month), int(part[f"d{number}"]))}
        able = frozenset((month, day) for month, day in readings if 1 <= month <= 12 and 1 <= day <= 31)
        year = next((int(part[key]) for key in ("y1", "y2", "y3", "y4", "y5") if part[key]), None)
        if able:
            yield Day(found.group(), able, year + 2000 if year is not None and year < 100 else year, found.start())


def _numbers(text: str) -> Iterator[Amount]:
    for found in _AMOUNT.finditer(text):
        times = _TIMES[found["times"].lower()] if found["times"] else 1
        currency = (found["before"] or found["after"] or "").lower()
        unit = "%" if found["share"] else _MONEY.get(currency, (found["unit"] or "").lower())
        values = frozenset(value * times for value in _readings(found["number"]))
        yield Amount(found.group().strip(), values, "" if unit in _ORDINAL else unit, found.start())


def _readings(number: str) -> Iterator[Decimal]:
    """`1,200` is 1200 or 1.2; `1.250,5` is one number."""
    whole = re.fullmatch(r"\d{1,3}(?:([.,'’\u00a0\u202f])\d{3})(?:\1\d{3})*", number)
    if whole or number.isdigit():
        yield Decimal(re.sub(r"\D", "", number))
    parted = re.fullmatch(r"(\d+(?:[.,'’\u00a0\u202f]\d{3})*)[.,](\d+)", number)
    if parted:
        yield Decimal(f"{re.sub(r'[^0-9]', '', parted[1])}.{parted[2]}").normalize()
    if not (whole or parted or number.isdigit()):
        yield from (Decimal(part) for part in re.findall(r"\d+", number))
