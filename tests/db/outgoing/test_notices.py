"""People are told what waits for them: once, at their time, and only where something does."""

from __future__ import annotations

import asyncio
from datetime import time, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from standardwebhooks.webhooks import Webhook

from accountgraph.campaigns.engine.transport import Result, Sent
from accountgraph.campaigns.work import holds
from accountgraph.campaigns.work.holds import HoldScope
from accountgraph.db import Database
from accountgraph.errors import DatabaseError, DuplicateError, InvalidValueError, UnknownFieldError
from accountgraph.notices import (
    NewChannel,
    NoticeKind,
    create_channel,
    delete_channel,
    gather,
    get_channel,
    list_channels,
    preview,
    send_due,
    send_trial,
    update_channel,
)
from accountgraph.notices.channels import Way
from accountgraph.notices.timing import Rhythm
from accountgraph.store.secrets import SecretRepository
from tests.db.campaigns.world import World
from tests.db.outgoing.receiver import Reply, poster
from tests.factories import START, Clock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from accountgraph.campaigns.engine.transport import Message
    from tests.db.outgoing.receiver import Receiver


@pytest.fixture
async def timed(url: str, clock: Clock, surroundings: None) -> AsyncIterator[Database]:
    async with Database(url, workspace="abm", clock=clock) as database:
        yield database


@pytest.fixture
async def world(timed: Database) -> World:
    return await World.begin(timed)


async def mailed(world: World, **fields: Any) -> Any:
    """A channel of mails that is told at once."""
    new = {"name": "desk", "way": Way.EMAIL, "address": "me@home.org", "rhythm": Rhythm.AT_ONCE, "timezone": "UTC", **fields}
    return (await create_channel(world.db, NewChannel(**new), world.db.now())).channel.id


async def run(world: World, statement: str, **params: Any) -> None:
    await world.db.run(lambda session: session.execute(statement, params))


async def reply_waits(world: World, clock: Clock, domain: str = "acme.com") -> None:
    (person,) = await world.account(domain, "Anna")
    task = (
        "INSERT INTO tasks (kind, title, contact_id, due_at) VALUES ('reply', 'Answer Anna', %(id)s, current_moment() + interval '9 days')"
    )
    await run(world, task, id=person.id)
    clock.forward(hours=5)


async def send(world: World) -> int:
    return await send_due(world.db, poster(), world.transport)


async def test_nothing_is_sent_where_nothing_waits(world: World, clock: Clock) -> None:
    await mailed(world)
    for _ in range(5):
        assert await send(world) == 0
        clock.forward(hours=1)
    assert world.post.sent == []


async def test_what_waits_is_told_once(world: World, clock: Clock) -> None:
    await mailed(world)
    await reply_waits(world, clock)
    assert await send(world) == 1
    (mail,) = world.post.sent
    assert (mail.recipient, mail.subject) == ("me@home.org", "Waiting for you: 1 reply to answer")
    assert "Answer Anna - Anna, acme.com, since 2026-03-02 09:00 UTC" in mail.content
    assert mail.headers == {"Auto-Submitted": "auto-generated"}
    for _ in range(3):
        clock.forward(days=1)
        assert await send(world) == 0
    await reply_waits(world, clock, "globex.com")
    assert await send(world) == 1
    assert world.post.sent[1].subject == "Waiting for you: 1 reply to answer"
    assert "1 reply to answer (2 in all)" in world.post.sent[1].content


async def test_what_comes_back_is_told_again(world: World, clock: Clock) -> None:
    await mailed(world)
    await world.campaign()
    for status in ("paused", "active", "paused"):
        await run(world, "UPDATE campaigns SET status = %(status)s", status=status)
        await send(world)
        clock.forward(hours=1)
    assert [mail.subject for mail in world.post.sent] == ["Waiting for you: 1 paused campaign"] * 2


async def test_gap_and_quiet_hours_are_kept(world: World, clock: Clock) -> None:
    await mailed(world, gap_minutes=60, quiet_from=time(20), quiet_to=time(7))
    await reply_waits(world, clock)  # 14:00
    assert await send(world) == 1
    await reply_waits(world, clock, "globex.com")  # 19:00
    clock.forward(hours=2)
    assert await send(world) == 0
    clock.forward(hours=9)
    assert await send(world) == 0  # 06:00
    clock.forward(hours=1)
    assert await send(world) == 1
    clock.forward(hours=1)
    clock.forward(minutes=-30)
    await run(world, "INSERT INTO holds (scope, reason) VALUES ('workspace', 'stop')")
    assert await send(world) == 0
    clock.forward(minutes=31)
    assert await send(world) == 1


