"""What all operations share: the workspaces' connections, who is known, how much one may ask, what is measured."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from accountgraph.access import Registry
from accountgraph.api.limits import Limits
from accountgraph.api.simulations import SimulationCrew
from accountgraph.api.streams.events import Streams
from accountgraph.api.streams.gates import Gate
from accountgraph.api.streams.uploads import Uploads
from accountgraph.db import Database
from accountgraph.http.bodies import Bodies
from accountgraph.kept_open import KeptOpen
from accountgraph.mailboxes.login.grants import service_named
from accountgraph.migration import newest
from accountgraph.transfer.uploads import ImportCrew

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from contextlib import AbstractAsyncContextManager

    from accountgraph.access.oidc import SingleSignOn
    from accountgraph.api.recognising import Recogniser
    from accountgraph.mailboxes.login.grants import Service
    from accountgraph.notices.own_mail import OwnMail

MOST_OPEN = 100  # workspaces whose connections are kept
CONNECTIONS = 10  # of one workspace at most


class Workspaces:
    """The workspaces that are asked for, each with connections of its own; agents have theirs, under a role that may less.

    `most`: of so many the connections are kept while nobody is at them.
    """

    def __init__(self, url: str, *, is_pooled: bool = False, connections: int = CONNECTIONS, most: int = MOST_OPEN) -> None:
        self._url, self._is_pooled, self._connections = url, is_pooled, connections
        self._people = KeptOpen(lambda name: self._new(name, as_agent=False), most=most)
        self._agents = KeptOpen(lambda name: self._new(name, as_agent=True), most=most)

    def use(self, name: str, *, as_agent: bool) -> AbstractAsyncContextManager[Database]:
        """The database of a workspace, while the block lasts."""
        return (self._agents if as_agent else self._people).use(name)

    async def names(self) -> list[str]:
        """All workspaces whose schema this program knows."""
        async with Registry(self._url, pooler=self._is_pooled, connections=1) as registry:
            return await registry.rows(str, "imports.imports.workspaces", {"version": newest("workspace")})

    @asynccontextmanager
    async def glance(self, name: str) -> AsyncGenerator[Database]:
        """The database of a workspace for one look: none of its connections stays open."""
        async with Database(self._url, workspace=name, pooler=self._is_pooled, connections=1) as db:
            yield db

    async def close(self) -> None:
        """Close all connections."""
        await self._people.close()
        await self._agents.close()

    def _new(self, name: str, *, as_agent: bool) -> Database:
        return Database(self._url, workspace=name, as_agent=as_agent, pooler=self._is_pooled, connections=self._connections)


@dataclass
class Parts:
    """Everything behind the operations."""

    workspaces: Workspaces
    recognise: Recogniser
    single_sign_on: SingleSignOn | None = None  # where there is an identity provider
    limits: Limits = field(default_factory=Limits)
    bodies: Bodies = field(default_factory=Bodies)
    uploads: Uploads = field(default_factory=Uploads)
    exports: Gate = field(default_factory=lambda: Gate(4, "exports"))  # each holds a connection and a snapshot
    streams: Streams = field(default_factory=Streams)
    mail_services: Callable[..., Service] = service_named  # where mailboxes are logged in
    simulations: SimulationCrew = field(default_factory=SimulationCrew)
    own_mail: OwnMail | None = None  # where the server can send mails of its own

    def __post_init__(self) -> None:
        self.imports = ImportCrew(self.workspaces)

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Do what is done beside the requests, while the block lasts; then close everything."""
        imports = asyncio.create_task(self.imports.run())
        try:
            yield
        finally:
            imports.cancel()
            await asyncio.gather(imports, return_exceptions=True)
            await self.close()

    async def close(self) -> None:
        """Close what is open."""
        await self.simulations.close()
        await self.streams.close()
        if self.own_mail is not None:
            await self.own_mail.close()
        await self.recognise.close()
        await self.workspaces.close()
