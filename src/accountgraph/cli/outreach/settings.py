"""`settings`: what holds for the whole workspace, and who its senders are before the law."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.outreach.shared import pairs
from accountgraph.cli.render.outreach import permissions as drawn
from accountgraph.store.outreach.drafting import DraftingRepository
from accountgraph.store.outreach.settings import SettingsRepository

if TYPE_CHECKING:
    from accountgraph.db import Session
    from accountgraph.store.outreach.drafting import DraftingSettings
    from accountgraph.store.outreach.settings import LegalIdentity, Topic, WorkspaceSettings

app = group("The workspace's zone and country, its senders' legal name and postal address, the model that writes.")
COMMANDS = {"settings": app}


@command(app)
async def show(edge: Edge) -> None:
    """Show what holds for the whole workspace."""
    async with edge.app() as parts:
        holds = await _held(SettingsRepository(parts.db), DraftingRepository(parts.db))
    _emit(edge, holds)


@command(app, "set")
async def set_(
    edge: Edge,
    *,
    timezone: Annotated[str | None, typer.Option("--timezone", metavar="ZONE", help="IANA zone where no other is known.")] = None,
    country: Annotated[str | None, typer.Option("--country", metavar="CODE", help="Where we are: two letters, like DE.")] = None,
    legal_name: Annotated[
        str | None, typer.Option("--legal-name", metavar="NAME", help="Who we are before the law; added where it is new.")
    ] = None,
    postal_address: Annotated[str | None, typer.Option("--postal-address", metavar="TEXT", help="As it stands below each mail.")] = None,
    privacy_url: Annotated[str | None, typer.Option("--privacy-url", metavar="URL", help="Where people read about their rights.")] = None,
    public_url: Annotated[
        str | None, typer.Option("--public-url", metavar="URL", help="Where `serve` is reached from outside; empty text takes it away.")
    ] = None,
    topic: Annotated[
        list[str] | None, typer.Option("--topic", metavar="KEY=NAME", help="What people may choose to hear about; may be repeated.")
    ] = None,
) -> None:
    """Change what is given. A legal name becomes the workspace's own; another public address has to be verified by `serve`."""
    changes: dict[str, Any] = {key: value for key, value in {"timezone": timezone, "country": country}.items() if value is not None}
    changes |= {"public_url": public_url or None} if public_url is not None else {}
    topics = pairs("--topic", topic or [])
    identity: dict[str, Any] = {"postal_address": postal_address, "privacy_url": privacy_url}
    identity = {key: value for key, value in identity.items() if value is not None}
    if identity and legal_name is None:
        raise typer.BadParameter("say whose address it is.", param_hint="--legal-name")
    if legal_name is not None and not postal_address and not await _is_known(edge, legal_name):
        raise typer.BadParameter("a new legal name needs the address that stands below each mail.", param_hint="--postal-address")
    if not (changes or topics or legal_name is not None):
        raise typer.BadParameter("say what changes: --timezone, --country, --legal-name, --public-url, --topic.", param_hint="--timezone")

    async def work(session: Session) -> None:
        repository = SettingsRepository(session)
        if legal_name is not None:
            where = {"country": country} if country else {}
            changes["legal_identity_id"] = str((await repository.put_legal_identity({"name": legal_name, **identity, **where})).id)
        for key, name in topics.items():
            await repository.put_topic({"key": key, "name": name})
        if changes:
            await repository.update_settings(changes)

    async with edge.app() as parts:
        await parts.db.run(work)
        holds = await _held(SettingsRepository(parts.db), DraftingRepository(parts.db))
    _emit(edge, holds)


@command(app)
async def model(
    edge: Edge,
    *,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="MODEL", help="provider:model, like openai:gpt-5-mini; with --url as the server calls it.", show_default=False
        ),
    ] = None,
    url: Annotated[
        str | None, typer.Option("--url", metavar="URL", help="An OpenAI-compatible server's; empty text takes it away.")
    ] = None,
    key: Annotated[str | None, typer.Option("--key", metavar="secret:NAME", help="The stored secret that is its key.")] = None,
    key_env: Annotated[str | None, typer.Option("--key-env", metavar="NAME", help="The environment variable that has its key.")] = None,
    drafts_per_day: Annotated[int | None, typer.Option("--drafts-per-day", min=0, help="The budget of 24 hours [100].")] = None,
    seconds: Annotated[int | None, typer.Option("--timeout", min=1, max=300, help="Seconds that it may take to answer [60].")] = None,
    refine_meaning: Annotated[
        bool | None, typer.Option("--refine-meaning/--no-refine-meaning", help="Whether it reads replies that the rules do not understand.")
    ] = None,
    off: Annotated[bool, typer.Option("--off", help="No model writes any more; templates do the job.")] = False,
) -> None:
    """Say which model writes messages, where it is, and where its key is kept. What is not given stays."""
    given = {"model": name, "drafts_per_day": drafts_per_day, "timeout_seconds": seconds, "refines_meaning": refine_meaning}
    changes: dict[str, Any] = {field: value for field, value in given.items() if value is not None}
    changes |= {"base_url": url or None} if url is not None else {}
    # One key: what is named last is the one.
    changes |= {"key": key or None, "key_env": None} if key is not None else {}
    changes |= {"key_env": key_env or None, "key": None} if key_env is not None else {}
    if off == bool(changes):
        raise typer.BadParameter("say what changes: MODEL, --url, --key, --key-env ..., or --off alone.", param_hint="MODEL")
    if key and key_env:
        raise typer.BadParameter("give one of --key and --key-env.", param_hint="--key")
    async with edge.app() as parts:
        repository = DraftingRepository(parts.db)
        await (repository.remove_settings() if off else repository.put_settings(changes))
        holds = await _held(SettingsRepository(parts.db), repository)
    _emit(edge, holds)


async def _is_known(edge: Edge, legal_name: str) -> bool:
    async with edge.app() as parts:
        return legal_name in {one.name for one in await SettingsRepository(parts.db).list_legal_identities()}


class _Holds(NamedTuple):
    """What holds for the workspace."""

    settings: WorkspaceSettings
    legal_identities: list[LegalIdentity]
    topics: list[Topic]
    model: DraftingSettings | None


async def _held(repository: SettingsRepository, drafting: DraftingRepository) -> _Holds:
    settings, identities, topics = await repository.get_settings(), await repository.list_legal_identities(), await repository.list_topics()
    return _Holds(settings, identities, topics, await drafting.get_settings())


def _emit(edge: Edge, holds: _Holds) -> None:
    edge.emit(holds._asdict(), lambda: drawn.settings_page(*holds))
