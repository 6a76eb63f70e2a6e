"""Who asks: by the API key that a request brings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from accountgraph.access import AccessDeniedError
from accountgraph.access.keys import KeyGate
from accountgraph.api.limits import Limits
from accountgraph.http.problems import ProblemError

if TYPE_CHECKING:
    from fastapi import Request

    from accountgraph.access import Principal, Registry

STRANGERS_A_MINUTE = 120  # requests of one address that nobody is known by
_BEARER = re.compile(r"Bearer +([\x21-\x7e]{1,300})", re.IGNORECASE)


class Recogniser:
    """Knows keys. An address that brings wrong ones too often is not even looked up any more."""

    def __init__(self, registry: Registry, *, strangers: Limits | None = None) -> None:
        self._registry = registry
        self.gate = KeyGate(registry)
        self._strangers = strangers or Limits(STRANGERS_A_MINUTE)

    async def __call__(self, request: Request) -> Principal:
        """Who it is.

        Raises:
            AccessDeniedError: the key is none of ours, revoked or expired.
            ProblemError: 401, there is no key at all; 429, too many wrong ones came from this address.
        """
        address = request.client.host if request.client else "?"
        self._strangers.check(address)
        try:
            return await self.gate.authenticate(_key(request), self._registry.now())
        except (AccessDeniedError, ProblemError):
            self._strangers.take(address)
            raise

    async def close(self) -> None:
        """Wait for what is being written, and close the connections."""
        await self.gate.close()
        await self._registry.close()


def _key(request: Request) -> str:
    if found := _BEARER.fullmatch(request.headers.get("authorization", "").strip()):
        return found[1]
    detail = "Send an API key: `Authorization: Bearer agk_...`; `accountgraph key create` makes one."
    raise ProblemError(
        401, "Who asks?", kind="urn:accountgraph:problem:unauthenticated", detail=detail, headers={"WWW-Authenticate": "Bearer"}
    )
