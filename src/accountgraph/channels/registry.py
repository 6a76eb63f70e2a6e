"""The transports by name, each made once and closed together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from accountgraph.campaigns.definition.problems import nearest
from accountgraph.campaigns.engine.transport import Transport
from accountgraph.channels.console import ConsoleTransport
from accountgraph.channels.providers import NAMES
from accountgraph.channels.smtp import SmtpTransport
from accountgraph.errors import NotFoundError


class UnknownTransportError(NotFoundError):
    """There is no transport of this name."""


class ClosableTransport(Transport, Protocol):
    """A transport that may hold connections."""

    async def close(self) -> None:
        """Give back what it holds; it can be used again."""
        ...


Clock = Callable[[], datetime]


def _provider(name: str) -> Callable[[Clock], ClosableTransport]:
    def made(clock: Clock) -> ClosableTransport:
        from accountgraph.channels.providers.transports import TRANSPORTS  # noqa: PLC0415 - slow to load, and few senders have one

        return TRANSPORTS[name](clock)

    return made


KNOWN: Mapping[str, Callable[[Clock], ClosableTransport]] = {
    "console": lambda _: ConsoleTransport(),
    "smtp": SmtpTransport,
    **{name: _provider(name) for name in NAMES},
}


class Transports:
    """The transports of one event loop. `more`: makers of others, by name; they go before those that are known already."""

    def __init__(self, clock: Clock, more: Mapping[str, Callable[[Clock], ClosableTransport]] | None = None) -> None:
        self._clock = clock
        self._makers = {**KNOWN, **(more or {})}
        self._made: dict[str, ClosableTransport] = {}

    def transport_for(self, name: str) -> ClosableTransport:
        """The transport of this name, always the same one.

        Raises:
            UnknownTransportError: there is none.
        """
        if name not in self._makers:
            raise UnknownTransportError(f"There is no transport {name!r}. {nearest(name, self._makers)}")
        if name not in self._made:
            self._made[name] = self._makers[name](self._clock)
        return self._made[name]

    async def close(self) -> None:
        """Close every transport; they can be used again."""
        for transport in self._made.values():
            await transport.close()
