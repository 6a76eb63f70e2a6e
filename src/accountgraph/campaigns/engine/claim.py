"""The first of a step's three transactions: claim what is due, decide it, and write down what follows."""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID, uuid4

import msgspec
from msgspec import Struct

from accountgraph.campaigns.apply import load_version, load_versions
from accountgraph.campaigns.engine.deciding import Candidate, Surroundings, decided
from accountgraph.campaigns.engine.planning import Call, Desk, carry_out
from accountgraph.campaigns.engine.schedule import Timetable
from accountgraph.campaigns.facts import SenderFacts
from accountgraph.campaigns.messages import load_variables
from accountgraph.campaigns.rules.sequence import asks_for_colleague
from accountgraph.campaigns.rules.throttle import HOUR, Slots, free_slots, narrowed
from accountgraph.tracking.keys import stored_secrets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accountgraph.campaigns.definition.campaign import CampaignDefinition
    from accountgraph.campaigns.definition.policy import SenderLimits
    from accountgraph.db import Session
    from accountgraph.tracking.keys import SecretsOf

MOST_AT_ONCE = 100
LOOK_AGAIN = timedelta(seconds=5)  # at a sender whose messages are in the hands of another worker


class Claimed(NamedTuple):
    """What a claim did. `calls` are to be made under `lease`; `decided`: how many enrolments were looked at; `asked`: for how many of
    them a person has something to do, a message to approve or a task.

    `is_contended`: something was due, but other workers are at every account of it.
    """

    lease: UUID
    calls: list[Call]
    decided: int
    asked: int = 0
    is_contended: bool = False


class _Sender(Struct, frozen=True):
    """One with due work, of live campaigns or of dry runs; `version_id` is that of who is due first."""

    id: UUID
    address: str
    transport: str
    per_hour: int | None
    per_day: int | None
    warmup_started_at: datetime | None
    inbound_synced_at: datetime | None
    is_live: bool
    version_id: UUID


class _Usage(Struct, frozen=True):
    times: list[datetime]
    counts: list[int]
    undecided_until: datetime | None
    recent: int
    bounces: int
    complaints: int
    has_legal_identity: bool

    @property
    def sends(self) -> list[datetime]:
        """When each message of the last day left or is to leave, oldest first."""
        return [at for at, count in zip(self.times, self.counts, strict=True) for _ in range(count)]

    def since(self, at: datetime) -> int:
        """How many left after a time."""
        return sum(self.counts[bisect_right(self.times, at) :])


class _Look(NamedTuple):
    """How many are looked at: at most, and for each free slot; and where the keys are that sign links."""

    most: int
    ahead: int
    secrets_of: SecretsOf


class _Taken(Struct, frozen=True):
    id: UUID
    company_id: UUID | None


_law_decoder = msgspec.json.Decoder(dict[str, dict[str, str]])


async def claim(
    session: Session,
    now: datetime,
    *,
    campaign_id: UUID | None = None,
    most: int = MOST_AT_ONCE,
    look_ahead: int = 1,
    secrets_of: SecretsOf = stored_secrets,
) -> Claimed | None:
    """Claim what is due (in one campaign, or in all) for one sender, or the work for people; None: nothing is due now.

    `look_ahead`: so many people a free slot are looked at, for where most of them have to wait. Once the slots are given away,
    the rest is left as it is. `secrets_of`: where the keys that sign links are kept.
    """
    due = {"now": now, "campaign_id": campaign_id}
    sender = await session.row(_Sender, "campaigns.claims.sender", due)
    if sender is not None:
        return await _claim_for_sender(session, sender, due, _Look(most, look_ahead, secrets_of))
    is_live = await session.value("campaigns.claims.has_people_work", due)
    if is_live is None:
        return None
    return await _decide(session, Desk(None, "", uuid4(), now), None, {**due, "is_live": is_live, "looked_at": most}, most)


