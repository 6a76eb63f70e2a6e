"""The engine's own transactions: their statements keep their plans."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from accountgraph.db import Database, Session

T = TypeVar("T")


async def run(db: Database, work: Callable[[Session], Awaitable[T]]) -> T:
    """Do `work` in a transaction of the engine.

    All that it asks is looked up by key: one plan serves every batch, and planning a batch anew would cost more than running it.
    Tables that nobody has analyzed yet are not scanned either.
    """

    async def planned(session: Session) -> T:
        await session.value("campaigns.claims.keep_plans")
        return await work(session)

    return await db.run(planned)