async def test_daily_digest_comes_at_its_hour(world: World, clock: Clock) -> None:
    await mailed(world, rhythm=Rhythm.DAILY, daily_at=time(8), timezone="Europe/Berlin")
    await reply_waits(world, clock)
    assert await send(world) == 0
    clock.time = START.replace(day=3, hour=7)
    assert await send(world) == 1


async def test_channel_is_told_of_its_kinds_alone(world: World, clock: Clock) -> None:
    channel = await mailed(world, kinds=(NoticeKind.CAMPAIGN_PAUSED,))
    await reply_waits(world, clock)
    assert await send(world) == 0
    await update_channel(world.db, channel, {"kinds": ["campaign_paused", "reply_waiting"], "reply_hours": 6}, clock())
    assert await send(world) == 0
    clock.forward(hours=2)
    assert await send(world) == 1


async def test_what_surely_reached_nobody_is_told_later_and_what_may_have_is_not(world: World, clock: Clock) -> None:
    async def refuse(_: Message) -> Result:
        return Result(outcome=Sent.RETRY, detail="the server is away")

    async def hang(_: Message) -> Result:
        return Result(outcome=Sent.UNKNOWN, detail="no answer")

    channel = await mailed(world)
    await reply_waits(world, clock)
    world.post.answer = refuse
    assert await send(world) == 0
    failing = await get_channel(world.db, channel)
    assert (failing.failures, failing.error, failing.next_look_at) == (1, "the server is away", clock() + timedelta(minutes=5))
    world.post.answer = None
    clock.forward(minutes=5)
    assert await send(world) == 1
    await reply_waits(world, clock, "globex.com")
    world.post.answer = hang
    assert await send(world) == 0
    world.post.answer = None
    clock.forward(hours=1)
    assert await send(world) == 0
    assert len(world.post.sent) == 1


async def test_several_workers_and_a_death_tell_nothing_twice(world: World, clock: Clock) -> None:
    await mailed(world)
    await reply_waits(world, clock)
    assert sum(await asyncio.gather(*(send(world) for _ in range(4)))) == 1

    async def die(_: Message) -> Result:
        raise asyncio.CancelledError

    await reply_waits(world, clock, "globex.com")
    world.post.answer = die
    with pytest.raises(asyncio.CancelledError):
        await send(world)
    world.post.answer = None
    clock.forward(hours=1)
    assert await send(world) == 0
    assert len(world.post.sent) == 1


async def test_webhook_is_signed(url: str, surroundings: None, receiver: Receiver) -> None:
    async with Database(url, workspace="abm") as db:
        made = await create_channel(db, NewChannel(name="n8n", way=Way.WEBHOOK, address=receiver.url, rhythm=Rhythm.AT_ONCE), db.now())
        await db.run(lambda session: session.execute("INSERT INTO holds (scope, reason) VALUES ('workspace', 'stop')"))
        assert await send_due(db, poster(), World(db).transport) == 1
    payload = Webhook(made.secret or "").verify(receiver.got[0].body, receiver.got[0].headers)
    assert payload["type"] == "notice"
    assert payload["data"]["counts"] == {"workspace_stopped": {"new": 1, "waiting": 1}}
    assert payload["data"]["needs"][0]["about"] == "stop"


async def test_slack_gets_text_and_blocks_and_its_address_stays_secret(world: World, receiver: Receiver, clock: Clock) -> None:
    made = await create_channel(
        world.db, NewChannel(name="slack", way=Way.SLACK, address=receiver.url, rhythm=Rhythm.AT_ONCE, timezone="UTC"), clock()
    )
    assert (made.secret, made.channel.address) == (None, f"127.0.0.1:{receiver.port}")
    await run(world, "INSERT INTO holds (scope, reason) VALUES ('workspace', 'a <b> & c')")
    await send(world)
    body = receiver.got[0].payload
    assert body["text"] == "Waiting for you: 1 stop of everything"
    assert body["blocks"][0] == {"type": "header", "text": {"type": "plain_text", "text": body["text"]}}
    assert "• a &lt;b&gt; &amp; c, since" in body["blocks"][1]["text"]["text"]
    assert receiver.got[0].path == "/hook?token=x"
    assert "token" not in str(await list_channels(world.db))
    await update_channel(world.db, made.channel.id, {"name": "chat"}, clock())
    assert (await send_trial(world.db, poster(), world.transport, made.channel.id)).error is None
    assert receiver.got[1].path == "/hook?token=x"
    receiver.answer = lambda _: Reply(404, b"no_service")
    assert (await send_trial(world.db, poster(), world.transport, made.channel.id)).error == "answered 404"
    await delete_channel(world.db, made.channel.id)
    assert await SecretRepository(world.db).list_secrets() == []


