"""What all senders with a provider's transport can set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, TypeAlias, TypeVar

from msgspec import Meta, Struct

from accountgraph.channels.credentials import credential
from accountgraph.channels.secrets import EnvironmentName, SecretName, checked_base_url, settings_of
from accountgraph.errors import ConfigError

if TYPE_CHECKING:
    from accountgraph.channels.credentials import Vault

SettingsT = TypeVar("SettingsT", bound="ProviderSettings")

Keys: TypeAlias = Mapping[str, str]
"""The secrets of a sender's settings by the setting that names them."""


class ProviderSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings that every provider knows.

    `base_url`: where its API is, None: its usual address; https, or this machine. `timeout_seconds`: for each step of a call
    (connecting, writing, waiting for the answer).
    """

    default_base_url: ClassVar[str]
    provider: ClassVar[str]
    secrets: ClassVar[tuple[str, ...]] = ()  # settings `NAME` (secret:NAME) and `NAME_env`, of each of which one is given
    more_secrets: ClassVar[tuple[str, ...]] = ()  # of which one may be given
    usual: ClassVar[Mapping[str, str]] = {}  # the variables that are looked into where neither is given

    base_url: Annotated[str, Meta(max_length=500)] | None = None
    timeout_seconds: Annotated[float, Meta(gt=0, le=40)] = 30

    @classmethod
    def of(cls: type[SettingsT], settings: Mapping[str, object]) -> SettingsT:
        """The settings of a sender, checked.

        Raises:
            ConfigError: naming the setting and the cure.
        """
        found = settings_of(cls, settings, cls.provider)
        checked_base_url("base_url", found.api_url)
        for name in (*cls.secrets, *cls.more_secrets):
            given = sum(getattr(found, one) is not None for one in (name, f"{name}_env"))
            if given > 1 or (not given and name in cls.secrets and name not in cls.usual):
                raise ConfigError(
                    f"settings: the {cls.provider} secret is {name} (secret:NAME of a stored one) or {name}_env (an environment"
                    " variable's name); give one of them."
                )
        return found

    @property
    def api_url(self) -> str:
        """Where the API is, without a last slash."""
        return (self.base_url or self.default_base_url).rstrip("/")

    async def keys(self, vault: Vault) -> Keys:
        """The secrets that the settings name.

        Raises:
            AccountGraphError: one cannot be had; it says which.
        """
        found: dict[str, str] = {}
        for name in (*self.secrets, *self.more_secrets):
            variable = getattr(self, f"{name}_env") or self.usual.get(name)
            said = await credential(vault, name, getattr(self, name), variable)
            if said is not None:
                found[name] = said
        return found


class KeySettings(ProviderSettings, frozen=True, kw_only=True):
    """For providers with one secret key.

    `api_key`: the stored secret that holds it, `secret:NAME`; or `api_key_env`: the environment variable that does.
    """

    secrets: ClassVar[tuple[str, ...]] = ("api_key",)

    api_key: SecretName | None = None
    api_key_env: EnvironmentName | None = None


class TrackedSettings(KeySettings, frozen=True, kw_only=True):
    """For providers whose tracking can be switched message by message. Both are off unless they are asked for."""

    track_opens: bool = False
    track_clicks: bool = False
