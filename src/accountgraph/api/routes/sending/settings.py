"""Settings of the whole workspace: zone, country, public address, who it is before the law, topics, the model that writes."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from accountgraph.access import Permission
from accountgraph.api.call import Call
from accountgraph.api.guarding import guard
from accountgraph.api.operation import Routes
from accountgraph.api.shapes import changes, new
from accountgraph.channels.outside import model_from_outside
from accountgraph.errors import NotFoundError
from accountgraph.listing import Page
from accountgraph.store.outreach.drafting import DraftingRepository, DraftingSettings
from accountgraph.store.outreach.settings import LegalIdentity, SettingsRepository, Topic, WorkspaceSettings

settings = Routes("settings")


class SettingsChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What changes; what is not sent stays. `timezone`: IANA, where no other is known. `country`: two letters.

    `legal_identity_id`: of senders that have none of their own. `public_url`: where `serve` is reached from outside; another one has to
    be verified by `serve`.
    """

    timezone: str | UnsetType = UNSET
    country: str | UnsetType | None = UNSET
    legal_identity_id: UUID | UnsetType | None = UNSET
    public_url: str | UnsetType | None = UNSET


class TopicName(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How people read it."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]


class ModelChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The model that writes; what is not sent stays. `key`: the stored secret that is its key, `secret:NAME`."""

    model: Annotated[str, Meta(min_length=1, max_length=200)] | UnsetType = UNSET
    base_url: Annotated[str, Meta(max_length=500)] | UnsetType | None = UNSET
    key: str | UnsetType | None = UNSET
    drafts_per_day: Annotated[int, Meta(ge=0, le=1_000_000)] | UnsetType = UNSET
    timeout_seconds: Annotated[int, Meta(ge=1, le=300)] | UnsetType = UNSET
    refines_meaning: bool | UnsetType = UNSET


@settings.get("/settings", needs=Permission.SETTINGS_READ)
async def get_settings(call: Call) -> WorkspaceSettings:
    """What holds for the whole workspace."""
    return await SettingsRepository(call.db).get_settings()


@settings.patch("/settings", needs=Permission.SETTINGS_WRITE, body=SettingsChanges)
async def update_settings(call: Call, body: dict[str, Any]) -> WorkspaceSettings:
    """Change what holds for the whole workspace."""
    return await SettingsRepository(call.db).update_settings(body)


@settings.get("/legal-identities", needs=Permission.SETTINGS_READ)
async def list_legal_identities(call: Call) -> Page[LegalIdentity]:
    """Who senders are before the law, by name."""
    return Page(items=await SettingsRepository(call.db).list_legal_identities())


@settings.post("/legal-identities", needs=Permission.SETTINGS_WRITE, status=201, body=new(LegalIdentity))
async def add_legal_identity(call: Call, body: dict[str, Any]) -> LegalIdentity:
    """Add a legal identity: the name and the postal address that stand below each mail."""
    return await SettingsRepository(call.db).add_legal_identity(body)


@settings.patch("/legal-identities/{identity_id}", needs=Permission.SETTINGS_WRITE, body=changes(LegalIdentity))
async def update_legal_identity(call: Call, identity_id: UUID, body: dict[str, Any]) -> LegalIdentity:
    """Change a legal identity; messages that are not written yet carry the new one."""
    repository = SettingsRepository(call.db)
    await guard(call, "legal_identity", identity_id, lambda key: _identity(repository, key))
    return await repository.update_legal_identity(identity_id, body)


@settings.get("/topics", needs=Permission.SETTINGS_READ)
async def list_topics(call: Call) -> Page[Topic]:
    """What people may choose to hear about."""
    return Page(items=await SettingsRepository(call.db).list_topics())


@settings.put("/topics/{key}", needs=Permission.SETTINGS_WRITE)
async def put_topic(call: Call, key: str, body: TopicName) -> Topic:
    """Add a topic, or give it another name."""
    return await SettingsRepository(call.db).put_topic({"key": key, "name": body.name})


@settings.get("/settings/model", needs=Permission.SETTINGS_READ)
async def get_model(call: Call) -> DraftingSettings:
    """The model that writes messages; its key is named, never said."""
    found = await DraftingRepository(call.db).get_settings()
    if found is None:
        raise NotFoundError("No model writes in this workspace; PATCH /settings/model names one.")
    return found


@settings.patch("/settings/model", needs=Permission.SETTINGS_WRITE, body=ModelChanges)
async def update_model(call: Call, body: dict[str, Any]) -> DraftingSettings:
    """Say which model writes messages, where it is, and which stored secret is its key.

    A key that this machine's environment holds is set at its command line, and goes to no other address from here.
    """
    repository = DraftingRepository(call.db)
    return await repository.put_settings(model_from_outside(await repository.get_settings(), body))


@settings.delete("/settings/model", needs=Permission.SETTINGS_WRITE)
async def remove_model(call: Call) -> None:
    """No model writes any more; templates do the job."""
    await DraftingRepository(call.db).remove_settings()


async def _identity(repository: SettingsRepository, identity_id: UUID) -> LegalIdentity | None:
    return next((one for one in await repository.list_legal_identities() if one.id == identity_id), None)
