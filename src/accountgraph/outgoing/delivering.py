"""Telling endpoints what happened, until they have it.

A delivery is claimed with a lease, posted outside of any transaction, and settled. Whoever dies in between leaves a lease that ends: it
is tried again with the same `webhook-id`, so that an endpoint hears everything at least once.
"""

from __future__ import annotations

import asyncio
import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from msgspec import Struct

from accountgraph.errors import ConfigError
from accountgraph.outgoing.deliveries import DeliveryDetail, DeliveryState, Event, get_delivery
from accountgraph.outgoing.endpoints import get_endpoint, old_secret_name, secret_name
from accountgraph.outgoing.facts import AboutTest
from accountgraph.outgoing.kinds import KINDS, Kind
from accountgraph.outgoing.schedule import is_dead, next_try
from accountgraph.outgoing.signing import signed_headers
from accountgraph.store.sealing import Keyring

if TYPE_CHECKING:
    from accountgraph.db import Database, Session
    from accountgraph.outgoing.posting import Answer, Poster

LEASE = timedelta(seconds=60)  # longer than a request may take
AT_ONCE = 20  # requests to one endpoint
KEPT = timedelta(days=30)
GONE = 410


class Told(Struct, frozen=True):
    """What was done: tries, and how many of them got through or were the last."""

    tries: int = 0
    delivered: int = 0
    given_up: int = 0

    def __add__(self, other: Told) -> Told:
        """Both."""
        return Told(self.tries + other.tries, self.delivered + other.delivered, self.given_up + other.given_up)


class Claimed(Event, frozen=True, kw_only=True):
    """A delivery that is ours for the time of its lease; `lease` None: it is not its turn."""

    id: int
    lease: UUID | None
    tries: int
    message_id: UUID


class _Signed(Struct, frozen=True):
    """Where to, and the secrets that sign."""

    endpoint_id: UUID
    url: str
    secrets: tuple[str, ...]


class _Signing(Struct, frozen=True):
    url: str
    secret: bytes | None
    old_secret: bytes | None


class _Failing(Struct, frozen=True):
    failing_since: datetime
    failures: int


async def deliver_due(db: Database, http: Poster, *, chance: random.Random | None = None) -> Told:
    """Tell every active endpoint what is due for it by now; endpoints side by side, so that none waits for another.

    Raises:
        ConfigError: the secret of an endpoint cannot be opened; the others were told first.
    """
    endpoints = await due_endpoints(db)
    done = await asyncio.gather(*(deliver_to(db, http, one, chance=chance) for one in endpoints), return_exceptions=True)
    for one in done:
        if isinstance(one, BaseException):
            raise one
    return sum((one for one in done if isinstance(one, Told)), Told())


async def deliver_to(db: Database, http: Poster, endpoint_id: UUID, *, chance: random.Random | None = None) -> Told:
    """Tell one endpoint what is due for it. It ends early where nothing gets through: the rest waits for the next time."""
    total = Told()
    drawn = chance or random.Random()  # noqa: S311 - spreads the tries
    while (signing := await _signing(db, endpoint_id, is_trial=False)) is not None:
        now = db.now()
        asked = {"endpoint_id": endpoint_id, "now": now, "until": now + LEASE, "most": AT_ONCE}
        claimed = await db.rows(Claimed, "outgoing.deliveries.claim", asked)
        turn = [one for one in claimed if one.lease is not None]
        done = sum(await asyncio.gather(*(_deliver(db, http, signing, one, drawn) for one in turn)), Told())
        total += done
        if not claimed or (turn and not done.delivered):
            break
    return total


async def send_test(db: Database, http: Poster, endpoint_id: UUID, kind: Kind = Kind.WEBHOOK_TEST) -> DeliveryDetail:
    """Tell one endpoint an example of a kind, at once and once, paused or not; gives what came of it.

    Raises:
        NotFoundError: there is no such endpoint.
        ConfigError: its secret cannot be opened.
    """
    endpoint = await get_endpoint(db, endpoint_id)
    signing = await _signing(db, endpoint_id, is_trial=True)
    assert signing is not None  # noqa: S101 - it was there a moment ago
    facts = AboutTest(endpoint_id=endpoint.id) if kind is Kind.WEBHOOK_TEST else KINDS[kind].example
    now = db.now()
    row = {"endpoint_id": endpoint_id, "kind": kind, "now": now, "until": now + LEASE, "data": msgspec.json.encode(facts).decode()}
    trial = await db.row(Claimed, "outgoing.deliveries.add_trial", row)
    assert trial is not None  # noqa: S101 - an insert gives its row
    answer = await _post(http, signing, trial, now)
    await db.run(lambda session: _settle(session, trial, answer, now, None))
    return await get_delivery(db, trial.id)


