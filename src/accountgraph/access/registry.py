"""The registry: what the workspaces of a database share, and first of all who may enter them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.db import Database
from accountgraph.workspaces import Binding, registry_binding_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


class Registry(Database):
    """The schema `accountgraph`, opened as workspaces are: a pool an event loop, named queries, transactions.

    It acts as the login of the URL, for the roles of workspaces and of agents see nothing of it. Behind a transaction pooler
    nothing is prepared here either.

    Args:
        url: a libpq URL; None takes `DATABASE_URL`, else the embedded server.
        clock: where the time comes from.
        pooler: the URL is a transaction pooler; None finds out from the settings and the URL.
        connections: at most so many at once, an event loop.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        clock: Callable[[], datetime] | None = None,
        pooler: bool | None = None,
        connections: int = 5,
    ) -> None:
        super().__init__(url, clock=clock, pooler=pooler, connections=connections)

    async def _binding(self, url: str) -> Binding:
        return await registry_binding_of(url)
