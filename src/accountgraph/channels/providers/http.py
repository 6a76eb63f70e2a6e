"""The shared flow of sending by an HTTP API.

What came of a call is decided by one moment: the writing of the request. Before it the message surely did not leave; after it,
without a plain answer, nobody knows. A plain answer is a 2xx (taken), a 4xx (not taken) or a 503 (not taken, come back); any
other 5xx may come from a server that had taken it.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from base64 import b64encode
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

import httpx
import msgspec
from msgspec import Struct

from accountgraph.campaigns.engine.transport import Abilities, Message, Result, Sent
from accountgraph.channels.providers.settings import ProviderSettings
from accountgraph.channels.secrets import checked_base_url
from accountgraph.errors import AccountGraphError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from datetime import datetime

    from accountgraph.channels.providers.abilities import ProviderAbilities

SettingsT = TypeVar("SettingsT", bound=ProviderSettings)

MOST_AT_ONCE = 10  # connections of one transport
LARGEST_ANSWER = 2_000_000  # bytes; an answer to one message has some hundred
_LONGEST_DETAIL = 500
_NO_ACCESS = frozenset({401, 402, 403, 404, 405, 407, 451})  # about who asks, not about whom it is for
_COME_BACK = frozenset({408, 420, 421, 425, 429, 503})
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
    params: dict[str, str] = {}
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
        return {"status": self.status, "answer": self.json if self.json is not None else self.words[:_LONGEST_DETAIL]}


class HttpTransport(ABC, Generic[SettingsT]):
    """A transport over a provider's HTTP API; a provider translates, the flow stands here. `clock`: UTC."""

    name: str
    abilities: Abilities
    provider: ClassVar[ProviderAbilities]
    settings_type: ClassVar[type[ProviderSettings]]
    is_dry_run = False

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self._client: httpx.AsyncClient | None = None

    @abstractmethod
    def call(self, message: Message, settings: SettingsT) -> Call:
        """The request that sends a message.

        Raises:
            ValueError: the message cannot be sent by anybody.
            ConfigError: a secret is missing.
        """

    @abstractmethod
    def taken(self, answer: Answer, settings: SettingsT) -> Result:
        """What a 2xx says: the provider's id, the wire Message-ID. Most often `Sent.SENT`."""

    def is_about_sender(self, answer: Answer) -> bool:
        """Whether a refusal (a 4xx that is not about access) is about who sends, not about this message or its recipient."""
        del answer
        return False

    def search(self, message_id: str, settings: SettingsT, since: datetime) -> Call:
        """The request that looks a message up; only where `abilities.search`."""
        raise NotImplementedError(f"{self.provider.title} cannot search; abilities.search says so")

    def found(self, answer: Answer, message_id: str) -> Result | None:
        """What a search's 2xx says of the message; None: the provider has never seen it."""
        raise NotImplementedError(f"{self.provider.title} cannot search; abilities.search says so")

    async def send(self, message: Message) -> Result:
        """Send one message, once."""
        try:
            settings: Any = self.settings_type.of(message.settings)
        except AccountGraphError as error:
            return _retry(str(error), is_sender_trouble=True)
        if message.channel is not self.provider.channel:
            return _retry(f"{self.provider.title} carries {self.provider.channel}, not {message.channel}.", is_sender_trouble=True)
        try:
            call = self.call(message, settings)
        except AccountGraphError as error:
            return _retry(str(error), is_sender_trouble=True)
        except ValueError as error:
            return Result(outcome=Sent.REFUSED, detail=f"The message cannot be made: {error}.")
        answer = await self.ask(call, settings)
        return answer if isinstance(answer, Result) else self.settled(answer, settings)

    async def find(self, message_id: str, *, settings: dict[str, Any], since: datetime) -> Result | None:
        """What became of a message by our id; None: the provider has never seen it. `unknown`: it could not be asked."""
        if not self.abilities.search:
            raise NotImplementedError(f"{self.provider.title} cannot search; abilities.search says so")
        try:
            checked: Any = self.settings_type.of(settings)
            call = self.search(message_id, checked, since)
        except (AccountGraphError, ValueError) as error:
            return Result(outcome=Sent.UNKNOWN, detail=str(error))
        answer = await self.ask(call, checked)
        if isinstance(answer, Result):
            return Result(outcome=Sent.UNKNOWN, detail=answer.detail)
        if not 200 <= answer.status < 300 or not isinstance(answer.json, (dict, list)):
            return Result(outcome=Sent.UNKNOWN, detail=self.said(answer), raw=answer.raw)
        return self.found(answer, message_id)

    async def close(self) -> None:
        """Close the connections; the transport can be used again."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def ask(self, call: Call, settings: SettingsT) -> Answer | Result:
        """The server's answer; or what came of a call without one."""
        try:
            request = self._request(call, settings)
        except (AccountGraphError, ValueError, TypeError, httpx.HTTPError, httpx.InvalidURL) as error:  # a key that no header can hold
            return _retry(f"{self.provider.title} cannot be asked: {_named(error)}", is_sender_trouble=True)
        try:
            async with asyncio.timeout(2 * settings.timeout_seconds):  # httpx's own is for each step
                response = await self._open().send(request, stream=True)
                try:
                    body = await _body(response, call.largest)
                finally:
                    await response.aclose()
        except _NOT_WRITTEN as error:
            return _retry(f"{request.url.host}: {_named(error)}", is_sender_trouble=_is_certificate(error))
        except (httpx.HTTPError, OSError) as error:  # a TimeoutError is an OSError
            return Result(outcome=Sent.UNKNOWN, detail=f"{request.url.host} got the request, and no answer came: {_named(error)}")
        return Answer(status=response.status_code, headers=dict(response.headers), body=body, json=_json(body))

    def settled(self, answer: Answer, settings: SettingsT) -> Result:
        """What an answer means. A provider whose codes say more says it here."""
        status = answer.status
        if 200 <= status < 300:
            return self.taken(answer, settings)
        said = self.said(answer)
        if status in _COME_BACK:
            return Result(outcome=Sent.RETRY, detail=said, raw=answer.raw, retry_after_seconds=_retry_after(answer, self.clock()))
        if status >= 500:
            return Result(outcome=Sent.UNKNOWN, detail=f"It may have been taken: {said}", raw=answer.raw)
        if status < 400 or status in _NO_ACCESS or self.is_about_sender(answer):
            return Result(outcome=Sent.RETRY, detail=said, raw=answer.raw, is_sender_trouble=True)
        return Result(outcome=Sent.REFUSED, detail=said, raw=answer.raw)

    def said(self, answer: Answer) -> str:
        """What it said, for people."""
        words = msgspec.json.encode(answer.json).decode() if answer.json is not None else " ".join(answer.words.split())
        return f"{self.provider.title} answered {answer.status}: {words[:_LONGEST_DETAIL]}"

    def _request(self, call: Call, settings: SettingsT) -> httpx.Request:
        request = self._open().build_request(
            call.method,
            _address(call, settings),
            headers={"Accept": "application/json", **call.headers},
            params=call.params or None,
            json=call.json,
            data=call.form,
            files=call.files,
            content=call.content,
            timeout=settings.timeout_seconds,
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


def _address(call: Call, settings: ProviderSettings) -> str:
    if call.url is None:
        return settings.api_url + call.path
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


def _retry_after(answer: Answer, now: datetime) -> float | None:
    """The seconds that the server asks to wait, by Retry-After as a number or as a date (RFC 9110)."""
    value = answer.headers.get("retry-after", "").strip()
    if value.isdecimal():
        return min(float(value), 86_400.0)
    try:
        return min(max((parsedate_to_datetime(value) - now).total_seconds(), 0.0), 86_400.0)
    except (ValueError, TypeError, OverflowError):
        return None


def _retry(detail: str, *, is_sender_trouble: bool = False) -> Result:
    return Result(outcome=Sent.RETRY, detail=detail, is_sender_trouble=is_sender_trouble)


def _is_certificate(error: BaseException) -> bool:
    return "CERTIFICATE_VERIFY_FAILED" in str(error)


def _named(error: BaseException) -> str:
    return str(error) or type(error).__name__
