"""Addresses, Message-IDs and dates in headers, as lenient as mail needs it, in one pass each."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz
from typing import TYPE_CHECKING, NamedTuple

from accountgraph.inbound.mail import Address
from accountgraph.inbound.wire import limits
from accountgraph.inbound.wire.encoded import unworded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accountgraph.inbound.wire.limits import Problems

_PLAIN = re.compile(r"[^\s<>\"(),:;@]++@[^\s<>\"(),:;@]++").fullmatch
_NAMED = re.compile(r"\"?([^<>\"(),:;@\\]*+)\"?+\s*+<([^\s<>\"(),:;@]++@[^\s<>\"(),:;@]++)>").fullmatch
_TOKEN = re.compile(r"\"((?:[^\"\\]|\\.){0,256}+)\"|<([^<>]*+)>?|([(),:;])|([^\"<>(),:;]++)|(.)", re.DOTALL)
_QUOTED = re.compile(r"\\(.)", re.DOTALL)
_ID = re.compile(r"<([^<>]{1,998})>")
_BARE_ID = re.compile(r"[^\s<>,;\"()]++@[^\s<>,;\"()]++")


class _One(NamedTuple):
    """What was read of one address: its words, its comments, and what stands in angle brackets."""

    words: list[str]
    remark: list[str]
    angle: str | None


def addresses_of(values: Iterable[str], problems: Problems) -> tuple[Address, ...]:
    """Everybody whom headers name, in their order. What is no address but a name keeps its name alone."""
    found: list[Address] = []
    for value in values:
        if _PLAIN(value):
            found.append(Address(value.lower()))
        elif match := _NAMED(value):
            found.append(Address(match[2].lower(), _name(match[1], problems)))
        elif value:
            found += _listed(value, problems)
    if len(found) > limits.MOST_ADDRESSES:
        problems.add(f"a header names {len(found):,} addresses; the first {limits.MOST_ADDRESSES:,} are read")
        del found[limits.MOST_ADDRESSES :]
    return tuple(found)


def _listed(value: str, problems: Problems) -> list[Address]:
    found: list[Address] = []
    one = _One([], [], None)
    depth = 0
    for token in _TOKEN.finditer(value):
        sign = token[3]
        if depth or sign == "(":
            depth += (sign == "(") - (sign == ")")
            is_outer = depth == (sign == "(") and sign in ("(", ")")
            one.remark.append(" " if is_outer else token[0])
        elif sign in (",", ";"):
            found += _address(one, problems)
            one = _One([], [], None)
            if len(found) > limits.MOST_ADDRESSES:
                return found
        else:
            one = _with(one, token)
    return found + _address(one, problems)


def _with(one: _One, token: re.Match[str]) -> _One:
    if token[3] == ":":
        # What stands before it names a group; in an address that is written badly, it belongs to it.
        return one._replace(words=[*one.words, ":"] if any("@" in word for word in one.words) else [])
    if token[2] is not None:
        return one._replace(angle=token[2])
    if token[1] is not None:
        one.words.append(_QUOTED.sub(r"\1", token[1]))
    else:
        one.words.append(token[0])
    return one


def _address(one: _One, problems: Problems) -> list[Address]:
    phrase = "".join(one.words).strip()
    remark = _name("".join(one.remark), problems)
    if one.angle is not None:
        email = _email(one.angle.rpartition(":")[2] if one.angle.startswith("@") else one.angle)
        return [Address(email, _name(phrase, problems) or remark)] if email or phrase else []
    if "@" not in phrase:
        return [Address("", name)] if (name := _name(phrase, problems)) else []
    tokens = phrase.split()
    at = next(number for number, token in enumerate(tokens) if "@" in token)
    rest = " ".join([*tokens[:at], *tokens[at + 1 :]])
    return [Address(_email(tokens[at]), _name(rest, problems) or remark)]


def _email(written: str) -> str:
    email = "".join(written.split()).strip("'\"<>,;").removeprefix("mailto:").lower()
    return email if "@" in email else ""


def _name(phrase: str, problems: Problems) -> str | None:
    name = " ".join(unworded(phrase, problems).split()).strip('"')
    return (name[1:-1] if len(name) > 1 and name[0] == name[-1] == "'" else name).strip() or None


def ids_of(values: Iterable[str], problems: Problems) -> tuple[str, ...]:
    """Message-IDs without their angle brackets, each once, in their order."""
    found: dict[str, None] = {}
    for value in values:
        ids = _ID.findall(value) or _BARE_ID.findall(value)
        found.update(dict.fromkeys("".join(written.split()) for written in ids if written.strip()))
    ids = list(found)
    if len(ids) > limits.MOST_IDS:
        problems.add(f"its thread names {len(ids):,} messages; {limits.MOST_IDS} of them are read")
        half = limits.MOST_IDS // 2
        ids = [*ids[:half], *ids[-half:]]
    return tuple(ids)


def date_of(value: str | None, problems: Problems) -> datetime | None:
    """A Date header in UTC; years of two digits and names of time zones as RFC 5322 has them (obs-date)."""
    if not value:
        return None
    try:
        fields = parsedate_tz(value[: limits.LONGEST_DATE])
        if fields is None:
            raise ValueError(value)  # noqa: TRY301 - the same sentence for whatever is wrong with it
        year, month, day, hour, minute, second = fields[:6]
        # A leap second is a second that no clock here has.
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC) - timedelta(seconds=fields[9] or 0)
    except (ValueError, TypeError, IndexError, OverflowError):
        problems.add("its date cannot be read")
        return None