async def test_every_kind_is_found(world: World, clock: Clock) -> None:
    people = await world.account("acme.com", "Anna", "Bert")
    version = await world.campaign(policy={"requires_approval": True})
    first, _ = await world.enrol(version, *people)
    await world.runner().run_due()
    enrolment = {"id": first}
    intent = (
        "INSERT INTO intents (enrolment_id, step_key, is_live, channel, contact_id, planned_at, called_at, state)"
        " VALUES (%(id)s, 'x', true, 'email', NULL, current_moment(), current_moment(), 'unknown')"
    )
    await run(world, intent, **enrolment)
    await run(
        world, "INSERT INTO tasks (kind, title, due_at) VALUES ('call', 'Call', current_moment()), ('reply', 'Reply', current_moment())"
    )
    await world.db.run(
        lambda s: holds.set_hold(s, HoldScope.SENDER, world.senders[0].id, reason="bounces", note=None, until=None, now=s.now())
    )
    await run(world, "INSERT INTO holds (scope, reason) VALUES ('workspace', 'stop')")
    endpoint = (
        "INSERT INTO outgoing_endpoints (url, kinds, state, reason) VALUES ('https://x.test/?token=x', '{*}', 'gone', 'it answered 410')"
    )
    await run(world, endpoint)
    await run(world, "UPDATE campaigns SET status = 'paused'")
    await run(world, "INSERT INTO drafting_settings (model, drafts_per_day) VALUES ('test:x', 0)")
    await run(world, "INSERT INTO drafts (enrolment_id, step_key, channel, asked_at) VALUES (%(id)s, 'x', 'email', now())", **enrolment)
    clock.forward(days=2)
    needs = await gather(world.db, clock())
    assert {one.kind for one in needs} == set(NoticeKind)
    assert "token" not in str(needs)
    assert all(one.line for one in needs)


async def test_preview_shows_what_would_be_told_and_leaves_it_to_be_told(world: World, clock: Clock) -> None:
    channel = await mailed(world)
    await reply_waits(world, clock)
    for _ in range(2):
        assert [one.kind for one in await preview(world.db, channel)] == ["reply_waiting"]
    assert await send(world) == 1
    assert await preview(world.db, channel) == []


async def test_many_things_are_told_in_portions(world: World, clock: Clock) -> None:
    await mailed(world)
    await run(
        world, "INSERT INTO tasks (kind, title, due_at) SELECT 'reply', 'Reply ' || n, current_moment() FROM generate_series(1, 450) AS n"
    )
    clock.forward(hours=5)
    for _ in range(4):
        await send(world)
        clock.forward(hours=1)
    subjects = [mail.subject for mail in world.post.sent]
    assert subjects == [f"Waiting for you: {count} replies to answer" for count in (450, 250, 50)]
    assert "and 250 more" in world.post.sent[0].content


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("address", {"address": "nobody"}),
        ("address", {"way": Way.SLACK, "address": "https://10.0.0.1/x"}),
        ("kinds", {"kinds": ("nothing",)}),
        ("kinds", {"kinds": ()}),
        ("quiet_from", {"quiet_from": time(8)}),
        ("timezone", {"timezone": "Mars/Olympus"}),
        ("gap_minutes", {"gap_minutes": -1}),
        ("sender", {"way": Way.WEBHOOK, "address": "https://example.com", "sender": "me@ours.com"}),
    ],
)
async def test_channel_that_cannot_be_is_refused(world: World, field: str, fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError) as refused:
        await mailed(world, **fields)
    assert refused.value.field == field


async def test_names_are_unique_and_unknown_fields_refused(world: World, clock: Clock) -> None:
    channel, _ = await mailed(world), await mailed(world, name="other")
    with pytest.raises(DuplicateError):
        await mailed(world)
    with pytest.raises(DuplicateError):
        await update_channel(world.db, channel, {"name": "other"}, clock())
    with pytest.raises(UnknownFieldError):
        await update_channel(world.db, channel, {"way": "slack"}, clock())


async def test_agent_sees_no_channel(url: str, world: World) -> None:
    await mailed(world)
    async with Database(url, workspace="abm", as_agent=True) as agent:
        with pytest.raises(DatabaseError):
            await list_channels(agent)
