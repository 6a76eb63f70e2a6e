"""The keys that sign tokens: made once a workspace, kept among its secrets, and followed by newer ones without an end to the old."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Protocol, TypeAlias

import msgspec
from msgspec import Struct

from accountgraph.errors import ConfigError, NotFoundError
from accountgraph.store.sealing import Keyring
from accountgraph.store.secrets import SecretRepository
from accountgraph.tracking.tokens import KEY_BYTES, Ring

if TYPE_CHECKING:
    from collections.abc import Callable

    from accountgraph.db import Session

NAME = "tracking"
"""What the keys are called among the secrets."""


class Secrets(Protocol):
    """The secrets of a workspace, within a transaction."""

    async def get_secret(self, name: str) -> str:
        """What a secret says.

        Raises:
            NotFoundError: there is none of this name.
        """
        ...

    async def put_secret(self, name: str, secret: str) -> None:
        """Keep a secret; one of this name is replaced."""
        ...


SecretsOf: TypeAlias = "Callable[[Session], Secrets]"
"""The secrets that a transaction can reach."""


def stored_secrets(session: Session) -> Secrets:
    """The secrets that are kept in the workspace itself, sealed."""
    return SecretRepository(session, Keyring.of(session.settings))


class _Stored(Struct, frozen=True):
    newest: int
    keys: dict[int, str]


async def read_ring(secrets: Secrets) -> Ring | None:
    """The keys, or None where none were made yet.

    Raises:
        ConfigError: what stands there are no keys.
    """
    try:
        said = await secrets.get_secret(NAME)
    except NotFoundError:
        return None
    try:
        stored = msgspec.json.decode(said, type=_Stored)
        ring = Ring(newest=stored.newest, keys={number: b64decode(key, validate=True) for number, key in stored.keys.items()})
    except ValueError:
        ring = Ring(newest=0, keys={})
    if ring.newest not in ring.keys or any(len(key) != KEY_BYTES for key in ring.keys.values()):
        raise ConfigError(f"The secret {NAME!r} holds no keys for links; delete it to have new ones made (old links then lead nowhere).")
    return ring


async def ensure_ring(session: Session, secrets_of: SecretsOf) -> Ring:
    """The keys; made where there are none, once however many ask at the same time."""
    secrets = secrets_of(session)
    found = await read_ring(secrets)
    if found is not None:
        return found
    await session.value("tracking.lock_keys")
    return await read_ring(secrets) or await _kept(secrets, Ring.new())


async def rotate(session: Session, secrets_of: SecretsOf) -> Ring:
    """A new key signs from now on; links that are out still work."""
    await session.value("tracking.lock_keys")
    secrets = secrets_of(session)
    found = await read_ring(secrets)
    return await _kept(secrets, found.rotated() if found else Ring.new())


async def _kept(secrets: Secrets, ring: Ring) -> Ring:
    stored = _Stored(ring.newest, {number: b64encode(key).decode() for number, key in ring.keys.items()})
    await secrets.put_secret(NAME, msgspec.json.encode(stored).decode())
    return ring
