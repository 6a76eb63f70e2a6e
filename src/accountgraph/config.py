"""Settings, read once from the environment and frozen."""

from __future__ import annotations

import ipaddress
import os
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from accountgraph.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
DEFAULT_WORKSPACE = "abm"
_SAID = re.compile(r"(?P<before>^|[?&]|\s+)pgbouncer\s*=\s*'?(?P<value>\w+)'?(?P<after>&|\s|$)")
_SUPABASE_PORT = re.compile(r"^[^?]*:6543(?:[/?,]|$)|(?:^|[?&\s])port\s*=\s*'?6543\b")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says.

    `database_url` is None where the embedded server is to be used; `pooler` is True where
    `database_url` is a transaction pooler (nothing survives a transaction, nothing is prepared);
    `secret_key` is None where the key for stored secrets stands in a file below `home`; `webhook_networks` are networks of
    one's own that outgoing webhooks may be delivered to, beside the public internet.
    """

    database_url: str | None = field(repr=False)  # it holds the password
    home: Path
    workspace: str
    pooler: bool
    secret_key: str | None = field(default=None, repr=False)
    webhook_networks: tuple[Network, ...] = ()

    def with_choices(self, *, url: str | None, workspace: str | None, pooler: bool | None) -> Settings:
        """These settings with what a caller chose instead; None keeps what is here."""
        url, says_pooler = _read_url(url)
        if pooler is None:
            pooler = self.pooler if url is None else says_pooler
        return replace(self, database_url=url or self.database_url, workspace=workspace or self.workspace, pooler=pooler)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Read `DATABASE_URL` and the variables that begin with `ACCOUNTGRAPH_`.

        Raises:
            ConfigError: a setting has a value that cannot be used.
        """
        url, says_pooler = _read_url(environ.get("DATABASE_URL") or None)
        return cls(
            database_url=url,
            home=_home(environ),
            workspace=environ.get("ACCOUNTGRAPH_WORKSPACE") or DEFAULT_WORKSPACE,
            pooler=_pooler(environ.get("ACCOUNTGRAPH_POOLER", ""), otherwise=says_pooler),
            secret_key=environ.get("ACCOUNTGRAPH_SECRET_KEY", "").strip() or None,
            webhook_networks=_networks(environ.get("ACCOUNTGRAPH_WEBHOOK_NETWORKS", "")),
        )


def listed(environ: Mapping[str, str], name: str) -> list[str]:
    """The parts of a setting that is a list with commas between them."""
    return [part.strip() for part in environ.get(name, "").split(",") if part.strip()]


def _home(environ: Mapping[str, str]) -> Path:
    given = environ.get("ACCOUNTGRAPH_HOME")
    if given:
        return Path(given).expanduser().resolve()
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return Path("/var/lib/accountgraph")
    from platformdirs import user_data_path  # noqa: PLC0415 - only needed where nothing was set

    return user_data_path("accountgraph", appauthor=False)


def _pooler(given: str, *, otherwise: bool) -> bool:
    if given not in {"", "none", "transaction"}:
        raise ConfigError(f"ACCOUNTGRAPH_POOLER: {given!r} is not known; use 'transaction' or 'none'.")
    return given == "transaction" if given else otherwise


def _networks(given: str) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(one, strict=False) for one in re.split(r"[\s,]+", given.strip()) if one)
    except ValueError as error:
        raise ConfigError(f"ACCOUNTGRAPH_WEBHOOK_NETWORKS: {error}; give networks like 10.1.0.0/16, with commas between them.") from None


def _read_url(url: str | None) -> tuple[str | None, bool]:
    """A URL (or `key=value` text) as libpq takes it, and whether it leads to a transaction pooler.

    `pgbouncer=true` says so: many URLs carry it, though libpq does not know it. Else Supabase's pooler tells itself by its port.
    """
    if url is None:
        return None, False
    said = _SAID.search(url)
    if said is None:
        return url, bool(_SUPABASE_PORT.search(url))
    without = url[: said.start()] + (said["before"] if said["after"] else "") + url[said.end() :]
    return without, said["value"].lower() in {"true", "1", "yes", "on"}
