"""Secrets of a sender's settings: named, never held; and the addresses they may be sent to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeAlias, TypeVar

import msgspec
from msgspec import Meta, Struct

from accountgraph.addresses import may_get_secrets
from accountgraph.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

SettingsT = TypeVar("SettingsT", bound=Struct)

EnvironmentName: TypeAlias = Annotated[str, Meta(pattern="^[A-Za-z_][A-Za-z0-9_]*$")]
"""The name of an environment variable."""
SecretName: TypeAlias = Annotated[str, Meta(pattern="^secret:.+$", max_length=207)]
"""A stored secret, as settings name it."""


def settings_of(kind: type[SettingsT], settings: Mapping[str, object], whose: str) -> SettingsT:
    """A sender's settings as `kind`, checked. `whose`: the transport's name as people write it.

    Raises:
        ConfigError: naming the setting and what is wrong with it.
    """
    try:
        return msgspec.convert(settings, kind)
    except msgspec.ValidationError as error:
        raise ConfigError(f"The sender's {whose} settings cannot be used: {error}.") from None


def checked_base_url(setting: str, url: str) -> str:
    """An address that secrets may be sent to, without its last slash: https, or this machine.

    Raises:
        ConfigError: it is neither.
    """
    if not may_get_secrets(url):
        raise ConfigError(f"settings.{setting}: {url!r} cannot be used; give an https address without a login, a query or a fragment.")
    return url.rstrip("/")
