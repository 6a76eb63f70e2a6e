"""What all senders with a provider's transport can set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, TypeVar

from msgspec import Meta, Struct

from accountgraph.channels.secrets import EnvironmentName, checked_base_url, secret_of, settings_of

if TYPE_CHECKING:
    from collections.abc import Mapping

SettingsT = TypeVar("SettingsT", bound="ProviderSettings")


class ProviderSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings that every provider knows.

    `base_url`: where its API is, None: its usual address; https, or this machine. `timeout_seconds`: for each step of a call
    (connecting, writing, waiting for the answer).
    """

    default_base_url: ClassVar[str]
    provider: ClassVar[str]

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
        return found

    @property
    def api_url(self) -> str:
        """Where the API is, without a last slash."""
        return (self.base_url or self.default_base_url).rstrip("/")


class KeySettings(ProviderSettings, frozen=True, kw_only=True):
    """For providers with one secret key. `api_key_env`: the environment variable that holds it."""

    api_key_env: EnvironmentName

    def api_key(self) -> str:
        """The key, from the environment.

        Raises:
            ConfigError: the variable is not set.
        """
        return secret_of("api_key_env", self.api_key_env)


class TrackedSettings(KeySettings, frozen=True, kw_only=True):
    """For providers whose tracking can be switched message by message. Both are off unless they are asked for."""

    track_opens: bool = False
    track_clicks: bool = False
