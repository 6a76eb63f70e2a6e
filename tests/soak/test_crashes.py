"""Workers die by kill -9 at random moments, in the middle of whatever they do: nothing leaves twice, nothing is lost."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

from accountgraph.campaigns.engine.recover import reconcile
from accountgraph.campaigns.engine.runner import Runner, prepare
from tests.db.campaigns.world import World
from tests.soak.crew import Crew, crew
from tests.soak.size import size
from tests.soak.worlds import FREE, TWO_STEPS, SearchingTransport, SlowOffice

if TYPE_CHECKING:
    from collections.abc import Callable

    from accountgraph.db import Database

CONTACTS = size(40, 1000)
CREW = size(2, 4)
KILLS_IN_A_ROUND = size(1, 6)  # besides the whole crew at its end
KILLS = size(5, 200)
MAILBOXES = 4
SECONDS = size(1, 3) / 10  # that the office takes for a message, at most, on either side of taking it
# Time passes for those whom nobody is left to work for: leases end, and a service can be asked.
_TIME_PASSES = """
    UPDATE intents SET lease_until = lease_until - interval '15 minutes', called_at = called_at - interval '15 minutes'
    WHERE state IN ('planned', 'calling') RETURNING 1"""
_LEDGER = "SELECT message_id || ' ' || state FROM intents WHERE message_id IS NOT NULL"


class Crashing:
    """A campaign whose workers die."""

    def __init__(self, world: World, office: SlowOffice, workers: Crew, chance: random.Random) -> None:
        self.world, self.office, self.workers, self.chance = world, office, workers, chance
        self.transport = SearchingTransport(world.db.now, office)
        self.unknown = 0

    async def round(self) -> None:
        """Some die and are replaced, then all die; what they left behind is what the ledger says."""
        await self.workers.start(CREW)
        seen = len(self.office.ids)
        await self._until(lambda: len(self.office.ids) > seen, 30)  # they have begun
        for _ in range(KILLS_IN_A_ROUND):
            await self._some_moment()
            await self.workers.kill_one(self.chance)
            await self.workers.start(1)
        await self._some_moment()
        await self._until(lambda: self.office.taking > 0, 3)
        await self.workers.kill_all()
        await self.world.select(int, _TIME_PASSES)
        await self.world.db.run(lambda session: prepare(session, session.now()))
        await self.check()

    async def _some_moment(self) -> None:
        """After some more messages, or a while without any."""
        seen = len(self.office.ids) + self.chance.randint(0, 5)
        await self._until(lambda: len(self.office.ids) >= seen, 3)
        await asyncio.sleep(self.chance.uniform(0, SECONDS))

    async def _until(self, condition: Callable[[], bool], seconds: float) -> None:
        """Or until so long has passed: what is left may all be in the hands of the dead."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not condition():  # noqa: ASYNC110 - what is waited for comes over the network
                    await asyncio.sleep(0.005)

    async def check(self) -> None:
        """Nothing left twice; what left is `sent` or `unknown`, and what is `sent` left."""
        assert [one for one, times in Counter(self.office.ids).items() if times > 1] == []
        states = dict(row.split(" ") for row in await self.world.select(str, _LEDGER))
        left = set(self.office.ids)
        assert {states[one] for one in left} <= {"sent", "unknown"}
        assert {one for one, state in states.items() if state == "sent"} <= left
        self.unknown += sum(state == "unknown" for state in states.values())

    async def reconcile(self) -> None:
        """Ask the office by Message-ID."""
        while await reconcile(self.world.db, lambda _: self.transport):
            pass
        assert await self.world.select(int, "SELECT count(*) FROM intents WHERE state = 'unknown'") == [0]

    async def finish(self) -> None:
        """Nobody dies any more, and the office is quick."""
        self.office.seconds = 0
        runner = Runner(self.world.db, lambda _: self.transport)
        while (await runner.run_due()).sent:
            pass
        await self.transport.close()


async def test_workers_that_die_at_any_moment_send_nothing_twice_and_lose_nothing(url: str, db: Database) -> None:
    chance = random.Random()
    async with SlowOffice(chance, SECONDS).open() as office, crew(url) as workers:
        assert isinstance(office, SlowOffice)
        world = await World.begin(db, transport="smtp", settings={"host": "127.0.0.1", "port": office.port, "tls": "none"})
        for number in range(1, MAILBOXES):
            await world.sender(f"me{number}@ours.com", transport="smtp", settings=world.senders[0].settings)
        people = [person for n in range(CONTACTS) for person in await world.account(f"acme{n}.com", "Anna")]
        await world.enrol(await world.campaign(steps=TWO_STEPS, policy=FREE), *people)
        crashing = Crashing(world, office, workers, chance)
        while workers.kills < KILLS:
            await crashing.round()
            await crashing.reconcile()
        await crashing.finish()
        await crashing.check()
        assert Counter(office.recipients) == {f"anna@acme{n}.com": 2 for n in range(CONTACTS)}
        assert await world.select(str, "SELECT DISTINCT state || ' ' || reason FROM enrolments") == ["finished completed"]
        assert crashing.unknown > 0, "somebody died in a call"
        print(f"{workers.kills} kills, {crashing.unknown} unknown, all found")
