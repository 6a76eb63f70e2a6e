"""Fetching an address that somebody typed in: over HTTPS, from the public internet, once, and never from within our own network."""

from __future__ import annotations

import asyncio
import ssl
from urllib.parse import urlsplit, urlunsplit

import httpx

from accountgraph.channels.internet import Allowed, HostError, address_of, is_public
from accountgraph.errors import AccountGraphError

SECONDS = 10.0
LARGEST = 10_000  # bytes of an answer


class FetchError(AccountGraphError):
    """The address does not answer as it should."""


async def fetch(url: str, *, allowed: Allowed = is_public, context: ssl.SSLContext | None = None) -> bytes:
    """What is at an https address. Its host is looked up once, and what was looked at is what is asked; redirects are not followed.

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
        async with asyncio.timeout(SECONDS), _client(context) as client:
            headers, extensions = {"Host": parts.netloc}, {"sni_hostname": parts.hostname}
            async with client.stream("GET", pinned, headers=headers, extensions=extensions) as answer:
                if answer.status_code != 200:
                    raise FetchError(f"{url} answers {answer.status_code}.")
                return await _read(url, answer)
    except TimeoutError:
        raise FetchError(f"{url} does not answer within {SECONDS:.0f} seconds.") from None
    except httpx.HTTPError as error:
        raise FetchError(f"{url} cannot be reached: {error or type(error).__name__}.") from None


def _client(context: ssl.SSLContext | None) -> httpx.AsyncClient:
    return httpx.AsyncClient(verify=context or ssl.create_default_context(), trust_env=False, follow_redirects=False, timeout=SECONDS)


async def _read(url: str, answer: httpx.Response) -> bytes:
    content = b""
    async for part in answer.aiter_bytes():
        content += part
        if len(content) > LARGEST:
            raise FetchError(f"{url} answers more than it should.")
    return content
