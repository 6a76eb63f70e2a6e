"""A DNS server of the test's own, over UDP."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class DnsServer(asyncio.DatagramProtocol):
    """`records`: by name and kind; whatever is not there does not exist. `is_silent`: it answers nothing."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], list[str]] = {}
        self.is_silent = False
        self.address = ""

    def text(self, name: str, value: str) -> None:
        pieces = " ".join(f'"{value[start : start + 200]}"' for start in range(0, len(value), 200))
        self.records.setdefault((f"{name}.", "TXT"), []).append(pieces)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[DnsServer]:
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        self.address = "127.0.0.1:{}".format(transport.get_extra_info("sockname")[1])
        try:
            yield self
        finally:
            transport.close()

    def connection_made(self, transport: Any) -> None:
        self._transport: asyncio.DatagramTransport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if self.is_silent:
            return
        query = dns.message.from_wire(data)
        answer = dns.message.make_response(query)
        [question] = query.question
        kind = question.rdtype.name if hasattr(question.rdtype, "name") else "TXT"
        found = self.records.get((str(question.name).lower(), kind))
        if found:
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *found))
        else:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        self._transport.sendto(answer.to_wire(), addr)
