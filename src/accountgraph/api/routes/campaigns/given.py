"""What requests about campaigns give: which campaign, and a campaign as it is written."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

from accountgraph.api.call import Call
from accountgraph.campaigns.apply import load_version
from accountgraph.campaigns.definition.campaign import CampaignDefinition
from accountgraph.campaigns.definition.file import from_data, parse
from accountgraph.campaigns.lifecycle import find_campaign
from accountgraph.errors import InvalidValueError

LARGEST = 2_000_000  # bytes: a text of a million, escaped

CampaignKey = Annotated[str, Meta(description="The campaign's name, or its id.")]
OfCampaign = Annotated[str, Meta(description="Only of this campaign, by name or id.")]
Limit = Annotated[int, Meta(ge=1, le=1000, description="So many at most.")]
Text = Annotated[str, Meta(max_length=1_000_000)]


class CampaignText(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A campaign: its `definition` as JSON, or the `text` of a campaign file and its `format`."""

    definition: dict[str, Any] | None = None
    text: Text | None = None
    format: Literal["toml", "yaml"] = "toml"


class CampaignSource(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A campaign: its `definition` as JSON, or the `text` of a campaign file and its `format`."""

    definition: CampaignDefinition | None = None
    text: Text | None = None
    format: Literal["toml", "yaml"] = "toml"


def which(campaign: str) -> UUID | str:
    """The id or the name that a path or a parameter says."""
    try:
        return UUID(campaign)
    except ValueError:
        return campaign


async def campaign_id_of(call: Call, campaign: str | None) -> UUID | None:
    """The campaign that a list is narrowed to; None: it is not.

    Raises:
        NotFoundError: there is none.
    """
    return (await find_campaign(call.db, which(campaign))).id if campaign is not None else None


async def newest_of(call: Call, campaign: str) -> CampaignDefinition:
    """The newest version of a campaign.

    Raises:
        NotFoundError: there is none.
    """
    return await load_version(call.db, (await find_campaign(call.db, which(campaign))).version_id)


def written_in(given: CampaignText) -> CampaignDefinition:
    """The campaign that a request brings.

    Raises:
        InvalidValueError: none or both of definition and text are given.
        DefinitionError: it is no campaign.
    """
    if (given.definition is None) == (given.text is None):
        raise InvalidValueError("definition", "give one of definition (JSON) and text (TOML or YAML).")
    if given.text is not None:
        return parse(given.text, given.format)
    return from_data(given.definition)
