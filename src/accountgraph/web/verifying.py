"""What the public server asks of whoever knows a provider: whether a request is the provider's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol, TypeAlias

from msgspec import Struct

from accountgraph.errors import AccountGraphError


class Delivery(Struct, frozen=True, kw_only=True):
    """A request as it came. Header names in lower case; `url` is the public address with its query; `now` is UTC."""

    url: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    now: datetime


class RefusedError(AccountGraphError):
    """A request is not kept. `status`: 401 to strangers, 400 to what cannot be read, 503 where they may come again; 200: it was a test."""

    def __init__(self, status: int, message: str | None = None) -> None:
        self.status = status
        super().__init__(message)


class Verify(Protocol):
    """Checks the signature, or whatever else a provider proves itself by."""

    async def __call__(self, delivery: Delivery, secret: str) -> None:
        """Return where the provider sent this, now, and unchanged.

        Raises:
            RefusedError: it cannot be believed.
        """
        ...


Verifiers: TypeAlias = Mapping[str, Verify]
"""Providers by the name that stands in the address of their webhook."""


def secret_name(provider: str) -> str:
    """What the secret of a provider's webhook is called among the secrets of a workspace."""
    return f"webhook:{provider}"
