"""The shared flow of sending by an HTTP API.

A plain answer is a 2xx (taken), a 4xx (not taken) or a 503 (not taken, come back); any other 5xx may come from a server that had
taken it. What came of a call without an answer, `asking` says.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from accountgraph.campaigns.engine.transport import Abilities, Message, Result, Sent
from accountgraph.channels.asking import Answer, Call, HttpClient, retry, retry_after
from accountgraph.channels.credentials import NoVault
from accountgraph.channels.providers.settings import Keys, ProviderSettings
from accountgraph.errors import AccountGraphError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from accountgraph.channels.credentials import Vault
    from accountgraph.channels.providers.abilities import ProviderAbilities

SettingsT = TypeVar("SettingsT", bound=ProviderSettings)

_NO_ACCESS = frozenset({401, 402, 403, 404, 405, 407, 451})  # about who asks, not about whom it is for
_COME_BACK = frozenset({408, 420, 421, 425, 429, 503})


class HttpTransport(ABC, Generic[SettingsT]):
    """A transport over a provider's HTTP API; a provider translates, the flow stands here.

    `clock`: UTC. `vault` holds the secrets that settings name; None: they name environment variables only.
    """

    name: str
    abilities: Abilities
    provider: ClassVar[ProviderAbilities]
    settings_type: ClassVar[type[ProviderSettings]]
    is_dry_run = False

    def __init__(self, clock: Callable[[], datetime], vault: Vault | None = None) -> None:
        self.clock = clock
        self.vault = vault or NoVault()
        self._client = HttpClient(self.provider.title)

    @abstractmethod
    def call(self, message: Message, settings: SettingsT, keys: Keys) -> Call:
        """The request that sends a message.

        Raises:
            ValueError: the message cannot be sent by anybody.
            ConfigError: a setting cannot be used.
        """

    @abstractmethod
    def taken(self, answer: Answer, settings: SettingsT) -> Result:
        """What a 2xx says: the provider's id, the wire Message-ID. Most often `Sent.SENT`."""

    def is_about_sender(self, answer: Answer) -> bool:
        """Whether a refusal (a 4xx that is not about access) is about who sends, not about this message or its recipient."""
        del answer
        return False

    def search(self, message_id: str, settings: SettingsT, keys: Keys, since: datetime) -> Call:
        """The request that looks a message up; only where `abilities.search`."""
        raise NotImplementedError(f"{self.provider.title} cannot search; abilities.search says so")

    def found(self, answer: Answer, message_id: str) -> Result | None:
        """What a search's 2xx says of the message; None: the provider has never seen it."""
        raise NotImplementedError(f"{self.provider.title} cannot search; abilities.search says so")

    async def send(self, message: Message) -> Result:
        """Send one message, once."""
        try:
            settings: Any = self.settings_type.of(message.settings)
        except AccountGraphError as error:
            return retry(str(error), is_sender_trouble=True)
        if message.channel is not self.provider.channel:
            return retry(f"{self.provider.title} carries {self.provider.channel}, not {message.channel}.", is_sender_trouble=True)
        try:
            return await self.deliver(message, settings)
        except AccountGraphError as error:
            return retry(str(error), is_sender_trouble=True)
        except ValueError as error:
            return Result(outcome=Sent.REFUSED, detail=f"The message cannot be made: {error}.")

    async def deliver(self, message: Message, settings: SettingsT) -> Result:
        """Send a message by settings that were checked. What it raises, it raises before anything was asked.

        Raises:
            ValueError, AccountGraphError: as `call`, and where a key cannot be had.
        """
        answer = await self.ask(self.call(message, settings, await settings.keys(self.vault)), settings)
        return answer if isinstance(answer, Result) else self.settled(answer, settings)

    async def find(self, message_id: str, *, settings: dict[str, Any], since: datetime) -> Result | None:
        """What became of a message by our id; None: the provider has never seen it. `unknown`: it could not be asked."""
        if not self.abilities.search:
            raise NotImplementedError(f"{self.provider.title} cannot search; abilities.search says so")
        try:
            checked: Any = self.settings_type.of(settings)
            return await self.look(message_id, checked, since)
        except (AccountGraphError, ValueError) as error:
            return Result(outcome=Sent.UNKNOWN, detail=str(error))

    async def look(self, message_id: str, settings: SettingsT, since: datetime) -> Result | None:
        """As `find`, by settings that were checked; what it raises is `unknown`."""
        answer = await self.ask(self.search(message_id, settings, await settings.keys(self.vault), since), settings)
        if isinstance(answer, Result):
            return Result(outcome=Sent.UNKNOWN, detail=answer.detail)
        if not 200 <= answer.status < 300 or not isinstance(answer.json, (dict, list)):
            return Result(outcome=Sent.UNKNOWN, detail=self.said(answer), raw=answer.raw)
        return self.found(answer, message_id)

    async def close(self) -> None:
        """Close the connections; the transport can be used again."""
        await self._client.close()

    async def ask(self, call: Call, settings: SettingsT) -> Answer | Result:
        """The server's answer; or what came of a call without one."""
        return await self._client.ask(call, settings.api_url, settings.timeout_seconds)

    def settled(self, answer: Answer, settings: SettingsT) -> Result:
        """What an answer means. A provider whose codes say more says it here."""
        status = answer.status
        if 200 <= status < 300:
            return self.taken(answer, settings)
        said = self.said(answer)
        if status in _COME_BACK:
            return Result(outcome=Sent.RETRY, detail=said, raw=answer.raw, retry_after_seconds=retry_after(answer, self.clock()))
        if status >= 500:
            return Result(outcome=Sent.UNKNOWN, detail=f"It may have been taken: {said}", raw=answer.raw)
        if status < 400 or status in _NO_ACCESS or self.is_about_sender(answer):
            return Result(outcome=Sent.RETRY, detail=said, raw=answer.raw, is_sender_trouble=True)
        return Result(outcome=Sent.REFUSED, detail=said, raw=answer.raw)

    def said(self, answer: Answer) -> str:
        """What it said, for people."""
        return self._client.said(answer)
