"""From a campaign to a mailbox, over real SMTP."""

from __future__ import annotations

import io
import socket
from typing import TYPE_CHECKING, Any

import pytest

from accountgraph.campaigns.engine.runner import Runner
from accountgraph.channels import ConsoleTransport, Transports
from accountgraph.store.outreach.senders import SenderRepository
from tests.channels.post_office import PostOffice
from tests.db.campaigns.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from accountgraph.db import Database
    from tests.factories import Clock


class Posted:
    """A world whose mailbox sends over SMTP, and the server that takes what it sends."""

    def __init__(self, world: World, office: PostOffice, clock: Clock) -> None:
        self.world, self.office, self.clock = world, office, clock
        self.console = io.StringIO()
        self.transports = Transports(clock, {"console": lambda _: ConsoleTransport(self.console)})

    async def run(self) -> None:
        await Runner(self.world.db, self.transports.transport_for).run_due()

    async def run_until(self, count: int) -> None:
        """Let days pass until so many messages were taken."""
        for _ in range(60):
            await self.run()
            if len(self.office.taken) >= count:
                return
            self.clock.forward(hours=12)
        raise AssertionError(f"{len(self.office.taken)} messages in 30 days")


@pytest.fixture
async def posted(timed: Database, clock: Clock) -> AsyncIterator[Posted]:
    async with PostOffice().open() as office:
        settings = {"host": "127.0.0.1", "port": office.port, "tls": "none"}
        posted = Posted(await World.begin(timed, transport="smtp", settings=settings), office, clock)
        yield posted
        await posted.transports.close()


async def test_a_campaign_arrives_with_our_ids_and_the_legal_footer(posted: Posted) -> None:
    world = posted.world
    [enrolment] = await world.enrol(await world.campaign(), *await world.account("acme.com", "Sarah"))
    await posted.run()
    [mail] = posted.office.mails
    [intent] = await world.select(str, "SELECT message_id FROM intents WHERE enrolment_id = %(id)s", id=enrolment)
    assert (mail["Message-ID"], mail["To"], mail["Subject"]) == (intent, "Sarah <sarah@acme.com>", "Hello Sarah")
    body = mail.get_body(("plain",))
    assert body is not None
    assert "Acme Ltd" in body.get_content()
    assert "unsubscribe" in mail["List-Unsubscribe"]


async def test_a_follow_up_goes_on_in_the_thread_of_the_mail_before(posted: Posted) -> None:
    world = posted.world
    await world.enrol(await world.campaign(), *await world.account("acme.com", "Sarah"))
    await posted.run_until(3)
    first, second, third = posted.office.mails
    assert (second["In-Reply-To"], second["References"], second["Subject"]) == (first["Message-ID"], first["Message-ID"], "Re: Hello Sarah")
    assert (third["In-Reply-To"], third["References"].split()) == (second["Message-ID"], [first["Message-ID"], second["Message-ID"]])


async def test_a_refused_address_fails_its_enrolment_and_nobody_elses(posted: Posted) -> None:
    world = posted.world
    posted.office.refused.add("sarah@acme.com")
    sarah, ben = await world.enrol(await world.campaign(), *await world.account("acme.com", "Sarah"), *await world.account("b.com", "Ben"))
    await posted.run()
    assert (await world.standing(sarah)).state == "failed"
    assert ((await world.standing(ben)).touch_count, len(posted.office.taken)) == (1, 1)


async def test_a_mailbox_that_may_not_log_in_holds_itself_and_fails_nobody(posted: Posted) -> None:
    world = posted.world
    posted.office.answers["MAIL"] = "530 5.7.0 Log in first"
    [sarah] = await world.enrol(await world.campaign(), *await world.account("acme.com", "Sarah"))
    await posted.run()
    assert (await world.standing(sarah)).state == "waiting"
    assert await world.select(str, "SELECT reason FROM holds WHERE scope = 'sender'") == ["mailbox"]


async def test_a_server_that_hangs_up_after_the_final_dot_leaves_an_unknown_that_is_not_sent_again(posted: Posted) -> None:
    world = posted.world
    posted.office.hangs_up = "END"
    [sarah] = await world.enrol(await world.campaign(), *await world.account("acme.com", "Sarah"))
    await posted.run()
    posted.office.hangs_up = None
    posted.clock.forward(days=3)
    await posted.run()
    standing = await world.standing(sarah)
    assert (standing.state, standing.reason, posted.office.taken) == ("paused", "unknown", [])


@pytest.mark.parametrize(
    ("trouble", "outcome", "standing"),
    [
        ({"hangs_up": "GREETING"}, "retry", "waiting"),
        ({"answers": {"MAIL": "421 4.3.2 Come back"}}, "retry", "waiting"),
        ({"answers": {"RCPT": "451 4.7.1 Greylisted"}}, "retry", "waiting"),
        ({"hangs": "MAIL"}, "retry", "waiting"),
        ({"hangs_up": "DATA"}, "retry", "waiting"),
        ({"answers": {"END": "452 4.2.2 Full"}}, "retry", "waiting"),
        ({"answers": {"END": "550 5.1.1 No such user"}}, "refused", "failed refused"),
        ({"hangs": "END"}, "unknown", "paused unknown"),
        ({"hangs_up": "END"}, "unknown", "paused unknown"),
    ],
)
async def test_what_the_server_does_is_in_the_ledger_as_it_is_true(
    posted: Posted, trouble: dict[str, Any], outcome: str, standing: str
) -> None:
    world = posted.world
    if "hangs" in trouble:
        await SenderRepository(world.db).update_sender(
            world.senders[0].id, {"settings": {**world.senders[0].settings, "timeout_seconds": 1}}
        )
    for name, value in trouble.items():
        setattr(posted.office, name, value)
    await world.enrol(await world.campaign(), *await world.account("acme.com", "Sarah"))
    await posted.run()
    assert await world.select(str, "SELECT outcome FROM attempts") == [outcome]
    assert await world.select(str, "SELECT concat_ws(' ', state, reason) FROM enrolments") == [standing]
    counted = await world.select(int, "SELECT count(*) FROM sends")
    assert (counted, posted.office.taken) == ([0 if outcome == "retry" else 1], [])


async def test_a_server_that_is_down_is_tried_again_and_the_message_leaves_once_it_is_up(posted: Posted) -> None:
    world = posted.world
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nowhere = {"host": "127.0.0.1", "port": free.getsockname()[1], "tls": "none"}
    there = world.senders[0].settings
    await SenderRepository(world.db).update_sender(world.senders[0].id, {"settings": nowhere})
    [sarah] = await world.enrol(await world.campaign(), *await world.account("acme.com", "Sarah"))
    await posted.run()
    assert ((await world.standing(sarah)).state, await world.select(str, "SELECT outcome FROM attempts")) == ("waiting", ["retry"])
    await SenderRepository(world.db).update_sender(world.senders[0].id, {"settings": there})
    posted.clock.forward(minutes=16)
    await posted.run()
    assert (len(posted.office.taken), await world.select(int, "SELECT tries FROM intents WHERE step_key = 'first'")) == (1, [2])


async def test_a_dry_run_shows_on_the_console_what_would_go_out_and_sends_nothing(posted: Posted) -> None:
    world = posted.world
    await world.enrol(await world.campaign(), *await world.account("acme.com", "Sarah"), is_live=False)
    await posted.run()
    assert "To: Sarah <sarah@acme.com>\nSubject: Hello Sarah" in posted.console.getvalue().replace("\nReply-To", "")
    assert posted.office.taken == []
