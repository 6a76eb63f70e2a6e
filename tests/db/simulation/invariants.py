"""What holds after every tick, whatever happened: each statement gives the rows that break it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from accountgraph.campaigns.definition.campaign import CampaignDefinition
    from tests.db.campaigns.world import World
    from tests.db.simulation.faults import ByHand, FaultyPost, Left

LEASE = timedelta(seconds=120)  # what a person sends after a message was planned comes too late to hold it back

BROKEN_BY = {
    "who waits has a time and a queue": """
        SELECT e.id FROM enrolments AS e WHERE e.state IN ('pending', 'waiting') AND (e.next_due_at IS NULL OR e.queue_id IS NULL)""",
    "who is active is about to be written to": """
        SELECT e.id FROM enrolments AS e WHERE e.state = 'active' AND NOT EXISTS (
            SELECT FROM intents AS i WHERE i.enrolment_id = e.id AND i.step_key = e.step_key AND i.state IN ('planned', 'calling')
                AND i.lease IS NOT NULL)""",
    "an open intent belongs to somebody who is active, or to a task": """
        SELECT i.id FROM intents AS i INNER JOIN enrolments AS e ON e.id = i.enrolment_id
        WHERE i.state = 'planned' AND i.lease IS NOT NULL AND e.state <> 'active'""",
    "who is paused for a task has one": """
        SELECT e.id FROM enrolments AS e WHERE e.state = 'paused' AND e.reason = 'task' AND NOT EXISTS (
            SELECT FROM tasks AS t INNER JOIN intents AS i ON i.id = t.intent_id WHERE i.enrolment_id = e.id AND t.state = 'open')""",
    "who is paused for an approval has one that waits": """
        SELECT e.id FROM enrolments AS e WHERE e.state = 'paused' AND e.reason = 'approval' AND NOT EXISTS (
            SELECT FROM approvals AS v WHERE v.enrolment_id = e.id AND v.step_key = e.step_key AND v.state = 'pending')""",
    "who is paused as unknown has an intent of that kind": """
        SELECT e.id FROM enrolments AS e WHERE e.state = 'paused' AND e.reason = 'unknown' AND NOT EXISTS (
            SELECT FROM intents AS i WHERE i.enrolment_id = e.id AND i.state = 'unknown')""",
    "every deferral and refusal says why": """
        SELECT d.enrolment_id FROM decisions AS d WHERE d.rule = '' OR d.reason = ''""",
    "who was put off is later than that": """
        SELECT d.enrolment_id FROM decisions AS d
        WHERE d.verdict = 'defer' AND d.until IS NOT NULL AND d.until <= d.last_at""",
    "what may have left counts against the caps, what has not does not": """
        SELECT i.id FROM intents AS i LEFT JOIN sends AS x ON x.intent_id = i.id
        WHERE (i.state IN ('calling', 'sent', 'unknown')) AND x.id IS NULL OR i.state = 'withdrawn' AND x.id IS NOT NULL""",
    "what nobody is about to call reserves nothing": """
        SELECT i.id FROM intents AS i INNER JOIN sends AS x ON x.intent_id = i.id
        WHERE i.state = 'planned' AND i.lease IS NULL
            AND NOT EXISTS (SELECT FROM tasks AS t WHERE t.intent_id = i.id AND t.state = 'open')""",
    "touches are counted": """
        SELECT e.id FROM enrolments AS e
        WHERE e.touch_count <> (SELECT count(*) FROM intents AS i WHERE i.enrolment_id = e.id AND i.state = 'sent')""",
    "what was sent is one touchpoint": """
        SELECT i.id FROM intents AS i LEFT JOIN touchpoints AS t ON t.id = i.touchpoint_id
        WHERE i.state = 'sent' AND i.is_live AND t.id IS NULL AND i.contact_id IS NOT NULL
        UNION ALL
        SELECT (t.metadata ->> 'intent_id')::uuid FROM touchpoints AS t WHERE t.metadata ? 'intent_id'
        GROUP BY 1 HAVING count(*) > 1""",
    "each call has its attempt": """
        SELECT i.id FROM intents AS i
        WHERE i.state IN ('sent', 'refused') AND i.tries > 0 AND i.tries < (SELECT count(*) FROM attempts AS a WHERE a.intent_id = i.id)""",
    "nobody goes through the same campaign twice at a time": """
        SELECT e.contact_id FROM enrolments AS e WHERE e.state NOT IN ('finished', 'failed')
        GROUP BY e.campaign_id, e.contact_id HAVING count(*) > 1""",
    "an end has a time and a reason": """
        SELECT e.id FROM enrolments AS e WHERE e.state IN ('finished', 'failed') AND (e.reason IS NULL OR e.finished_at IS NULL)""",
}
_INTENTS = """
    SELECT i.id, i.state, i.enrolment_id, i.step_key, i.company_id, i.contact_id, e.campaign_id
    FROM intents AS i INNER JOIN enrolments AS e ON e.id = i.enrolment_id"""
FORBIDDEN = """
    SELECT i.id FROM intents AS i
    WHERE i.state = 'planned' AND NOT may_leave(i.contact_id, i.company_id, i.sender_id, i.channel, current_moment())"""
_ENDED = "SELECT e.id, e.state || ' ' || e.reason AS state FROM enrolments AS e WHERE e.state IN ('finished', 'failed')"


class Intended(Struct, frozen=True):
    id: UUID
    state: str
    enrolment_id: UUID
    step_key: str
    company_id: UUID | None
    contact_id: UUID | None
    campaign_id: UUID


class Ended(Struct, frozen=True):
    id: UUID
    state: str


class Invariants:
    """Looks at a world after every tick, and remembers what may never change again."""

    def __init__(self, world: World, post: FaultyPost, campaigns: dict[UUID, CampaignDefinition], by_hand: list[ByHand]) -> None:
        self._world, self._post, self._campaigns, self._by_hand = world, post, campaigns, by_hand
        self._ended: dict[UUID, str] = {}
        self._seen = 0

    async def forbidden(self) -> set[UUID]:
        """Planned intents that a hold or a suppression stops now."""
        return set(await self._world.select(UUID, FORBIDDEN))

    async def check(self, forbidden: Iterable[UUID] = ()) -> None:
        """Raise where something does not hold. `forbidden` intents must not have left in this tick."""
        for what, statement in BROKEN_BY.items():
            broken = await self._world.select(UUID, statement)
            assert not broken, f"{what}: {broken}"
        assert self._post.twice == [], "nothing leaves twice"
        intents = {one.id: one for one in await self._world.select(Intended, _INTENTS)}
        self._check_truth(intents)
        fresh = self._post.left[self._seen :]
        assert not {one.intent_id for one in fresh} & set(forbidden), "what is held or suppressed does not leave"
        for number, left in enumerate(fresh, self._seen):
            self._check_caps(left, self._post.left[:number], intents)
        self._seen = len(self._post.left)
        await self._check_ends()

    def _check_truth(self, intents: dict[UUID, Intended]) -> None:
        left = {one.intent_id for one in self._post.left}
        by_step = [(intents[intent].enrolment_id, intents[intent].step_key) for intent in left]
        assert len(by_step) == len(set(by_step)), "a step leaves once"
        for intent in left:
            assert intents[intent].state in {"calling", "sent", "unknown"}, "what has left is not taken for something that has not"

    def _check_caps(self, left: Left, before: list[Left], intents: dict[UUID, Intended]) -> None:
        own = intents[left.intent_id]
        policy = self._campaigns[own.campaign_id].policy
        mailbox = next(sender for sender in self._world.senders if sender.address == left.sender)
        same_box = [one.at for one in before if one.sender == left.sender]
        manual = [one.at for one in self._by_hand if one.sender == left.sender and one.at < left.at - LEASE]
        domain = [one.at for one in before if one.recipient.partition("@")[2] == left.recipient.partition("@")[2]]
        self._check_gaps(left, same_box)
        account = [one.at for one in before if intents[one.intent_id].company_id == own.company_id]
        _within(same_box + manual, left.at, timedelta(hours=1), min(policy.sender.per_hour, mailbox.per_hour or 10**6), "per hour")
        _within(same_box + manual, left.at, timedelta(days=1), min(policy.sender.per_day, mailbox.per_day or 10**6), "per day")
        _within(domain, left.at, timedelta(days=1), policy.sender.recipient_domain_per_day, "per domain")
        _within(account, left.at, timedelta(days=7), policy.account.touches_per_week, "per account")
        person = [one.at for one in before if intents[one.intent_id].contact_id == own.contact_id]
        if person:
            gap = _weekdays(person[-1].date(), left.at.date())
            assert gap >= policy.contact.business_days_between, f"{left.recipient} was written to {gap} business days before"

    def _check_gaps(self, left: Left, same_box: list[datetime]) -> None:
        """The gap that all campaigns agree on: a claim goes by the policy of who is due first."""
        least = min(campaign.policy.sender.jitter_seconds[0] for campaign in self._campaigns.values())
        if same_box:
            assert left.at - same_box[-1] >= timedelta(seconds=least), f"two messages of {left.sender} within {least} seconds"

    async def _check_ends(self) -> None:
        now = {one.id: one.state for one in await self._world.select(Ended, _ENDED)}
        for ended, state in self._ended.items():
            assert now.get(ended) == state, "finished stays finished"
        self._ended = now


def _within(past: list[datetime], at: datetime, span: timedelta, most: int, what: str) -> None:
    number = sum(one > at - span for one in past) + 1
    assert number <= most, f"{number} {what} at {at}, {most} are allowed"


def _weekdays(first: date, last: date) -> int:
    return sum((first + timedelta(days=n)).weekday() < 5 for n in range(1, (last - first).days + 1))
