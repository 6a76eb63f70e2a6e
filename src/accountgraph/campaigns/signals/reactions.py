"""What a signal does to the person it came from and to the rest of the account: the policy's table, applied. Pure.

Every enrolment obeys the table of its own campaign; the answer is a list of effects, which `signals` writes down.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from msgspec import Struct

from accountgraph.campaigns.definition.reactions import AccountAction, PersonAction, Reaction, Reactions, Scope
from accountgraph.campaigns.definition.steps import Track
from accountgraph.enums import AccountStatus, QualificationTier

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from accountgraph.campaigns.definition.policy import Policy

SOFT_BOUNCES = 3  # in a row, without a delivery between them: the address is taken for dead


class SignalKind(StrEnum):
    """What happened. A reply has a kind for each meaning, and one for a meaning that nobody told."""

    REPLY = "reply"
    REPLY_POSITIVE = "reply_positive"
    REPLY_QUESTION = "reply_question"
    REPLY_OBJECTION = "reply_objection"
    REPLY_NOT_NOW = "reply_not_now"
    REPLY_REFUSAL = "reply_refusal"
    REFERRAL = "referral"
    MANUAL_MESSAGE = "manual_message"
    OUT_OF_OFFICE = "out_of_office"
    HARD_BOUNCE = "hard_bounce"
    SOFT_BOUNCE = "soft_bounce"
    POLICY_BOUNCE = "policy_bounce"
    UNSUBSCRIBE = "unsubscribe"
    COMPLAINT = "complaint"
    MEETING_BOOKED = "meeting_booked"
    MEETING_HELD = "meeting_held"
    MEETING_MISSED = "meeting_missed"
    DEAL_OPENED = "deal_opened"
    DEAL_WON = "deal_won"
    DEAL_LOST = "deal_lost"
    LEFT_COMPANY = "left_company"
    MANUAL_STOP = "manual_stop"
    OPEN = "open"
    CLICK = "click"


REPLIES = frozenset(kind for kind in SignalKind if kind.startswith("reply")) | {SignalKind.REFERRAL}
IGNORED = frozenset({SignalKind.OPEN, SignalKind.CLICK})  # conditions of steps look at them; alone they move nobody
_REASONS = {
    SignalKind.MANUAL_MESSAGE: "manual",
    SignalKind.OUT_OF_OFFICE: "out_of_office",
    SignalKind.HARD_BOUNCE: "bounced",
    SignalKind.SOFT_BOUNCE: "bounced",
    SignalKind.POLICY_BOUNCE: "mailbox",
    SignalKind.UNSUBSCRIBE: "unsubscribed",
    SignalKind.COMPLAINT: "complained",
    SignalKind.MEETING_BOOKED: "meeting",
    SignalKind.DEAL_OPENED: "deal",
    SignalKind.DEAL_WON: "deal",
    SignalKind.DEAL_LOST: "deal",
    SignalKind.LEFT_COMPANY: "left_company",
    SignalKind.MANUAL_STOP: "stopped",
}
_OTHERS_REASONS = {SignalKind.MEETING_BOOKED: "meeting", SignalKind.DEAL_OPENED: "deal"}
_TIERS = {
    SignalKind.REPLY: QualificationTier.WARM,
    SignalKind.REPLY_POSITIVE: QualificationTier.HOT,
    SignalKind.REPLY_QUESTION: QualificationTier.HOT,
    SignalKind.REFERRAL: QualificationTier.WARM,
    SignalKind.MEETING_BOOKED: QualificationTier.SCORCHING,
    SignalKind.MEETING_HELD: QualificationTier.SCORCHING,
}
_COLD = frozenset({SignalKind.REPLY_REFUSAL, SignalKind.UNSUBSCRIBE, SignalKind.COMPLAINT})
_ENGAGING = frozenset({*REPLIES, SignalKind.MEETING_BOOKED, SignalKind.MEETING_HELD}) - {SignalKind.REPLY_REFUSAL}
_SUPPRESSIONS = {SignalKind.HARD_BOUNCE: "bounced", SignalKind.UNSUBSCRIBE: "unsubscribed", SignalKind.COMPLAINT: "complained"}


class Standing(Struct, frozen=True, kw_only=True):
    """An enrolment of the account that has not ended, as the reaction sees it."""

    id: UUID
    version_id: UUID
    campaign_id: UUID
    contact_id: UUID | None
    company_id: UUID | None
    state: str
    reason: str | None = None
    track: Track = Track.MAIN


class Happened(NamedTuple):
    """A signal, as the reaction sees it. `until`: a date that it gives; `soft_bounces`: in a row, with this one."""

    kind: SignalKind
    contact_id: UUID | None
    company_id: UUID | None
    until: datetime | None = None
    soft_bounces: int = 0


class Move(NamedTuple):
    """What becomes of one enrolment. `track`: it goes on there instead."""

    enrolment_id: UUID
    state: str | None
    reason: str | None = None
    until: datetime | None = None
    track: Track | None = None


class Effects(NamedTuple):
    """All that a signal does. `suppress`: channel and reason; `holds_account`: until somebody lifts it."""

    moves: list[Move]
    suppress: tuple[str, str] | None
    holds_account: bool
    asks_owner: bool
    proposes: bool


def react(happened: Happened, standings: Iterable[Standing], policies: Mapping[UUID, Policy], now: datetime) -> Effects:
    """What a signal does, by the policies of the campaigns concerned (by version), or the default one where nobody is enrolled."""
    if happened.kind in IGNORED:
        return Effects([], None, holds_account=False, asks_owner=False, proposes=False)
    everybody = list(standings)
    own = [one for one in everybody if _is_own(one, happened)]
    theirs = (
        [policies[one.version_id].reactions for one in own] or [policies[one.version_id].reactions for one in everybody] or [Reactions()]
    )
    rows = [reactions.of(happened.kind) for reactions in theirs]
    moves = [move for one in own if (move := _own_move(one, policies[one.version_id], happened, now))]
    campaigns = {one.campaign_id for one in own}
    for one in everybody:
        reactions = policies[one.version_id].reactions
        if not _is_own(one, happened) and _is_within(one, reactions.scope, happened, campaigns):
            moves += _others_move(one, reactions.of(happened.kind), happened)
    return Effects(
        moves,
        suppress=_suppression(rows, happened),
        holds_account=any(row.rest is AccountAction.HOLD for row in rows),
        asks_owner=any(row.asks_owner for row in rows),
        proposes=any(row.propose for row in rows),
    )


def tier_after(kind: SignalKind, tier: QualificationTier | None) -> QualificationTier | None:
    """How warm a conversation is after a signal: only a refusal cools it, silence never does."""
    if kind in _COLD:
        return QualificationTier.COLD
    reached = _TIERS.get(kind)
    if reached is None:
        return tier
    order = list(QualificationTier)
    return reached if tier is None or order.index(reached) < order.index(tier) else tier


def status_after(kind: SignalKind, status: AccountStatus) -> AccountStatus:
    """Where an account stands after a signal."""
    if kind is SignalKind.DEAL_WON:
        return AccountStatus.CUSTOMER
    if kind in _ENGAGING and status is AccountStatus.PROSPECTING:
        return AccountStatus.ENGAGED
    return status


def _is_own(one: Standing, happened: Happened) -> bool:
    """Whether it is the person's own; a deal of an account without a person concerns everybody alike."""
    return happened.contact_id is not None and one.contact_id == happened.contact_id


