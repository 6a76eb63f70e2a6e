"""A random world that one seed fixes whole: who is in it, what its campaigns say, what happens, which worker dies where."""

from __future__ import annotations

import random
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from accountgraph.campaigns.engine.call import make_calls
from accountgraph.campaigns.engine.claim import claim
from accountgraph.campaigns.engine.outcome import settle, settle_by_hand
from accountgraph.campaigns.engine.recover import reconcile
from accountgraph.campaigns.engine.runner import Runner, prepare
from accountgraph.campaigns.engine.transport import Result, Sent
from accountgraph.campaigns.lifecycle import find_campaign, pause, resume
from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.signals.record import Signal, record_signal
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.suppressions import SuppressionRepository
from accountgraph.store.touchpoints import TouchpointRepository
from tests.db.campaigns.world import World
from tests.db.simulation.faults import ByHand, FaultyPost, WorkerDied
from tests.db.simulation.invariants import Invariants

if TYPE_CHECKING:
    from accountgraph.campaigns.definition.campaign import CampaignDefinition
    from accountgraph.campaigns.engine.claim import Claimed
    from accountgraph.campaigns.enrolment.enrol import Version
    from accountgraph.db import Database
    from accountgraph.models import Contact
    from tests.factories import Clock

TICKS = 90
HEALING = 60
_IDS = """
CREATE SEQUENCE ids;
CREATE FUNCTION follow_the_seed() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    NEW.id := md5('{seed} ' || nextval('ids'))::uuid;
    RETURN NEW;
END
$$;
"""
_KINDS = [kind for kind in SignalKind if kind not in {SignalKind.OPEN, SignalKind.CLICK}]


class Worker:
    """One of several, between whose steps anything may happen."""

    def __init__(self, world: World, post: FaultyPost) -> None:
        self._world, self._post = world, post
        self._claimed: Claimed | None = None

    async def step(self, chance: random.Random) -> str:
        """Claim, or make the next calls of what was claimed; a dead one is replaced by a new one, which knows nothing."""
        now = self._world.db.now()
        if self._claimed is None or not self._claimed.calls:
            await self._world.db.run(lambda session: prepare(session, now))
            self._claimed = await self._world.db.run(lambda session: claim(session, now))
            return f"claims {len(self._claimed.calls) if self._claimed else 'nothing'}"
        if chance.random() < self._post.trouble / 4:
            self._claimed = None
            return "dies with what it planned"
        number = chance.randint(1, 3)
        calls, rest = self._claimed.calls[:number], self._claimed.calls[number:]
        try:
            sent = await make_calls(self._world.db, lambda _: self._post, self._claimed.lease, calls)
        except WorkerDied:
            self._claimed = None
            return "dies in a call"
        self._claimed = self._claimed._replace(calls=rest)
        return f"sends {sent} of {len(calls)}"


