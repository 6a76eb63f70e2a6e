"""How a transport comes to a secret that settings name: from the environment, or from what the workspace keeps sealed."""

from __future__ import annotations

import os
from typing import Protocol

from accountgraph.errors import ConfigError

STORED = "secret:"  # `secret:NAME` in a setting names a stored one


class Vault(Protocol):
    """The secrets of one workspace."""

    async def secret(self, name: str) -> str:
        """What a stored secret says.

        Raises:
            AccountGraphError: there is none, or it cannot be opened.
        """
        ...

    async def access_token(self, name: str, refused: str | None = None) -> str:
        """An access token that is good for some minutes more, of the OAuth2 grant that is stored under this name.

        `refused`: one that a service did not take, whatever its time says; another is given.

        Raises:
            AccountGraphError: there is no grant, or the service gives no token for it any more.
        """
        ...


class NoVault:
    """No workspace, no stored secrets: what only the environment names can be read."""

    async def secret(self, name: str) -> str:
        """Refuses."""
        raise ConfigError(f"secret {name!r}: no stored secrets can be read here; name an environment variable instead.")

    async def access_token(self, name: str, refused: str | None = None) -> str:
        """Refuses."""
        del refused
        return await self.secret(name)


async def credential(vault: Vault, field: str, stored: str | None, variable: str | None) -> str | None:
    """The secret of a setting, by `secret:NAME` or by the environment variable that holds it; None: neither is given.

    Raises:
        ConfigError: it cannot be had; `field` says which setting names it.
    """
    if stored is not None:
        name = stored.removeprefix(STORED)
        if name == stored or not name:
            raise ConfigError(f"settings.{field}: secrets do not stand in settings; store it and write secret:NAME.")
        return await vault.secret(name)
    if variable is None:
        return None
    found = os.environ.get(variable)
    if not found:
        raise ConfigError(f"settings.{field}_env: the environment variable {variable} is not set; set it for the worker.")
    return found
