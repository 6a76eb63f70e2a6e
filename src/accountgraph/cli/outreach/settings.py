"""`settings`: what holds for the whole workspace, and who its senders are before the law."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.outreach.shared import pairs
from accountgraph.cli.render.outreach import permissions as drawn
from accountgraph.store.outreach.settings import SettingsRepository

if TYPE_CHECKING:
    from accountgraph.db import Session
    from accountgraph.store.outreach.settings import LegalIdentity, Topic, WorkspaceSettings

app = group("The workspace's zone and country, and its senders' legal name and postal address.")
COMMANDS = {"settings": app}


@command(app)
async def show(edge: Edge) -> None:
    """Show what holds for the whole workspace."""
    async with edge.app() as parts:
        holds = await _held(SettingsRepository(parts.db))
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
        holds = await _held(SettingsRepository(parts.db))
    _emit(edge, holds)


async def _is_known(edge: Edge, legal_name: str) -> bool:
    async with edge.app() as parts:
        return legal_name in {one.name for one in await SettingsRepository(parts.db).list_legal_identities()}


class _Holds(NamedTuple):
    """What holds for the workspace."""

    settings: WorkspaceSettings
    legal_identities: list[LegalIdentity]
    topics: list[Topic]


async def _held(repository: SettingsRepository) -> _Holds:
    return _Holds(await repository.get_settings(), await repository.list_legal_identities(), await repository.list_topics())


def _emit(edge: Edge, holds: _Holds) -> None:
    edge.emit(holds._asdict(), lambda: drawn.settings_page(*holds))
