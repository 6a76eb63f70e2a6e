"""What comes in locks all accounts that it is about before anything else, the lowest first: two at once cannot wait for each other."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from accountgraph.channels.providers.event import ReceivedText
from accountgraph.channels.sms import OptOut
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from tests.db.intake.test_events import event, take

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from uuid import UUID

    from accountgraph.models import Contact
    from tests.db.campaigns.world import World
    from tests.db.intake.letters import Correspondence

LOCK = "SELECT FROM companies WHERE id = %(id)s FOR NO KEY UPDATE"
WAITING = (
    "SELECT count(*) FROM pg_locks AS l INNER JOIN pg_stat_activity AS a ON a.pid = l.pid"
    " WHERE NOT l.granted AND a.datname = current_database()"
)
NUMBER = "+15550109999"


async def _holds_nothing_above(world: World, low: UUID, high: UUID, work: Callable[[], Awaitable[Any]]) -> None:
    """Somebody is at the lower account: the work waits for them, and does not hold the higher one meanwhile."""
    async with world.db.transaction() as session:
        await session.execute(LOCK, {"id": low})
        task = asyncio.ensure_future(work())
        await _waits(world, 1)
        await session.execute(f"{LOCK} NOWAIT", {"id": high})
    await task


async def _below(world: World, high: UUID) -> UUID:
    """A company whose id is lower."""
    for number in range(1000):
        company = await CompanyRepository(world.db).create_company({"name": f"Low {number}", "country": "US"})
        if company.id < high:
            return company.id
    raise AssertionError("no lower id came up")


async def _person(world: World, company: UUID, name: str) -> Contact:
    given = {"company_id": company, "first_name": name, "email": f"{name}@{name}.com"}
    return await ContactRepository(world.db).create_contact(given)


async def _two(letters: Correspondence) -> tuple[UUID, UUID, list[Contact]]:
    """A lower and a higher account with a person each; the one of the higher account comes first by its id."""
    high = letters.anna.company_id
    assert high is not None
    low = await _below(letters.world, high)
    zoe = await _person(letters.world, low, "zoe")
    for number in range(1000):
        first = await _person(letters.world, high, f"x{number}")
        if first.id < zoe.id:
            return low, high, [first, zoe]
    raise AssertionError("no lower id came up")


async def _waits(world: World, count: int) -> None:
    async with asyncio.timeout(10):
        while await world.select(int, WAITING) != [count]:  # noqa: ASYNC110 - the server tells it by this alone
            await asyncio.sleep(0.02)


async def test_an_event_locks_the_parents_of_its_account_with_it(letters: Correspondence) -> None:
    high = letters.anna.company_id
    assert high is not None
    parent = await _below(letters.world, high)
    await CompanyRepository(letters.world.db).update_company(high, {"parent_company_id": parent})
    complained = event(letters, "complained")
    await _holds_nothing_above(letters.world, parent, high, lambda: take(letters.world, complained))
    assert await letters.kinds() == ["complaint"]


async def test_a_mail_locks_the_account_of_who_wrote_it_with_that_of_its_thread(letters: Correspondence) -> None:
    high = letters.anna.company_id
    assert high is not None
    low = await _below(letters.world, high)
    await _person(letters.world, low, "zoe")
    raw = letters.mail("Anna forwarded this to me.", sender="Zoe <zoe@zoe.com>")
    await _holds_nothing_above(letters.world, low, high, lambda: letters.take(raw))
    assert await letters.kinds() == ["reply"]


async def test_a_mail_by_hand_locks_all_whom_it_went_to(letters: Correspondence) -> None:
    low, high, people = await _two(letters)
    raw = letters.mail("A word.", sender="Me <me@ours.com>", to=", ".join(str(one.email) for one in people))
    await _holds_nothing_above(letters.world, low, high, lambda: letters.take(raw, direction="outbound"))
    assert await letters.kinds() == ["manual_message", "manual_message"]


async def test_a_text_locks_all_who_share_its_number(letters: Correspondence) -> None:
    low, high, people = await _two(letters)
    for one in people:
        await ContactRepository(letters.world.db).update_contact(one.id, {"phone": NUMBER})
    stop = ReceivedText(provider="twilio", event_id="SM1", sender=NUMBER, recipient="+15550100000", text="STOP", opt_out=OptOut.STOP)
    await _holds_nothing_above(letters.world, low, high, lambda: take(letters.world, stop))
    assert await letters.kinds() == ["unsubscribe", "unsubscribe"]


async def test_two_mails_of_a_new_colleague_at_once_are_both_taken(letters: Correspondence) -> None:
    raws = [letters.mail("I can help with that.", sender="Carla <carla@acme.com>", number=number) for number in (1, 2)]
    async with letters.world.db.transaction() as session:
        await session.execute(LOCK, {"id": letters.anna.company_id})
        both = [asyncio.ensure_future(letters.take(raw)) for raw in raws]
        await _waits(letters.world, 2)
    first, second = await asyncio.gather(*both)
    assert (first.state, second.state) == ("matched", "matched")
    assert first.contact_id == second.contact_id
