"""Secrets: what settings name as `secret:NAME`. They go in and never come out."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from accountgraph.access import Permission
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.errors import NotFoundError
from accountgraph.listing import Page
from accountgraph.store.sealing import Keyring
from accountgraph.store.secrets import SecretRepository, StoredSecret

secrets = Routes("secrets")
SecretKey = Annotated[str, Meta(description="What settings call it, as secret:NAME.")]


class SecretValue(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a secret says: a password, a key, a token."""

    value: Annotated[str, Meta(min_length=1, max_length=65_536)]


class SecretName(Struct, frozen=True, kw_only=True):
    """That a secret is sealed; `reference` is how settings name it."""

    name: str
    reference: str


@secrets.get("/secrets", needs=Permission.SETTINGS_READ)
async def list_secrets(call: Call) -> Page[StoredSecret]:
    """Which secrets there are, never what they say."""
    return Page(items=await SecretRepository(call.db).list_secrets())


@secrets.put("/secrets/{name}", needs=Permission.SETTINGS_WRITE)
async def put_secret(call: Call, name: SecretKey, body: SecretValue) -> SecretName:
    """Seal a secret; one of this name is replaced."""
    await SecretRepository(call.db, Keyring.of(call.database.settings)).put_secret(name, body.value)
    return SecretName(name=name, reference=f"secret:{name}")


@secrets.delete("/secrets/{name}", needs=Permission.SETTINGS_WRITE)
async def delete_secret(call: Call, name: SecretKey) -> None:
    """Forget a secret; whoever needs it fails from then on."""
    if not await SecretRepository(call.db).delete_secret(name):
        raise NotFoundError(f"There is no secret {name!r} in this workspace.")
