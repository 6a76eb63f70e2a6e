"""A look into the tables themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from accountgraph.db import Database, Session


async def value(db: Database, statement: str) -> Any:
    """The first value that a statement gives."""

    async def asked(session: Session) -> Any:
        row = await (await session._connection.execute(statement.encode())).fetchone()
        return row[0] if row else None

    return await db.run(asked)
