"""What callers give a repository, checked before the database sees it.

A mapping or an object comes in; a typed object, or the JSON of the changed fields, goes on. Every
refusal names the field and the cure, and no refusal here touches the caller's transaction.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from math import isfinite
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID
from zoneinfo import available_timezones

import msgspec

from accountgraph.addresses import domain_key, email_key, shared_domain_kind
from accountgraph.errors import InvalidValueError, UnknownFieldError
from accountgraph.models import CommunicationPreferences, Company, Contact, Entity

if TYPE_CHECKING:
    from enum import StrEnum

E = TypeVar("E", bound=Entity)
S = TypeVar("S", bound=msgspec.Struct)
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_MOST_DIGITS = 1000
_MOST_AHEAD = timedelta(days=7)
_MOST_BYTES = {"email_thread_id": 998, "email_message_id": 998, "provider_id": 998}  # a line of a message's head
_WISHES = "communication_preferences"
_NO_WISHES = msgspec.structs.asdict(CommunicationPreferences())
HOLDS_NUL = "holds a NUL character, which PostgreSQL cannot store; remove it."
_PATH = re.compile(r" - at (?:`key` in )?`\$\.?(.*)`$")


def entity(kind: type[E], given: Mapping[str, Any] | E) -> E:
    """`given` as a whole entity of `kind`.

    Raises:
        UnknownFieldError, InvalidValueError: naming the field.
    """
    row: E = _checked(kind, given)
    _without_nul(_encoded(row))
    return _normalized(row)


def changes(kind: type[E], given: Mapping[str, Any]) -> str:
    """The fields to change, as the JSON that an update query reads: of an object the keys that are named, null for one to take away.

    Raises:
        UnknownFieldError, InvalidValueError: naming the field.
    """
    if not mapping("changes", given):
        raise InvalidValueError("changes", "name at least one field to change.")
    if "id" in given:
        raise InvalidValueError("id", "cannot be changed.")
    _known(kind, given)
    if kind is Contact and isinstance(given.get("email", 0), str | None):
        given = {**given, **_both_emails(given["email"])}
    elif kind is Company and isinstance(given.get("domain"), str):
        given = {**given, "domain": account_domain(given["domain"])}
    wishes = _wishes(given.get(_WISHES)) if kind is Contact else None
    if wishes:  # checked with what each would be by default; what is taken away is taken away all the same
        given = {**given, _WISHES: {name: _NO_WISHES.get(name) if value is None else value for name, value in wishes.items()}}
    encoded = _encoded(_checked(_partial(kind), given))
    _without_nul(encoded)
    if wishes:  # named as they are: a type that leaves out what is as by default would leave out what is to become so
        encoded = msgspec.json.encode(msgspec.json.decode(encoded) | {_WISHES: wishes})
    return encoded.decode()


def _wishes(given: object) -> dict[str, Any] | None:
    """The preferences that are to be changed, by name; of an object, all of them."""
    if isinstance(given, CommunicationPreferences):
        return msgspec.structs.asdict(given)
    return dict(given) if isinstance(given, Mapping) else None


def account_domain(text: str) -> str:
    """A domain that an account may have: normalized, and nobody's mail service.

    Raises:
        InvalidValueError: not a domain, or one that many companies share.
    """
    domain = domain_key(text)
    shared = shared_domain_kind(domain)
    if shared:
        raise InvalidValueError("domain", f"{domain} is a {shared} domain, which many share; leave it out or use the company's own.")
    return domain


def checked(kind: type[S], given: Mapping[str, Any] | S) -> S:
    """`given` as a struct that is no entity.

    Raises:
        UnknownFieldError, InvalidValueError: naming the field.
    """
    row: S = _checked(kind, given)
    return row


def checked_json(field: str, value: object) -> str:
    """`value` as JSON text that the database can take.

    Raises:
        InvalidValueError: naming `field`.
    """
    try:
        encoded = msgspec.json.encode(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidValueError(field, f"cannot be stored as JSON: {_said(error)}") from None
    _lossless(field, value)
    if b"\\u0000" in encoded and _NUL.search(encoded):
        raise InvalidValueError(field, HOLDS_NUL)
    return encoded.decode()


def as_json(row: msgspec.Struct | Mapping[str, Any] | list[Any]) -> str:
    """The JSON that a query's `jsonb_populate_record` reads."""
    return msgspec.json.encode(row).decode()


