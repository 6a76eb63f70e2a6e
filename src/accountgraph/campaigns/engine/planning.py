"""Carrying decisions out: each becomes an intent, a task, an approval to ask for, or another time or place for its enrolment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID, uuid4

import msgspec
from msgspec import Struct

from accountgraph.campaigns.decision import Decision, Effect
from accountgraph.campaigns.drafts import DRAFT, ask_for_drafts
from accountgraph.campaigns.engine.queues import ensure
from accountgraph.campaigns.engine.schedule import Course
from accountgraph.campaigns.messages.envelope import address_of
from accountgraph.campaigns.rules.calendar import add_business_days
from accountgraph.campaigns.rules.channels import BY_PEOPLE
from accountgraph.campaigns.wording import APPROVAL, Worded, Wording
from accountgraph.enums import Channel
from accountgraph.tracking.keys import stored_secrets

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from accountgraph.campaigns.engine.deciding import Decided
    from accountgraph.campaigns.engine.queues import Place
    from accountgraph.campaigns.engine.schedule import Timetable
    from accountgraph.campaigns.engine.transport import Message
    from accountgraph.db import Session
    from accountgraph.tracking.keys import SecretsOf

ASKED = frozenset({"missing", "reference", "zone"})  # pauses that end when somebody corrects what is known
_TITLES = {
    Channel.CALL: "Call {}",
    Channel.LINKEDIN: "Write to {} on LinkedIn",
    Channel.MAIL: "Send {} a letter",
    Channel.MEETING: "Arrange to meet {}",
}
SENDERS_OWN = frozenset({"mailbox", "legal_identity"})  # what is wrong with a sender holds it, and nobody who waits for it


class Call(NamedTuple):
    """A planned intent that its lease lets be called, and the message that goes out."""

    intent_id: UUID
    enrolment_id: UUID
    transport: str
    message: Message


class Desk(NamedTuple):
    """Who claims: the sender (None: work for people), its transport, and the lease its intents are planned under.

    `secrets_of`: where the keys are kept that sign links.
    """

    sender_id: UUID | None
    transport: str
    lease: UUID
    lease_until: datetime
    secrets_of: SecretsOf = stored_secrets


class Planned(NamedTuple):
    """What follows from a batch of decisions: the calls that may be made, and how often a person is asked for something."""

    calls: list[Call]
    asked: int


async def carry_out(session: Session, answers: Sequence[Decided], desk: Desk, timetable: Timetable, now: datetime) -> Planned:
    """Write down what was decided and what follows from it."""
    plan = _Plan(desk, timetable, now)
    wording = await Wording.read(session, answers, now, desk.secrets_of)
    for answer in answers:
        plan.add(answer, wording)
    return await plan.write(session)


class _Planned(Struct, frozen=True):
    id: UUID
    enrolment_id: UUID
    message_id: str | None
    tries: int


class _InTheWay(Struct, frozen=True):
    enrolment_id: UUID
    state: str


class _Intended:
    """An intent as it is to be written, and what its message is made of."""

    def __init__(self, answer: Decided, worded: Worded, desk: Desk) -> None:
        self.answer, self.worded = answer, worded
        self.channel = worded.decision.channel or answer.facts.queue_channel
        is_called = self.channel not in BY_PEOPLE
        self.row: dict[str, Any] = {
            **_words(answer, worded, self.channel),
            "id": (intent_id := uuid4()),
            "is_live": answer.facts.is_live,
            "sender_id": desk.sender_id,
            "contact_id": answer.candidate.contact_id,
            "company_id": answer.candidate.company_id,
            "domain": answer.candidate.domain if self.channel is Channel.EMAIL else None,
            "lease": desk.lease if is_called else None,
            "lease_until": desk.lease_until if is_called else None,
        }
        self.message = worded.message(answer, intent_id, self.channel) if is_called else None
        if self.message is not None:
            thread = {"in_reply_to": self.message.in_reply_to, "message_references": " ".join(self.message.references) or None}
            self.row |= {"message_id": self.message.message_id, "links": list(self.message.links) or None, **thread}

    def message_of(self, planned: _Planned) -> Message | None:
        """The message of the intent as it was planned: one that was planned before keeps its id."""
        message = self.message
        if message is not None and planned.id != self.row["id"]:
            message = self.worded.message(self.answer, planned.id, self.channel)
        if message is None or planned.message_id in (None, message.message_id):
            return message
        return msgspec.structs.replace(message, message_id=planned.message_id)


class _Plan:
    """What is to be written for a batch, gathered answer by answer and written set-wise."""

    def __init__(self, desk: Desk, timetable: Timetable, now: datetime) -> None:
        self._desk, self._timetable, self._now = desk, timetable, now
        self._decisions: list[dict[str, Any]] = []
        self._intents: dict[UUID, _Intended] = {}  # by enrolment
        self._moves: list[tuple[dict[str, Any], Place | None]] = []
        self._approvals: list[dict[str, Any]] = []
        self._tasks: list[dict[str, Any]] = []
        self._drafts: list[dict[str, Any]] = []
        self._trouble: str | None = None

    def add(self, answer: Decided, wording: Wording) -> None:
        """Gather what follows from one answer."""
        worded = wording.worded(answer)
        decision = worded.decision
        self._decisions.append(_decision_row(answer, decision))
        match decision.effect:
            case Effect.SEND:
                self._send(answer, worded)
            case Effect.WAIT:
                self._move(answer, answer.facts.state, next_due_at=decision.until)
            case Effect.MOVE:
                self._move_over(answer, decision)
            case Effect.PAUSE:
                self._pause(answer, decision, worded)
            case Effect.SKIP_STEP:
                self._skip(answer)
            case Effect.FINISH:
                self._move(answer, "finished", reason=decision.rule)
            case Effect.FAIL:
                self._move(answer, "failed", reason=decision.rule)

    async def write(self, session: Session) -> Planned:
        """Write everything down."""
        planned = await self._write_intents(session)
        await self._write_moves(session)
        params = {"decided": _json(self._decisions), "now": self._now}
        await session.value("campaigns.plans.record", params)
        if self._trouble:
            holds = [{"id": self._desk.sender_id, "note": self._trouble}]
            await session.affect("campaigns.outcomes.hold_sender", {"holds": _json(holds)})
        if self._approvals or self._tasks:
            await session.value("campaigns.plans.ask_people", {"approvals": _json(self._approvals), "tasks": _json(self._tasks)})
        if self._drafts:
            await ask_for_drafts(session, self._drafts, self._now)
        messages = ((intent, self._intents[intent.enrolment_id].message_of(intent)) for intent in planned)
        calls = [Call(intent.id, intent.enrolment_id, self._desk.transport, message) for intent, message in messages if message]
        return Planned(calls, len(self._approvals) + len(self._tasks))

    async def _write_intents(self, session: Session) -> list[_Planned]:
        """Plan the intents; one that was called before is not planned again."""
        if not self._intents:
            return []
        params = {"intents": _json([intended.row for intended in self._intents.values()]), "now": self._now}
        planned = await session.rows(_Planned, "campaigns.plans.plan", params)
        made = {row.enrolment_id: row.id for row in planned}
        await self._leave_called(session, [intended for key, intended in self._intents.items() if key not in made])
        for enrolment_id, intent_id in made.items():
            intended = self._intents[enrolment_id]
            if intended.row["lease"] is None:
                self._hand_over(intended, intent_id)
            else:
                kept = self._desk.sender_id if intended.channel is Channel.EMAIL else None
                self._move(intended.answer, "active", sender_id=kept)
        return planned

    async def _leave_called(self, session: Session, called: list[_Intended]) -> None:
        """Past a step that is done; but nothing follows one whose call goes on, or of which nobody knows whether it left."""
        if not called:
            return
        asked = {"ids": [one.answer.candidate.id for one in called], "steps": [one.answer.step.key for one in called]}
        states = {row.enrolment_id: row.state for row in await session.rows(_InTheWay, "campaigns.plans.in_the_way", asked)}
        for one in called:
            match states[one.answer.candidate.id]:
                case "unknown":
                    self._move(one.answer, "paused", reason="unknown")
                case "calling":
                    self._move(one.answer, "active")
                case _:
                    self._skip(one.answer)

    async def _write_moves(self, session: Session) -> None:
        queues = await ensure(session, {place for _, place in self._moves if place}, self._timetable.free, self._now)
        rows = [{**row, "queue_id": queues[place] if place else None} for row, place in self._moves]
        await session.affect("campaigns.plans.move", {"moves": _json(rows), "now": self._now})

    def _send(self, answer: Decided, worded: Worded) -> None:
        """An intent to call; a step that a person does is a task instead, and is never called."""
        self._intents[answer.candidate.id] = _Intended(answer, worded, self._desk)

    def _hand_over(self, intended: _Intended, intent_id: UUID) -> None:
        title = _TITLES[intended.channel].format(intended.answer.facts.person.name)
        self._tasks.append(self._task(intended.answer, intended.channel.value, title, intended.row["content"], intent_id))
        self._move(intended.answer, "paused", reason="task")

    def _pause(self, answer: Decided, decision: Decision, worded: Worded) -> None:
        if decision.rule in SENDERS_OWN and self._desk.sender_id:
            self._trouble = decision.reason
            self._move(answer, answer.facts.state)
            return
        self._move(answer, "paused", reason=decision.rule, paused_until=decision.until)
        if decision.rule == DRAFT:
            wanted = {"enrolment_id": answer.candidate.id, "step_key": answer.step.key, "channel": answer.facts.queue_channel}
            self._drafts.append(wanted)
        elif decision.rule == APPROVAL:
            self._approvals.append(_words(answer, worded, decision.channel or answer.facts.queue_channel))
        elif decision.rule in ASKED:
            self._tasks.append(self._task(answer, "question", decision.reason, None, None))

    def _skip(self, answer: Decided) -> None:
        """On to the next step, with its own gap counted from now; at the end, finished."""
        following = answer.definition.after(answer.step.key)
        if following is None:
            self._move(answer, "finished", reason="completed")
            return
        due = self._timetable.due(answer.definition, following, course_of(answer), self._now)
        self._move(answer, "waiting", place=due.place, step_key=due.step_key, after_key=answer.step.key, next_due_at=due.at)

    def _move_over(self, answer: Decided, decision: Decision) -> None:
        """To the queue of another channel, due at once there."""
        place = self._timetable.place(answer.definition, decision.channel or answer.facts.queue_channel, course_of(answer))
        self._move(answer, answer.facts.state, place=place, next_due_at=decision.until or self._now)

    def _move(self, answer: Decided, state: str, *, place: Place | None = None, **fields: object) -> None:
        self._moves.append(({"id": answer.candidate.id, "state": state, "step_key": answer.step.key, **fields}, place))

    def _task(self, answer: Decided, kind: str, title: str, body: str | None, intent_id: UUID | None) -> dict[str, Any]:
        escalation = answer.definition.policy.escalation
        return {
            "kind": kind,
            "title": title,
            "body": body,
            "company_id": answer.candidate.company_id,
            "contact_id": answer.candidate.contact_id,
            "enrolment_id": answer.candidate.id,
            "intent_id": intent_id,
            "due_at": self._after(answer, escalation.task_due_business_days),
            "escalate_at": self._after(answer, escalation.escalate_business_days),
        }

    def _after(self, answer: Decided, days: int) -> datetime:
        schedule = answer.definition.policy.schedule
        free = self._timetable.free.of(answer.facts.region)
        return add_business_days(
            self._now,
            days,
            answer.facts.zone,
            answer.facts.region,
            days=schedule.other.days,
            skip_holidays=schedule.skip_holidays,
            free_days=free,
        )


def course_of(answer: Decided) -> Course:
    """What of an enrolment says where its next step waits."""
    facts, candidate = answer.facts, answer.candidate
    return Course(
        company_id=candidate.company_id,
        contact_id=candidate.contact_id,
        sender_id=candidate.sender_id,
        is_live=facts.is_live,
        touch_count=facts.attempt - 1,
        zone=facts.zone,
        region=facts.region,
    )


def _words(answer: Decided, worded: Worded, channel: Channel) -> dict[str, Any]:
    """What an intent and an approval have in common."""
    composed, variables = worded.composed, worded.variables
    assert composed is not None  # noqa: S101 - what is sent or shown has words
    assert variables is not None  # noqa: S101
    return {
        "enrolment_id": answer.candidate.id,
        "step_key": answer.step.key,
        "channel": channel,
        "address": address_of(variables, channel),
        "subject": composed.subject,
        "content": composed.content,
        "content_hash": composed.content_hash,
        "variant": composed.variant,
        "mentions_id": composed.mentions_id,
    }


def _decision_row(answer: Decided, decision: Decision) -> dict[str, Any]:
    return {
        "enrolment_id": answer.candidate.id,
        "version_id": answer.candidate.version_id,
        "step_key": answer.facts.step_key,
        "verdict": decision.verdict,
        "rule": decision.rule,
        "reason": decision.reason,
        "until": decision.until,
        "inputs": answer.facts,
    }


def _json(rows: object) -> str:
    return msgspec.json.encode(rows).decode()
