"""Asking a service over HTTP: one request, and its answer; or what came of a request without one.

What came of a call is decided by one moment: the writing of the request. Before it nothing was surely asked; after it, without an
answer, nobody knows.
"""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Mapping, Sequence
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import httpx
import msgspec
from msgspec import Struct

from accountgraph.campaigns.engine.transport import Result, Sent
from accountgraph.channels.secrets import checked_base_url
from accountgraph.errors import AccountGraphError

if TYPE_CHECKING:
    import ssl
    from datetime import datetime

MOST_AT_ONCE = 10  # connections of one client
LARGEST_ANSWER = 2_000_000  # bytes; an answer to one message has some hundred
LONGEST_DETAIL = 500
LONGEST_WAIT = 86_400.0  # seconds
_THIS_MACHINE = ("127.0.0.1", "localhost", "[::1]")


class Call(Struct, frozen=True, kw_only=True):
    """One request. `path` is added to the API's address; one of `json`, `form`, `files` and `content` is the body.

    `url` stands in the place of both: an address that the API gave, https or this machine. `largest`: as much of the answer is
    read, in bytes.
    """

    path: str = ""
    url: str | None = None
    largest: int = LARGEST_ANSWER
    method: str = "POST"
    headers: dict[str, str] = {}
    params: Mapping[str, str | Sequence[str]] = {}
    login: tuple[str, str] | None = None
    json: Any = None
    form: dict[str, str] | None = None
    files: dict[str, tuple[str, bytes, str]] | None = None
    content: bytes | None = None


class Answer(Struct, frozen=True, kw_only=True):
    """What the server said. `json`: None where it is no JSON. Header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes = b""
    json: Any = None

    @property
    def words(self) -> str:
        """The body as text."""
        return self.body[:LARGEST_ANSWER].decode("utf-8", "replace")

    @property
    def raw(self) -> dict[str, Any]:
        """What is kept of it."""
        return {"status": self.status, "answer": self.json if self.json is not None else self.words[:LONGEST_DETAIL]}


class HttpClient:
    """Asks one service. `title`: its name as people write it. It can be used again after it was closed."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._client: httpx.AsyncClient | None = None

    async def close(self) -> None:
        """Close the connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def ask(self, call: Call, api_url: str, timeout_seconds: float) -> Answer | Result:
        """The server's answer; or what came of a call without one."""
        try:
            request = self._request(call, api_url, timeout_seconds)
        except (AccountGraphError, ValueError, TypeError, httpx.HTTPError, httpx.InvalidURL) as error:  # a key that no header can hold
            return retry(f"{self._title} cannot be asked: {_named(error)}", is_sender_trouble=True)
        try:
            async with asyncio.timeout(2 * timeout_seconds):  # httpx's own is for each step
                response = await self._open().send(request, stream=True)
                try:
                    body = await _body(response, call.largest)
                finally:
                    await response.aclose()
        except _NOT_WRITTEN as error:
            return retry(f"{request.url.host}: {_named(error)}", is_sender_trouble=_is_certificate(error))
        except (httpx.HTTPError, OSError) as error:  # a TimeoutError is an OSError
            return Result(outcome=Sent.UNKNOWN, detail=f"{request.url.host} got the request, and no answer came: {_named(error)}")
        return Answer(status=response.status_code, headers=dict(response.headers), body=body, json=_json(body))

    def said(self, answer: Answer) -> str:
        """What it said, for people."""
        words = msgspec.json.encode(answer.json).decode() if answer.json is not None else " ".join(answer.words.split())
        return f"{self._title} answered {answer.status}: {words[:LONGEST_DETAIL]}"

    def _request(self, call: Call, api_url: str, timeout_seconds: float) -> httpx.Request:
        request = self._open().build_request(
            call.method,
            _address(call, api_url),
            headers={"Accept": "application/json", **call.headers},
            params=call.params or None,
            json=call.json,
            data=call.form,
            files=call.files,
            content=call.content,
            timeout=timeout_seconds,
        )
        if call.login:
            request.headers["Authorization"] = "Basic " + b64encode(":".join(call.login).encode()).decode()
        return request

    def _open(self) -> httpx.AsyncClient:
        if self._client is None:
            limits = httpx.Limits(max_connections=MOST_AT_ONCE, max_keepalive_connections=MOST_AT_ONCE, keepalive_expiry=5)
            # A proxy of the environment is used for the world, and never for this machine.
            own = {f"all://{host}": httpx.AsyncHTTPTransport(verify=_trust(), limits=limits) for host in _THIS_MACHINE}
            self._client = httpx.AsyncClient(verify=_trust(), limits=limits, follow_redirects=False, mounts=own)
        return self._client


_NOT_WRITTEN = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)


def _address(call: Call, api_url: str) -> str:
    if call.url is None:
        return api_url + call.path
    checked_base_url("url", call.url.partition("?")[0])
    return call.url


@lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    """Whom we trust; reading the certificates takes long, so once for all."""
    return httpx.create_ssl_context()


async def _body(response: httpx.Response, largest: int) -> bytes:
    """The answer's body as far as anybody would read it."""
    parts: list[bytes] = []
    size = 0
    async for part in response.aiter_bytes():
        parts.append(part)
        size += len(part)
        if size > largest:
            break
    return b"".join(parts)


def _json(body: bytes) -> Any:  # noqa: ANN401 - whatever it holds
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError, UnicodeError):
        return None


def retry_after(answer: Answer, now: datetime) -> float | None:
    """The seconds that the server asks to wait, by Retry-After as a number or as a date (RFC 9110)."""
    value = answer.headers.get("retry-after", "").strip()
    if value.isdecimal():
        return min(float(value), LONGEST_WAIT)
    try:
        return min(max((parsedate_to_datetime(value) - now).total_seconds(), 0.0), LONGEST_WAIT)
    except (ValueError, TypeError, OverflowError):
        return None


def retry(detail: str, *, is_sender_trouble: bool = False) -> Result:
    """Nothing was asked, and may be the next time."""
    return Result(outcome=Sent.RETRY, detail=detail, is_sender_trouble=is_sender_trouble)


def _is_certificate(error: BaseException) -> bool:
    return "CERTIFICATE_VERIFY_FAILED" in str(error)


def _named(error: BaseException) -> str:
    return str(error) or type(error).__name__