class Chaos:
    """The world of one seed."""

    def __init__(self, db: Database, clock: Clock, seed: int) -> None:
        self.chance = random.Random(seed)
        self.seed, self.db, self.clock = seed, db, clock
        self.post = FaultyPost(self.chance, clock, trouble=self.chance.choice([0.0, 0.1, 0.4]))
        self.world = World(db)
        self.workers = [Worker(self.world, self.post) for _ in range(self.chance.randint(1, 4))]
        self.people: list[Contact] = []
        self.versions: list[Version] = []
        self.history: list[str] = []
        self.by_hand: list[ByHand] = []
        self._signals = 0

    async def begin(self) -> None:
        """Make the world. Every id follows from the seed."""
        await self._execute(_IDS.format(seed=self.seed))
        for table in ("companies", "contacts", "senders", "campaigns", "campaign_versions", "enrolments"):
            trigger = "CREATE TRIGGER follow_the_seed BEFORE INSERT ON {} FOR EACH ROW EXECUTE FUNCTION follow_the_seed()"
            await self._execute(trigger.format(table))
        chance = self.chance
        self.world = await World.begin(self.db, per_hour=chance.choice([None, 2, 5]))
        self.workers = [Worker(self.world, self.post) for _ in self.workers]
        for number in range(chance.randint(0, 2)):
            warm = {"warmup_started_at": self.clock()} if chance.random() < 0.3 else {}
            await self.world.sender(f"me{number}@ours.com", per_day=chance.choice([None, 4]), **warm)
        for number in range(chance.randint(2, 7)):
            names = ["Anna", "Ben", "Cleo", "Dan"][: chance.randint(1, 4)]
            self.people += await self.world.account(f"acme{number}.com", *names)
        for number in range(chance.randint(1, 2)):
            self.versions.append(await self.world.campaign(**self._campaign(number)))
        await self._enrol()

    def _campaign(self, number: int) -> dict[str, Any]:
        chance = self.chance
        per_day, gap = chance.choice([3, 30]), chance.choice([0, 2])
        steps = [
            {
                "key": f"s{nth}",
                "channel": "call" if nth and chance.random() < 0.15 else "email",
                "template": "hello",
                "wait_business_days": chance.choice([None, gap, 4]),
            }
            for nth in range(chance.randint(1, 4))
        ]
        return {
            "name": f"campaign{number}",
            "steps": steps,
            "templates": {"hello": {"subject": "Hello", "body": "Hello {{ contact.first_name }}."}},
            "policy": {
                "sender": {
                    "jitter_seconds": chance.choice([[0, 0], [90, 240]]),
                    "per_day": per_day,
                    "per_hour": min(per_day, 8),
                    "warmup_first_day": 2,
                    "recipient_domain_per_day": min(per_day, 5),
                },
                "account": {"touches_per_week": chance.choice([2, 5]), "most_contacts_at_once": chance.choice([1, 3])},
                "contact": {"business_days_between": gap},
                "is_exclusive": chance.random() < 0.5,
                "reentry": chance.choice(["once", "not_while_active", "any"]),
                "requires_approval": False,
                "lease_seconds": 120,
            },
        }

    @property
    def campaigns(self) -> dict[UUID, CampaignDefinition]:
        return {version.campaign_id: version.definition for version in self.versions}

    async def run(self) -> None:
        """Let happen what happens; after every tick the invariants are looked at."""
        invariants = Invariants(self.world, self.post, self.campaigns, self.by_hand)
        for _ in range(TICKS):
            forbidden = await invariants.forbidden()
            self.history.append(f"{self.clock():%m-%d %H:%M:%S} {await self._tick()}")
            await invariants.check(forbidden)
        await self._heal(invariants)

    async def _tick(self) -> str:
        what = self.chance.choices(list(_HAPPENS), weights=list(_HAPPENS.values()))[0]
        if what == "worker":
            number = self.chance.randrange(len(self.workers))
            return f"worker {number} {await self.workers[number].step(self.chance)}"
        return f"{what} {await getattr(self, f'_{what}')() or ''}"

    async def _jump(self) -> str:
        hours = self.chance.choice([None, None, None, 0.01, 0.02, 0.1, 0.5, 1, 8, 24, 72])
        due = await self.db.value("campaigns.enrolments.next_due", {"now": self.clock()}) if hours is None else None
        self.clock.time = max(due, self.clock()) if due else self.clock.forward(hours=hours or 1)
        return f"to {self.clock()}"

    async def _enrol(self) -> str:
        version = self.chance.choice(self.versions)
        people = self.chance.sample(self.people, self.chance.randint(1, len(self.people)))
        return f"{len(await self.world.enrol(version, *people))} of {len(people)}"

    async def _signal(self) -> str:
        person, kind = self.chance.choice(self.people), self.chance.choice(_KINDS)
        self._signals += self.chance.choice([0, 1, 1, 1])  # the same again now and then
        until = self.clock() + timedelta(days=self.chance.randint(1, 20)) if self.chance.random() < 0.5 else None
        signal = Signal(kind=kind, dedupe_key=f"{self._signals}", source="chaos", contact_id=person.id, until=until)
        await self.db.run(partial(record_signal, signal=signal, now=self.clock()))
        return f"{kind} {person.email}"

    async def _hold(self) -> str:
        scope = self.chance.choice(["workspace", "sender", "account", "contact"])
        person = self.chance.choice(self.people)
        target = {"sender": ("sender_id", self.world.senders[0].id), "account": ("company_id", person.company_id)}
        column, value = target.get(scope, ("contact_id", person.id) if scope == "contact" else ("note", None))
        until = self.clock() + timedelta(hours=self.chance.randint(1, 100)) if self.chance.random() < 0.5 else None
        statement = f"INSERT INTO holds (scope, reason, until, {column}) VALUES (%(scope)s, 'stop', %(until)s, %(value)s)"
        await self._execute(f"{statement} ON CONFLICT DO NOTHING", scope=scope, until=until, value=value)
        return f"{scope} until {until}"

    async def _lift(self) -> None:
        await self._execute("UPDATE holds SET lifted_at = current_moment() WHERE lifted_at IS NULL")
        await self._execute(
            "UPDATE enrolments SET state = 'waiting', reason = NULL, paused_until = NULL,"
            " next_due_at = coalesce(next_due_at, current_moment()) WHERE state = 'paused' AND reason IN ('hold', 'mailbox')"
        )

    async def _pause_campaign(self) -> str:
        campaign = self.chance.choice(self.versions).campaign_id
        is_paused = (await find_campaign(self.db, campaign)).status == "paused"
        work = resume if is_paused else pause
        return f"{'ends for' if is_paused else 'begins for'} {await self.db.run(lambda session: work(session, campaign))}"

    async def _manual(self) -> str:
        """One of us writes to somebody from their own mail program."""
        person, mailbox = self.chance.choice(self.people), self.chance.choice(self.world.senders)
        talks = await self.world.select(UUID, "SELECT id FROM conversations WHERE contact_id = %(id)s ORDER BY started_at", id=person.id)
        talk = talks[0] if talks else (await ConversationRepository(self.db).create_conversation(person.id)).id
        await TouchpointRepository(self.db).record_email_sent(talk, "Hello", "By hand", metadata={"sender": mailbox.address})
        self.by_hand.append(ByHand(self.clock(), mailbox.address, person.email or ""))
        return f"to {person.email} from {mailbox.address}"

    async def _suppress(self) -> str:
        person = self.chance.choice(self.people)
        channel = self.chance.choice(["all", "email", "call"])
        await SuppressionRepository(self.db).suppress(contact_id=person.id, channel=channel, reason="manual")
        return f"{person.email} {channel}"

    async def _reconcile(self) -> int:
        return await reconcile(self.db, lambda _: self.post)

    async def _late(self) -> int:
        """What a dead worker, or a provider, says late or again: always the truth."""
        called = await self.world.select(
            UUID, "SELECT id FROM intents WHERE channel = 'email' AND tries > 0 AND state <> 'planned' ORDER BY called_at, id"
        )
        chosen = [intent for intent in called if self.chance.random() < 0.3]
        results = {intent: self.post.truth(intent) for intent in chosen}
        return await self.db.run(lambda session: settle(session, results, self.clock())) if results else 0

    async def _by_hand(self) -> int:
        """One of us does the calls that wait."""
        tasks = (
            "SELECT i.id FROM intents AS i INNER JOIN tasks AS t ON t.intent_id = i.id AND t.kind = i.channel"
            " WHERE t.state = 'open' AND i.state = 'planned'"
        )
        planned = await self.world.select(UUID, tasks)
        for intent in planned:
            await self.db.run(partial(settle_by_hand, intent_id=intent, result=Result(outcome=Sent.SENT), now=self.clock()))
            await self._execute(
                "UPDATE tasks SET state = 'done', closed_by = 'chaos', closed_at = current_moment() WHERE intent_id = %(id)s", id=intent
            )
        return len(planned)

    async def _heal(self, invariants: Invariants) -> None:
        """Nothing goes wrong any more: whoever was not stopped gets to the end, and nobody hangs."""
        self.post.trouble = 0.0
        runner = Runner(self.db, lambda _: self.post)
        for _ in range(HEALING):
            due = await self.db.value("campaigns.enrolments.next_due", {"now": self.clock()})
            self.clock.time = max(due or self.clock(), self.clock() + timedelta(hours=self.chance.choice([1, 5, 24])))
            await self._lift()
            await self._resume_campaigns()
            await self._reconcile()
            await self._by_hand()
            await runner.run_due()
            if not await self.world.select(int, _UNDER_WAY):
                break
        await invariants.check()
        hanging = await self.world.select(str, _UNDER_WAY_IN_WORDS)
        assert not hanging, f"nobody hangs once all is well: {hanging}"
        skipped = await self.world.select(str, _SKIPPED)
        assert not skipped, f"no step is skipped without a reason: {skipped}"

    async def _resume_campaigns(self) -> None:
        for version in self.versions:
            if (await find_campaign(self.db, version.campaign_id)).status == "paused":
                await self.db.run(partial(resume, campaign=version.campaign_id))

    async def _execute(self, statement: str, **params: Any) -> None:
        await self.db.run(lambda session: session.execute(statement, params))


