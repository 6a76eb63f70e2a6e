"""Recognising the API key that a request brings."""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.access.errors import AccessDeniedError, Denied
from accountgraph.access.keys.token import prefix_of
from accountgraph.access.permissions import NOT_UNASKED, Permission, Role
from accountgraph.access.principal import Principal, permissions_of
from accountgraph.access.tokens import hashed
from accountgraph.acting import ActingKind
from accountgraph.errors import AccountGraphError

if TYPE_CHECKING:
    from accountgraph.access.registry import Registry

KEPT = timedelta(seconds=10)
"""How long a key that was recognised is not looked up again: so long, at most, a key that was revoked still opens."""
MOST = 10_000  # keys that are remembered
NOTED = timedelta(minutes=1)  # how often it is written down that a key was used
_NOBODYS = "0" * 64  # compared with where no key has the prefix

logger = logging.getLogger(__name__)


class _Row(Struct, frozen=True):
    id: UUID
    workspace: str
    key_hash: str
    label: str
    role: Role
    scopes: list[Permission] | None
    agent: str | None
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    is_disabled: bool


class _Known(Struct, frozen=True):
    principal: Principal
    expires_at: datetime | None
    until: datetime


class KeyGate:
    """Knows keys again. One a process; it keeps who came by for `KEPT`, so that not every request asks the database.

    Only what opened is kept, under its hash, and `MOST` of it: whoever makes keys up fills no memory.
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._noted: OrderedDict[UUID, datetime] = OrderedDict()
        self._writing: set[asyncio.Task[None]] = set()

    def __repr__(self) -> str:
        return f"KeyGate({len(self._known)} keys known)"

    async def authenticate(self, token: str, now: datetime) -> Principal:
        """Whose key this is, and what they may do.

        The work is the same whether or not there is a key of this prefix: one hash, one query, one comparison in constant time.

        Raises:
            AccessDeniedError: MALFORMED, UNKNOWN, REVOKED, EXPIRED or DISABLED.
        """
        prefix = prefix_of(token)
        if prefix is None:
            raise AccessDeniedError(Denied.MALFORMED, "This is no API key; one begins with agk_ and goes into 'Authorization: Bearer'.")
        token_hash = hashed(token)
        known = self._known.get(token_hash)
        if known is None or not now < known.until:
            self._known.pop(token_hash, None)
            known = await self._looked_up(prefix, token_hash, now)
        if known.expires_at is not None and known.expires_at <= now:
            self._known.pop(token_hash, None)
            raise AccessDeniedError(Denied.EXPIRED, "This API key has expired; make a new one.")
        self._note_use(known.principal.id, now)
        return known.principal

    def forget(self, key_id: UUID) -> None:
        """Look this key up again at its next use: for whoever revokes one, so that this process at least knows at once."""
        for token_hash in [token_hash for token_hash, known in self._known.items() if known.principal.id == key_id]:
            del self._known[token_hash]

    async def close(self) -> None:
        """Wait until it is written down which keys were used."""
        while self._writing:
            await asyncio.gather(*self._writing)

    async def _looked_up(self, prefix: str, token_hash: str, now: datetime) -> _Known:
        row = await self._registry.row(_Row, "access.keys.by_prefix", {"prefix": prefix})
        is_right = hmac.compare_digest(row.key_hash if row else _NOBODYS, token_hash)
        if row is None or not is_right:
            raise AccessDeniedError(Denied.UNKNOWN, "This API key is not known here.")
        if row.revoked_at is not None:
            raise AccessDeniedError(Denied.REVOKED, "This API key was revoked; make a new one.")
        if row.is_disabled:
            raise AccessDeniedError(Denied.DISABLED, "The user of this API key is disabled.")
        if row.last_used_at is not None:
            self._noted.setdefault(row.id, row.last_used_at)
        known = _Known(_principal(row), row.expires_at, now + KEPT)
        self._known[token_hash] = known
        while len(self._known) > MOST:
            self._known.popitem(last=False)
        return known

    def _note_use(self, key_id: UUID, now: datetime) -> None:
        """Have it written down, off the request's path: nobody waits for it, and where it fails nobody is refused."""
        noted = self._noted.get(key_id)
        if noted is not None and now - noted < NOTED:
            return
        self._noted[key_id] = now
        while len(self._noted) > MOST:
            self._noted.popitem(last=False)
        task = asyncio.get_running_loop().create_task(self._write_use(key_id, now))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def _write_use(self, key_id: UUID, at: datetime) -> None:
        try:
            await self._registry.value("access.keys.used", {"key_id": key_id, "at": at})
        except AccountGraphError as error:
            self._noted.pop(key_id, None)
            logger.warning("It could not be written down that key %s was used: %s", key_id, error)


def _principal(row: _Row) -> Principal:
    is_agent = row.role is Role.AGENT or row.agent is not None
    permissions = permissions_of(row.role, row.scopes)
    if is_agent and row.scopes is None:  # whatever its role: an agent has these by name alone
        permissions -= NOT_UNASKED
    return Principal(
        kind=ActingKind.AGENT if is_agent else ActingKind.KEY,
        id=row.id,
        name=row.label,
        workspace=row.workspace,
        role=row.role,
        permissions=permissions,
        agent=row.agent,
    )
