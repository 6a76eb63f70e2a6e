"""Endpoints are told what happened, in order, until they have it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from accountgraph.db import Database
from accountgraph.errors import InvalidValueError
from accountgraph.outgoing import (
    Deliveries,
    EndpointChanges,
    create_endpoint,
    delete_endpoint,
    deliver_due,
    get_delivery,
    get_endpoint,
    list_deliveries,
    replay,
    resend,
    rotate_secret,
    send_test,
    update_endpoint,
)
from accountgraph.outgoing.delivering import Told, prune
from accountgraph.outgoing.endpoints import NewEndpoint
from accountgraph.outgoing.kinds import Kind
from accountgraph.outgoing.schedule import AGAIN_AFTER
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.secrets import SecretRepository
from tests.db.outgoing.receiver import HERE, Receiver, Reply, poster, subscribe
from tests.factories import START, Clock

if TYPE_CHECKING:
    from accountgraph.models import Company
    from tests.db.outgoing.receiver import Got


@pytest.fixture
async def timed(url: str, clock: Clock, surroundings: None) -> Any:
    async with Database(url, workspace="abm", clock=clock) as database:
        yield database


@pytest.fixture
async def db(url: str, surroundings: None) -> Any:
    async with Database(url, workspace="abm") as database:
        yield database


async def account(db: Database, name: str = "Acme") -> Company:
    return await CompanyRepository(db).create_company({"name": name, "domain": f"{name.lower()}.com"})


async def rename(db: Database, company: Company, name: str) -> None:
    await CompanyRepository(db).update_company(company.id, {"name": name})


def refusing(_: Got) -> Reply:
    return Reply(500, b"no")


async def test_payload_is_verified_by_the_library_of_the_specification(db: Database, receiver: Receiver) -> None:
    made = await subscribe(db, receiver, "account.created")
    company = await account(db)
    assert await deliver_due(db, poster()) == Told(1, 1, 0)
    got = receiver.got[0]
    payload = Webhook(made.secret).verify(got.body, got.headers)
    assert payload["type"] == "account.created"
    assert payload["data"] == {"account_id": str(company.id), "name": "Acme", "domain": "acme.com", "status": "prospecting"}
    assert set(payload) == {"type", "timestamp", "data"}
    assert got.path == "/hook?token=x"
    with pytest.raises(WebhookVerificationError):
        Webhook(made.secret).verify(got.body.replace(b"Acme", b"Evil"), got.headers)


async def test_both_secrets_sign_while_they_overlap_and_then_the_new_one_alone(db: Database, receiver: Receiver) -> None:
    made = await subscribe(db, receiver, "*")
    new = await rotate_secret(db, made.endpoint.id, db.now(), overlap=timedelta(hours=1))
    await account(db)
    await deliver_due(db, poster())
    for secret in (made.secret, new):
        Webhook(secret).verify(receiver.got[0].body, receiver.got[0].headers)
    newest = await rotate_secret(db, made.endpoint.id, db.now(), overlap=timedelta(0))
    await account(db, "Globex")
    await deliver_due(db, poster())
    Webhook(newest).verify(receiver.got[1].body, receiver.got[1].headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(new).verify(receiver.got[1].body, receiver.got[1].headers)


async def test_overlap_ends_by_itself(timed: Database, clock: Clock, receiver: Receiver) -> None:
    made = await subscribe(timed, receiver, "*")
    await rotate_secret(timed, made.endpoint.id, timed.now(), overlap=timedelta(hours=1))
    clock.forward(hours=2)
    await account(timed)
    await deliver_due(timed, poster())
    assert len(receiver.got[0].headers["webhook-signature"].split()) == 1


async def test_secret_is_sealed_and_goes_with_its_endpoint(db: Database, receiver: Receiver) -> None:
    made = await subscribe(db, receiver, "*")
    await rotate_secret(db, made.endpoint.id, db.now())
    assert [one.name for one in await SecretRepository(db).list_secrets()] == [
        f"webhook/{made.endpoint.id}",
        f"webhook/{made.endpoint.id}/old",
    ]
    await delete_endpoint(db, made.endpoint.id)
    assert await SecretRepository(db).list_secrets() == []


async def test_failing_delivery_is_tried_again_by_the_schedule_and_then_given_up(timed: Database, clock: Clock, receiver: Receiver) -> None:
    receiver.answer = refusing
    await subscribe(timed, receiver, "account.created")
    await account(timed)
    for wait in AGAIN_AFTER:
        assert await deliver_due(timed, poster()) == Told(1, 0, 0)
        clock.forward(seconds=wait.total_seconds() * 0.99)
        assert await deliver_due(timed, poster()) == Told()
        clock.forward(seconds=wait.total_seconds() * 0.22)
    assert await deliver_due(timed, poster()) == Told(1, 0, 1)
    (delivery,) = (await list_deliveries(timed)).items
    assert (delivery.state, delivery.tries, delivery.status, delivery.error) == ("failed", 11, 500, "answered 500")
    detail = await get_delivery(timed, delivery.id)
    assert len(detail.attempts) == 11
    assert detail.attempts[0].response == "no"
    assert len({got.headers["webhook-id"] for got in receiver.got}) == 1


async def test_retry_after_is_waited_for(timed: Database, clock: Clock, receiver: Receiver) -> None:
    receiver.answer = lambda _: Reply(429, headers={"Retry-After": "3600"})
    await subscribe(timed, receiver, "account.created")
    await account(timed)
    await deliver_due(timed, poster())
    (delivery,) = (await list_deliveries(timed)).items
    assert delivery.next_try_at == clock() + timedelta(hours=1)


async def test_later_event_of_an_account_waits_for_the_earlier_and_other_accounts_do_not(
    timed: Database, clock: Clock, receiver: Receiver
) -> None:
    await subscribe(timed, receiver, "account.changed")
    acme, globex = await account(timed), await account(timed, "Globex")
    receiver.answer = lambda got: Reply(500 if got.payload["data"]["name"] == "one" else 200)
    for name in ("one", "two", "three"):
        await rename(timed, acme, name)
    await rename(timed, globex, "other")
    await deliver_due(timed, poster())
    assert [got.payload["data"]["name"] for got in receiver.got] in (["one", "other"], ["other", "one"])
    receiver.answer = lambda _: Reply()
    receiver.got.clear()
    clock.forward(minutes=2)
    await deliver_due(timed, poster())
    assert [got.payload["data"]["name"] for got in receiver.got] == ["one", "two", "three"]


async def test_what_is_given_up_keeps_nobody_waiting(timed: Database, clock: Clock, receiver: Receiver) -> None:
    await subscribe(timed, receiver, "account.changed")
    acme = await account(timed)
    receiver.answer = lambda got: Reply(500 if got.payload["data"]["name"] == "one" else 200)
    await rename(timed, acme, "one")
    await rename(timed, acme, "two")
    for wait in (*AGAIN_AFTER, timedelta(0)):
        await deliver_due(timed, poster())
        clock.forward(seconds=wait.total_seconds() * 1.21)
    await deliver_due(timed, poster())
    assert [got.payload["data"]["name"] for got in receiver.got] == ["one"] * 11 + ["two"]


async def test_killed_deliverer_leaves_a_delivery_that_is_tried_again(timed: Database, clock: Clock, receiver: Receiver) -> None:
    await subscribe(timed, receiver, "account.created")
    await account(timed)
    receiver.answer = lambda _: Reply(after=5)
    dying = asyncio.create_task(deliver_due(timed, poster()))
    while not receiver.got:  # noqa: ASYNC110 - what is waited for is another task's list
        await asyncio.sleep(0.01)
    dying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await dying
    receiver.answer = lambda _: Reply()
    assert await deliver_due(timed, poster()) == Told()  # somebody may still be at it
    clock.forward(seconds=61)
    assert await deliver_due(timed, poster()) == Told(1, 1, 0)
    assert len({got.headers["webhook-id"] for got in receiver.got}) == 1


async def test_several_deliverers_tell_each_event_once_and_in_order(db: Database, receiver: Receiver) -> None:
    await subscribe(db, receiver, "account.changed")
    acme, globex = await account(db), await account(db, "Globex")
    for number in range(15):
        await rename(db, acme, f"acme {number:02}")
        await rename(db, globex, f"globex {number:02}")
    receiver.answer = lambda _: Reply(after=0.005)
    while any(one.state != "delivered" for one in (await list_deliveries(db)).items):
        await asyncio.gather(*(deliver_due(db, poster()) for _ in range(4)))
    for company in (acme, globex):
        names = [got.payload["data"]["name"] for got in receiver.got if got.payload["data"]["account_id"] == str(company.id)]
        assert names == sorted(set(names))
        assert len(names) == 15


async def test_endpoint_that_answers_gone_is_told_no_more_and_nothing_is_kept_for_it(timed: Database, receiver: Receiver) -> None:
    receiver.answer = lambda _: Reply(410)
    made = await subscribe(timed, receiver, "*")
    acme = await account(timed)
    await rename(timed, acme, "two")
    await deliver_due(timed, poster())
    endpoint = await get_endpoint(timed, made.endpoint.id)
    assert (endpoint.state, endpoint.waiting, endpoint.stopped_at) == ("gone", 0, START)
    assert "410" in (endpoint.reason or "")
    await rename(timed, acme, "three")
    assert len((await list_deliveries(timed)).items) == 2


async def test_dead_endpoint_is_paused_with_its_reason_and_misses_nothing(timed: Database, clock: Clock, receiver: Receiver) -> None:
    receiver.answer = refusing
    made = await subscribe(timed, receiver, "*")
    await account(timed)
    for _ in range(11):
        await deliver_due(timed, poster())
        clock.forward(hours=30)
    endpoint = await get_endpoint(timed, made.endpoint.id)
    assert endpoint.state == "paused"
    assert "nothing got through since 2026-03-02, in 10 tries; the last: answered 500" in (endpoint.reason or "")
    await account(timed, "Globex")
    receiver.got.clear()
    receiver.answer = lambda _: Reply()
    assert await deliver_due(timed, poster()) == Told()
    await update_endpoint(timed, made.endpoint.id, EndpointChanges(is_active=True), timed.now())
    await deliver_due(timed, poster())
    assert [got.payload["data"]["name"] for got in receiver.got] == ["Acme", "Globex"]
    assert (await get_endpoint(timed, made.endpoint.id)).failures == 0


async def test_one_success_takes_back_the_failures(timed: Database, clock: Clock, receiver: Receiver) -> None:
    receiver.answer = refusing
    made = await subscribe(timed, receiver, "*")
    await account(timed)
    await deliver_due(timed, poster())
    assert (await get_endpoint(timed, made.endpoint.id)).failing_since == clock()
    receiver.answer = lambda _: Reply()
    clock.forward(minutes=1)
    await deliver_due(timed, poster())
    endpoint = await get_endpoint(timed, made.endpoint.id)
    assert (endpoint.failing_since, endpoint.failures) == (None, 0)


async def test_resend_tells_the_same_again_with_the_same_id(db: Database, receiver: Receiver) -> None:
    await subscribe(db, receiver, "account.created")
    await account(db)
    await deliver_due(db, poster())
    (delivery,) = (await list_deliveries(db)).items
    assert (await resend(db, delivery.id, db.now())).state == "pending"
    await deliver_due(db, poster())
    first, second = receiver.got
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])
    assert len((await get_delivery(db, delivery.id)).attempts) == 2


async def test_replay_of_a_period_tells_a_later_endpoint_what_it_missed(timed: Database, clock: Clock, receiver: Receiver) -> None:
    await subscribe(timed, receiver, "*")
    acme = await account(timed)
    clock.forward(hours=1)
    await rename(timed, acme, "two")
    clock.forward(hours=1)
    late = await subscribe(timed, receiver, "account.changed")
    await deliver_due(timed, poster())
    receiver.got.clear()
    assert await replay(timed, late.endpoint.id, START, clock(), clock()) == 1
    await deliver_due(timed, poster())
    assert [got.payload["data"]["name"] for got in receiver.got] == ["two"]
    assert await replay(timed, late.endpoint.id, START, clock(), clock()) == 1
    assert await replay(timed, late.endpoint.id, START, START + timedelta(minutes=30), clock()) == 0


async def test_trial_is_one_try_and_leaves_the_endpoint_as_it_is(timed: Database, receiver: Receiver) -> None:
    receiver.answer = refusing
    made = await subscribe(timed, receiver, "account.created")
    detail = await send_test(timed, poster(), made.endpoint.id)
    assert (detail.delivery.state, detail.delivery.status, detail.payload.type) == ("failed", 500, "webhook.test")
    assert (await get_endpoint(timed, made.endpoint.id)).failing_since is None
    detail = await send_test(timed, poster(), made.endpoint.id, Kind.REPLY_RECEIVED)
    assert receiver.types == ["webhook.test", "reply.received"]


async def test_paused_endpoint_is_not_asked_and_cannot_be_replayed(timed: Database, receiver: Receiver) -> None:
    made = await subscribe(timed, receiver, "*")
    await update_endpoint(timed, made.endpoint.id, EndpointChanges(is_active=False, reason="moving"), timed.now())
    await account(timed)
    assert await deliver_due(timed, poster()) == Told()
    with pytest.raises(InvalidValueError, match=r"paused .moving.; resume it first"):
        await replay(timed, made.endpoint.id, START, START + timedelta(days=1), timed.now())


async def test_deliveries_are_read_a_page_at_a_time(timed: Database, receiver: Receiver) -> None:
    await subscribe(timed, receiver, "account.created")
    for number in range(5):
        await account(timed, f"Acme{number}")
    first = await list_deliveries(timed, Deliveries(limit=3))
    rest = await list_deliveries(timed, Deliveries(limit=3, after=int(first.next or "")))
    ids = [one.id for one in first.items + rest.items]
    assert rest.next is None
    assert ids == sorted(ids, reverse=True)
    assert len(set(ids)) == 5


async def test_what_is_a_month_old_is_forgotten(timed: Database, clock: Clock, receiver: Receiver) -> None:
    await subscribe(timed, receiver, "account.created")
    await account(timed)
    clock.forward(days=29)
    assert await prune(timed) == 0
    clock.forward(days=2)
    assert await prune(timed) == 1
    assert (await list_deliveries(timed)).items == []


async def test_slow_endpoint_is_not_waited_for_and_a_long_answer_is_cut(db: Database, receiver: Receiver) -> None:
    made = await subscribe(db, receiver, "account.created")
    receiver.answer = lambda _: Reply(after=5)
    detail = await send_test(db, poster(seconds=0.2), made.endpoint.id)
    assert detail.delivery.error == "no answer within 0.2 seconds"
    receiver.answer = lambda _: Reply(body=b"x\0" * 5_000_000, says_length=False)
    detail = await send_test(db, poster(), made.endpoint.id)
    assert detail.delivery.state == "delivered"
    assert detail.attempts[0].response == "x\N{REPLACEMENT CHARACTER}" * 1000


@pytest.mark.parametrize(
    "given",
    [
        "ftp://example.com",
        "https://user:secret@example.com/x",
        "https://example.com/#x",
        "https://10.0.0.1/x",
        "https://[::ffff:10.0.0.1]/x",
        "https://169.254.169.254/latest",
        "https://exa mple.com",
        "https:///x",
    ],
)
async def test_address_that_cannot_be_told_is_refused_when_it_is_given(db: Database, given: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        await create_endpoint(db, NewEndpoint(url=given, kinds=("*",)))
    assert refused.value.field == "url"


async def test_unknown_kind_is_refused_with_what_comes_near(db: Database) -> None:
    with pytest.raises(InvalidValueError, match=r"did you mean 'reply\.received'"):
        await create_endpoint(db, NewEndpoint(url="https://example.com", kinds=("reply.recieved",)))


def test_machine_is_in_the_networks_of_these_tests() -> None:
    assert "127.0.0.1" in [str(next(network.hosts())) for network in HERE]
