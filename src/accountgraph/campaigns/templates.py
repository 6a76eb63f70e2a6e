"""Templates: the words of one campaign, looked at and changed by themselves. A change is a new version of their campaign."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from accountgraph.campaigns.apply import Applied, apply, load_version
from accountgraph.campaigns.definition.campaign import CampaignDefinition, Template
from accountgraph.campaigns.lifecycle import find_campaign
from accountgraph.campaigns.messages.preview import Preview, preview
from accountgraph.errors import NotFoundError

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.db import Connectable, Session


class TemplateVersion(Struct, frozen=True, kw_only=True):
    """A version of a template; `number` 1 is the first."""

    number: int
    definition: Template
    content_hash: str
    created_at: datetime


async def template_versions(db: Connectable, campaign: UUID | str, template: str) -> list[TemplateVersion]:
    """The versions of a campaign's template, the newest first.

    Raises:
        NotFoundError: no such campaign, or it never had such a template.
    """
    found = await find_campaign(db, campaign)
    versions = await db.rows(TemplateVersion, "campaigns.templates.versions", {"name": f"{found.name}/{template}"})
    if not versions:
        raise NotFoundError(f"Campaign {found.name} has no template {template!r}.")
    return versions


async def change_template(session: Session, campaign: UUID | str, template: str, words: Template) -> Applied:
    """Give a template of a campaign other words, or add one that is not used yet: a new version of the campaign. The same words change
    nothing. Who has begun stays with the version they began with, and a live campaign sends the new words once they are approved.

    Raises:
        NotFoundError: no such campaign.
        DefinitionError: the campaign cannot run with these words.
    """
    found = await find_campaign(session, campaign)
    await session.value("campaigns.campaigns.lock_by_id", {"id": found.id})
    newest = await find_campaign(session, found.id)
    return await apply(session, _with(await load_version(session, newest.version_id), template, words))


async def preview_template(
    db: Connectable, campaign: UUID | str, template: str, contact_id: UUID, now: datetime, *, words: Template | None = None
) -> list[Preview]:
    """The steps that use a template, as a contact would get them: with its newest words, or with others that are not kept.

    Raises:
        NotFoundError: no such campaign, template or contact.
    """
    found = await find_campaign(db, campaign)
    definition = await load_version(db, found.version_id)
    if words is not None:
        definition = _with(definition, template, words)
    if template not in definition.templates:
        raise NotFoundError(f"Campaign {found.name} has no template {template!r}.")
    using = {step.key for step in definition.steps if step.template == template}
    return [one for one in await preview(db, definition, contact_id, now) if one.step_key in using]


def _with(definition: CampaignDefinition, template: str, words: Template) -> CampaignDefinition:
    return msgspec.structs.replace(definition, templates={**definition.templates, template: words})
