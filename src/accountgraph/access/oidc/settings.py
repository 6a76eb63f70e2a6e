"""Which identity provider there is, as the environment says."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from msgspec import Struct

from accountgraph.addresses import may_get_secrets
from accountgraph.errors import AccountGraphError, ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

_YES, _NO = {"1", "true", "yes", "on"}, {"", "0", "false", "no", "off"}


class OidcError(AccountGraphError):
    """The identity provider does not answer as it should."""


class OidcSettings(Struct, frozen=True, kw_only=True):
    """An identity provider, and this program as its client.

    Args:
        issuer: its address, exactly as it calls itself.
        client_secret: None for a public client, which PKCE alone protects.
        link_by_email: who comes for the first time is the user with the address that the provider has verified. Only for a provider
            that gives no address to somebody else.
        is_private: it may be in our own network.
    """

    issuer: str
    client_id: str
    client_secret: str | None = None
    link_by_email: bool = False
    is_private: bool = False

    def __repr__(self) -> str:
        return f"OidcSettings({self.issuer!r}, client {self.client_id!r})"


def oidc_settings(environ: Mapping[str, str] = os.environ) -> OidcSettings | None:
    """The identity provider that the environment names; None: there is none.

    Raises:
        ConfigError: a setting is missing, or has a value that cannot be used.
    """
    issuer = environ.get("ACCOUNTGRAPH_OIDC_ISSUER", "").strip()
    if not issuer:
        return None
    if not may_get_secrets(issuer):
        raise ConfigError(f"ACCOUNTGRAPH_OIDC_ISSUER: {issuer!r} is no https address without login, query and fragment.")
    client_id = environ.get("ACCOUNTGRAPH_OIDC_CLIENT_ID", "").strip()
    if not client_id:
        raise ConfigError("ACCOUNTGRAPH_OIDC_CLIENT_ID: is missing; the identity provider gave it to you for this program.")
    return OidcSettings(
        issuer=issuer,
        client_id=client_id,
        client_secret=environ.get("ACCOUNTGRAPH_OIDC_CLIENT_SECRET", "").strip() or None,
        link_by_email=_is_on("ACCOUNTGRAPH_OIDC_LINK_BY_EMAIL", environ),
        is_private=_is_on("ACCOUNTGRAPH_OIDC_PRIVATE", environ),
    )


def _is_on(name: str, environ: Mapping[str, str]) -> bool:
    said = environ.get(name, "").strip().lower()
    if said not in _YES | _NO:
        raise ConfigError(f"{name}: {said!r} is neither yes nor no.")
    return said in _YES