def short_text(field: str, text: str) -> str:
    """`text` as a key or name: 1 to 500 characters.

    Raises:
        InvalidValueError: it is not, or holds a NUL character.
    """
    if not 1 <= len(text) <= 500 or "\0" in text:
        raise InvalidValueError(field, "must have 1 to 500 characters, none of them NUL.")
    return text


def moment(field: str, at: datetime | None) -> datetime | None:
    """`at`, which knows its offset.

    Raises:
        InvalidValueError: it is no datetime, or a naive one.
    """
    if at is not None and (not isinstance(at, datetime) or at.tzinfo is None):
        raise InvalidValueError(field, f"{at!r} is no time with its offset; for example datetime.now(UTC).")
    return at


def happened(field: str, at: datetime, now: datetime) -> None:
    """Check that `at` can have been: not more than a week ahead, for clocks and zones go wrong, and a year wrong spoils every score.

    Raises:
        InvalidValueError: it lies further ahead.
    """
    if at > now + _MOST_AHEAD:
        raise InvalidValueError(field, f"{at.isoformat()} is still to come; say when it happened, or leave it out for now.")


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def zone_known(field: str, zone: str | None) -> None:
    """Check an IANA zone name.

    Raises:
        InvalidValueError: there is no such zone.
    """
    if zone is not None and zone not in _zones():
        raise InvalidValueError(field, f"{zone[:100]!r} is no time zone; give an IANA name like Europe/Berlin.")


def mapping(field: str, given: object) -> dict[str, Any]:
    """`given` as a dict of its own; None is an empty one.

    Raises:
        InvalidValueError: it is no mapping.
    """
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise InvalidValueError(field, f"must be a mapping (a dict), not {type(given).__name__}.")
    return dict(given)


def page_size(limit: int) -> int:
    """How many rows a page may hold.

    Raises:
        InvalidValueError: less than one.
    """
    if limit < 1:
        raise InvalidValueError("limit", f"{limit} rows are no page; ask for 1 or more.")
    return limit


def member(kind: type[StrEnum], field: str, value: object) -> str:
    """`value` as a member of an enumeration.

    Raises:
        InvalidValueError: with the values there are.
    """
    try:
        return str(kind(str(value)))
    except ValueError:
        raise InvalidValueError(field, f"{value!r} is none of {', '.join(kind)}.") from None


def optional_member(kind: type[StrEnum], field: str, value: object | None) -> str | None:
    """As `member`; None stays None."""
    return None if value is None else member(kind, field, value)


def one_of(choices: tuple[str, ...], field: str, value: str | None) -> str | None:
    """`value` where it is one of these; None stays None.

    Raises:
        InvalidValueError: with the values there are.
    """
    if value is not None and value not in choices:
        raise InvalidValueError(field, f"{value!r} is none of {', '.join(choices)}.")
    return value


def _known(kind: type[msgspec.Struct], given: Mapping[str, Any]) -> None:
    fields = kind.__struct_fields__
    table = getattr(kind, "table", "events")
    for name in given:
        if name not in fields:
            near = difflib.get_close_matches(str(name), fields, n=1)
            raise UnknownFieldError(str(name), f"{table} have no such field" + (f"; did you mean {near[0]!r}?" if near else "."))
        if name in getattr(kind, "derived_fields", ()):
            raise InvalidValueError(name, "is kept by the database; leave it out.")


def _checked(kind: type[Any], given: object) -> Any:  # noqa: ANN401 - an instance of `kind`
    if isinstance(given, Mapping):
        _known(kind, given)
    try:
        row = msgspec.convert(msgspec.to_builtins(given, builtin_types=(datetime, date, UUID, Decimal)), kind)
    except msgspec.ValidationError as error:
        raise _refusal(kind, str(error)) from None
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidValueError(_culprit(given), f"cannot be stored: {_said(error)}") from None
    _in_range(row)
    confidence = getattr(row, "confidence_score", msgspec.UNSET)
    if confidence is not msgspec.UNSET and not 0 <= confidence <= 1:
        raise InvalidValueError("confidence_score", "must be between 0.00 and 1.00.")
    return row


def _lossless(field: str, given: object) -> None:
    """Refuse what JSON cannot say: it would come back as something else. Not recursive, for depth is the encoder's to judge."""
    left = [given]
    while left:
        value = left.pop()
        if isinstance(value, Mapping):
            left.extend(value.values())
        elif isinstance(value, list | tuple | set | frozenset):
            left.extend(value)
        elif isinstance(value, float) and not isfinite(value):
            raise InvalidValueError(field, f"holds {value}, which JSON does not know; use None, or leave it out.")
        elif isinstance(value, datetime):
            moment(field, value)


