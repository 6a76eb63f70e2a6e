"""The API of one workspace in a process of its own: `python -m benchmarks.live_server URL WORKSPACE`.

It prints its port, a key and the path of a company, and ends with its standard input.
"""

from __future__ import annotations

import asyncio
import resource
import sys

import uvicorn

from accountgraph.access import Registry, Role, at_command_line
from accountgraph.access.keys import create_key
from accountgraph.api import Parts, Workspaces, api_app
from accountgraph.api.limits import Limits
from accountgraph.api.recognising import Recogniser
from accountgraph.api.streams.events import Streams
from accountgraph.db import Database
from accountgraph.store.companies import CompanyRepository

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
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, access_log=False, backlog=4096, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - the server tells it by this alone
        await asyncio.sleep(0.01)
    print(server.servers[0].sockets[0].getsockname()[1], key.token, f"/api/v1/companies/{company.id}", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    await streams.close()
    server.should_exit = True
    await running


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