async def due_endpoints(db: Database) -> list[UUID]:
    """Active endpoints for which something is due."""
    return await db.rows(UUID, "outgoing.endpoints.due", {"now": db.now()})


async def next_due_at(db: Database) -> datetime | None:
    """When something is due next; None: nothing is."""
    found: datetime | None = await db.value("outgoing.endpoints.next_due_at")
    return found


async def prune(db: Database, *, most: int = 5000) -> int:
    """Forget what is older than 30 days, told or not; at most so many events at a time. Gives how many."""
    return await db.run(lambda session: session.affect("outgoing.deliveries.prune", {"before": session.now() - KEPT, "most": most}))


async def _deliver(db: Database, http: Poster, signing: _Signed, one: Claimed, chance: random.Random) -> Told:
    at = db.now()
    answer = await _post(http, signing, one, at)
    now = db.now()
    again = None if answer.status == GONE else next_try(one.tries + 1, now, chance, answer.retry_after)

    async def work(session: Session) -> None:
        await _settle(session, one, answer, at, again)
        await _judge(session, signing.endpoint_id, answer, now)

    await db.run(work)
    return Told(1, int(answer.is_taken), int(not answer.is_taken and again is None))


async def _post(http: Poster, signing: _Signed, one: Claimed, at: datetime) -> Answer:
    body = msgspec.json.encode(one.payload)
    return await http.post(signing.url, signed_headers(signing.secrets, one.message_id, at, body), body)


async def _settle(session: Session, one: Claimed, answer: Answer, at: datetime, again: datetime | None) -> None:
    """Write down what came of a try at `at`; `again`: when it is tried next, None: never."""
    state = DeliveryState.DELIVERED if answer.is_taken else DeliveryState.PENDING if again else DeliveryState.FAILED
    row: dict[str, Any] = {
        "id": one.id,
        "lease": one.lease,
        "at": at,
        "now": session.now(),
        "state": state,
        "next_try_at": again if state is DeliveryState.PENDING else None,
        "duration_ms": answer.duration_ms,
        "status": answer.status,
        "response": answer.response,
        "error": answer.error,
    }
    await session.affect("outgoing.deliveries.settle", row)


async def _judge(session: Session, endpoint_id: UUID, answer: Answer, now: datetime) -> None:
    """What a try says about its endpoint."""
    if answer.is_taken:
        await session.affect("outgoing.deliveries.got_through", {"endpoint_id": endpoint_id})
        return
    failing = await session.row(_Failing, "outgoing.deliveries.did_not", {"endpoint_id": endpoint_id, "now": now})
    if answer.status == GONE:
        await _stop(session, endpoint_id, "gone", "it answered 410: it wants to hear no more", now)
    elif failing is not None and is_dead(failing.failing_since, failing.failures, now):
        why = f"nothing got through since {failing.failing_since:%Y-%m-%d}, in {failing.failures} tries; the last: {answer.error}"
        await _stop(session, endpoint_id, "paused", why[:500], now)


async def _stop(session: Session, endpoint_id: UUID, state: str, reason: str, now: datetime) -> None:
    await session.affect("outgoing.deliveries.stop", {"endpoint_id": endpoint_id, "state": state, "reason": reason, "now": now})


async def _signing(db: Database, endpoint_id: UUID, *, is_trial: bool) -> _Signed | None:
    """None: the endpoint is not active, or there is none."""
    asked = {"id": endpoint_id, "now": db.now(), "is_trial": is_trial}
    found = await db.row(_Signing, "outgoing.endpoints.signing", asked)
    if found is None:
        return None
    if found.secret is None:
        raise ConfigError(f"Endpoint {endpoint_id} has no signing secret any more; make one with `webhook endpoint rotate`.")
    keyring = Keyring.of(db.settings)
    opened = [keyring.open(secret_name(endpoint_id), found.secret)]
    if found.old_secret is not None:
        opened.append(keyring.open(old_secret_name(endpoint_id), found.old_secret))
    return _Signed(endpoint_id, found.url, tuple(opened))
