"""All that a signal which is news does, step by step, in the order of the locks; and the same in words."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

import msgspec
from msgspec import Struct

from accountgraph.campaigns.apply import load_versions
from accountgraph.campaigns.definition.policy import Policy
from accountgraph.campaigns.engine.queues import ensure
from accountgraph.campaigns.engine.schedule import Course, Timetable
from accountgraph.campaigns.rules import sequence
from accountgraph.campaigns.rules.deadlines import deadlines
from accountgraph.campaigns.signals.reactions import REPLIES, Effects, Happened, Move, SignalKind, Standing, react, status_after, tier_after
from accountgraph.campaigns.signals.words import sentence_of
from accountgraph.enums import AccountStatus, EventDetail, QualificationTier
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.suppressions import SuppressionRepository
from accountgraph.store.touchpoints import TouchpointRepository

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accountgraph.campaigns.definition.campaign import CampaignDefinition
    from accountgraph.campaigns.signals.record import Signal
    from accountgraph.db import Session

FLAGGED_AT = 3  # people of one domain who bounced for good: the account is held and flagged
_EVENTS = {
    SignalKind.HARD_BOUNCE: "bounced",
    SignalKind.POLICY_BOUNCE: "failed",
    SignalKind.UNSUBSCRIBE: "unsubscribed",
    SignalKind.COMPLAINT: "complained",
    SignalKind.MEETING_BOOKED: "meeting_booked",
    SignalKind.MEETING_HELD: "meeting_held",
    SignalKind.MEETING_MISSED: "meeting_missed",
}
_DETAILS = {  # what a reply meant, as the event log calls it
    SignalKind.REPLY: EventDetail.OTHER,
    SignalKind.REPLY_POSITIVE: EventDetail.POSITIVE,
    SignalKind.REPLY_QUESTION: EventDetail.QUESTION,
    SignalKind.REPLY_OBJECTION: EventDetail.OTHER,
    SignalKind.REPLY_NOT_NOW: EventDetail.NOT_NOW,
    SignalKind.REPLY_REFUSAL: EventDetail.REFUSAL,
    SignalKind.REFERRAL: EventDetail.REFERRAL,
}
_TASKS = {SignalKind.MEETING_HELD: "meeting_outcome", SignalKind.MEETING_MISSED: "meeting_outcome"}


class About(Struct, frozen=True):
    """Whom a signal is about, and the message of ours that it is about."""

    contact_id: UUID | None
    company_id: UUID | None
    intent_id: UUID | None
    touchpoint_id: UUID | None
    sender_id: UUID | None
    name: str | None


class Account(Struct, frozen=True):
    """An account that is locked for a signal."""

    id: UUID
    account_status: AccountStatus
    owner_user_id: UUID | None


class _Talk(Struct, frozen=True):
    id: UUID
    qualification_tier: QualificationTier | None


class _Waiting(Course, frozen=True, kw_only=True):
    id: UUID
    next_due_at: datetime | None


class Written(NamedTuple):
    """A signal that is in the table, and the account that is locked for it."""

    id: UUID
    accounts: list[Account]
    now: datetime


class Consequences:
    """One signal that is news, and what it does, step by step, in the order of the locks."""

    def __init__(self, session: Session, signal: Signal, about: About, written: Written) -> None:
        self._session, self._signal, self._about = session, signal, about
        self._id, self._accounts, self._now = written
        self._said: list[str] = []
        self._policy = Policy()

    async def carry_out(self) -> list[str]:
        """All effects; gives them in words."""
        companies = [account.id for account in self._accounts]
        asked = {"companies": companies, "contact_id": self._about.contact_id}
        standings = await self._session.rows(Standing, "campaigns.signals.standings", asked)
        definitions = await load_versions(self._session, {one.version_id for one in standings})
        policies = {version: definition.policy for version, definition in definitions.items()}
        self._policy = next((policies[one.version_id] for one in standings if one.contact_id == self._about.contact_id), self._policy)
        effects = react(await self._happened(), standings, policies, self._now)
        await self._move(effects, {one.id: one for one in standings}, definitions)
        await self._on_meeting(companies)
        await self._on_account(effects)
        await self._on_person(effects)
        await self._on_conversation()
        await self._ask(effects)
        return self._said

    async def _happened(self) -> Happened:
        soft = 0
        if self._signal.kind is SignalKind.SOFT_BOUNCE:
            soft = await self._session.value("campaigns.signals.soft_bounces", {"contact_id": self._about.contact_id})
        return Happened(self._signal.kind, self._about.contact_id, self._about.company_id, self._signal.until, soft)

    async def _move(self, effects: Effects, standings: Mapping[UUID, Standing], definitions: Mapping[UUID, CampaignDefinition]) -> None:
        stops = [move for move in effects.moves if move.state]
        if stops:
            rows = [{"id": move.enrolment_id, "state": move.state, "reason": move.reason, "until": move.until} for move in stops]
            params = {"moves": _json(rows), "why": f"signal: {self._signal.kind}", "now": self._now}
            await self._session.rows(UUID, "campaigns.signals.stop", params)
            self._said += [_said(move, standings[move.enrolment_id]) for move in stops]
        switches = [move for move in effects.moves if move.track]
        if switches:
            await self._switch(switches, standings, definitions)

    async def _switch(
        self, switches: list[Move], standings: Mapping[UUID, Standing], definitions: Mapping[UUID, CampaignDefinition]
    ) -> None:
        """On to the first step of the other track, never sooner than what was planned."""
        timetable = await Timetable.read(self._session, self._now)
        waiting = await self._session.rows(_Waiting, "campaigns.signals.courses", {"ids": [move.enrolment_id for move in switches]})
        tracks = {move.enrolment_id: move.track for move in switches}
        planned = []
        for one in waiting:
            track, definition = tracks[one.id], definitions[standings[one.id].version_id]
            assert track is not None  # noqa: S101 - these are the switches
            hours = sequence.Hours(one.zone, one.region, timetable.free.of(one.region))
            switch = sequence.switched(definition, track, one.touch_count, self._now, hours, planned_due=one.next_due_at)
            if switch is not None:
                place = timetable.due(definition, switch.step, one, self._now).place
                planned.append((one.id, track, switch, place))
        queues = await ensure(self._session, {place for *_, place in planned}, timetable.free, self._now)
        rows = [
            {"id": enrolment, "track": track, "step_key": switch.step.key, "queue_id": queues[place], "due_at": switch.due_at}
            for enrolment, track, switch, place in planned
        ]
        await self._session.affect("campaigns.signals.switch_track", {"moves": _json(rows), "now": self._now})
        self._said += [f"enrolment {row['id']} goes on along the {row['track']} track" for row in rows]

    async def _on_meeting(self, companies: list[UUID]) -> None:
        """Once its outcome is recorded, those whom a meeting paused go on."""
        if self._signal.kind is SignalKind.MEETING_HELD:
            count = await self._session.affect("campaigns.signals.go_on", {"companies": companies, "now": self._now})
            self._said += [f"{count} go on after the meeting"] if count else []

    async def _on_account(self, effects: Effects) -> None:
        account = next((one for one in self._accounts if one.id == self._about.company_id), None)
        if account is None:
            return
        status = status_after(self._signal.kind, account.account_status)
        if status != account.account_status:
            await self._session.affect("campaigns.signals.set_status", {"id": account.id, "status": status})
            self._said.append(f"the account is {status}")
        if effects.holds_account:
            await self._hold("account", "signal", f"signal: {self._signal.kind}")
        if self._signal.kind is SignalKind.HARD_BOUNCE and self._about.contact_id:
            params = {"company_id": account.id, "contact_id": self._about.contact_id, "now": self._now}
            bounced = await self._session.value("campaigns.signals.bounced_people", params)
            if bounced >= FLAGGED_AT:
                await self._hold("account", "bounces", f"{bounced} people of one domain have bounced")

    async def _hold(self, scope: str, reason: str, note: str) -> None:
        targets = {
            "sender_id": self._about.sender_id if scope == "sender" else None,
            "company_id": self._about.company_id if scope == "account" else None,
            "contact_id": None,
        }
        params = {"scope": scope, "reason": reason, "note": note, "until": None, "now": self._now, **targets}
        hold = await self._session.value("campaigns.signals.hold", params)
        if hold is not None:
            self._said.append(f"the {scope} is held: {note}")
            await self._task("question", f"On hold: {note}", None, hold_id=hold)

    async def _on_person(self, effects: Effects) -> None:
        person = self._about.contact_id
        if self._signal.kind is SignalKind.POLICY_BOUNCE and self._about.sender_id:
            await self._hold("sender", "mailbox", self._signal.text or "mail was refused for its reputation or authentication")
        if person is None:
            return
        if effects.suppress:
            channel, reason = effects.suppress
            channel = self._signal.channel or channel
            await SuppressionRepository(self._session).suppress(contact_id=person, channel=channel, reason=reason, note=self._signal.source)
            self._said.append(f"suppressed on {channel}: {reason}")
        if self._signal.kind is SignalKind.LEFT_COMPANY:
            await self._session.affect("campaigns.signals.leave", {"contact_id": person, "at": self._signal.at or self._now})
            self._said.append("their relationships are over")

    async def _on_conversation(self) -> None:
        """The event on its message, what was learned, and how warm it is."""
        await self._record_event()
        asked = {"touchpoint_id": self._about.touchpoint_id, "contact_id": self._about.contact_id}
        talk = await self._session.row(_Talk, "campaigns.signals.talk", asked)
        if talk is None:
            return
        tier = tier_after(self._signal.kind, talk.qualification_tier)
        if tier != talk.qualification_tier:
            await self._session.affect("campaigns.signals.set_tier", {"id": talk.id, "tier": tier})
            self._said.append(f"the conversation is {tier}")
        if self._signal.learned:
            origin = {"learned_from": [f"{self._signal.source}: {', '.join(sorted(self._signal.learned))}"]}
            await ConversationRepository(self._session).update_conversation_context(talk.id, {**self._signal.learned, **origin})
            self._said.append("what was learned is in the conversation's context")

    async def _record_event(self) -> None:
        touchpoint = self._about.touchpoint_id
        if touchpoint is None:
            return
        touchpoints = TouchpointRepository(self._session)
        at = self._signal.at or self._now
        if self._signal.kind in REPLIES:
            message_id = self._signal.message_id or self._signal.dedupe_key
            who = {"detail": _DETAILS[self._signal.kind], "contact_id": self._about.contact_id}
            await touchpoints.record_email_replied(touchpoint, self._signal.text, message_id=message_id, at=at, **who)
        elif self._signal.kind in _EVENTS:
            await touchpoints.record_event(touchpoint, _EVENTS[self._signal.kind], at=at)

    async def _ask(self, effects: Effects) -> None:
        who, kind = self._about.name, self._signal.kind
        if kind in REPLIES and self._about.contact_id:
            waking = {"id": None, "contact_id": self._about.contact_id, "now": self._now}
            woken = await self._session.affect("campaigns.desk.wake", waking)
            self._said += [f"{woken} that were put off are back"] if woken else []
        if effects.asks_owner:
            task = _TASKS.get(kind) or ("reply" if kind in REPLIES else "question")
            await self._task(task, sentence_of(kind, who), self._signal.text)
        if kind is SignalKind.MEETING_BOOKED:
            await self._task(
                "meeting_outcome", f"What came of the meeting{f' with {who}' if who else ''}?", self._signal.text, at=self._signal.until
            )
        if effects.proposes and self._signal.person:
            named = self._signal.person.get("name") or self._signal.person.get("email") or "somebody"
            await self._task("proposal", f"Write to {named}, whom {who or 'they'} named", _json(self._signal.person))

    async def _task(self, kind: str, title: str, body: str | None, *, at: datetime | None = None, hold_id: UUID | None = None) -> None:
        begin = max(at, self._now) if at else self._now
        due_at, escalate_at = deadlines(begin, self._policy)
        params = {
            "kind": kind,
            "title": title[:500],
            "body": body,
            "company_id": self._about.company_id,
            "contact_id": self._about.contact_id,
            "signal_id": self._id,
            "hold_id": hold_id,
            "due_at": due_at,
            "waits_until": begin if at else None,
            "escalate_at": escalate_at,
            "now": self._now,
        }
        await self._session.value("campaigns.signals.ask", params)
        self._said.append(f"a task: {title}")


def _said(move: Move, standing: Standing) -> str:
    until = f" until {move.until:%Y-%m-%d %H:%M}" if move.until else ""
    return f"enrolment {standing.id} is {move.state} ({move.reason}){until}"


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
