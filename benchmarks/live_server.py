"""The API of one workspace in a process of its own: `python -m benchmarks.live_server URL WORKSPACE`.

It prints its port, a key and the path of a company, and ends with its standard input.
"""

from __future__ import annotations

import asyncio
import resource
import sys

from accountgraph.access import Registry, Role, at_command_line
from accountgraph.access.keys import create_key
from accountgraph.api import Parts, Workspaces, api_app
from accountgraph.api.limits import Limits
from accountgraph.api.recognising import Recogniser
from accountgraph.api.streams.events import Streams
from accountgraph.db import Database
from accountgraph.store.companies import CompanyRepository
from benchmarks.served import serve

MOST_STREAMS = 20_000


def raise_limit() -> None:
    """As many open files as this machine lets a process have."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def main(url: str, workspace: str) -> None:
    """Serve until standard input ends."""
    raise_limit()
    registry = Registry(url)
    key = await create_key(registry, workspace, "benchmark", Role.OWNER, created_by=at_command_line("benchmark"))
    async with Database(url, workspace=workspace) as db:
        company = await CompanyRepository(db).create_company({"name": "Acme"})
    streams = Streams(most=MOST_STREAMS, most_each=MOST_STREAMS)
    app = api_app(Parts(Workspaces(url), Recogniser(registry), limits=Limits(None), streams=streams))
    path = f"/api/v1/companies/{company.id}"
    await serve(app, key.token, path, before_end=streams.close, backlog=4096, timeout_graceful_shutdown=1)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