_HAPPENS = {
    "worker": 60, "jump": 18, "enrol": 3, "signal": 6, "hold": 3, "lift": 3, "suppress": 1, "reconcile": 3, "late": 4, "by_hand": 3,
    "pause_campaign": 2, "manual": 2,
}  # fmt: skip
_UNDER_WAY = """
    SELECT count(*) FROM enrolments AS e WHERE e.state IN ('pending', 'waiting', 'active') OR (e.state = 'paused' AND e.reason = 'unknown')
    HAVING count(*) > 0"""
_UNDER_WAY_IN_WORDS = """
    SELECT concat_ws(' ', e.state, e.reason, e.step_key, e.next_due_at, q.opens_at)
    FROM enrolments AS e LEFT JOIN queues AS q ON q.id = e.queue_id
    WHERE e.state = 'active' OR (e.state = 'paused' AND e.reason = 'unknown')
        OR (e.state IN ('pending', 'waiting') AND e.next_due_at < current_moment() - interval '30 days')"""
_SKIPPED = """
    SELECT concat_ws(' ', e.id, s.step ->> 'key')
    FROM enrolments AS e INNER JOIN campaign_versions AS v ON v.id = e.version_id
    CROSS JOIN LATERAL jsonb_array_elements(v.definition -> 'steps') AS s (step)
    WHERE e.state = 'finished' AND e.reason = 'completed'
        AND NOT EXISTS (SELECT FROM intents AS i WHERE i.enrolment_id = e.id AND i.step_key = s.step ->> 'key' AND i.state = 'sent')
        AND NOT EXISTS (SELECT FROM decisions AS d WHERE d.enrolment_id = e.id AND d.step_key = s.step ->> 'key' AND d.verdict = 'deny')"""
