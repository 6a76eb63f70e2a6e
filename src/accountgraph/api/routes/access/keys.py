"""API keys."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from accountgraph.access import Permission, Role
from accountgraph.access.keys import Key, create_key, list_keys, revoke_key, rotate_key
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.listing import Page

keys = Routes("keys")


class NewKeyWanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a key is for, and what it may do. `scopes` narrow the role; an agent's key sends only where they name `messages:send`."""

    label: Annotated[str, Meta(min_length=1, max_length=200)]
    role: Role
    scopes: list[Permission] | None = None
    expires_at: Annotated[datetime, Meta(tz=True)] | None = None
    agent: Annotated[str, Meta(min_length=1, max_length=100)] | None = None


class Rotation(Struct, frozen=True, forbid_unknown_fields=True):
    """How long the old key opens yet, so that programs can be told; at most a week."""

    overlap_seconds: Annotated[int, Meta(ge=0, le=604_800)] = 0


class KeyMade(Struct, frozen=True):
    """A key with its token, which is shown here and never again."""

    key: Key
    token: str


@keys.get("/keys", needs=Permission.KEYS_WRITE)
async def list_workspace_keys(call: Call, *, with_revoked: bool = False) -> Page[Key]:
    """The keys of this workspace, the newest first, without what opens anything."""
    return Page(await list_keys(call.registry, call.principal.workspace, with_revoked=with_revoked))


@keys.post("/keys", needs=Permission.KEYS_WRITE, writes=False, status=201, is_shown_once=True)
async def make_key(call: Call, body: NewKeyWanted) -> KeyMade:
    """Make a key; its token is shown this once. Nobody gives more than they have."""
    made = await create_key(
        call.registry,
        call.principal.workspace,
        body.label,
        body.role,
        created_by=call.actor,
        scopes=body.scopes,
        expires_at=body.expires_at,
        agent=body.agent,
    )
    return KeyMade(made.key, made.token)


@keys.delete("/keys/{key_id}", needs=Permission.KEYS_WRITE, writes=False)
async def revoke_workspace_key(call: Call, key_id: UUID) -> None:
    """Let a key open nothing any more; other servers go on for ten seconds at most."""
    await revoke_key(call.registry, call.principal.workspace, key_id, by=call.actor)
    call.parts.recognise.gate.forget(key_id)


@keys.post("/keys/{key_id}/rotate", needs=Permission.KEYS_WRITE, writes=False, status=201, is_shown_once=True)
async def rotate_workspace_key(call: Call, key_id: UUID, body: Rotation) -> KeyMade:
    """Put a new key of the same rights in the place of one; its token is shown this once."""
    overlap = timedelta(seconds=body.overlap_seconds)
    made = await rotate_key(call.registry, call.principal.workspace, key_id, by=call.actor, overlap=overlap)
    call.parts.recognise.gate.forget(key_id)
    return KeyMade(made.key, made.token)
