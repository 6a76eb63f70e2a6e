"""`Idempotency-Key`: a request that is sent twice is done once, and answered twice the same.

The key is kept in the transaction that does the work: both are there, or neither. Who sends it a second time meanwhile
waits for the first at the key's row.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import TYPE_CHECKING

import msgspec
from fastapi import Response

from accountgraph.api.parameters import invalid
from accountgraph.http.problems import FieldProblem, ProblemError, urn

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from accountgraph.db import Session

HEADER = "idempotency-key"
_KEY = re.compile("[!-~]{1,255}")
REUSED = urn("idempotency-key-reused")
SHOWN = urn("shown-once")
UNDER_WAY = urn("under-way")
_UNDER_WAY = "The same request came before, and goes on or was broken off; see whether it was done before you send it under a new key."
_KEPT_NO_MORE = "What it gave is not kept: it held a secret, which was shown once, or somebody who was erased since."
_KEPT_HEADERS = ("content-type", "etag", "location")


class _Kept(msgspec.Struct, frozen=True):
    """What was answered."""

    fingerprint: bytes
    status: int | None
    headers: dict[str, str]
    body: bytes | None
    is_new: bool


def checked_key(key: str) -> str:
    """A key as it may be.

    Raises:
        ProblemError: 422, it is empty, too long, or has signs that headers do not carry unharmed.
    """
    if not _KEY.fullmatch(key):
        raise invalid([FieldProblem("Idempotency-Key", "has 1 to 255 signs of ASCII and no space; a new UUID for each thing to be done.")])
    return key


def fingerprint(method: str, path: str, query: bytes, body: bytes) -> bytes:
    """What a request asks for, in 32 bytes."""
    hashed = blake2b(digest_size=32)
    for part in (method.encode(), path.encode(), query, body):
        hashed.update(len(part).to_bytes(8, "big") + part)
    return hashed.digest()


async def begun(session: Session, who: UUID, key: str, asked: bytes, now: datetime) -> Response | None:
    """Keep the key; gives the answer where it was given already.

    Raises:
        ProblemError: 422, the key was used for something else.
    """
    params = {"who": who, "key": key, "fingerprint": asked, "at": now}
    found = await session.row(_Kept, "requests.begin", params)
    if found is None:  # its row came and went between two looks: that of a request which failed
        found = await session.row(_Kept, "requests.begin", params)
    if found is None or found.is_new:
        return None
    if found.fingerprint != asked:
        detail = "It was used for another request; take a new key for each thing to be done."
        raise ProblemError(
            422, "This Idempotency-Key was used already.", kind=REUSED, detail=detail, errors=[FieldProblem("Idempotency-Key", detail)]
        )
    if found.status is None:
        raise ProblemError(409, "It is being done.", kind=UNDER_WAY, detail=_UNDER_WAY, headers={"Retry-After": "5"})
    if found.body is None:
        raise ProblemError(409, "It was done already.", kind=SHOWN, detail=_KEPT_NO_MORE)
    return Response(found.body, status_code=found.status, headers={**found.headers, "Idempotency-Replayed": "true"})


async def done(session: Session, who: UUID, key: str, response: Response, *, is_shown_once: bool = False) -> None:
    """Keep the answer; of one that holds a secret, that it was given."""
    headers = {name: value for name, value in response.headers.items() if name in _KEPT_HEADERS}
    body = None if is_shown_once else bytes(response.body)
    params = {"who": who, "key": key, "status": response.status_code, "headers": msgspec.json.encode(headers).decode(), "body": body}
    await session.affect("requests.finish", params)


async def forgotten(session: Session, who: UUID, key: str) -> None:
    """The work failed: the key may be used again."""
    await session.affect("requests.drop", {"who": who, "key": key})
