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


_CARRIES_IPV4 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("::/96"))  # NAT64 (RFC 6052); IPv4-compatible (RFC 4291)


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, and none that our own network or machine answers at."""
    found = ipaddress.ip_address(address.partition("%")[0])
    inner = _ipv4_within(found)
    return found.is_global and not found.is_multicast and (inner is None or inner.is_global)


def _ipv4_within(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address leads to, in any of the forms that carry one."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if any(address in network for network in _CARRIES_IPV4):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def is_loopback(address: str) -> bool:
    """Whether an IP address is this machine's own."""
    return ipaddress.ip_address(address.partition("%")[0]).is_loopback


async def address_of(host: str, port: int, allowed: Allowed) -> str:
    """The IP address to ask for a host, as `addresses_of`."""
    return (await addresses_of(host, port, allowed))[0]


async def addresses_of(host: str, port: int, allowed: Allowed) -> list[str]:
    """The IP addresses to ask for a host. One address of a private network spoils all: which of them is asked is chance.

    Raises:
        HostError: the host is not known, or an address of it is not `allowed`.
    """
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise HostError(f"{host} is not known: {error}.") from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        if not allowed(address):
            raise HostError(f"{host} leads to {address}, which is not on the public internet; give the name that the world sees.")
    return addresses
