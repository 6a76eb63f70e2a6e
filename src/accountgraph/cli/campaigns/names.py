"""How campaigns are named on the command line: by name, or by a file that was not applied yet; names complete in the shell."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from accountgraph.campaigns.apply import load_version
from accountgraph.campaigns.definition.file import FORMATS, read
from accountgraph.campaigns.lifecycle import find_campaign, list_campaigns
from accountgraph.cli.frame import Edge, run_async
from accountgraph.db import Database
from accountgraph.errors import AccountGraphError
from accountgraph.postgres import EmbeddedServer

if TYPE_CHECKING:
    from accountgraph.campaigns.definition.campaign import CampaignDefinition
    from accountgraph.db import Connectable


def campaign_names(context: typer.Context, incomplete: str) -> list[str]:
    """The campaigns whose names begin so, for the shell; nothing is started for it, and no trouble is told."""
    root = context.find_root().params
    settings = Edge(root.get("workspace"), root.get("database_url")).settings
    with suppress(AccountGraphError, OSError):
        url = settings.database_url or EmbeddedServer(settings.home).status().url
        names: list[str] = run_async(_names(url, settings.workspace)) if url else []
        return [name for name in names if name.startswith(incomplete)]
    return []


async def _names(url: str, workspace: str) -> list[str]:
    async with Database(url, workspace=workspace, connections=1) as db:
        return [campaign.name for campaign in await list_campaigns(db)]


Campaign = Annotated[str, typer.Argument(metavar="CAMPAIGN", help="A campaign's name.", autocompletion=campaign_names, show_default=False)]
CampaignOrFile = Annotated[
    str,
    typer.Argument(
        metavar="CAMPAIGN",
        help="A campaign's name, or a file that need not have been applied.",
        autocompletion=campaign_names,
        show_default=False,
    ),
]
Contact = Annotated[
    str, typer.Argument(metavar="CONTACT", help="An e-mail address, an id, an external id, or first and last name.", show_default=False)
]


def is_file(said: str) -> bool:
    """Whether a file is meant and no campaign by its name: names have no dot."""
    return Path(said).suffix.lower() in FORMATS


async def definition_of(db: Connectable, said: str) -> CampaignDefinition:
    """The campaign in a file, or the newest version of the one of this name.

    Raises:
        NotFoundError: there is no such campaign; the message offers what comes near.
        DefinitionError: the file is none.
    """
    if is_file(said):
        return read(said)
    return await load_version(db, (await find_campaign(db, said)).version_id)
