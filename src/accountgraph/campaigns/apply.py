"""Applying a campaign: the database has the text that a person wrote, as a version that never changes."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
from msgspec import Struct

from accountgraph.campaigns.definition.campaign import CampaignDefinition
from accountgraph.campaigns.definition.check import check, refuse
from accountgraph.campaigns.definition.diff import Change, diff
from accountgraph.campaigns.definition.problems import Problem
from accountgraph.campaigns.messages import check_template
from accountgraph.campaigns.requirements import audience_problems, requirements
from accountgraph.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from accountgraph.db import Connectable, Session

_decoder = msgspec.json.Decoder(CampaignDefinition)
_MOST_CACHED = 200
_cached: dict[UUID, CampaignDefinition] = {}  # versions never change
_OVER = frozenset({"finished", "cancelled"})


class Plan(Struct, frozen=True, kw_only=True):
    """What applying would do: what stands against it (notes do not), and what would change. `latest`: the newest version's number."""

    problems: list[Problem]
    changes: list[Change]
    latest: int | None = None


class Applied(Struct, frozen=True, kw_only=True):
    """What `apply` did. `created`: the campaign is new; `is_changed`: there is a new version, `number`. `notes` are worth knowing."""

    campaign_id: UUID
    version_id: UUID
    number: int
    created: bool
    is_changed: bool
    changes: list[Change] = []
    notes: list[Problem] = []


class _Campaign(Struct, frozen=True):
    id: UUID
    status: str


class _Version(Struct, frozen=True):
    id: UUID
    number: int
    content_hash: str
    definition: str


class _Text(Struct, frozen=True):
    id: UUID
    definition: str


async def plan(db: Connectable, definition: CampaignDefinition, *, with_audience: bool = True) -> Plan:
    """What `apply` would say and do; nothing is changed. `with_audience` False: whom its audience names is not looked at."""
    problems = await _problems(db, definition, db.now(), with_audience=with_audience)
    found = await db.row(_Version, "campaigns.campaigns.latest_by_name", {"name": definition.name})
    changes = diff(_decoder.decode(found.definition) if found else None, definition)
    return Plan(problems=problems, changes=changes, latest=found.number if found else None)


async def _problems(db: Connectable, definition: CampaignDefinition, now: datetime, *, with_audience: bool) -> list[Problem]:
    """All at once: what the text alone shows, what the workspace lacks, and, where the text can be asked, whom its audience names."""
    problems = [*check(definition, check_template), *await requirements(db, definition)]
    is_askable = not any(problem.key.startswith("audience") for problem in problems if not problem.is_note)
    if with_audience and is_askable:
        problems += await audience_problems(db, definition, now)
    return sorted(problems, key=lambda problem: problem.is_note)


async def apply(session: Session, definition: CampaignDefinition, *, source: str | None = None, with_audience: bool = True) -> Applied:
    """Keep `definition` as the newest version of its campaign. The same text again changes nothing.

    Enrolments that have begun stay with the version they began with. `source` names the file in errors. `with_audience` False: its
    people are given, and whom its audience names is not looked at.

    Raises:
        DefinitionError: something is wrong with it, its audience is nobody, or the workspace lacks what it needs: a sender for each
            message, with a legal name and a postal address behind it.
    """
    source = source or definition.name
    problems = await _problems(session, definition, session.now(), with_audience=with_audience)
    refuse(source, problems)
    campaign = await session.row(_Campaign, "campaigns.campaigns.lock", {"name": definition.name})
    assert campaign is not None  # noqa: S101 - an upsert gives its row
    latest = await session.row(_Version, "campaigns.campaigns.latest", {"campaign_id": campaign.id})
    if latest and latest.content_hash == definition.content_hash:
        return Applied(campaign_id=campaign.id, version_id=latest.id, number=latest.number, created=False, is_changed=False)
    if campaign.status in _OVER:
        refuse(source, [Problem("name", f"campaign {definition.name} is {campaign.status}.", "Give the new one another name.")])
    number = latest.number + 1 if latest else 1
    return Applied(
        campaign_id=campaign.id,
        version_id=await _add_version(session, campaign.id, number, definition),
        number=number,
        created=latest is None,
        is_changed=True,
        changes=diff(_decoder.decode(latest.definition) if latest else None, definition),
        notes=[problem for problem in problems if problem.is_note],
    )


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
