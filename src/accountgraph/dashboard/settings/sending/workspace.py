"""What holds for the whole workspace: where it is, its public address, topics, the model that writes, secrets; and which others one has."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from accountgraph.access import Permission
from accountgraph.channels.outside import model_from_outside
from accountgraph.dashboard.forms import Done
from accountgraph.dashboard.settings.room import Typed, does, drawn, shows, to
from accountgraph.errors import NotFoundError
from accountgraph.store.outreach.drafting import DraftingRepository
from accountgraph.store.outreach.settings import SettingsRepository
from accountgraph.store.sealing import Keyring
from accountgraph.store.secrets import SecretRepository

if TYPE_CHECKING:
    from starlette.responses import Response

    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit


async def workspace_page(visit: Visit, typed: Typed) -> Response:
    """The page."""
    repository = SettingsRepository(visit.db)
    settings, topics, model, secrets = await asyncio.gather(
        repository.get_settings(),
        repository.list_topics(),
        DraftingRepository(visit.db).get_settings(),
        SecretRepository(visit.db).list_secrets(),
    )
    return drawn(
        visit,
        "sending/workspace",
        "Workspace",
        "workspace",
        typed,
        settings=settings,
        topics=topics,
        model=model,
        secrets=secrets,
        zones=sorted(available_timezones()),
    )


async def change(visit: Visit, form: Form) -> Done:
    """Zone, country, public address."""
    fields = {
        "timezone": form.required("timezone", "an IANA name like Europe/Berlin."),
        "country": form.get("country").upper() or None,
        "public_url": form.get("public_url").rstrip("/") or None,
    }
    await SettingsRepository(visit.db).update_settings(fields)
    return Done("The workspace is changed.", to=to(visit, "workspace"))


async def put_topic(visit: Visit, form: Form) -> Done:
    """Add a topic, or give it another name."""
    given = {"key": form.required("key", "like product_news."), "name": form.required("name", "as people read it.")}
    topic = await SettingsRepository(visit.db).put_topic(given)
    return Done(f"People may choose to hear about {topic.name}.", to=to(visit, "workspace"))


async def put_model(visit: Visit, form: Form) -> Done:
    """Which model writes, where it is, and which stored secret is its key."""
    fields: dict[str, Any] = {
        "model": form.required("model", "like openai:gpt-4o, or as the server at the address calls it."),
        "base_url": form.get("base_url") or None,
        "refines_meaning": form.is_on("refines_meaning"),
    }
    fields |= {name: number for name in ("drafts_per_day", "timeout_seconds") if (number := form.number(name)) is not None}
    repository = DraftingRepository(visit.db)
    known = await repository.get_settings()
    if form.get("key") or known is None or known.key_env is None:
        fields["key"] = form.get("key") or None
    put = await repository.put_settings(model_from_outside(known, fields))
    return Done(f"{put.model} writes, {put.drafts_per_day} messages a day at most.", to=to(visit, "workspace"))


async def remove_model(visit: Visit, form: Form) -> Done:
    """No model writes any more."""
    del form
    await DraftingRepository(visit.db).remove_settings()
    return Done("No model writes any more; templates do the job.", to=to(visit, "workspace"))


async def put_secret(visit: Visit, form: Form) -> Done:
    """Seal a secret; it goes in and never comes out."""
    name = form.required("name", "what settings call it, like postmark.")
    form.required("secret_value", "what the secret says.")
    value = form.text("secret_value") or ""
    await SecretRepository(visit.db, Keyring.of(visit.db.settings)).put_secret(name, value)
    return Done(f"It is sealed; settings name it as secret:{name}.", to=to(visit, "workspace"))


async def forget_secret(visit: Visit, form: Form) -> Done:
    """Forget it; whoever needs it fails from then on."""
    name = form.get("name")
    if not await SecretRepository(visit.db).delete_secret(name):
        raise NotFoundError(f"There is no secret {name!r} in this workspace.")
    return Done(f"The secret {name} is forgotten.", to=to(visit, "workspace"))


WAYS = (
    shows("workspace", Permission.SETTINGS_READ, workspace_page),
    does("workspace", Permission.SETTINGS_WRITE, change, workspace_page),
    does("workspace/topics", Permission.SETTINGS_WRITE, put_topic, workspace_page),
    does("workspace/model", Permission.SETTINGS_WRITE, put_model, workspace_page),
    does("workspace/model/remove", Permission.SETTINGS_WRITE, remove_model),
    does("workspace/secrets", Permission.SETTINGS_WRITE, put_secret, workspace_page),
    does("workspace/secrets/forget", Permission.SETTINGS_WRITE, forget_secret),
)
