"""Asking the identity provider: over HTTPS, once, at an address that was looked at, and never at what only our own network can reach."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import httpx
import msgspec

from accountgraph.access.oidc.settings import OidcError
from accountgraph.addresses import is_this_machine, may_get_secrets
from accountgraph.http.trust import trusted

if TYPE_CHECKING:
    from collections.abc import Mapping

SECONDS = 10.0
LARGEST = 500_000  # bytes of an answer; sets of keys have a few thousand


async def ask(
    url: str, *, is_private: bool = False, form: Mapping[str, str] | None = None, auth: tuple[str, str] | None = None
) -> dict[str, Any]:
    """The JSON object at an address; with a form it is posted. The host is looked up once, and what was looked at is asked; redirects
    are not followed. `is_private`: addresses of our own network are asked too; the machine's own only where the address names it.

    Raises:
        OidcError: it is no https address, leads where it must not, or does not answer as it should.
    """
    if not may_get_secrets(url):
        raise OidcError(f"{url} is no https address without login, query and fragment.")
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    address = await _address_of(host, port, is_private=is_private)
    pinned = urlunsplit(parts._replace(netloc=f"{f'[{address}]' if ':' in address else address}:{port}"))
    headers = {"Host": parts.netloc, "Accept": "application/json"}
    try:
        async with asyncio.timeout(SECONDS), httpx.AsyncClient(verify=trusted(), trust_env=False) as client:
            request = client.build_request("POST" if form is not None else "GET", pinned, data=form, headers=headers)
            request.extensions["sni_hostname"] = host
            answer = await client.send(request, auth=auth, stream=True, follow_redirects=False)
            try:
                return await _read(url, answer)
            finally:
                await answer.aclose()
    except TimeoutError:
        raise OidcError(f"{url} does not answer within {SECONDS:.0f} seconds.") from None
    except httpx.HTTPError as error:
        raise OidcError(f"{url} cannot be reached: {error or type(error).__name__}.") from None


async def _read(url: str, answer: httpx.Response) -> dict[str, Any]:
    content = bytearray()
    async for part in answer.aiter_bytes():
        content += part
        if len(content) > LARGEST:
            raise OidcError(f"{url} answers more than it should.")
    try:
        said = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        said = None
    if answer.status_code != 200 or not isinstance(said, dict):
        reason = f": {str(said['error'])[:100]}" if isinstance(said, dict) and "error" in said else ""
        raise OidcError(f"{url} answers {answer.status_code}{reason}, and not as it should.")
    return said


async def _address_of(host: str, port: int, *, is_private: bool) -> str:
    """The address to ask. One that must not be asked spoils all: which of them is asked is chance."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise OidcError(f"{host} is not known: {error}.") from None
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if not may_be_asked(host, address, is_private=is_private):
            raise OidcError(f"{host} leads to {address}, within our own network; ACCOUNTGRAPH_OIDC_PRIVATE=yes allows a private one.")
    return addresses[0]


def may_be_asked(host: str, address: str, *, is_private: bool) -> bool:
    """Whether an IP address that a host leads to may be asked: the public internet, what is private by setting, this machine by its name.

    Link-local addresses never: machines in clouds tell their secrets there.
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None) or found
    if found.is_loopback or inner.is_loopback:
        return is_this_machine(host)
    if any(one.is_link_local or one.is_multicast or one.is_unspecified for one in (found, inner)):
        return False
    is_public = inner.is_global and (found.is_global or inner is not found)
    return is_public or (is_private and inner.is_private)
