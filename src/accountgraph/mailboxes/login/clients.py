"""A workspace's own OAuth2 clients at the mail services: kept among its secrets, and used wherever somebody signs in by a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta, Struct

from accountgraph.store.sealing import Keyring
from accountgraph.store.secrets import SecretRepository

if TYPE_CHECKING:
    from accountgraph.db import Database

_BEFORE = "mail login "
MAIL_SERVICES = {"google": "Google", "microsoft": "Microsoft"}


class OwnClient(Struct, frozen=True, kw_only=True):
    """A client as the service gave it. `tenant`: Microsoft's, of one organization."""

    client_id: Annotated[str, Meta(min_length=1, max_length=500)]
    client_secret: Annotated[str, Meta(min_length=1, max_length=500)] | None = None
    tenant: Annotated[str, Meta(max_length=253, pattern=r"^[A-Za-z0-9][A-Za-z0-9.\-]*$")] = "common"

    def __repr__(self) -> str:
        return f"OwnClient({self.client_id!r})"


async def put_client(db: Database, service: str, client: OwnClient) -> None:
    """Keep a client, sealed; one of this service is replaced."""
    await SecretRepository(db, Keyring.of(db.settings)).put_secret(_BEFORE + service, msgspec.json.encode(client).decode())


async def forget_client(db: Database, service: str) -> bool:
    """Forget it; gives whether there was one. Mailboxes that were connected by it have it in their grants, and go on."""
    return await SecretRepository(db).delete_secret(_BEFORE + service)


async def get_client(db: Database, service: str) -> OwnClient:
    """The client of a service.

    Raises:
        NotFoundError: there is none.
        SealError: the key that sealed it is not here.
    """
    return msgspec.json.decode(await SecretRepository(db).get_secret(_BEFORE + service), type=OwnClient)


async def services_with_client(db: Database) -> frozenset[str]:
    """The services of which a client is kept."""
    return frozenset(one.name.removeprefix(_BEFORE) for one in await SecretRepository(db).list_secrets() if one.name.startswith(_BEFORE))
