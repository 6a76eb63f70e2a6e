"""Asking in the name of a mailbox's owner, by the stored grant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeVar

from msgspec import Meta
from msgspec.structs import replace

from accountgraph.channels.asking import Answer, Call, HttpClient
from accountgraph.channels.credentials import STORED
from accountgraph.channels.providers.settings import ProviderSettings
from accountgraph.channels.secrets import SecretName, checked_base_url
from accountgraph.errors import ConfigError

if TYPE_CHECKING:
    from accountgraph.campaigns.engine.transport import Result
    from accountgraph.channels.credentials import Vault

_REFUSED = 401
Seconds = Annotated[float, Meta(gt=0, le=300)]


class GrantSettings(ProviderSettings, frozen=True, kw_only=True):
    """The settings that both interfaces know. `oauth`: the stored grant, `secret:NAME`."""

    oauth: SecretName


SettingsT = TypeVar("SettingsT", bound=GrantSettings)


class OwnerClient:
    """Asks one service, with the token of each mailbox's grant. A token that the service refuses is renewed once."""

    def __init__(self, title: str, vault: Vault) -> None:
        self._http, self._vault = HttpClient(title), vault

    async def ask(self, call: Call, settings: GrantSettings) -> Answer | Result:
        """The service's answer; or what came of a call without one.

        Raises:
            AccountGraphError: there is no token to be had; nothing was asked, or it was refused.
        """
        name = settings.oauth.removeprefix(STORED)
        token = await self._vault.access_token(name)
        answer = await self._http.ask(_with(call, token), settings.api_url, settings.timeout_seconds)
        if isinstance(answer, Answer) and answer.status == _REFUSED:
            token = await self._vault.access_token(name, refused=token)
            answer = await self._http.ask(_with(call, token), settings.api_url, settings.timeout_seconds)
        return answer

    def said(self, answer: Answer) -> str:
        """What it said, for people."""
        return self._http.said(answer)

    async def close(self) -> None:
        """Close the connections; it can be used again."""
        await self._http.close()


def following(url: str, settings: GrantSettings) -> str:
    """An address that the service gave to go on at; it is the service's own, for the token goes there.

    Raises:
        ConfigError: it leads elsewhere.
    """
    if not checked_base_url("base_url", url.partition("?")[0]).startswith(f"{settings.api_url}/"):
        raise ConfigError(f"The service sends us elsewhere to go on ({url[:200]}); nobody gets the mailbox's token but itself.")
    return url


def _with(call: Call, token: str) -> Call:
    return replace(call, headers={**call.headers, "Authorization": f"Bearer {token}"})
