"""The second and third of a step's transactions: take intents into the call, call outside of any transaction, write the outcome."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from accountgraph.campaigns.engine.outcome import settle
from accountgraph.campaigns.engine.transaction import run
from accountgraph.campaigns.engine.transport import Result, Sent
from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.signals.record import Signal, record_signal
from accountgraph.errors import AccountGraphError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from accountgraph.campaigns.engine.planning import Call
    from accountgraph.campaigns.engine.transport import Message, Transport
    from accountgraph.db import Database, Session

LONGEST_CALL = timedelta(seconds=90)  # a transport that has not answered by then leaves an `unknown`
CALL_LEASE = LONGEST_CALL + timedelta(seconds=60)  # so long, then whoever called is taken for dead


async def make_calls(db: Database, transports: Callable[[str], Transport], lease: UUID, calls: Sequence[Call]) -> int:
    """Make calls of one lease, all at once; gives how many left the house.

    Whatever is stopped meanwhile (a reply, a hold, a suppression) is not called, and its enrolment is looked at again.
    """
    begun_at = db.now()
    may = await run(db, lambda session: _begin(session, lease, calls, begun_at))
    begun = [call for call in calls if call.intent_id in may]
    if len(begun) < len(calls):
        stopped = {"ids": [call.intent_id for call in calls if call.intent_id not in may], "lease": lease}
        await run(db, lambda session: session.affect("campaigns.calls.stopped", {**stopped, "now": session.now()}))
    if not begun:
        return 0
    results = await asyncio.gather(*(call_transport(transports, call.transport, call.message) for call in begun))
    settled = dict(zip((call.intent_id for call in begun), results, strict=True))
    await _write_down(db, begun, settled)
    if db.now() >= begun_at + CALL_LEASE:  # taken for dead meanwhile, and somebody was asked
        known = [intent_id for intent_id, result in settled.items() if result.outcome is not Sent.UNKNOWN]
        await run(db, lambda session: session.affect("campaigns.calls.answered", {"ids": known, "now": session.now()}))
    return sum(result.outcome is Sent.SENT for result in results)


async def _write_down(db: Database, begun: Sequence[Call], settled: Mapping[UUID, Result]) -> None:
    """The outcomes, in one transaction; one of a dead address with the bounce that it is, each in its own."""
    dead = [call for call in begun if settled[call.intent_id].is_dead_address]
    others = {call.intent_id: settled[call.intent_id] for call in begun if call not in dead}
    if others:
        await run(db, lambda session: settle(session, others, db.now()))
    for call in dead:
        await run(db, partial(_bounced, call=call, result=settled[call.intent_id]))


async def _bounced(session: Session, *, call: Call, result: Result) -> None:
    """A server that knows no such mailbox says at once what a report would say later: all that a hard bounce does is done."""
    now = session.now()
    told = Signal(
        kind=SignalKind.HARD_BOUNCE,
        dedupe_key=f"refused {call.intent_id}",
        source=call.transport,
        intent_id=call.intent_id,
        text=result.detail,
        at=now,
    )
    with suppress(NotFoundError):  # removed meanwhile, with their account: nobody is left to suppress
        await record_signal(session, told, now)
    await settle(session, {call.intent_id: result}, now)


async def _begin(session: Session, lease: UUID, calls: Sequence[Call], now: datetime) -> set[UUID]:
    params = {"ids": [call.intent_id for call in calls], "lease": lease, "now": now, "until": now + CALL_LEASE}
    return set(await session.rows(UUID, "campaigns.calls.begin", params))


async def call_transport(transports: Callable[[str], Transport], name: str, message: Message) -> Result:
    """What came of one call. A transport that breaks its word and raises, or hangs, may have sent."""
    try:
        transport = transports(name)
    except AccountGraphError as error:
        return Result(outcome=Sent.RETRY, detail=str(error), is_sender_trouble=True)
    try:
        async with asyncio.timeout(LONGEST_CALL.total_seconds()):
            return await transport.send(message)
    except TimeoutError:
        return Result(outcome=Sent.UNKNOWN, detail=f"No answer within {LONGEST_CALL.total_seconds():.0f} seconds.")
    except Exception as error:  # noqa: BLE001 - one message's failure is its own outcome and nobody else's
        return Result(outcome=Sent.UNKNOWN, detail=f"The transport failed: {type(error).__name__}: {error}")
