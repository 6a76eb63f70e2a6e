"""A campaign over two local mail servers, from the first mail to the last word, each step with its reason."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from accountgraph.store.suppressions import SuppressionRepository
from tests.acceptance.town import SCANNER, Town
from tests.channels.post_office import PostOffice
from tests.mailboxes.imap_server import PASSWORD, ImapServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from accountgraph.db import Database
    from tests.factories import Clock


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCOUNTGRAPH_SECRET_KEY", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
    monkeypatch.setenv("MAILBOX_PASSWORD", PASSWORD)


@pytest.fixture
async def town(url: str, timed: Database, clock: Clock) -> AsyncIterator[Town]:
    async with PostOffice().open() as office, ImapServer().open() as imap:
        town = await Town.begin(timed, office, imap, clock, url)
        yield town
        await town.close()


async def test_what_happens_to_mails_out_there_comes_back_and_moves_the_campaign(town: Town) -> None:
    # Five people of four accounts are written to; Ben waits, for Anna comes first in their account.
    anna, ben = await town.world.account("acme.com", "Anna", "Ben")
    [olga] = await town.world.account("out.com", "Olga")
    [hal] = await town.world.account("hard.com", "Hal")
    [una] = await town.world.account("una.com", "Una")
    await town.campaign(anna, ben, olga, hal, una)
    for _ in range(8):
        await town.work(minutes=10)
    assert sorted(str(mail["To"]) for mail in town.office.mails) == [
        "Anna <anna@acme.com>", "Hal <hal@hard.com>", "Olga <olga@out.com>", "Una <una@una.com>",
    ]  # fmt: skip

    # A gateway follows Anna's link before she has seen the mail: it leads where it says, and nobody has done anything.
    assert await town.follows_the_link("anna@acme.com", SCANNER) == "https://ours.com/offer"
    assert await town.world.select(str, "SELECT actor || ': ' || actor_reason FROM events WHERE kind = 'clicked'") == [
        "scanner: known tool: Barracuda"
    ]
    assert await town.stands("anna@acme.com") == "waiting"

    # Anna answers; her account is paused, and what she meant is understood.
    town.answers("anna@acme.com", "Yes, I am interested. Could you send me more information?")
    await town.work(minutes=30)
    assert await town.stands("anna@acme.com") == "finished replied"
    assert await town.stands("ben@acme.com") == "paused account"
    assert (await town.why("anna@acme.com"))[-2:] == ["signal reply_positive", "task open reply"]
    assert await town.world.select(str, "SELECT qualification_tier FROM conversations WHERE contact_id = %(id)s", id=anna.id) == ["hot"]

    # Olga is away until a day that her program names: she is written to again then, and not before.
    back = (town.clock() + timedelta(days=12)).date()
    text = f"Thank you for your message. I am out of the office and will be back on {back:%d %B %Y}."
    town.answers("olga@out.com", text, subject="Automatic reply: Hello Olga", Auto_Submitted="auto-replied")
    await town.work(minutes=30)
    assert await town.stands("olga@out.com") == f"paused out_of_office until {back}"
    assert "signal out_of_office" in await town.why("olga@out.com")

    # Hal's address is gone: it is never written to again.
    town.bounces("hal@hard.com")
    await town.work(minutes=30)
    assert await town.stands("hal@hard.com") == "failed bounced"
    assert await SuppressionRepository(town.world.db).is_suppressed(hal.id, "email")
    assert "signal hard_bounce" in await town.why("hal@hard.com")

    # Una has had enough: one click, without a login, and it holds before the next send.
    await town.clicks_unsubscribe("una@una.com")
    assert await town.stands("una@una.com") == "finished unsubscribed"
    assert "signal unsubscribe" in await town.why("una@una.com")

    # Three weeks on, only Olga has had another mail, and not before she was back.
    for _ in range(21):
        await town.work(days=1)
    again = [str(mail["To"]) for mail in town.office.mails[4:]]
    assert set(again) == {"Olga <olga@out.com>"}
    sent = "SELECT min(i.settled_at)::date FROM intents AS i WHERE i.contact_id = %(id)s AND i.step_key = 'second'"
    assert await town.world.select(object, sent, id=olga.id) >= [back]
