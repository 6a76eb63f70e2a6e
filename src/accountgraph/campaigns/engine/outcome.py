"""Outcomes: what came of each call is written down, and the enrolment goes on, tries again or stops."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID, uuid4

import msgspec
from msgspec import Struct

from accountgraph.campaigns.apply import load_version
from accountgraph.campaigns.definition.steps import Track
from accountgraph.campaigns.engine.queues import ensure
from accountgraph.campaigns.engine.schedule import Course, Timetable
from accountgraph.campaigns.engine.transport import Result, Sent
from accountgraph.campaigns.rules.who import ENDED
from accountgraph.enums import Channel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accountgraph.campaigns.definition.campaign import CampaignDefinition
    from accountgraph.campaigns.engine.queues import Place
    from accountgraph.campaigns.engine.schedule import Due
    from accountgraph.db import Session

_OPEN = frozenset({"calling", "unknown"})
_RESUMED = frozenset({"unknown", "task"})  # pauses that the outcome itself ends


class _Called(Struct, frozen=True):
    id: UUID
    version_id: UUID
    campaign_id: UUID
    enrolment_state: str
    reason: str | None
    at_step: str
    track: Track
    touch_count: int
    zone: str
    region: str | None
    sender_id: UUID | None
    company_id: UUID | None
    contact_id: UUID | None
    is_live: bool
    queue_id: int
    next_due_at: datetime | None
    intent_id: UUID
    state: str
    step_key: str
    tries: int
    channel: Channel
    used_sender_id: UUID | None

    @property
    def course(self) -> Course:
        """As it is after this touch."""
        return Course(
            company_id=self.company_id,
            contact_id=self.contact_id,
            sender_id=self.sender_id,
            is_live=self.is_live,
            touch_count=self.touch_count + 1,
            zone=self.zone,
            region=self.region,
        )


class _Move(NamedTuple):
    """Where the enrolment goes; `state` None: where it is."""

    state: str | None
    reason: str | None = None
    due: Due | None = None
    at: datetime | None = None


async def settle(session: Session, results: Mapping[UUID, Result], now: datetime) -> int:
    """Write down what came of calls, by intent; gives how many were news.

    An intent that is settled already (the same result again, or another's) is left as it is.
    """
    called = await session.rows(_Called, "campaigns.outcomes.lock", {"ids": list(results)})
    news = [call for call in called if call.state in _OPEN]
    if not news:
        return 0
    timetable = await Timetable.read(session, now)
    settled = [await _settled(session, call, results[call.intent_id], timetable, now) for call in news]
    queues = await ensure(session, {one.move.due.place for one in settled if one.move.due}, timetable.free, now)
    rows = [_row(one, queues) for one in settled]
    await session.affect("campaigns.outcomes.settle", {"results": msgspec.json.encode(rows).decode(), "now": now})
    await _hold_senders(session, settled)
    return len(news)


async def settle_by_hand(session: Session, intent_id: UUID, result: Result, now: datetime) -> bool:
    """Write down what came of a step that a person did; gives False where it was settled or withdrawn before."""
    if await session.value("campaigns.calls.begin_by_hand", {"id": intent_id, "now": now}) is None:
        return False
    return await settle(session, {intent_id: result}, now) == 1


class _Settled(NamedTuple):
    """A call, the intent's state after it, and where the enrolment goes."""

    call: _Called
    result: Result
    state: str
    move: _Move


async def _settled(session: Session, call: _Called, result: Result, timetable: Timetable, now: datetime) -> _Settled:
    definition = await load_version(session, call.version_id)
    state = _intent_state(call, result, definition)
    move = _move(call, result, state, definition, timetable, now=now)
    return _Settled(call, result, state, _kept(call, move))


def _intent_state(call: _Called, result: Result, definition: CampaignDefinition) -> str:
    """A definite failure is tried again while the policy allows it; trouble of the sender's own uses up no try."""
    if result.outcome is not Sent.RETRY:
        return result.outcome.value
    may_try = result.is_sender_trouble or call.state == "unknown" or call.tries < definition.policy.retry.tries
    return "planned" if may_try else "refused"


def _move(call: _Called, result: Result, state: str, definition: CampaignDefinition, timetable: Timetable, *, now: datetime) -> _Move:
    match state:
        case "sent" if call.step_key != call.at_step and call.enrolment_state == "active":
            return _Move(None)  # a signal switched the track, and the step there is in work already
        case "sent":
            return _onward(call, definition, timetable, now)
        case "planned" if call.step_key != call.at_step:  # a signal switched the track: this step is not tried again
            return _Move("waiting" if call.reason == "unknown" else None)
        case "planned":
            return _Move("waiting", at=now if call.state == "unknown" else now + _backoff(call, result, definition))
        case "unknown":
            return _Move("paused", "unknown")
        case _:
            return _Move("failed", "refused" if call.tries < definition.policy.retry.tries else "error")


def _onward(call: _Called, definition: CampaignDefinition, timetable: Timetable, now: datetime) -> _Move:
    """To the next step of the track the enrolment is on by now; a signal may have switched it during the call."""
    done = definition.step(call.step_key)
    following = definition.after(call.step_key) if done.track is call.track else definition.first(call.track)
    if following is None:
        return _Move("finished", "completed")
    return _Move("waiting", due=timetable.due(definition, following, call.course, now))


def _backoff(call: _Called, result: Result, definition: CampaignDefinition) -> timedelta:
    """The policy's pause, doubled with every try; longer where the service asks for it."""
    ours = timedelta(minutes=definition.policy.retry.backoff_minutes) * (1 << max(call.tries - 1, 0))
    return max(ours, timedelta(seconds=result.retry_after_seconds or 0))


def _kept(call: _Called, move: _Move) -> _Move:
    """What a signal decided during the call stands: who was paused stays paused, with the next step prepared; who ended stays ended."""
    if call.enrolment_state in ENDED:
        return _Move(None)
    if call.enrolment_state == "paused" and call.reason not in _RESUMED and move.state == "waiting":
        return move._replace(state=None)
    return move


def _row(one: _Settled, queues: Mapping[Place, int]) -> dict[str, Any]:
    call, result, move = one.call, one.result, one.move
    return {
        "id": call.intent_id,
        "touchpoint_id": uuid4(),
        "state": one.state,
        "outcome": result.outcome,
        "detail": result.detail,
        "wire_message_id": result.wire_message_id,
        "provider_id": result.provider_id,
        "raw": result.raw,
        "has_attempt": call.tries > 0,
        "is_fresh": call.state == "calling",
        "next_state": move.state,
        "next_reason": move.reason,
        "next_step_key": move.due.step_key if move.due else None,
        "next_queue_id": queues[move.due.place] if move.due else None,
        "next_due_at": move.due.at if move.due else move.at,
    }


async def _hold_senders(session: Session, settled: list[_Settled]) -> None:
    """A mailbox that its service refuses holds itself, rather than fail everybody after."""
    notes = {one.call.used_sender_id: one.result.detail for one in settled if one.result.is_sender_trouble and one.call.used_sender_id}
    if notes:
        rows = [{"id": sender, "note": note} for sender, note in notes.items()]
        await session.affect("campaigns.outcomes.hold_sender", {"holds": msgspec.json.encode(rows).decode()})