def _in_range(row: msgspec.Struct) -> None:
    """Refuse numbers and times that have the right type and still no place in the database, or no way back from it."""
    for name, value in zip(row.__struct_fields__, msgspec.structs.astuple(row), strict=True):
        if name in _MOST_BYTES and isinstance(value, str) and len(value.encode(errors="surrogatepass")) > _MOST_BYTES[name]:
            raise InvalidValueError(name, f"is too long: at most {_MOST_BYTES[name]:,} bytes in UTF-8.")
        if isinstance(value, Decimal):
            if not value.is_finite():
                raise InvalidValueError(name, "must be a finite number; leave the field out where there is none.")
            if max(value.adjusted(), -int(value.as_tuple().exponent)) > _MOST_DIGITS:
                raise InvalidValueError(name, f"has too many digits; at most {_MOST_DIGITS:,} before and after the point.")
        elif isinstance(value, CommunicationPreferences):
            zone_known(f"{name}.timezone", value.timezone)
        elif isinstance(value, dict):
            _lossless(name, value)
        elif isinstance(value, datetime):
            try:
                value.astimezone(UTC)
            except OverflowError:
                raise InvalidValueError(name, f"{value.isoformat()} is outside the years 1 to 9999 in UTC.") from None


def _encoded(row: msgspec.Struct) -> bytes:
    try:
        return msgspec.json.encode(row)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidValueError(_culprit(row), f"cannot be stored: {_said(error)}") from None


def _said(error: Exception) -> str:
    if isinstance(error, UnicodeEncodeError):
        return "it holds half a character (a lone surrogate, U+D800 to U+DFFF); decode the text anew."
    if isinstance(error, RecursionError):
        return "it is nested too deeply."
    return f"{error}"


def _refusal(kind: type[Any], message: str) -> InvalidValueError:
    found = _PATH.search(message)
    field = found[1] if found else ""
    text = _PATH.sub("", message)
    if not found and (missing := re.search(r"required field `(\w+)`", text)):
        return InvalidValueError(missing[1], "is required.")
    if text.startswith("Invalid enum value"):
        text += f"; it is one of {', '.join(_members(kind, field))}"
    if text.startswith("Expected `object`"):
        text += "; give a mapping (a dict)"
    if "datetime" in text:
        text += "; for example datetime.now(UTC)"
    return InvalidValueError(field or "value", text + ".")


def _members(kind: type[Any], path: str) -> list[str]:
    info: Any = msgspec.inspect.type_info(kind)
    for name in path.split("."):
        info = next((field.type for field in getattr(info, "fields", ()) if field.name == name), None)
        options = getattr(info, "types", (info,))
        info = next((option for option in options if isinstance(option, msgspec.inspect.EnumType | msgspec.inspect.StructType)), None)
    return list(info.cls) if isinstance(info, msgspec.inspect.EnumType) else []


def _culprit(given: object) -> str:
    named = msgspec.structs.asdict(given) if isinstance(given, msgspec.Struct) else given
    for name, value in named.items() if isinstance(named, Mapping) else []:
        try:
            msgspec.json.encode(None if value is msgspec.UNSET else value)
        except (TypeError, ValueError, RecursionError):
            return str(name)
    return "value"


def _without_nul(encoded: bytes) -> None:
    if b"\\u0000" in encoded and _NUL.search(encoded):
        decoded = msgspec.json.decode(encoded)
        field = next((name for name, value in decoded.items() if _NUL.search(msgspec.json.encode(value))), "value")
        raise InvalidValueError(field, HOLDS_NUL)


def _normalized(row: E) -> E:
    if isinstance(row, Contact):
        return msgspec.structs.replace(row, **_both_emails(row.email))
    if isinstance(row, Company) and row.domain is not None:
        return msgspec.structs.replace(row, domain=account_domain(row.domain))
    return row


def _both_emails(given: str | None) -> dict[str, str | None]:
    """The address as it is shown and as it is compared; blank is none."""
    email = given.strip() if given else None
    return {"email": email or None, "email_key": email_key(email) if email else None}


@cache
def _partial(kind: type[Entity]) -> type[msgspec.Struct]:
    """The same fields, none of them required; what is not given stays unset and is not encoded."""
    fields = [(f.encode_name, f.type | msgspec.UnsetType, msgspec.UNSET) for f in msgspec.structs.fields(kind)]
    return msgspec.defstruct(f"{kind.__name__}Changes", fields, frozen=True, kw_only=True)
