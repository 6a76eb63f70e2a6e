"""Several workers on one database never send one more than a cap lets go, whoever is quicker."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from accountgraph.campaigns.engine.runner import Runner
from accountgraph.campaigns.engine.transport import Message, Result, Sent
from accountgraph.db import Database
from accountgraph.store.companies import CompanyRepository
from tests.db.campaigns.world import World
from tests.soak.crew import crew
from tests.soak.size import size
from tests.soak.worlds import FREE, TWO_STEPS, SlowOffice

if TYPE_CHECKING:
    from tests.factories import Clock

WORKERS = 4
MAILBOXES, AN_HOUR, A_DOMAIN = 4, 6, 5
PEOPLE = size(80, 1000)
HOURS = size(6, 72)


async def test_four_worker_processes_never_send_one_more_than_the_caps_of_mailboxes_and_domains(url: str, db: Database) -> None:
    chance = random.Random()
    async with SlowOffice(chance, 0.01).open() as office, crew(url) as workers:
        assert isinstance(office, SlowOffice)
        world = await World.begin(db, transport="smtp", settings={"host": "127.0.0.1", "port": office.port, "tls": "none"})
        for number in range(1, MAILBOXES):
            await world.sender(f"me{number}@ours.com", transport="smtp", settings=world.senders[0].settings)
        people = [person for n in range(PEOPLE) for person in await world.account(f"acme{n}.com", "Anna")]
        for number in range(PEOPLE // 4):  # accounts of their own, whose people have addresses of one domain
            company = await CompanyRepository(db).create_company({"name": f"Unit {number}", "country": "US"})
            people.append(await world.person(company, f"Ben{number}", email=f"ben{number}@big.com"))
        limits = {**FREE["sender"], "per_hour": AN_HOUR, "recipient_domain_per_day": A_DOMAIN}
        version = await world.campaign(steps=TWO_STEPS, policy={**FREE, "sender": limits})
        await workers.start(WORKERS)
        await world.enrol(version, *chance.sample(people, len(people)))
        await _until(office, MAILBOXES * AN_HOUR)
        assert Counter(office.senders) == {sender.address: AN_HOUR for sender in world.senders}
        assert sum(one.endswith("@big.com") for one in office.recipients) <= A_DOMAIN


async def _until(office: SlowOffice, count: int) -> None:
    """Until so many have come, and a while after that, in which nothing more should."""
    async with asyncio.timeout(60):
        while len(office.ids) < count:  # noqa: ASYNC110 - what is waited for comes over the network
            await asyncio.sleep(0.05)
    await asyncio.sleep(1)


async def test_no_hour_ever_has_more_than_the_cap_counted_by_when_messages_really_left(url: str, clock: Clock) -> None:
    left: list[datetime] = []
    chance = random.Random(7)

    async def answer(message: Message) -> Result:
        del message
        clock.forward(seconds=chance.uniform(0, 20))  # calls take their time, and others go on meanwhile
        await asyncio.sleep(0)
        left.append(clock())
        return Result(outcome=Sent.SENT)

    async with Database(url, workspace="abm", clock=clock) as db:
        world = await World.begin(db)
        world.post.answer = answer
        people = [person for n in range(HOURS * AN_HOUR) for person in await world.account(f"acme{n}.com", "Anna")]
        limits = {**FREE["sender"], "per_hour": AN_HOUR}
        await world.enrol(await world.campaign(policy={**FREE, "sender": limits}), *people)
        others = [Database(url, workspace="abm", clock=clock) for _ in range(WORKERS)]
        runners = [Runner(other, world.transport) for other in others]
        end = clock() + timedelta(hours=HOURS)
        while clock() < end:
            await asyncio.gather(*(runner.run_due() for runner in runners))
            clock.time = max(await db.value("campaigns.enrolments.next_due") or end, clock() + timedelta(seconds=1))
        for other in others:
            await other.close()
    assert len(left) >= AN_HOUR * (HOURS - 1)
    for first, one_more in zip(left, left[AN_HOUR:], strict=False):
        assert one_more - first >= timedelta(hours=1)