def _is_within(one: Standing, scope: Scope, happened: Happened, campaigns: set[UUID]) -> bool:
    match scope:
        case Scope.ACCOUNT:
            return True
        case Scope.BUSINESS_UNIT:
            return one.company_id == happened.company_id
        case Scope.CAMPAIGN:
            return one.company_id == happened.company_id and one.campaign_id in campaigns


def _own_move(one: Standing, policy: Policy, happened: Happened, now: datetime) -> Move | None:
    row = policy.reactions.of(happened.kind)
    reason = _REASONS.get(happened.kind, "replied")
    match row.person:
        case PersonAction.FINISH:
            return Move(one.id, "finished", reason)
        case PersonAction.FAIL:
            return Move(one.id, "failed", reason)
        case PersonAction.PAUSE:
            until = happened.until or (now + timedelta(days=row.pause_days) if row.pause_days is not None else None)
            return Move(one.id, "paused", reason, until)
        case PersonAction.RETRY if happened.soft_bounces >= SOFT_BOUNCES:
            return Move(one.id, "failed", reason)
        case _:
            return None


def _others_move(one: Standing, row: Reaction, happened: Happened) -> list[Move]:
    match row.rest:
        case AccountAction.PAUSE | AccountAction.HOLD:
            return [Move(one.id, "paused", _OTHERS_REASONS.get(happened.kind, "account"))]
        case AccountAction.STOP:
            return [Move(one.id, "finished", _REASONS.get(happened.kind, "account"))]
        case AccountAction.SWITCH_TRACK if row.rest_track is not None and row.rest_track is not one.track:
            return [Move(one.id, None, track=row.rest_track)]
        case _:
            return []


def _suppression(rows: Iterable[Reaction], happened: Happened) -> tuple[str, str] | None:
    """The widest of the channels that the policies name."""
    channels = {row.suppress for row in rows if row.suppress}
    if not channels:
        return None
    return ("all" if "all" in channels else min(channels)), _SUPPRESSIONS.get(happened.kind, "objection")
