"""API keys: what programs and agents enter with. A key's token is shown once, when it was made."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from accountgraph import tools
from accountgraph.access import Permission, Role
from accountgraph.access.keys import create_key, list_keys, revoke_key, rotate_key
from accountgraph.dashboard.forms import Done
from accountgraph.dashboard.settings.room import NOTHING, Typed, actor_of, does, drawn, registry_of, shows, to
from accountgraph.errors import InvalidValueError

if TYPE_CHECKING:
    from starlette.responses import Response

    from accountgraph.access.keys import NewKey
    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit

_LASTS = {"30": "30 days", "90": "90 days", "365": "a year", "": "until it is revoked"}


async def keys_page(visit: Visit, typed: Typed) -> Response:
    """The page."""
    return await _page(visit, typed)


async def _page(visit: Visit, typed: Typed, made: NewKey | None = None) -> Response:
    with_revoked = visit.asked("revoked") == "yes"
    keys, agents = await asyncio.gather(
        list_keys(registry_of(visit), visit.principal.workspace, with_revoked=with_revoked), tools.list_agents(visit.db)
    )
    return drawn(
        visit,
        "people/keys",
        "API keys",
        "keys",
        typed,
        keys=keys,
        with_revoked=with_revoked,
        made=made,
        roles=[(role, role) for role in Role if role is not Role.OWNER or visit.principal.may(Permission.WORKSPACE_OWN)],
        permissions=[(one, one) for one in Permission],
        lasts=list(_LASTS.items()),
        agents=[("", "none"), *((one.name, one.name) for one in agents)],
        status=201 if made else typed.status,
    )


async def make_key(visit: Visit, form: Form) -> Response:
    """Make a key, and show its token this once."""
    label, scopes = form.required("label", "say what the key is for."), _scopes(form)
    if form.get("days") not in _LASTS:
        raise InvalidValueError("days", "choose one of the list.")
    lasts = form.number("days")
    made = await create_key(
        registry_of(visit),
        visit.principal.workspace,
        label,
        _role(form),
        created_by=actor_of(visit),
        scopes=scopes,
        expires_at=visit.now + timedelta(days=lasts) if lasts else None,
        agent=form.get("agent") or None,
    )
    return await _page(visit, NOTHING, made)


async def rotate(visit: Visit, form: Form) -> Response:
    """A new key of the same rights; the old one opens for an hour yet, so that programs can be told."""
    del form
    key = visit.id_in_path("key_id", "key")
    made = await rotate_key(registry_of(visit), visit.principal.workspace, key, by=actor_of(visit), overlap=timedelta(hours=1))
    visit.parts.recognise.gate.forget(key)
    return await _page(visit, NOTHING, made)


async def revoke(visit: Visit, form: Form) -> Done:
    """Let a key open nothing any more."""
    del form
    key = visit.id_in_path("key_id", "key")
    await revoke_key(registry_of(visit), visit.principal.workspace, key, by=actor_of(visit))
    visit.parts.recognise.gate.forget(key)
    return Done("The key opens nothing any more.", to=to(visit, "keys"))


def _role(form: Form) -> Role:
    try:
        return Role(form.get("role"))
    except ValueError:
        raise InvalidValueError("role", f"is one of {', '.join(Role)}.") from None


def _scopes(form: Form) -> list[Permission] | None:
    try:
        return [Permission(one) for one in form.all("scopes")] or None
    except ValueError:
        raise InvalidValueError("scopes", "tick those of the list.") from None


WAYS = (
    shows("keys", Permission.KEYS_WRITE, keys_page),
    does("keys", Permission.KEYS_WRITE, make_key, keys_page),
    does("keys/{key_id}/rotate", Permission.KEYS_WRITE, rotate),
    does("keys/{key_id}/revoke", Permission.KEYS_WRITE, revoke),
)
