"""The transports by name, each made once and closed together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from accountgraph.campaigns.definition.problems import nearest
from accountgraph.campaigns.engine.transport import Transport
from accountgraph.channels.console import ConsoleTransport
from accountgraph.channels.credentials import NoVault, Vault
from accountgraph.channels.mail_apis import NAMES as MAIL_APIS
from accountgraph.channels.providers import NAMES
from accountgraph.channels.smtp import Copies, SmtpTransport
from accountgraph.errors import NotFoundError


class UnknownTransportError(NotFoundError):
    """There is no transport of this name."""


class ClosableTransport(Transport, Protocol):
    """A transport that may hold connections."""

    async def close(self) -> None:
        """Give back what it holds; it can be used again."""
        ...


Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a transport is made with: the clock, the secrets of the workspace it sends for, and who files copies of what was sent."""

    clock: Clock
    vault: Vault
    copies: Copies | None = None


Maker = Callable[[Surroundings], ClosableTransport]


def _provider(name: str) -> Maker:
    def made(given: Surroundings) -> ClosableTransport:
        from accountgraph.channels.providers.transports import TRANSPORTS  # noqa: PLC0415 - slow to load, and few senders have one

        return TRANSPORTS[name](given.clock, given.vault)

    return made


def _mail_api(name: str) -> Maker:
    def made(given: Surroundings) -> ClosableTransport:
        from accountgraph.channels.mail_apis.transports import TRANSPORTS  # noqa: PLC0415 - as above

        return TRANSPORTS[name](given.clock, given.vault)

    return made


KNOWN: Mapping[str, Maker] = {
    "console": lambda _: ConsoleTransport(),
    "smtp": lambda given: SmtpTransport(given.clock, given.vault, given.copies),
    **{name: _mail_api(name) for name in MAIL_APIS},
    **{name: _provider(name) for name in NAMES},
}


class Transports:
    """The transports of one event loop and one workspace.

    Args:
        clock: dates messages, UTC.
        more: makers of others, by name; they go before those that are known already.
        vault: the workspace's secrets; None: only the environment's are to be had.
        copies: files what was sent over SMTP in the sender's mailbox; None: nobody does.
    """

    def __init__(
        self, clock: Clock, more: Mapping[str, Maker] | None = None, vault: Vault | None = None, copies: Copies | None = None
    ) -> None:
        self._surroundings = Surroundings(clock, vault or NoVault(), copies)
        self._makers = {**KNOWN, **(more or {})}
        self._made: dict[str, ClosableTransport] = {}

    def over(self, vault: Vault, copies: Copies | None = None) -> Transports:
        """The same kinds of transports for another workspace, by its secrets and mailboxes."""
        return Transports(self._surroundings.clock, self._makers, vault, copies)

    def transport_for(self, name: str) -> ClosableTransport:
        """The transport of this name, always the same one.

        Raises:
            UnknownTransportError: there is none.
        """
        if name not in self._makers:
            raise UnknownTransportError(f"There is no transport {name!r}. {nearest(name, self._makers)}")
        if name not in self._made:
            self._made[name] = self._makers[name](self._surroundings)
        return self._made[name]

    async def close(self) -> None:
        """Close every transport; they can be used again."""
        for transport in self._made.values():
            await transport.close()
