"""What sending by a mailbox's own interface has in common."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from accountgraph.channels.asking import Answer, Call
from accountgraph.channels.mail_apis.asking import GrantSettings, OwnerClient
from accountgraph.channels.providers.http import HttpTransport
from accountgraph.errors import AccountGraphError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from accountgraph.campaigns.engine.transport import Message, Result
    from accountgraph.channels.credentials import Vault
    from accountgraph.channels.providers.settings import Keys

SettingsT = TypeVar("SettingsT", bound=GrantSettings)

MOST_SENT = 500  # sent mails that are looked through for a mark; with more nobody knows
_ID = re.compile(r"[^\s\"'<>(){}]{1,900}")


class NotToldError(AccountGraphError):
    """The service does not say."""


class OwnerTransport(HttpTransport[SettingsT]):
    """A transport in the name of the mailbox's owner. The service itself files what it sends."""

    def __init__(self, clock: Callable[[], datetime], vault: Vault | None = None) -> None:
        super().__init__(clock, vault)
        self._owner = OwnerClient(self.provider.title, self.vault)

    def call(self, message: Message, settings: SettingsT, keys: Keys) -> Call:
        """Not asked for: `deliver` makes its own calls, for there are several."""
        raise NotImplementedError(f"{self.provider.title} sends by `deliver`")

    async def ask(self, call: Call, settings: SettingsT) -> Answer | Result:
        """As the owner."""
        return await self._owner.ask(call, settings)

    async def close(self) -> None:
        """Close the connections; the transport can be used again."""
        await self._owner.close()

    async def told(self, call: Call, settings: SettingsT) -> Answer:
        """A 2xx.

        Raises:
            NotToldError: there was another answer, or none.
        """
        answer = await self.ask(call, settings)
        if not isinstance(answer, Answer):
            raise NotToldError(answer.detail)
        if not 200 <= answer.status < 300:
            raise NotToldError(self.said(answer))
        return answer


def bare(message_id: str) -> str:
    """A Message-ID without its brackets, which no query can be broken with.

    Raises:
        ValueError: it has signs that none of ours has.
    """
    found = message_id.strip().removeprefix("<").removesuffix(">")
    if not _ID.fullmatch(found):
        raise ValueError(f"{message_id!r} cannot be searched for")
    return found