async def _claim_for_sender(session: Session, sender: _Sender, due: dict[str, Any], look: _Look) -> Claimed:
    """As many as the sender's throttle lets go; without a free slot nobody is touched, and the sender sleeps until there is one."""
    now = due["now"]
    policy = (await load_version(session, sender.version_id)).policy
    limits = narrowed(policy.sender, sender)
    looked = {"sender_id": sender.id, "is_live": sender.is_live, "now": now, "look_back": limits.hold_of_last}
    usage = await session.row(_Usage, "campaigns.claims.usage", looked)
    assert usage is not None  # noqa: S101 - an aggregate gives its row
    slots = free_slots(usage.sends, now, limits=limits, warmup_started_at=sender.warmup_started_at, seed=sender.id.int)
    slots = _held_back(slots, limits, usage.undecided_until, now)
    await session.affect("campaigns.claims.next_free", {"sender_id": sender.id, "is_live": sender.is_live, "at": slots.next_free_at})
    if slots.count == 0:
        return Claimed(uuid4(), [], 0)
    transport = sender.transport if sender.is_live else "console"
    desk = Desk(sender.id, transport, uuid4(), now + timedelta(seconds=policy.lease_seconds), look.secrets_of)
    due = {**due, "is_live": sender.is_live, "looked_at": min(slots.count * look.ahead, look.most)}
    return await _decide(session, desk, _facts_of(sender, usage, now), due, slots.count)


def _held_back(slots: Slots, limits: SenderLimits, undecided_until: datetime | None, now: datetime) -> Slots:
    """Where messages are planned or being called, nobody knows yet when they leave, or whether.

    A gap is counted from when the one before has left, so that with jitter the next one waits for it. And a sender that they
    fill is looked at again when they may have turned out not to leave.
    """
    if undecided_until is None:
        return slots
    if limits.jitter_seconds[1] > 0:
        return Slots(0, now + LOOK_AGAIN)
    return Slots(slots.count, min(slots.next_free_at, max(undecided_until, now + LOOK_AGAIN)))


async def _decide(session: Session, desk: Desk, sender: SenderFacts | None, due: dict[str, Any], slots: int) -> Claimed:
    """Take what is due, decide one after the other until the slots are given away, and write down what follows."""
    now = due["now"]
    taken = [row.id for row in await session.rows(_Taken, "campaigns.claims.take", {**due, "sender_id": desk.sender_id})]
    if not taken:
        return Claimed(desk.lease, [], 0, is_contended=True)
    await session.value("campaigns.claims.lock_domains", {"ids": taken})
    candidates = await session.rows(Candidate, "campaigns.facts.of", {"ids": taken, "now": now})
    definitions = await load_versions(session, {candidate.version_id for candidate in candidates})
    named = await _with_colleague(session, candidates, definitions, now)
    timetable = await Timetable.read(session, now)
    around = Surroundings(sender, await _law(session, now), timetable.free, named)
    answers = decided(candidates, definitions, around, now, slots)
    planned = await carry_out(session, answers, desk, timetable, now)
    return Claimed(desk.lease, planned.calls, len(answers), planned.asked)


async def _with_colleague(
    session: Session, candidates: list[Candidate], definitions: Mapping[UUID, CampaignDefinition], now: datetime
) -> set[UUID]:
    """Whose messages may name a colleague; looked at only where a condition asks for it."""
    asked = [candidate.id for candidate in candidates if asks_for_colleague(definitions[candidate.version_id])]
    if not asked:
        return set()
    return {key for key, known in (await load_variables(session, asked, now)).items() if known.reference is not None}


async def _law(session: Session, now: datetime) -> dict[str, dict[str, str]]:
    return _law_decoder.decode(await session.value("campaigns.claims.law", {"now": now}))


def _facts_of(sender: _Sender, usage: _Usage, now: datetime) -> SenderFacts:
    return SenderFacts(
        id=sender.id,
        address=sender.address,
        transport=sender.transport,
        per_hour=sender.per_hour,
        per_day=sender.per_day,
        warmup_started_at=sender.warmup_started_at,
        inbound_synced_at=sender.inbound_synced_at,
        sent_last_hour=usage.since(now - HOUR),
        sent_last_day=sum(usage.counts),
        recent=usage.recent,
        recent_bounces=usage.bounces,
        recent_complaints=usage.complaints,
        has_legal_identity=usage.has_legal_identity,
    )
