"""Applying a campaign: the database has the text that a person wrote, as a version that never changes."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
from msgspec import Struct

from accountgraph.campaigns.definition.campaign import CampaignDefinition
from accountgraph.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accountgraph.db import Connectable, Session

_decoder = msgspec.json.Decoder(CampaignDefinition)
_MOST_CACHED = 200
_cached: dict[UUID, CampaignDefinition] = {}  # versions never change


class Applied(Struct, frozen=True, kw_only=True):
    """What `apply` did. `created`: the campaign is new; `is_changed`: there is a new version, `number`."""

    campaign_id: UUID
    version_id: UUID
    number: int
    created: bool
    is_changed: bool


class _Locked(Struct, frozen=True):
    id: UUID


class _Version(Struct, frozen=True):
    id: UUID
    number: int
    content_hash: str


class _Text(Struct, frozen=True):
    id: UUID
    definition: str


async def apply(session: Session, definition: CampaignDefinition) -> Applied:
    """Keep `definition` as the newest version of its campaign. The same text again changes nothing.

    Enrolments that have begun stay with the version they began with.
    """
    campaign = await session.row(_Locked, "campaigns.campaigns.lock", {"name": definition.name})
    assert campaign is not None  # noqa: S101 - an upsert gives its row
    latest = await session.row(_Version, "campaigns.campaigns.latest", {"campaign_id": campaign.id})
    if latest and latest.content_hash == definition.content_hash:
        return Applied(campaign_id=campaign.id, version_id=latest.id, number=latest.number, created=False, is_changed=False)
    number = latest.number + 1 if latest else 1
    version_id = await _add_version(session, campaign.id, number, definition)
    return Applied(campaign_id=campaign.id, version_id=version_id, number=number, created=latest is None, is_changed=True)


async def _add_version(session: Session, campaign_id: UUID, number: int, definition: CampaignDefinition) -> UUID:
    params = {
        "campaign_id": campaign_id,
        "number": number,
        "definition": msgspec.json.encode(definition).decode(),
        "content_hash": definition.content_hash,
    }
    version_id: UUID = await session.value("campaigns.campaigns.add_version", params)
    templates = [
        {"name": f"{definition.name}/{name}", "definition": template, "content_hash": _hash(template)}
        for name, template in definition.templates.items()
    ]
    if templates:
        await session.affect("campaigns.campaigns.add_templates", {"templates": msgspec.json.encode(templates).decode()})
    return version_id


def _hash(part: Struct) -> str:
    return sha256(msgspec.json.encode(part, order="deterministic")).hexdigest()


async def load_version(db: Connectable, version_id: UUID) -> CampaignDefinition:
    """The campaign as it was at a version.

    Raises:
        NotFoundError: no such version.
    """
    return (await load_versions(db, [version_id]))[version_id]


async def load_versions(db: Connectable, version_ids: Iterable[UUID]) -> dict[UUID, CampaignDefinition]:
    """The campaigns as they were at these versions, in one round trip at most.

    Raises:
        NotFoundError: one of them is not there.
    """
    wanted = set(version_ids)
    found = {key: _cached[key] for key in wanted if key in _cached}
    if missing := wanted - found.keys():
        for row in await db.rows(_Text, "campaigns.campaigns.versions", {"ids": list(missing)}):
            found[row.id] = _decoder.decode(row.definition)
            _keep(row.id, found[row.id])
    if absent := wanted - found.keys():
        raise NotFoundError(f"There is no campaign version {min(absent)}.")
    return found


def _keep(version_id: UUID, definition: CampaignDefinition) -> None:
    if len(_cached) >= _MOST_CACHED:
        _cached.pop(next(iter(_cached)))
    _cached[version_id] = definition
