"""Texts of cells as typed values: one function a kind, made once a column by `converter_for`.

Each takes a trimmed, non-empty text and raises `ValueError` (or `InvalidValueError`) with the reason. What could be
read in two ways is refused, not guessed.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta, timezone
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

import msgspec

from accountgraph.addresses import domain_key, email_key, shared_domain_kind
from accountgraph.store.given import zone_known
from accountgraph.transfer.recognised import RECOGNISED
from accountgraph.transfer.synonyms import VALUES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from accountgraph.transfer.fields import Field

DateOrder = Literal["dmy", "mdy"]

_MONTHS = {
    name: number for number, name in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)
}
_MONTH_NAME = "january|february|march|april|may|june|july|august|september|october|november|december|sept|" + "|".join(_MONTHS)
_TIME = r"(?:[ T,]+(?:at )?(?P<time>\d{1,2}:\d{2}.*))?"
_NUMERIC = re.compile(rf"(?P<first>\d{{1,2}})(?P<dot>[/.-])(?P<second>\d{{1,2}})(?P=dot)(?P<year>\d{{4}}){_TIME}")
_YEAR_FIRST = re.compile(rf"(?P<year>\d{{4}})[/.](?P<month>\d{{1,2}})[/.](?P<day>\d{{1,2}}){_TIME}")
_DAY_NAMED = re.compile(rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?[ -](?P<month>{_MONTH_NAME})\.?,?[ -](?P<year>\d{{4}}){_TIME}")
_NAMED_DAY = re.compile(rf"(?P<month>{_MONTH_NAME})\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}}){_TIME}")
_WEEKDAY = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? ")
_CLOCK = re.compile(
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?"
    r"(?: ?(?P<half>[ap])\.?m\.?)? ?(?P<zone>z|utc|gmt|[+-]\d{2}:?\d{2})?"
)

_TRUE = {"yes", "y", "true", "t", "1", "x", "on", "✓", "checked"}
_FALSE = {"no", "n", "false", "f", "0", "off", "unchecked"}
_CURRENCY = re.compile(r"^(?:[$€£¥]|USD|EUR|GBP|CHF|JPY)\s*|\s*(?:[$€£¥]|USD|EUR|GBP|CHF|JPY)$")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:(?P<group>[,.' \u00a0\u202f’])\d{3})(?:(?P=group)\d{3})*(?:(?!(?P=group))[.,]\d+)?")
INT4_MAX = 2**31 - 1


def converter_for(field: Field, *, dates: DateOrder | None = None) -> Callable[[str], Any] | None:
    """What makes a value of `field` from its text; None where the text is the value.

    E-mail and domain become their keys; timestamps are aware; arrays are lists of text; json is JSON text.
    """
    match field.kind:
        case "text":
            return _text(field)
        case "domain" | "domains":
            return _domains if field.kind == "domains" else _matching_domain if field.reference else _own_domain
        case "enum":
            return _one_of(field.name, field.values)
        case "integer" | "decimal":
            return _number(field)
        case "timestamp":
            return partial(to_timestamp, order=dates)
        case _:
            return _PLAIN[field.kind]


def _text(field: Field) -> Callable[[str], Any] | None:
    if field.name == "communication_preferences.timezone":
        return _known_zone
    return _limited(field.max_length) if field.max_length else None


def _number(field: Field) -> Callable[[str], Any]:
    if field.kind == "decimal":
        return _bounded(to_decimal, field.low, field.high)
    return _bounded(to_integer, -INT4_MAX if field.low is None else field.low, INT4_MAX if field.high is None else field.high)


def _known_zone(text: str) -> str:
    zone_known("timezone", text)
    return text


def _limited(limit: int) -> Callable[[str], str]:
    def limited(text: str) -> str:
        if len(text) > limit:
            raise ValueError(f"has {len(text):,} characters; at most {limit} fit")
        return text

    return limited


def _own_domain(text: str) -> str:
    key = domain_key(text)
    if kind := shared_domain_kind(key):
        raise ValueError(f"{key} is a {kind} domain that many share, so it cannot be a company's; leave it empty")
    return key


def _domains(text: str) -> list[str]:
    return list(map(_own_domain, to_array(text)))


@lru_cache(maxsize=100_000)  # thousands of people share a few domains
def _matching_domain(text: str) -> str | None:
    """A shared domain matches no company, so a reference by it is none."""
    key = domain_key(text)
    return None if shared_domain_kind(key) else key


def bare_email(text: str) -> str:
    """The address in `Ann <a@b.com>` and `mailto:a@b.com`."""
    if text[-1:] == ">" and "<" in text:
        text = text.rpartition("<")[2][:-1].strip()
    return text[len("mailto:") :].partition("?")[0] if text[:7].lower() == "mailto:" else text


def email_key_of(text: str) -> str:
    """The key of the address that `bare_email` finds."""
    return email_key(bare_email(text))


def bare_phone(text: str) -> str:
    """The number without the apostrophe by which spreadsheets keep it a text."""
    return text[1:] if text[0] == "'" and text[1:2] in {"+", "(", *"0123456789"} else text


def _folded(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _one_of(name: str, values: Sequence[str]) -> Callable[[str], str]:
    synonyms = VALUES.get(name.rpartition(".")[2], {})
    known = {said: value for said, value in synonyms.items() if value in values} | {_folded(value): value for value in values}
    seen = dict(zip(values, values, strict=True))
    recognise = RECOGNISED.get(name)

    def choose(text: str) -> str:
        value = seen.get(text) or known.get(_folded(text[:100])) or (recognise(text[:100]) if recognise else None)
        if value is None:
            near = get_close_matches(_folded(text[:100]), known, n=1)
            advice = f"did you mean {known[near[0]]!r}?" if near else f"there are {', '.join(values)}"
            raise ValueError(f"{short(text)} is not known; {advice}")
        return value

    return choose


def _bounded(convert: Callable[[str], Any], low: float | None, high: float | None) -> Callable[[str], Any]:
    def bounded(text: str) -> Any:  # noqa: ANN401  (int or Decimal, as `convert` makes it)
        value = convert(text)
        if (low is not None and value < low) or (high is not None and value > high):
            least, most = ("-infinity" if low is None else low), ("infinity" if high is None else high)
            raise ValueError(f"{short(text)} is not between {least} and {most}")
        return value

    return bounded


def to_boolean(text: str) -> bool:
    """Yes or no, in the usual spellings."""
    word = text.lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ValueError(f"{short(text)} is neither yes nor no; write true or false")


def to_decimal(text: str) -> Decimal:
    """A number; a currency sign and separators of thousands are left out where they can mean nothing else.

    A single comma before three digits (`12,000`) could be either separator and is refused.
    """
    number = _CURRENCY.sub("", text)
    if found := _GROUPED.fullmatch(number):
        group = found["group"]
        rest = number[found.end("group") + 3 :]
        # One dot and three digits is how machines write a fraction; one comma and three digits is anybody's guess.
        if group == "," and not rest and not number.lstrip("+-").startswith("0"):
            raise ValueError(
                f"{short(text)} could be a fraction or thousands; write {number.replace(',', '')} or {number.replace(',', '.')}"
            )
        if group not in ".," or rest:
            number = number.replace(group, "")
    number = number.replace(",", ".") if number.count(",") == 1 and "." not in number else number
    try:
        value = Decimal(number) if len(number) <= 60 and "_" not in number else Decimal("NaN")
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or abs(value.adjusted()) > 60:
        raise ValueError(f"{short(text)} is not a number; write it like 12000.50")
    return value


def to_integer(text: str) -> int:
    """A whole number; here separators of thousands can be nothing else."""
    if text.isascii() and text.isdigit() and len(text) <= 18:
        return int(text)
    number = re.sub(r"(?<=\d)[,.](?=\d{3}(?:\D|$))", "", text)
    value = to_decimal(number)
    if value != value.to_integral_value():
        raise ValueError(f"{short(text)} is not a whole number")
    return int(value)


def to_array(text: str) -> list[str]:
    """Texts between semicolons or bars, each once, in order; or a JSON list of texts as it is."""
    if text.startswith("["):
        try:
            return msgspec.json.decode(text, type=list[str])
        except msgspec.DecodeError:
            raise ValueError(f"{short(text)} is not a JSON list of texts; separate the items by semicolons") from None
    return list(dict.fromkeys(stripped for item in re.split(r"[;|]", text) if (stripped := item.strip())))


def to_json(text: str) -> str:
    """The text of a JSON object, checked."""
    if "\\u0000" in text:
        raise ValueError("holds a NUL character (\\u0000), which the database cannot store")
    try:
        msgspec.json.decode(text, type=dict[str, msgspec.Raw])
    except msgspec.DecodeError as error:
        raise ValueError(f"is no JSON object: {error}") from None
    return text


def to_uuid(text: str) -> UUID:
    """A key of this database."""
    try:
        return UUID(text)
    except ValueError:
        raise ValueError(f"{short(text)} is not an id of this database (a UUID); map the column to external_id instead") from None


def to_timestamp(text: str, order: DateOrder | None = None) -> datetime:
    """The time that `text` tells, with its offset; without one it is taken as UTC, a date as its midnight.

    ISO 8601 and forms that read one way only: `2024/1/31`, `31.1.2024`, `Jan 31, 2024 5:30 PM`, `31-Jan-2024`.
    `order` settles `1/2/2024`.

    Raises:
        ValueError: it is none of these, or could be two; the message says what to do.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = _other_form(text, order)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        moment.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{short(text)} is outside the years 1 to 9999 in UTC") from None
    return moment


