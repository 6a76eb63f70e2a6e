"""Sender identities: who a sender is before the law, as it stands below every message."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from accountgraph.access import Permission
from accountgraph.dashboard.forms import Done
from accountgraph.dashboard.settings.room import Typed, does, drawn, shows, to
from accountgraph.store.outreach.settings import SettingsRepository

if TYPE_CHECKING:
    from starlette.responses import Response

    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit


async def identities_page(visit: Visit, typed: Typed) -> Response:
    """The page."""
    repository = SettingsRepository(visit.db)
    identities, settings = await asyncio.gather(repository.list_legal_identities(), repository.get_settings())
    return drawn(
        visit, "sending/identities", "Sender identities", "identities", typed, identities=identities, standard=settings.legal_identity_id
    )


async def add(visit: Visit, form: Form) -> Done:
    """Add one; the first is everybody's who has none of their own."""
    fields = _fields(form)

    async def work(repository: SettingsRepository) -> str:
        made = await repository.add_legal_identity(fields)
        if (await repository.get_settings()).legal_identity_id is None:
            await repository.update_settings({"legal_identity_id": made.id})
            return f"{made.name} stands below every message from now on."
        return f"{made.name} is added; a sender's page says whose it is."

    words = await visit.db.run(lambda session: work(SettingsRepository(session)))
    return Done(words, to=to(visit, "identities"))


async def change(visit: Visit, form: Form) -> Done:
    """Change one; messages that are not written yet carry the new one."""
    changed = await SettingsRepository(visit.db).update_legal_identity(visit.id_in_path("identity_id", "identity"), _fields(form))
    return Done(f"{changed.name} is changed; messages that are not written yet carry it so.", to=to(visit, "identities"))


async def use(visit: Visit, form: Form) -> Done:
    """It is the one of senders that have none of their own."""
    del form
    key = visit.id_in_path("identity_id", "identity")
    await SettingsRepository(visit.db).update_settings({"legal_identity_id": key})
    return Done("It stands below the messages of every sender that has none of its own.", to=to(visit, "identities"))


def _fields(form: Form) -> dict[str, str | None]:
    return {
        "name": form.required("name", "the company's legal name."),
        "postal_address": (form.text("postal_address") or "").strip(),
        "country": form.get("country").upper() or None,
        "privacy_url": form.get("privacy_url") or None,
    }


WAYS = (
    shows("identities", Permission.SETTINGS_READ, identities_page),
    does("identities", Permission.SETTINGS_WRITE, add, identities_page),
    does("identities/{identity_id}", Permission.SETTINGS_WRITE, change, identities_page),
    does("identities/{identity_id}/use", Permission.SETTINGS_WRITE, use),
)
