"""One request, once it is known who asks and what they may do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from accountgraph.access import Actor
from accountgraph.api.recognising import origin_of
from accountgraph.api.tags import tag_of
from accountgraph.db import Session
from accountgraph.http.problems import ProblemError, urn

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    import msgspec
    from fastapi import Request, Response

    from accountgraph.access import Principal, Registry
    from accountgraph.api.parts import Parts
    from accountgraph.db import Connectable, Database

STALE = urn("changed-meanwhile")


@dataclass(slots=True)
class Call:
    """What an operation works with.

    `db` is the transaction of a request that writes, and the database itself for one that reads; `database` is for
    what has to be outside of the transaction. `once`, where the body is no JSON, takes what stands for the body, and does work in
    one transaction with the request's `Idempotency-Key`: it gives the answer, or the one that was given before.
    """

    request: Request
    principal: Principal
    parts: Parts
    database: Database
    db: Connectable
    request_id: str
    headers: dict[str, str] = field(default_factory=dict)  # more of the answer's
    once: Callable[[bytes, Callable[[], Awaitable[Any]]], Awaitable[Response]] = field(init=False)

    @property
    def now(self) -> datetime:
        """The time, UTC."""
        return self.db.now()

    @property
    def registry(self) -> Registry:
        """Where users and keys are."""
        return self.parts.recognise.registry

    @property
    def actor(self) -> Actor:
        """Who changes users and keys, and how far they may go."""
        return Actor.of(self.principal, origin_of(self.request), self.request_id)

    @property
    def session(self) -> Session:
        """The transaction of this request, which writes."""
        assert isinstance(self.db, Session)  # noqa: S101 - an operation that asks for it is declared as one that writes
        return self.db

    def check_unchanged(self, current: msgspec.Struct) -> None:
        """Refuse to write over what the caller has not seen; the row has to be locked.

        Raises:
            ProblemError: 412, where `If-Match` names another state than `current`.
        """
        wanted = self.request.headers.get("if-match")
        if wanted is None or wanted.strip() == "*":
            return
        if tag_of(current).writable not in {given.strip().removeprefix("W/").strip('"').partition(".")[0] for given in wanted.split(",")}:
            raise ProblemError(
                412,
                "It was changed meanwhile.",
                kind=STALE,
                detail="If-Match names another state than the one that is stored; read it again, and send its ETag.",
            )
