"""Settings, read once from the environment and frozen."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from accountgraph.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_WORKSPACE = "abm"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says.

    `database_url` is None where the embedded server is to be used; `pooler` is True where
    `database_url` is a transaction pooler (nothing survives a transaction, nothing is prepared).
    """

    database_url: str | None
    home: Path
    workspace: str
    pooler: bool

    def with_choices(self, *, url: str | None, workspace: str | None, pooler: bool | None) -> Settings:
        """These settings with what a caller chose instead; None keeps what is here."""
        if pooler is None:
            pooler = self.pooler if url is None else _pooler("", url)
        return replace(self, database_url=url or self.database_url, workspace=workspace or self.workspace, pooler=pooler)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Read `DATABASE_URL`, `ACCOUNTGRAPH_HOME`, `ACCOUNTGRAPH_WORKSPACE` and `ACCOUNTGRAPH_POOLER`.

        Raises:
            ConfigError: a setting has a value that cannot be used.
        """
        url = environ.get("DATABASE_URL") or None
        return cls(
            database_url=url,
            home=_home(environ),
            workspace=environ.get("ACCOUNTGRAPH_WORKSPACE") or DEFAULT_WORKSPACE,
            pooler=_pooler(environ.get("ACCOUNTGRAPH_POOLER", ""), url),
        )


def _home(environ: Mapping[str, str]) -> Path:
    given = environ.get("ACCOUNTGRAPH_HOME")
    if given:
        return Path(given).expanduser().resolve()
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return Path("/var/lib/accountgraph")
    from platformdirs import user_data_path  # noqa: PLC0415 - only needed where nothing was set

    return user_data_path("accountgraph", appauthor=False)


def _pooler(given: str, url: str | None) -> bool:
    """Supabase's transaction pooler listens on 6543; any other has to be named."""
    if given not in {"", "none", "transaction"}:
        raise ConfigError(f"ACCOUNTGRAPH_POOLER: {given!r} is not known; use 'transaction' or 'none'.")
    if given:
        return given == "transaction"
    return url is not None and ":6543/" in url
