"""The secrets of a workspace, as transports and mailboxes ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from accountgraph.errors import NotFoundError
from accountgraph.mailboxes.errors import GrantError
from accountgraph.mailboxes.login.grants import Grant, refreshed
from accountgraph.store.sealing import Keyring
from accountgraph.store.secrets import SecretRepository

if TYPE_CHECKING:
    from accountgraph.db import Database, Session


class WorkspaceVault:
    """Stored secrets, and access tokens of stored grants, which are renewed when their time is over."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def secret(self, name: str) -> str:
        """What a stored secret says. Raises as `SecretRepository.get_secret`."""
        return await SecretRepository(self._db).get_secret(name)

    async def put_grant(self, name: str, grant: Grant) -> None:
        """Keep a grant under this name, sealed."""
        await SecretRepository(self._db).put_secret(name, msgspec.json.encode(grant).decode())

    async def access_token(self, name: str, refused: str | None = None) -> str:
        """An access token that is good for some minutes more, and not the one that was `refused`.

        Raises:
            NotFoundError, SealError: there is no such secret, or it cannot be opened.
            GrantError: it is no grant, or the service gives no token for it any more.
            MailboxError: the service cannot be reached.
        """
        grant = _grant(name, await self.secret(name))
        if grant.is_good(self._db.now()) and grant.access_token != refused:
            return grant.access_token
        keyring = Keyring.of(self._db.settings)

        async def renew(session: Session) -> str:
            """The row is locked meanwhile: a refresh token that changes with each use is used by one of us."""
            if await session.value("secrets.lock", {"name": name}) is None:
                raise NotFoundError(f"There is no secret {name!r} any more; connect the mailbox again with `mailbox add`.")
            secrets = SecretRepository(session, keyring)
            known = _grant(name, await secrets.get_secret(name))
            if not known.is_good(self._db.now()) or known.access_token == refused:
                known = await refreshed(known, self._db.now())
                await secrets.put_secret(name, msgspec.json.encode(known).decode())
            return known.access_token

        return await self._db.run(renew)


def _grant(name: str, text: str) -> Grant:
    try:
        return msgspec.json.decode(text.encode(), type=Grant)
    except (msgspec.ValidationError, msgspec.DecodeError):
        raise GrantError(f"secret {name!r} is no grant; connect the mailbox again with `mailbox add`.") from None
