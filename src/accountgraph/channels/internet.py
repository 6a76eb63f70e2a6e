"""Where a host that somebody typed in leads: looked up once, and never into our own network."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Callable
from typing import TypeAlias

from accountgraph.errors import AccountGraphError

Allowed: TypeAlias = Callable[[str], bool]
"""Whether an IP address may be asked."""


class HostError(AccountGraphError):
    """The host is not known, or leads where it must not."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, and none that our own network or machine answers at."""
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return found.is_global and not found.is_multicast and (mapped is None or mapped.is_global)


def is_loopback(address: str) -> bool:
    """Whether an IP address is this machine's own."""
    return ipaddress.ip_address(address.partition("%")[0]).is_loopback


async def address_of(host: str, port: int, allowed: Allowed) -> str:
    """The IP address to ask for a host. One address of a private network spoils all: which of them is asked is chance.

    Raises:
        HostError: the host is not known, or an address of it is not `allowed`.
    """
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise HostError(f"{host} is not known: {error}.") from None
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if not allowed(address):
            raise HostError(f"{host} leads to {address}, which is not on the public internet; give the name that the world sees.")
    return addresses[0]
