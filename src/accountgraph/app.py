"""The composition root: builds the parts once, and is the only place that knows them all."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accountgraph.db import Database
from accountgraph.embedded import ready_url
from accountgraph.graph import CompanyGraph
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.relationships import RelationshipRepository
from accountgraph.store.touchpoints import TouchpointRepository

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from accountgraph.config import Settings
    from accountgraph.db import Connectable


@dataclass(frozen=True, slots=True)
class App:
    """Everything an edge calls, over one workspace."""

    db: Database
    companies: CompanyRepository
    contacts: ContactRepository
    relationships: RelationshipRepository
    conversations: ConversationRepository
    touchpoints: TouchpointRepository
    graph: CompanyGraph


def build(db: Database, joined: Connectable | None = None) -> App:
    """The parts over `db`; `joined` is the transaction that they share, where there is one."""
    source = joined or db
    return App(
        db,
        CompanyRepository(source),
        ContactRepository(source),
        RelationshipRepository(source),
        ConversationRepository(source),
        TouchpointRepository(source),
        CompanyGraph(source),
    )


@asynccontextmanager
async def opened(settings: Settings, on_wait: Callable[[str], None] | None = None) -> AsyncGenerator[App]:
    """The app over the workspace that `settings` name, closed afterwards.

    Without a URL it is the embedded server, started where it is not running; `on_wait` is told, in a
    sentence, what is being waited for.
    """
    url = settings.database_url or await asyncio.to_thread(ready_url, settings, on_wait)
    async with Database(url, workspace=settings.workspace, pooler=settings.pooler) as db:
        yield build(db)
