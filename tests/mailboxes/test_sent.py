"""The Sent folder gets one copy of what we send, and tells what became of a message that nobody knows of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from accountgraph.campaigns.engine.recover import reconcile
from accountgraph.campaigns.engine.transport import Sent
from accountgraph.channels import NoVault, SmtpTransport, Transports
from accountgraph.intake import take_mail
from accountgraph.mailboxes.errors import LoginRefusedError
from accountgraph.mailboxes.sent import SentMail
from tests.channels.conftest import message
from tests.channels.post_office import PostOffice
from tests.db.campaigns.world import World
from tests.mailboxes.conftest import Place, mail
from tests.mailboxes.imap_server import PASSWORD

if TYPE_CHECKING:
    from accountgraph.db import Database
    from tests.factories import Clock
    from tests.mailboxes.imap_server import ImapServer


async def sent_through_smtp(place: Place, times: int = 1) -> None:
    async with PostOffice().open() as office:
        transport = SmtpTransport(place.db.now, copies=SentMail(place.db, NoVault()))
        settings = {"host": "127.0.0.1", "port": office.port, "tls": "none"}
        for _ in range(times):
            assert (await transport.send(message(settings=settings))).outcome is Sent.SENT
            await transport.close()


async def test_a_copy_of_what_left_is_filed_once(place: Place, server: ImapServer) -> None:
    await place.put(sent_copy="append")
    await sent_through_smtp(place, times=2)
    [copy] = server.contents("Sent")
    assert b"X-AccountGraph-Intent: 11111111-2222-4333-8444-555555555555" in copy


async def test_no_copy_is_filed_where_the_mailbox_does_not_want_it(place: Place, server: ImapServer) -> None:
    await place.put(sent_copy="service")
    await sent_through_smtp(place)
    assert (server.contents("Sent"), server.asked("APPEND")) == ([], [])


async def test_a_mailbox_that_is_away_keeps_no_message_from_being_sent(place: Place) -> None:
    await place.put(sent_copy="append", port=1)
    await sent_through_smtp(place)


async def test_our_own_copy_is_not_taken_for_a_message_by_hand(place: Place) -> None:
    await place.put(sent_copy="append")
    await place.sync()
    await sent_through_smtp(place)
    done = await place.sync()
    assert (done.ours, done.by_hand) == (1, 0)


class Lost:
    """A workspace with one message of which nobody knows whether it left."""

    def __init__(self, world: World, place: Place) -> None:
        self.world, self.place = world, place

    @classmethod
    async def begin(cls, db: Database, server: ImapServer, **settings: Any) -> Lost:
        world = await World.begin(db, transport="smtp", settings={"host": "127.0.0.1", "port": 1, "tls": "none"})
        await world.enrol(await world.campaign(), *await world.account("acme.com", "Anna"))
        place = Place(db, server, world.senders[0].id)
        await place.put(**settings)
        async with db.transaction() as session:
            await session.execute(
                """WITH i AS (
                    INSERT INTO intents (enrolment_id, step_key, state, is_live, channel, sender_id, contact_id, company_id, address,
                        message_id, planned_at, called_at, settled_at)
                    SELECT e.id, 'first', 'unknown', true, 'email', %(sender)s, e.contact_id, e.company_id, 'anna@acme.com',
                        '<lost@ours.com>', now() - interval '1 hour', now() - interval '1 hour', now()
                    FROM enrolments AS e RETURNING enrolment_id
                )
                UPDATE enrolments AS e SET state = 'active' FROM i WHERE e.id = i.enrolment_id""",
                {"sender": world.senders[0].id},
            )
            await session.execute("UPDATE enrolments SET state = 'paused', reason = 'unknown'")
        return cls(world, place)

    async def found_out(self) -> tuple[int, str]:
        db = self.place.db
        number = await reconcile(db, Transports(db.now).transport_for, SentMail(db, NoVault()).look)
        [state] = await self.world.select(str, "SELECT state FROM intents")
        return number, state


@pytest.fixture
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILBOX_PASSWORD", PASSWORD)


async def test_a_message_that_is_in_the_sent_folder_has_left(db: Database, server: ImapServer, password: None) -> None:
    lost = await Lost.begin(db, server)
    server.arrive(mail(1, Message_ID="<lost@ours.com>"), box="Sent")
    assert await lost.found_out() == (1, "sent")


async def test_a_message_that_is_not_there_stays_unknown_where_nobody_files_all(db: Database, server: ImapServer, password: None) -> None:
    lost = await Lost.begin(db, server, sent_copy="append")
    assert await lost.found_out() == (0, "unknown")


async def test_a_message_that_is_not_there_did_not_leave_where_the_service_files_all(
    db: Database, server: ImapServer, password: None
) -> None:
    lost = await Lost.begin(db, server, sent_copy="service")
    assert await lost.found_out() == (1, "planned")


async def test_a_mailbox_that_is_away_leaves_it_unknown(db: Database, server: ImapServer, password: None) -> None:
    lost = await Lost.begin(db, server, sent_copy="service", port=1)
    assert await lost.found_out() == (0, "unknown")


async def test_a_message_by_hand_pauses_whom_it_went_to(db: Database, server: ImapServer, password: None) -> None:
    world = await World.begin(db)
    anna, bob = await world.account("acme.com", "Anna", "Bob")
    enrolled = await world.enrol(await world.campaign(), anna, bob)
    place = Place(db, server, world.senders[0].id)
    await place.put()
    await place.sync(take=take_mail)
    server.arrive(mail("hand", sender="me@ours.com", to="Anna <anna@acme.com>"), box="Sent")
    await place.sync(take=take_mail)
    standings = [await world.standing(one) for one in enrolled]
    assert [(one.state, one.reason) for one in standings] == [("paused", "manual"), ("pending", None)]


async def test_follow_ups_hold_while_the_mailbox_cannot_be_read(timed: Database, clock: Clock, server: ImapServer, password: None) -> None:
    world = await World.begin(timed)
    place = Place(timed, server, world.senders[0].id)
    await place.put()
    await place.sync()
    await world.enrol(await world.campaign(), *await world.account("acme.com", "Anna"))
    await world.runner().run_due()
    server.refuses_logins = True
    for _ in range(20):  # as the worker tries, and the engine looks
        clock.forward(hours=12)
        with pytest.raises(LoginRefusedError):
            await place.sync()
        await world.runner().run_due()
    assert len(world.post.sent) == 1
    assert await world.select(str, "SELECT rule FROM decisions ORDER BY last_at DESC LIMIT 1") == ["inbound_sync"]
    server.refuses_logins = False
    for _ in range(4):
        clock.forward(hours=6)
        await place.sync()
        await world.runner().run_due()
    assert len(world.post.sent) == 2
