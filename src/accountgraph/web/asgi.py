"""The public server for any ASGI runner, by the environment: `uvicorn --factory accountgraph.web.asgi:application`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from accountgraph.config import Settings, listed
from accountgraph.embedded import ready_url
from accountgraph.web.providers import Providers
from accountgraph.web.public import Parts, public_app

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI

TRUSTED = "ACCOUNTGRAPH_TRUSTED_PROXIES"


def application(environ: Mapping[str, str] = os.environ) -> FastAPI:
    """The app over the database that the environment names.

    `ACCOUNTGRAPH_TRUSTED_PROXIES`: addresses or networks of proxies that are believed, with commas between them.
    """
    settings = Settings.from_environment(environ)
    providers = Providers()
    url = settings.database_url or ready_url(settings)
    parts = Parts(
        url,
        is_pooled=settings.pooler,
        verifiers=providers.verifiers,
        handle=providers.handle,
        before=providers.before,
        after=providers.after,
    )
    return public_app(parts, trusted_proxies=listed(environ, TRUSTED))
