"""What leaves: signed where everything is as it has to be, and as plain as ever where something is not."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

from accountgraph.campaigns.engine.runner import Runner
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.outreach.settings import SettingsRepository
from accountgraph.tracking import Purpose, verified
from tests.web.conftest import OpenSecrets, sent, signs

if TYPE_CHECKING:
    from accountgraph.campaigns.engine.transport import Message
    from accountgraph.models import Contact
    from accountgraph.tracking import Ring
    from tests.db.campaigns.world import World

WORDS = {
    "hello": {"subject": "Hello", "body": "See https://ours.com/one and https://ours.com/one and https://ours.com/two."},
    "again": {"subject": "Again", "body": "Once more."},
}


async def test_the_links_of_a_message_are_kept_with_its_touchpoint(world: World, anna: Contact) -> None:
    await sent(world, anna, templates=WORDS)
    kept = await world.select(list, "SELECT metadata -> 'links' AS links FROM touchpoints WHERE direction = 'outbound'")
    assert kept == [["https://ours.com/one", "https://ours.com/two"]]


async def test_a_message_that_tells_nothing_keeps_no_links(world: World) -> None:
    [ben] = await world.account("b.com", "Ben", country="DE")
    await ContactRepository(world.db).update_contact(ben.id, {"country": "DE", "source": "a list"})
    await _consented(world, ben)
    await sent(world, ben, templates=WORDS)
    assert await world.select(bool, "SELECT metadata ? 'links' FROM touchpoints") == [False]


@pytest.mark.parametrize(("own", "companys", "is_told"), [("US", "DE", True), (None, "US", True), (None, "DE", False), (None, None, False)])
async def test_the_country_of_the_person_and_else_of_the_company_decides(
    world: World, own: str | None, companys: str | None, is_told: bool
) -> None:
    [ben] = await world.account("b.com", "Ben", country=companys)
    await ContactRepository(world.db).update_contact(ben.id, {"country": own, "source": "a list"})
    await _consented(world, ben)
    [message] = await sent(world, ben, templates=WORDS)
    assert (message.pixel is not None, bool(message.links)) == (is_told, is_told)


async def test_one_click_leads_to_the_very_message(world: World, anna: Contact, ring: Ring) -> None:
    await signs(world)
    [message] = await sent(world, anna)
    assert message.one_click is not None
    said = verified(ring, Purpose.PREFERENCES, message.one_click.rpartition("/")[2])
    assert said is not None
    assert (said.workspace, said.intent_id) == ("abm", message.intent_id)


async def test_an_address_that_is_not_verified_any_more_leaves_the_mailto(world: World, anna: Contact) -> None:
    await signs(world)
    await SettingsRepository(world.db).update_settings({"public_url": "https://elsewhere.example"})
    [message] = await sent(world, anna)
    _is_plain(message)


async def test_without_its_keys_a_message_goes_out_plain_and_somebody_is_told(
    world: World, anna: Contact, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(OpenSecrets):
        async def get_secret(self, name: str) -> str:
            await super().put_secret(name, '{"newest": 1, "keys": {"1": "short"}}')
            return await super().get_secret(name)

    await signs(world)
    await world.enrol(await world.campaign(policy={"schedule": _always()}), anna)
    with caplog.at_level(logging.WARNING):
        await Runner(world.db, world.transport, secrets_of=Broken).run_due()
    _is_plain(world.post.sent[0])
    assert "Links are not signed" in caplog.text


async def test_a_dry_run_shows_the_links_that_would_go_out(world: World, anna: Contact) -> None:
    [shown] = await sent(world, anna, is_live=False, templates=WORDS)
    assert list(shown.links) == ["https://ours.com/one", "https://ours.com/two"]


def _is_plain(message: Message) -> None:
    assert (message.pixel, message.links, message.one_click) == (None, {}, None)
    assert message.unsubscribe is not None
    assert "/u/" not in message.footer


def _always() -> dict[str, Any]:
    always = {"days": [1, 2, 3, 4, 5, 6, 7], "start": "00:00", "end": "24:00"}
    return {"email": always, "sms": always, "call": always, "other": always}


async def _consented(world: World, person: Contact) -> None:
    """To be written to, which is no consent to be watched."""

    async def work(session: Any) -> None:
        insert = "INSERT INTO consents (contact_id, channel, basis, captured_at) VALUES (%(id)s, 'email', 'consent', now())"
        await session.execute(insert, {"id": person.id})

    await world.db.run(work)
