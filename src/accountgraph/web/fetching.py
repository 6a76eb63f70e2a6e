"""Fetching an address that somebody typed in: over HTTPS, from the public internet, once, and never from within our own network."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import httpx

from accountgraph.channels.internet import Allowed, HostError, address_of, is_public
from accountgraph.errors import AccountGraphError
from accountgraph.http.trust import trusted

if TYPE_CHECKING:
    import ssl

SECONDS = 10.0
LARGEST = 10_000  # bytes of an answer
LARGEST_MAIL = 60_000_000  # bytes; providers take 40 MB, and base64 makes a third more of it
LONGEST_MAIL = 40.0  # seconds


class FetchError(AccountGraphError):
    """The address does not answer as it should."""


async def fetch(
    url: str,
    *,
    allowed: Allowed = is_public,
    context: ssl.SSLContext | None = None,
    largest: int = LARGEST,
    seconds: float = SECONDS,
) -> bytes:
    """What is at an https address, `largest` bytes of it at most, within so many seconds.

    Its host is looked up once, and what was looked at is what is asked; redirects are not followed.

    Raises:
        FetchError: it is no https address, leads into a private network, does not answer with 200, or answers without end.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.username is not None:
        raise FetchError(f"{url} is no https address.")
    try:
        address = await address_of(parts.hostname, parts.port or 443, allowed)
    except HostError as error:
        raise FetchError(str(error)) from None
    pinned = urlunsplit(parts._replace(netloc=f"{f'[{address}]' if ':' in address else address}:{parts.port or 443}"))
    try:
        async with asyncio.timeout(seconds), _client(context, seconds) as client:
            headers, extensions = {"Host": parts.netloc}, {"sni_hostname": parts.hostname}
            async with client.stream("GET", pinned, headers=headers, extensions=extensions) as answer:
                if answer.status_code != 200:
                    raise FetchError(f"{url} answers {answer.status_code}.")
                return await _read(url, answer, largest)
    except TimeoutError:
        raise FetchError(f"{url} does not answer within {seconds:.0f} seconds.") from None
    except httpx.HTTPError as error:
        raise FetchError(f"{url} cannot be reached: {error or type(error).__name__}.") from None


async def fetch_mail(url: str) -> bytes:
    """As `fetch`, of a mail."""
    return await fetch(url, largest=LARGEST_MAIL, seconds=LONGEST_MAIL)


def _client(context: ssl.SSLContext | None, seconds: float) -> httpx.AsyncClient:
    return httpx.AsyncClient(verify=context or trusted(), trust_env=False, follow_redirects=False, timeout=seconds)


async def _read(url: str, answer: httpx.Response, largest: int) -> bytes:
    content = bytearray()
    async for part in answer.aiter_bytes():
        content += part
        if len(content) > largest:
            raise FetchError(f"{url} answers more than it should.")
    return bytes(content)