def _other_form(text: str, order: DateOrder | None) -> datetime:
    plain = _WEEKDAY.sub("", " ".join(text.lower().split()), count=1)
    if found := _NUMERIC.fullmatch(plain):
        day, month = _day_and_month(text, found, order)
    elif found := _YEAR_FIRST.fullmatch(plain):
        day, month = int(found["day"]), int(found["month"])
    elif found := _DAY_NAMED.fullmatch(plain) or _NAMED_DAY.fullmatch(plain):
        day, month = int(found["day"]), _MONTHS[found["month"][:3]]
    else:
        raise ValueError(f"{short(text)} is not a date; write it as 2024-01-31 or 2024-01-31T17:30:00+00:00")
    try:
        date = datetime(int(found["year"]), month, day)  # noqa: DTZ001  (the offset, if any, stands in the time)
    except ValueError:
        raise ValueError(f"{short(text)} is no day of the calendar") from None
    return datetime.combine(date, _clock(text, found["time"]))


def _day_and_month(text: str, found: re.Match[str], order: DateOrder | None) -> tuple[int, int]:
    first, second = int(found["first"]), int(found["second"])
    # Dots are written only where the day comes first.
    if found["dot"] == "." or order == "dmy" or (first > 12 and not order):
        return first, second
    if second > 12 or order == "mdy" or first == second:
        return second, first
    raise ValueError(f"{short(text)} could be day/month or month/day; say --dates dmy or --dates mdy")


def _clock(text: str, clock: str | None) -> time:
    if clock is None:
        return time()
    found = _CLOCK.fullmatch(clock.strip())
    if not found:
        raise ValueError(f"{short(text)} has a time that cannot be read; write it as 17:30 or 5:30 PM")
    hour = int(found["hour"])
    if found["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(f"{short(text)} has no hour of a twelve-hour clock")
        hour = hour % 12 + (12 if found["half"] == "p" else 0)
    try:
        return time(hour, int(found["minute"]), int(found["second"] or 0), tzinfo=_zone(found["zone"]))
    except ValueError:
        raise ValueError(f"{short(text)} has a time that does not exist") from None


def _zone(zone: str | None) -> timezone | None:
    if zone is None:
        return None
    if zone in {"z", "utc", "gmt"}:
        return UTC
    digits = zone[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if zone[0] == "-" else offset)


_PLAIN: dict[str, Callable[[str], Any]] = {
    "email": email_key_of,
    "boolean": to_boolean,
    "array": to_array,
    "json": to_json,
    "uuid": to_uuid,
}


def short(text: str) -> str:
    """`text` as it is quoted in a message."""
    return repr(text if len(text) <= 60 else text[:57] + "...")
