"""The API, ours or a bare one that runs the same SQL: `python -m benchmarks.api_server KIND URL WORKSPACE`.

It prints its port and, ours, a key; it ends with its standard input.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID  # noqa: TC003 - FastAPI reads it from the annotations

from fastapi import FastAPI, HTTPException, Response
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from accountgraph.access import Registry, Role, at_command_line
from accountgraph.access.keys import create_key
from accountgraph.api import Parts, Workspaces, api_app
from accountgraph.api.limits import Limits
from accountgraph.api.recognising import Recogniser
from accountgraph.queries import query
from accountgraph.schema import list_workspaces
from accountgraph.serving import settle
from benchmarks.served import serve

if TYPE_CHECKING:
    from psycopg import AsyncConnection

CONNECTIONS = 10


async def ours(url: str, workspace: str) -> tuple[FastAPI, str]:
    """The API and a key."""
    registry = Registry(url)
    key = await create_key(registry, workspace, "benchmark", Role.OWNER, created_by=at_command_line("benchmark"))
    return api_app(Parts(Workspaces(url, connections=CONNECTIONS), Recogniser(registry), limits=Limits(None))), key.token


async def bare(url: str, workspace: str) -> tuple[FastAPI, str]:
    """What one would write by hand: take a connection, run the statement, give what it gave."""
    found = next(one for one in list_workspaces(url) if one.name == workspace)
    app = FastAPI()

    async def bound(connection: AsyncConnection[Any]) -> None:
        await connection.execute(f"SET ROLE {found.role}".encode())
        await connection.execute(f"SET search_path = {found.schema}".encode())
        await connection.execute("SET jit = off")

    pool = AsyncConnectionPool(
        url,
        open=False,
        min_size=1,
        max_size=CONNECTIONS,
        configure=bound,
        kwargs={"autocommit": True, "prepare_threshold": 3, "row_factory": dict_row},
    )

    async def row(statement: bytes, **params: object) -> dict[str, Any]:
        await pool.open()
        async with pool.connection() as connection:
            answer: dict[str, Any] | None = await (await connection.execute(statement, params)).fetchone()
        if answer is None:
            raise HTTPException(404)
        return answer

    @app.get("/api/v1/companies/{company_id}")
    async def company(company_id: UUID) -> dict[str, Any]:
        return await row(query("companies.by_id"), id=company_id)

    @app.get("/api/v1/companies/{company_id}/overview")
    async def overview(company_id: UUID) -> Response:
        answer = await row(query("graph.overview"), company_id=company_id, now=datetime.now(UTC))
        return Response(answer["answer_overview"], media_type="application/json")

    return app, ""


async def main(kind: str, url: str, workspace: str) -> None:
    """Serve until standard input ends."""
    app, key = await (ours if kind == "ours" else bare)(url, workspace)
    if kind == "ours":
        settle()  # as `serve` does
    await serve(app, key)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
