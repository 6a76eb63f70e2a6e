"""Reading what strangers wrote: JSON and its values, of which nothing is sure. Nothing here raises but what reads whole bodies."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import msgspec

from accountgraph.channels.providers.webhooks import Refusal, WebhookRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")
MOST_DEEP = 100  # of arrays and objects in each other; no provider's payload is deeper than ten


def decoded(body: bytes | str) -> Any:  # noqa: ANN401 - whatever it holds
    """A JSON text. NUL characters in it, which no database column takes, are replaced.

    Raises:
        WebhookRefusedError: it is none.
    """
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError, UnicodeError) as error:
        raise WebhookRefusedError(Refusal.BODY, f"The body is not JSON: {error}.") from None
    return _without_nul(value, 0)


def decoded_as(kind: type[T], body: bytes) -> T:
    """A JSON text as a `kind`. What it has no field for is passed over and costs no memory: for bodies that nobody has vouched for yet.

    Raises:
        WebhookRefusedError: it is none.
    """
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError, UnicodeError) as error:
        raise WebhookRefusedError(Refusal.BODY, f"The body is not the JSON that the provider documents: {error}.") from None


def object_in(body: bytes | str) -> dict[str, Any]:
    """A JSON text that is an object.

    Raises:
        WebhookRefusedError: it is not.
    """
    value = decoded(body)
    if not isinstance(value, dict):
        raise WebhookRefusedError(Refusal.BODY, "The body is JSON, but not the object that the provider documents.")
    return value


def objects_in(body: bytes | str) -> list[dict[str, Any]]:
    """A JSON text that is an object, or a list of objects.

    Raises:
        WebhookRefusedError: it is neither.
    """
    value = decoded(body)
    found = value if isinstance(value, list) else [value]
    if not all(isinstance(one, dict) for one in found):
        raise WebhookRefusedError(Refusal.BODY, "The body is JSON, but not the list of events that the provider documents.")
    return found


def at(value: Any, *path: str | int) -> Any:  # noqa: ANN401 - as deep as it goes
    """What stands at a path of keys and positions; None where there is nothing."""
    for step in path:
        if isinstance(step, str) and isinstance(value, dict):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, list) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def text(value: Any, *path: str | int) -> str | None:  # noqa: ANN401 - as above
    """A text or a number at a path, as text; None where there is none, or an empty one."""
    found = at(value, *path)
    if isinstance(found, (int, float)) and not isinstance(found, bool):
        return str(found)
    return found.strip() or None if isinstance(found, str) else None


def verbatim(value: Any, *path: str | int) -> str:  # noqa: ANN401 - as above
    """A text at a path just as it is; empty where there is none."""
    found = at(value, *path)
    return found if isinstance(found, str) else ""


def first_text(value: Any, *names: str) -> str | None:  # noqa: ANN401 - as above
    """The first of several keys that has a text."""
    return next((found for name in names if (found := text(value, name))), None)


def items(value: Any, *path: str | int) -> list[Any]:  # noqa: ANN401 - as above
    """The list at a path; empty where there is none."""
    found = at(value, *path)
    return found if isinstance(found, list) else []


def joined(*parts: str | None) -> str | None:
    """The parts that are there, in one line."""
    return ": ".join(dict.fromkeys(part for part in parts if part)) or None


def moment(value: Any, *, per_second: int = 1) -> datetime | None:  # noqa: ANN401 - a number or a text
    """A time as seconds since 1970 (or in parts of them) or as ISO 8601, in UTC; None where it is neither. Without a zone: UTC."""
    if isinstance(value, str) and not value.lstrip("-").replace(".", "", 1).isdecimal():
        return _iso(value)
    try:
        return datetime.fromtimestamp(float(value) / per_second, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def _iso(value: str) -> datetime | None:
    # Python 3.11 reads at most microseconds; some providers write seven digits.
    head, dot, rest = value.strip().partition(".")
    digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
    try:
        found = datetime.fromisoformat(f"{head}.{digits[:6]}{rest[len(digits) :]}" if dot else head)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def intent_of(*values: Any) -> UUID | None:  # noqa: ANN401 - whatever a provider gave back
    """The first of the values that is an intent's id."""
    for value in values:
        if isinstance(value, str) and len(value.strip()) in {32, 36}:
            try:
                return UUID(value.strip())
            except ValueError:
                continue
    return None


def wire_id(value: str | None) -> str | None:
    """A Message-ID in its angle brackets."""
    bare = (value or "").strip().strip("<>").strip()
    return f"<{bare}>" if bare and not any(sign.isspace() for sign in bare) else None


def digest(*parts: Any) -> str:  # noqa: ANN401 - JSON values
    """An id made from what is said, for providers that give none: the same words, the same id."""
    return hashlib.sha256(msgspec.json.encode(parts, order="sorted")).hexdigest()[:32]


def content_digest(content: bytes, *parts: Any) -> str:  # noqa: ANN401 - JSON values
    """An id made from a mail as it is, and from what else tells it apart."""
    return digest(hashlib.sha256(content).hexdigest(), *parts)


def _without_nul(value: Any, depth: int) -> Any:  # noqa: ANN401 - as it came
    if depth > MOST_DEEP:
        raise WebhookRefusedError(Refusal.BODY, f"The body is JSON nested more than {MOST_DEEP} deep.")
    if isinstance(value, str):
        return value.replace("\0", "\N{REPLACEMENT CHARACTER}")
    if isinstance(value, list):
        return [_without_nul(one, depth + 1) for one in value]
    if isinstance(value, dict):
        return {_without_nul(key, depth): _without_nul(one, depth + 1) for key, one in value.items()}
    return value


def each(found: Iterable[Any], told: Callable[[dict[str, Any]], Any]) -> list[Any]:
    """What `told` makes of every object among `found`."""
    return [told(one) for one in found if isinstance(one, dict)]
