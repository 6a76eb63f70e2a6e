"""One page of a list, and the cursor that leads to the next.

A cursor says after which row the next page begins: that row's value in the order of the list, and its id. It is opaque to
whoever asks, and checked when it comes back.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from uuid import UUID

import msgspec
from msgspec import Struct

from accountgraph.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
MOST = 1000  # rows of a page
_LONGEST = 4000  # characters of a cursor: a name has 500 signs at most


class Page(Struct, Generic[T], frozen=True):
    """Rows of a list. `next`: give it as `after` for the page that follows; None: there is none."""

    items: list[T]
    next: str | None = None


def page_of(found: list[T], limit: int, cursor: Callable[[T], object]) -> Page[T]:
    """A page of rows of which one more than `limit` was asked for, which tells whether there is another page."""
    items = found[:limit]
    return Page(items, str(cursor(items[-1])) if len(found) > limit else None)


class Type(StrEnum):
    """What a column holds that a list is ordered by."""

    TEXT = "text"
    MOMENT = "timestamptz"
    NUMBER = "bigint"
    ID = "uuid"


def written(order: str, value: object, key: object) -> str:
    """A cursor: after the row with this value and this id, in this order of this list."""
    said = value.isoformat() if isinstance(value, datetime) else str(value)
    return urlsafe_b64encode(msgspec.json.encode([order, said, str(key)])).decode().rstrip("=")


def read(cursor: str, order: str, value_type: Type, key_type: Type) -> tuple[Any, Any]:
    """The value and the id that a cursor holds.

    Raises:
        InvalidValueError: it is none of this list in this order.
    """
    try:
        padded = cursor[:_LONGEST] + "=" * (-len(cursor[:_LONGEST]) % 4)
        made_for, value, key = msgspec.json.decode(urlsafe_b64decode(padded.encode("ascii")), type=tuple[str, str, str])
        found = None if made_for != order else (_typed(value, value_type), _typed(key, key_type))
    except (ValueError, msgspec.DecodeError, OverflowError):
        raise InvalidValueError("after", "is no cursor of this list; give the `next` of a page as it is, or leave it out.") from None
    if found is None:
        raise InvalidValueError("after", f"is of {made_for[:80]}, not of {order}; begin anew without it.")
    return found


def _typed(text: str, kind: Type) -> object:
    """Raises ValueError where it is of another type."""
    if kind is Type.ID:
        return UUID(text)
    if kind is Type.NUMBER:
        number = int(text)
        if not -(2**63) <= number < 2**63:
            raise ValueError("too large")
        return number
    if kind is Type.MOMENT:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError("no offset")
        return moment
    if "\x00" in text:
        raise ValueError("NUL")
    text.encode()  # a lone surrogate is no text
    return text
