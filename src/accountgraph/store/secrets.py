"""Secrets: passwords, keys and tokens, encrypted at rest. Settings name them as `secret:NAME`; an agent cannot read them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from accountgraph.db import Database, default_database
from accountgraph.errors import InvalidValueError, NotFoundError
from accountgraph.store.sealing import Keyring

if TYPE_CHECKING:
    from accountgraph.db import Connectable, Session

LONGEST = 65_536  # signs; a token of any service is far shorter


class StoredSecret(Struct, frozen=True):
    """That there is a secret; never what it says."""

    name: str
    updated_at: datetime


class _Sealed(Struct, frozen=True):
    name: str
    sealed: bytes


class SecretRepository:
    """Secrets of a workspace. Without an argument it uses the process's default database; each call is a transaction.

    Args:
        db: a `Database`, or a session of it.
        keyring: the keys; None takes those of the database's settings, and is for a `Database` only.
    """

    def __init__(self, db: Connectable | None = None, keyring: Keyring | None = None) -> None:
        self._db = db or default_database()
        self._given = keyring

    @property
    def _keyring(self) -> Keyring:
        """Read when it is first needed: who keeps no secrets needs no key."""
        if self._given is None:
            if not isinstance(self._db, Database):
                raise TypeError("a session does not know its workspace's keys; give keyring=Keyring.of(db.settings)")
            self._given = Keyring.of(self._db.settings)
        return self._given

    async def get_secret(self, name: str) -> str:
        """What the secret says.

        Raises:
            NotFoundError: there is none of this name.
            SealError: the key that sealed it is not here.
        """
        sealed = await self._db.value("secrets.sealed", {"name": name})
        if sealed is None:
            raise NotFoundError(f"There is no secret {name!r} in this workspace; store it with `accountgraph secret put {name}`.")
        return self._keyring.open(name, bytes(sealed))

    async def put_secret(self, name: str, secret: str) -> None:
        """Store a secret; one of this name is replaced.

        Raises:
            InvalidValueError: the name or the secret cannot be stored.
        """
        if not 1 <= len(name) <= 200 or name != name.strip() or not name.isprintable():
            raise InvalidValueError("name", f"{name!r} cannot name a secret; 1 to 200 signs that can be printed, no blanks around them.")
        if not secret or len(secret) > LONGEST or not _is_text(secret):
            raise InvalidValueError("secret", f"is empty, longer than {LONGEST:,} signs, or no text.")
        await self._db.value("secrets.put", {"name": name, "sealed": self._keyring.seal(name, secret)})

    async def delete_secret(self, name: str) -> bool:
        """Forget a secret; gives whether there was one."""
        return await self._db.value("secrets.delete", {"name": name}) is not None

    async def list_secrets(self) -> list[StoredSecret]:
        """Which secrets there are, by name."""
        return await self._db.rows(StoredSecret, "secrets.listing")

    async def reseal(self) -> int:
        """Seal everything anew with the first key, all or nothing; gives how many were. Other keys can be dropped then.

        Raises:
            SealError: one cannot be opened; nothing is changed.
        """
        keyring = self._keyring

        async def work(session: Session) -> int:
            rows = await session.rows(_Sealed, "secrets.lock_all")
            old = [row for row in rows if not keyring.is_first(row.sealed)]
            for row in old:
                sealed = keyring.seal(row.name, keyring.open(row.name, row.sealed))
                await session.value("secrets.put", {"name": row.name, "sealed": sealed})
            return len(old)

        return await self._db.run(work)


def _is_text(secret: str) -> bool:
    """Bytes that were no UTF-8 come from the command line as halves of signs."""
    try:
        secret.encode()
    except UnicodeEncodeError:
        return False
    return True
