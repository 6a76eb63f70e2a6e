"""One request from beginning to end, whoever carries it: what is sent, when it is sent again, what the answer means."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from urllib.parse import quote
from uuid import uuid4

import httpx
import msgspec

from accountgraph.client.errors import UnreachableError, error_of

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

T = TypeVar("T")
PREFIX = "/api/v1"
TIMEOUT = 60.0  # seconds without a byte
ATTEMPTS = 4
LONGEST_WAIT = 60.0  # seconds; a server that asks for more is not waited for
_AGAIN = {429, 502, 503, 504}


class Page(msgspec.Struct, Generic[T], kw_only=True):
    """A page of a list. `next`: what to give as `after` for the page that follows, None after the last one."""

    items: list[T]
    next: str | None = None


class Answer(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """An answer with what came around it. `etag`: the state of what was read, for `if_match`."""

    value: T
    status: int
    etag: str | None
    request_id: str | None


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. `query`: each value of a list is sent by itself."""

    method: str
    path: str
    query: Mapping[str, str | list[str]] = field(default_factory=dict)
    content: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def question(
    method: str,
    path: str,
    *ids: object,
    query: Mapping[str, Any] | None = None,
    body: Any = msgspec.UNSET,  # noqa: ANN401 - anything that is JSON
    content: bytes | None = None,
    media: str = "application/json",
    form: Mapping[str, str | tuple[str, bytes]] | None = None,
    if_match: str | None = None,
    idempotency_key: str | None = None,
) -> Question:
    """What is to be asked; each pair of braces in `path` is filled by one of `ids`.

    `content` is sent as it is, as a `media`; `form` has fields, and files as (name, content).
    A request that changes something has an `Idempotency-Key`, so that it may be sent again and is done once.
    """
    headers = {"If-Match": if_match} if if_match is not None else {}
    if method != "GET":
        headers["Idempotency-Key"] = idempotency_key or str(uuid4())
    if body is not msgspec.UNSET:
        content = msgspec.json.encode(body)
    if form is not None:
        content, media = _encoded(form)
    if content is not None:
        headers["Content-Type"] = media
    filled = path.format(*(quote(_text(value), safe="") for value in ids))
    asked = {name: _values(value) for name, value in (query or {}).items() if value is not None}
    return Question(method, PREFIX + filled, asked, content, headers)


def _encoded(form: Mapping[str, str | tuple[str, bytes]]) -> tuple[bytes, str]:
    """A form's bytes, and what kind of content they are."""
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    files = {name: value for name, value in form.items() if not isinstance(value, str)}
    made = httpx.Request("POST", "http://form", data=fields, files=files)
    return made.read(), made.headers["content-type"]


def _values(value: object) -> str | list[str]:
    """A parameter's value; of a list one a value, for some of them have commas."""
    return [_text(one) for one in value] if isinstance(value, list | tuple | set | frozenset) else _text(value)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)


Sent = httpx.Response | httpx.TransportError
"""What came of sending."""


def exchange(attempts: int, longest_wait: float) -> Generator[float, Sent, httpx.Response]:
    """The course of one request: it yields how many seconds to wait before it is sent, is told what came, and gives the answer.

    Raises:
        AccountGraphError: what the server refused, as `errors` has it; `UnreachableError` where it did not answer.
    """
    wait = 0.0
    for attempt in range(1, attempts + 1):
        came = yield wait
        wait = _wait(came, attempt)
        if isinstance(came, httpx.Response) and came.is_success:
            return came
        if attempt == attempts or wait < 0 or wait > longest_wait:
            break
    if isinstance(came, httpx.Response):
        raise error_of(came)
    raise UnreachableError(f"The server could not be reached: {str(came) or type(came).__name__}") from came


def _wait(came: Sent, attempt: int) -> float:
    """Seconds until it makes sense to ask again; below 0: it makes none."""
    backoff = min(0.25 * 2.0**attempt, 8.0) * random.uniform(0.5, 1.0)  # noqa: S311 - so that not all come at once
    if not isinstance(came, httpx.Response):
        return backoff
    asked = _seconds(came.headers.get("retry-after"))
    if came.status_code in _AGAIN:
        return backoff if asked is None else asked
    return asked if came.status_code == 409 and asked is not None else -1.0


def _seconds(text: str | None) -> float | None:
    """A `Retry-After`, which is a number of seconds or a time."""
    if text is None:
        return None
    if text.isdecimal():
        return float(text)
    try:
        seconds: float = (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
        return max(0.0, seconds)
    except (ValueError, TypeError):
        return None


def answer_of(response: httpx.Response, kind: type[T]) -> Answer[T]:
    """What an answer says."""
    value: T = msgspec.json.decode(response.content, type=kind) if response.content else None  # type: ignore[assignment]
    headers = response.headers
    return Answer(value=value, status=response.status_code, etag=headers.get("etag"), request_id=headers.get("x-request-id"))


def headers_of(key: str) -> dict[str, str]:
    """What goes with each request."""
    return {"Authorization": f"Bearer {key}", "User-Agent": "accountgraph-client"}
