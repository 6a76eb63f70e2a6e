"""Resources: what an agent's host may put into its context by itself, an address each."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

import msgspec
from mcp.types import Resource, ResourceTemplate
from pydantic import AnyUrl

from accountgraph.access import Permission
from accountgraph.campaigns.apply import load_version
from accountgraph.campaigns.definition.file import written
from accountgraph.campaigns.lifecycle import get_status, list_campaigns
from accountgraph.errors import NotFoundError
from accountgraph.tools.channels import definition_in_force, list_channels

if TYPE_CHECKING:
    from accountgraph.db import Session
    from accountgraph.mcp_server.caller import Caller

SCHEME = "accountgraph"
TEXT, YAML, JSON = "text/plain", "application/yaml", "application/json"
# By the first part of the address: its template, what it is, its type, and the scope that it needs.
_KINDS = {
    "account": ("account/{account}", "Brief of an account: id, domain or exact name.", TEXT, Permission.GRAPH_READ),
    "contact": ("contact/{contact}/context", "What a message to a person needs: address, id or exact name.", TEXT, Permission.GRAPH_READ),
    "campaign": ("campaign/{campaign}", "A campaign as it is written, by its name.", YAML, Permission.CAMPAIGNS_READ),
}
_POLICY = ("The agent's budget, and the policy of each channel: hours, gaps, caps.", JSON, Permission.MESSAGES_PROPOSE)


async def list_resources(caller: Caller) -> list[Resource]:
    """The policy and the campaigns; accounts and people are too many to list, and have templates."""
    found = []
    if _POLICY[2] in caller.toolbox.permissions:
        found.append(Resource(uri=AnyUrl(f"{SCHEME}://policy"), name="policy", description=_POLICY[0], mimeType=_POLICY[1]))
    if Permission.CAMPAIGNS_READ in caller.toolbox.permissions:
        found += [
            Resource(
                uri=AnyUrl(f"{SCHEME}://campaign/{quote(one.name)}"),
                name=f"campaign {one.name}",
                description=f"{one.status}, {'live' if one.is_live else 'not live'}",
                mimeType=YAML,
            )
            for one in await list_campaigns(caller.database)
        ]
    return found


def list_templates(caller: Caller) -> list[ResourceTemplate]:
    """What there is an address for, if one knows the name."""
    return [
        ResourceTemplate(uriTemplate=f"{SCHEME}://{template}", name=name, description=description, mimeType=kind)
        for name, (template, description, kind, permission) in _KINDS.items()
        if permission in caller.toolbox.permissions
    ]


async def read_resource(caller: Caller, uri: str) -> tuple[str, str]:
    """The text behind an address, and its type.

    Raises:
        NotFoundError: there is nothing at this address.
        NotPermittedError: the caller's scopes do not cover it.
    """
    parts = urlsplit(uri)
    said = unquote(parts.path.strip("/"))
    if parts.scheme == SCHEME and parts.netloc == "policy" and not said:
        caller.check(_POLICY[2], "The policy")
        return await _policy(caller), JSON
    if parts.scheme != SCHEME or parts.netloc not in _KINDS or not said:
        raise NotFoundError(f"There is nothing at {uri}; the templates say which addresses there are.")
    _, _, kind, permission = _KINDS[parts.netloc]
    caller.check(permission, f"This {parts.netloc}")
    match parts.netloc:
        case "account":
            return (await caller.toolbox.brief(said)).text, kind
        case "contact":
            return (await caller.toolbox.context(said.removesuffix("/context"))).text, kind
        case _:
            return await _campaign(caller, said), kind


async def _campaign(caller: Caller, name: str) -> str:
    async def work(session: Session) -> str:
        status = await get_status(session, name)
        definition = await load_version(session, status.campaign.version_in_force)
        live = "live" if status.campaign.is_live else "not live"
        return f"# {status.campaign.status}, {live}, {status.under_way} people under way\n{written(definition)}"

    return await caller.database.run(work)


async def _policy(caller: Caller) -> str:
    budget = await caller.toolbox.budget()

    async def work(session: Session) -> dict[str, object]:
        open_ones = await list_channels(session)
        return {one.channel.value: (await definition_in_force(session, one.channel)).policy for one in open_ones}

    policies = await caller.database.run(work)
    return msgspec.json.format(msgspec.json.encode({"budget": budget, "policies": policies}), indent=2).decode()
