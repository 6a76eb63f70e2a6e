"""The composition root: builds the parts once, and is the only place that knows them all."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accountgraph.access.registry import Registry
from accountgraph.db import Database
from accountgraph.demo import DOMAIN as DEMO_DOMAIN
from accountgraph.demo import load_reference_account
from accountgraph.embedded import ready_url
from accountgraph.errors import DatabaseError
from accountgraph.graph import CompanyGraph
from accountgraph.migration import newest
from accountgraph.schema import create_workspace, list_workspaces, migrate
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.relationships import RelationshipRepository
from accountgraph.store.touchpoints import TouchpointRepository

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from accountgraph.acting import Acting
    from accountgraph.config import Settings
    from accountgraph.db import Connectable
    from accountgraph.demo.rich import RichDemo


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
async def opened(settings: Settings, on_wait: Callable[[str], None] | None = None, *, acting: Acting | None = None) -> AsyncGenerator[App]:
    """The app over the workspace that `settings` name, closed afterwards.

    Without a URL it is the embedded server, started where it is not running; `on_wait` is told, in a
    sentence, what is being waited for. `acting`: under whose name changes are logged.
    """
    url = await _url(settings, on_wait)
    async with Database(url, workspace=settings.workspace, pooler=settings.pooler, acting=acting) as db:
        yield build(db)


@asynccontextmanager
async def opened_registry(settings: Settings, on_wait: Callable[[str], None] | None = None) -> AsyncGenerator[Registry]:
    """The registry of the database that `settings` name, closed afterwards; as `opened`."""
    url = await _url(settings, on_wait)
    async with Registry(url, pooler=settings.pooler) as registry:
        yield registry


async def _url(settings: Settings, on_wait: Callable[[str], None] | None) -> str:
    if settings.database_url is not None:
        return settings.database_url
    return await asyncio.to_thread(ready_url, settings, on_wait)


async def brought_up(settings: Settings, on_wait: Callable[[str], None], *, with_demo: bool, is_rich: bool = False) -> bool:
    """Bring server, schema and workspace to where the app can use them; gives whether the demo account is there.

    The demo is loaded into an empty workspace and into no other. `is_rich`: forty accounts with a year of history beside it, where
    there is nothing but the demo. Safe to call from several processes at once.

    Raises:
        DatabaseError: a workspace could not be brought to the newest schema.
    """
    url = await _url(settings, on_wait)
    await asyncio.to_thread(_brought_to_newest, url, settings.workspace, on_wait)
    async with opened(settings, on_wait) as app:
        if with_demo and await app.db.value("workspace.is_empty"):
            await load_reference_account(app.db)
        if with_demo and is_rich and await app.db.value("demo.is_only_demo"):
            await _load_rich(app.db, on_wait)
        company = await app.companies.get_company_by_domain(DEMO_DOMAIN)
        return company is not None and bool(company.attributes.get("demo"))


async def _load_rich(db: Database, on_wait: Callable[[str], None]) -> RichDemo:
    # Here, for the campaign engine is slow to load, and no other way needs it.
    from accountgraph.analytics.snapshots import backfill_health, snapshot_health  # noqa: PLC0415
    from accountgraph.demo.rich import load_rich_demo  # noqa: PLC0415

    loaded = await load_rich_demo(db, on_wait)
    on_wait("Reckoning how healthy the accounts were ...")
    await backfill_health(db)
    await snapshot_health(db)
    return loaded


def _brought_to_newest(url: str, workspace: str, on_wait: Callable[[str], None]) -> None:
    known = list_workspaces(url)
    if workspace not in {found.name for found in known}:
        on_wait(f"Making workspace {workspace} ...")
        create_workspace(url, workspace)
    if any(found.version != newest("workspace") for found in known):
        outcomes = migrate(url, on_step=lambda found, number, total: on_wait(f"Bringing {found.name} up to date ({number} of {total}) ..."))
        for outcome in outcomes:
            if outcome.error and outcome.workspace == workspace:
                raise DatabaseError(f"Workspace {workspace} stays at schema version {outcome.before}: {outcome.error}")


async def demo_settings(settings: Settings, on_wait: Callable[[str], None], *, is_chosen: bool, is_rich: bool = False) -> Settings:
    """Settings whose workspace holds the demo account: the current one where it is empty or has it, else `demo`.

    `is_chosen`: the user named the workspace, so there is no other choice. `is_rich`: with the forty accounts beside it.

    Raises:
        DuplicateError: the chosen workspace has an account of its own with the demo's domain, or, for the rich demo, work of its own.
    """
    if is_chosen or await brought_up(settings, on_wait, with_demo=True):
        target = settings
    else:
        target = settings.with_choices(url=None, workspace="demo", pooler=None)
    await brought_up(target, on_wait, with_demo=True)
    async with opened(target, on_wait) as app:
        await load_reference_account(app.db)
        if is_rich:
            await _load_rich(app.db, on_wait)
    return target
