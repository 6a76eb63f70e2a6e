"""Fetching an address that somebody typed in: over HTTPS, from the public internet, once, and never from within our own network."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit, urlunsplit

import httpx

from accountgraph.errors import AccountGraphError

if TYPE_CHECKING:
    from collections.abc import Sequence

SECONDS = 10.0
LARGEST = 10_000  # bytes of an answer
LARGEST_MAIL = 60_000_000  # bytes; providers take 40 MB, and base64 makes a third more of it
LONGEST_MAIL = 40.0  # seconds

Allowed: TypeAlias = Callable[[str], bool]
"""Whether an IP address may be asked."""


class FetchError(AccountGraphError):
    """The address does not answer as it should."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, and none that our own network or machine answers at."""
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return found.is_global and not found.is_multicast and (mapped is None or mapped.is_global)


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
    address = await _address_of(parts.hostname, parts.port or 443, allowed)
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
    return httpx.AsyncClient(verify=context or ssl.create_default_context(), trust_env=False, follow_redirects=False, timeout=seconds)


async def _read(url: str, answer: httpx.Response, largest: int) -> bytes:
    content = bytearray()
    async for part in answer.aiter_bytes():
        content += part
        if len(content) > largest:
            raise FetchError(f"{url} answers more than it should.")
    return bytes(content)


async def _address_of(host: str, port: int, allowed: Allowed) -> str:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchError(f"{host} is not known: {error}.") from None
    addresses = [str(entry[4][0]) for entry in found]
    _check_all(host, addresses, allowed)
    return addresses[0]


def _check_all(host: str, addresses: Sequence[str], allowed: Allowed) -> None:
    """One address of a private network spoils all: which of them is asked is chance."""
    for address in addresses:
        if not allowed(address):
            raise FetchError(f"{host} leads to {address}, which is not on the public internet; give the name that the world sees.")
