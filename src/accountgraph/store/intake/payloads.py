"""Payloads of webhooks: kept whole before anything is made of them, then worked off."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
from msgspec import Struct

from accountgraph.db import Connectable, default_database

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LONGEST_VALUE = 2_000  # signs of a header that are kept
_MOST_HEADERS = 100
# What proves who sent it: of no use to anybody who only wants to know what it says.
_CREDENTIALS = ("authorization", "cookie", "signature", "token", "secret", "password", "api-key", "apikey")


class Payload(Struct, frozen=True, kw_only=True):
    """What a provider's webhook handed over.

    `headers`: names in lower case, without credentials. `tries`: those before this one.

    `brought`: what had to be fetched for it beforehand, by the provider's ids.
    """

    id: int
    provider: str
    headers: dict[str, str]
    query: str = ""
    body: bytes
    received_at: datetime
    tries: int = 0
    brought: dict[str, bytes] = {}


class PayloadState(StrEnum):
    """How far a payload is. `new`: it waits, or is tried again; `failed`: given up, and kept with the reason."""

    NEW = "new"
    DONE = "done"
    FAILED = "failed"


class StoredPayload(Struct, frozen=True, kw_only=True):
    """What became of a payload, without its body. `size`: of the body, in bytes."""

    id: int
    provider: str
    state: PayloadState
    tries: int
    size: int
    effects: list[str]
    error: str | None
    received_at: datetime


class PayloadRepository:
    """Payloads. Without an argument it uses the process's default database; each call is a transaction."""

    def __init__(self, db: Connectable | None = None) -> None:
        self._db = db or default_database()

    async def keep(self, provider: str, headers: Mapping[str, str], body: bytes, query: str = "") -> int | None:
        """Keep a payload, in one statement; None: the same delivery is here already. Credentials among the headers are left out."""
        params = {
            "provider": provider,
            "headers": msgspec.json.encode(without_credentials(headers)).decode(),
            "query": query.replace("\0", "")[:LONGEST_VALUE],
            "body": body,
            "digest": digest_of(provider, body, query),
        }
        kept: int | None = await self._db.value("intake.payloads.keep", params)
        return kept

    async def listing(self, *, state: PayloadState | None = None, limit: int = 20) -> list[StoredPayload]:
        """Payloads, the latest first."""
        return await self._db.rows(StoredPayload, "intake.payloads.listing", {"state": state, "limit": limit})

    async def due(self, now: datetime, *, limit: int) -> Sequence[int]:
        """Ids of payloads that are to be worked off now, the oldest first."""
        return await self._db.rows(int, "intake.payloads.due", {"now": now, "limit": limit})

    async def take(self, payload_id: int, now: datetime) -> Payload | None:
        """One that is due, for this transaction alone; None: another is at it, or was."""
        return await self._db.row(Payload, "intake.payloads.take", {"id": payload_id, "now": now})

    async def finish(self, payload_id: int, effects: Sequence[str], now: datetime) -> None:
        """It was worked off, and did this."""
        params = {"id": payload_id, "effects": msgspec.json.encode([_storable(one) for one in effects]).decode(), "now": now}
        await self._db.value("intake.payloads.finish", params)

    async def put_off(self, payload_id: int, error: str, again_at: datetime | None, now: datetime) -> None:
        """It could not be worked off. `again_at` None: it is given up, and stays as it is with the error."""
        params = {"id": payload_id, "error": _storable(error)[:LONGEST_VALUE], "again_at": again_at, "now": now}
        await self._db.value("intake.payloads.put_off", params)

    async def next_due(self) -> datetime | None:
        """When the next one is due."""
        at: datetime | None = await self._db.value("intake.payloads.next_due")
        return at


def _storable(text: str) -> str:
    """Without what no database takes: an error or an effect may quote whatever came in."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")


def digest_of(provider: str, body: bytes, query: str = "") -> UUID:
    """What identifies a delivery: the first 128 bits of SHA-256 over provider, query and body."""
    return UUID(bytes=sha256(f"{provider}\0{query}\0".encode(errors="replace") + body).digest()[:16])


def without_credentials(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that may be kept, with names in lower case, none of them endlessly long and none with a NUL."""
    lower = {name.lower(): value for name, value in headers.items()}
    kept = {name: value for name, value in lower.items() if not any(word in name for word in _CREDENTIALS)}
    return {name: value[:LONGEST_VALUE].replace("\0", "") for name, value in list(kept.items())[:_MOST_HEADERS]}
