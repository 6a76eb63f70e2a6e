"""Topics: what a campaign is about, and who does not want to hear about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from accountgraph.campaigns.enrolment.audience import Excluded, choose
from accountgraph.campaigns.requirements import requirements
from accountgraph.store.outreach.settings import SettingsRepository
from tests.db.campaigns.world import definition

if TYPE_CHECKING:
    from accountgraph.models import Contact
    from tests.db.campaigns.world import World


@pytest.fixture
async def news(world: World) -> None:
    await SettingsRepository(world.db).put_topic({"key": "news", "name": "Product news"})


async def refuse(world: World, person: Contact) -> None:
    async def work(session: Any) -> None:
        await session.execute("INSERT INTO topic_refusals (contact_id, topic) VALUES (%(id)s, 'news')", {"id": person.id})

    await world.db.run(work)


async def test_who_refused_the_topic_of_a_campaign_is_left_alone(world: World, news: None) -> None:
    [anna], [ben] = await world.account("acme.com", "Anna"), await world.account("b.com", "Ben")
    await refuse(world, anna)
    [hers, _] = await world.enrol(await world.campaign(topic="news"), anna, ben)
    await world.runner().run_due()
    assert world.post.recipients == ["ben@b.com"]
    standing = await world.standing(hers)
    assert (standing.state, standing.reason) == ("finished", "topic")
    assert await world.select(str, "SELECT reason FROM decisions WHERE rule = 'topic'") == ["Anna does not want to hear about news."]


async def test_an_audience_leaves_out_who_refused_the_topic_and_says_so(world: World, news: None) -> None:
    [anna], [ben] = await world.account("acme.com", "Anna"), await world.account("b.com", "Ben")
    await refuse(world, anna)
    for topic, chosen, excluded in (("news", [ben.id], [Excluded(anna.id, "topic")]), (None, [anna.id, ben.id], [])):
        about = {"topic": topic} if topic else {}
        selection = await choose(world.db, definition(audience={"contacts": [anna.email, ben.email]}, **about), world.db.now())
        assert (sorted(one.contact_id for one in selection.chosen), selection.excluded) == (sorted(chosen), excluded)


async def test_other_campaigns_reach_who_refused_a_topic(world: World, news: None) -> None:
    [anna] = await world.account("acme.com", "Anna")
    await refuse(world, anna)
    await world.enrol(await world.campaign(), anna)
    await world.runner().run_due()
    assert world.post.recipients == ["anna@acme.com"]


async def test_a_campaign_about_a_topic_that_is_not_there_is_refused_with_the_nearest(world: World, news: None) -> None:
    [problem] = await requirements(world.db, definition(topic="nwes"))
    assert (problem.key, "news" in problem.cure) == ("topic", True)
    assert await requirements(world.db, definition(topic="news")) == []


def test_a_campaign_without_a_topic_keeps_the_hash_it_always_had() -> None:
    assert b"topic" not in msgspec.json.encode(definition())
    assert definition().content_hash != definition(topic="news").content_hash
