"""One request to an address that somebody typed in: checked, connected to as checked, and read no further than is good.

The host is looked up at each request, every address of it has to be a public one, and what was checked is what is connected to, so that
a name which leads elsewhere a moment later gains nothing. Redirects are not followed, and no proxy of the environment is asked.
"""

from __future__ import annotations

import asyncio
import ipaddress
import time
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit, urlunsplit

import httpx
from msgspec import Struct
from msgspec.structs import replace

from accountgraph.channels.internet import HostError, addresses_of, is_public

if TYPE_CHECKING:
    import ssl
    from collections.abc import Sequence

    from accountgraph.config import Network

SECONDS = 15.0  # from the look-up to the end of the answer
LARGEST_ANSWER = 16_384  # bytes that are read of an answer
KEPT = 2_000  # characters that are kept of it
MOST_ADDRESSES = 3  # of a host, asked one after the other where one cannot be connected to
_PORTS = {"https": 443, "http": 80}


class Answer(Struct, frozen=True, kw_only=True):
    """What came of a request. `status` None: no answer; `error`: why it did not get through; `retry_after`: in seconds.

    `is_unknown`: the request may have arrived, and no answer did.
    """

    duration_ms: int
    status: int | None = None
    response: str | None = None
    error: str | None = None
    retry_after: float | None = None
    is_unknown: bool = False

    @property
    def is_taken(self) -> bool:
        """Whether the endpoint said that it has it."""
        return self.status is not None and 200 <= self.status < 300 and self.error is None


class Poster:
    """Posts to endpoints.

    Args:
        networks: of one's own, which may be asked beside the public internet, over plain HTTP as well.
        context: whom to trust; None: whom this machine trusts.
        seconds: that a request may take in all.
    """

    def __init__(self, networks: Sequence[Network] = (), *, context: ssl.SSLContext | None = None, seconds: float = SECONDS) -> None:
        self._networks, self._context, self._seconds = networks, context, seconds

    async def post(self, url: str, headers: dict[str, str], body: bytes) -> Answer:
        """What came of it; never raises for what an endpoint or a network does."""
        began = time.perf_counter()
        try:
            async with asyncio.timeout(self._seconds):
                answer = await self._ask(url, headers, body)
        except TimeoutError:
            answer = Answer(duration_ms=0, error=f"no answer within {self._seconds:g} seconds", is_unknown=True)
        except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError, httpx.ReadTimeout, httpx.WriteTimeout) as error:
            answer = Answer(duration_ms=0, error=_named(error), is_unknown=True)
        except (HostError, httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            answer = Answer(duration_ms=0, error=_named(error))
        return replace(answer, duration_ms=round((time.perf_counter() - began) * 1000))

    async def _ask(self, url: str, headers: dict[str, str], body: bytes) -> Answer:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
        if not port or not parts.hostname or parts.username is not None:
            return Answer(duration_ms=0, error="the address is none that can be asked")
        addresses = (await addresses_of(parts.hostname, port, self._allowed))[:MOST_ADDRESSES]
        if parts.scheme == "http" and not all(map(self._is_ours, addresses)):
            return Answer(duration_ms=0, error="plain HTTP leads to networks of our own only; give an https address")
        for address in addresses[:-1]:
            try:
                return await self._ask_at(address, port, parts, headers, body)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await self._ask_at(addresses[-1], port, parts, headers, body)

    async def _ask_at(self, address: str, port: int, parts: SplitResult, headers: dict[str, str], body: bytes) -> Answer:
        pinned = urlunsplit(parts._replace(netloc=f"{f'[{address}]' if ':' in address else address}:{port}", fragment=""))
        own = {
            "Host": parts.netloc,
            "Content-Type": "application/json",
            "User-Agent": "AccountGraph-Webhooks",
            "Accept-Encoding": "identity",
        }
        # A client of its own: connections are kept by address, and one that proved to be one host is not another's.
        async with (
            httpx.AsyncClient(verify=self._context or _trust(), trust_env=False, follow_redirects=False, timeout=self._seconds) as client,
            client.stream(
                "POST", pinned, headers={**own, **headers}, content=body, extensions={"sni_hostname": parts.hostname}
            ) as response,
        ):
            return _said(response, await _beginning(response))

    def _allowed(self, address: str) -> bool:
        return is_public(address) or self._is_ours(address)

    def _is_ours(self, address: str) -> bool:
        found = ipaddress.ip_address(address.partition("%")[0])
        return any(found in network for network in self._networks)


@lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    """Whom we trust; reading the certificates takes long, so once for all."""
    return httpx.create_ssl_context()


async def _beginning(response: httpx.Response) -> bytes:
    """As much of the body as is read, as it came: nothing is unpacked."""
    read = bytearray()
    async for part in response.aiter_raw():
        read += part
        if len(read) >= LARGEST_ANSWER:
            break
    return bytes(read[:LARGEST_ANSWER])


def _said(response: httpx.Response, body: bytes) -> Answer:
    status = response.status_code
    error = None
    if 300 <= status < 400:
        error = f"answered {status}: redirects are not followed; give the address that it leads to"
    elif not 200 <= status < 300:
        error = f"answered {status}"
    return Answer(
        duration_ms=0,
        status=status,
        response=body.decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")[:KEPT],
        error=error,
        retry_after=_retry_after(response),
    )


def _retry_after(response: httpx.Response) -> float | None:
    """The seconds that the server asks to wait, by Retry-After as a number, or as a date (RFC 9110) by the server's own clock."""
    value = response.headers.get("retry-after", "").strip()
    if value.isdecimal():
        return min(float(value), 1e6)
    try:
        wait = parsedate_to_datetime(value) - parsedate_to_datetime(response.headers.get("date", ""))
    except (ValueError, TypeError, OverflowError):
        return None
    return max(wait.total_seconds(), 0.0)


def _named(error: Exception) -> str:
    return " ".join((str(error) or type(error).__name__).split())[:500]
