"""Webhooks: kept before they are acknowledged, once however often they come, and worked off whatever dies."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Any

from accountgraph.http.bodies import Bodies
from accountgraph.schema import create_workspace
from accountgraph.web import Parts
from accountgraph.web.processor import BACKOFF, MOST_TRIES, Processor, UnreadableError, backoff
from accountgraph.web.verifying import Delivery, RefusedError
from tests.web.conftest import PUBLIC, OpenSecrets, put_secret, signature, verify_acme

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import pytest

    from accountgraph.db import Session
    from accountgraph.store.intake import Payload
    from accountgraph.web.processor import Handle
    from tests.web.conftest import Served, Site

ROWS = "SELECT count(*) FROM webhook_payloads"


class Hand:
    """Works payloads off as it is told, and remembers them."""

    def __init__(self, *failures: Exception) -> None:
        self.failures, self.taken = list(failures), list[bytes]()

    async def __call__(self, session: Session, payload: Payload) -> list[str]:
        del session
        if self.failures:
            raise self.failures.pop(0)
        self.taken.append(payload.body)
        return [f"saw {len(payload.body)} bytes"]


def parts(url: str, handle: Handle | None = None, **options: Any) -> Parts:
    return Parts(url, verifiers={"acme": verify_acme}, secrets_of=OpenSecrets, handle=handle, **options)


async def states(site: Site) -> list[str]:
    found: list[str] = await site.world.select(str, "SELECT concat_ws(' ', state, tries, error) FROM webhook_payloads ORDER BY id")
    return found


async def until(site: Site, *wanted: str) -> None:
    async with asyncio.timeout(10):
        while await states(site) != list(wanted):  # noqa: ASYNC110 - what is waited for is in the database
            await asyncio.sleep(0.05)


async def test_a_payload_is_kept_whole_before_it_is_acknowledged(site: Site) -> None:
    body = bytes(range(256))
    assert (await site.hook(body, **{"content-type": "application/x-acme"})).status_code == 200
    [kept] = await site.world.select(bytes, "SELECT body FROM webhook_payloads")
    assert bytes(kept) == body
    assert await states(site) == ["new 0"]


async def test_credentials_are_not_kept(site: Site) -> None:
    await site.hook(
        b"{}", **{"authorization": "Basic c2VjcmV0", "cookie": "a=b", "x-twilio-email-event-webhook-signature": "s", "x-a": "b"}
    )
    [kept] = await site.world.select(dict, "SELECT headers FROM webhook_payloads")
    assert kept["x-a"] == "b"
    assert not {name for name in kept if "signature" in name or name in {"authorization", "cookie"}}


async def test_the_same_delivery_again_is_one_row_and_acknowledged(site: Site) -> None:
    answers = await asyncio.gather(*(site.hook(b"again") for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert await site.count(ROWS) == 1


async def test_what_is_not_signed_is_refused_and_not_kept(site: Site) -> None:
    for headers in ({}, {"x-acme-signature": signature(b"other")}, {"x-acme-signature": signature(b"{}", "another secret")}):
        answer = await site.client.post("/hooks/abm/acme", content=b"{}", headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
        assert set(answer.json()) == {"type", "title", "status"}
    assert await site.count(ROWS) == 0


async def test_names_that_lead_nowhere_are_all_answered_alike(site: Site, url: str) -> None:
    create_workspace(url, "bare")  # it has no secret for the provider
    paths = ["/hooks/nowhere/acme", "/hooks/abm/nobody", "/hooks/bare/acme", "/hooks/ABM/acme", "/hooks/%00/acme", "/hooks/a'b/acme"]
    answers = [await site.hook(b"{}", path) for path in paths]
    assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}


async def test_each_workspace_has_a_secret_of_its_own(site: Site, url: str) -> None:
    create_workspace(url, "other")
    async with site.parts.doors.use("other") as door:
        await door.db.run(lambda session: put_secret(session, "acme", "its own"))
    assert (await site.hook(b"{}", "/hooks/other/acme")).status_code == 401
    signed = {"x-acme-signature": signature(b"{}", "its own")}
    assert (await site.client.post("/hooks/other/acme", content=b"{}", headers=signed)).status_code == 200
    assert await site.count(ROWS) == 0


async def test_a_provider_is_told_the_public_address_that_it_signed(url: str, served: Served) -> None:
    told: list[Delivery] = []

    async def verify(delivery: Delivery, secret: str) -> None:
        told.append(delivery)

    async with served.open(Parts(url, verifiers={"acme": verify}, secrets_of=OpenSecrets)) as site:
        await site.hook(b"{}", "/hooks/abm/acme?a=1&b=%20")
    assert (told[0].url, dict(told[0].query)) == (f"{PUBLIC}/hooks/abm/acme?a=1&b=%20", {"a": "1", "b": " "})


async def test_a_refusal_is_answered_as_the_provider_understands_it(url: str, served: Served) -> None:
    async def verify(delivery: Delivery, secret: str) -> None:
        raise RefusedError(int(delivery.body), f"the secret is {secret}")

    async with served.open(Parts(url, verifiers={"acme": verify}, secrets_of=OpenSecrets)) as site:
        for status in (400, 401, 503):
            answer = await site.hook(b"%d" % status)
            assert (answer.status_code, "between us" in answer.text) == (status, False)


async def test_what_is_refused_by_our_own_fault_is_said_in_the_log(url: str, served: Served, caplog: pytest.LogCaptureFixture) -> None:
    async def verify(delivery: Delivery, secret: str) -> None:
        raise RefusedError(int(delivery.body), f"The key cannot be used ({delivery.body.decode()}).")

    async with served.open(Parts(url, verifiers={"acme": verify}, secrets_of=OpenSecrets)) as site:
        for status in (400, 401, 503):
            await site.hook(b"%d" % status)
    assert [one.getMessage() for one in caplog.records if one.name == "accountgraph.web.hooks"] == [
        "A webhook of acme in workspace abm cannot be checked: The key cannot be used (503)."
    ]


async def test_a_body_that_is_too_large_is_refused_announced_or_not(url: str, served: Served) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 1000

    async with served.open(parts(url, bodies=Bodies(largest=10_000))) as site:
        assert (await site.hook(b"x" * 10_001)).status_code == 413
        unannounced = await site.client.post("/hooks/abm/acme", content=pieces(), headers={"x-acme-signature": "s"})
        assert unannounced.status_code == 413
        assert (await site.hook(b"x" * 10_000)).status_code == 200
        assert site.parts.bodies.held == 0


async def test_too_many_large_bodies_at_once_are_asked_to_come_again(url: str, served: Served) -> None:
    async with served.open(parts(url, bodies=Bodies(most_held=5_000))) as site:
        answer = await site.hook(b"x" * 6_000)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
        assert (await site.hook(b"x" * 4_000)).status_code == 200


async def test_a_body_that_does_not_come_is_not_waited_for(url: str, served: Served) -> None:
    async with served.open(parts(url, bodies=Bodies(seconds=0.3))) as site:
        reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
        writer.write(b"POST /hooks/abm/acme HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nslow")
        assert (await asyncio.wait_for(reader.readline(), 5)).startswith(b"HTTP/1.1 408")
        writer.close()
        assert await site.count(ROWS) == 0


async def test_a_database_that_is_away_acknowledges_nothing(served: Served, url: str) -> None:
    async with served.open(parts("postgresql://nobody@127.0.0.1:1/none")) as site:
        assert (await site.hook(b"{}")).status_code == 503


async def test_what_was_kept_is_worked_off_at_once(url: str, served: Served) -> None:
    hand = Hand()
    async with served.open(parts(url, hand)) as site:
        await site.hook(b"one")
        await until(site, "done 1")
    assert hand.taken == [b"one"]
    assert await site.world.select(list, "SELECT effects FROM webhook_payloads") == [["saw 3 bytes"]]


async def test_what_a_process_left_behind_is_worked_off_by_the_next(url: str, served: Served) -> None:
    async def never(session: Session, payload: Payload) -> list[str]:
        await asyncio.sleep(3600)
        return []

    async with served.open(parts(url, never)) as site:
        assert (await site.hook(b"kept")).status_code == 200
        await asyncio.sleep(0.2)  # it is in work when the process goes
    assert await states(site) == ["new 0"]
    hand = Hand()
    async with served.open(parts(url, hand)) as site:
        await until(site, "done 1")
    assert hand.taken == [b"kept"]


async def test_a_failure_is_tried_again_later_and_spoils_nobody_elses(url: str, served: Served) -> None:
    hand = Hand(RuntimeError("no luck"))
    async with served.open(parts(url, hand)) as site:
        await site.hook(b"first")
        await until(site, "new 1 RuntimeError: no luck")
        await site.hook(b"second")
        await until(site, "new 1 RuntimeError: no luck", "done 1")
        due = await site.world.select(
            float, "SELECT extract(epoch FROM next_try_at - now())::float8 FROM webhook_payloads WHERE state = 'new'"
        )
        assert 0 < due[0] <= BACKOFF.total_seconds()
        await _due_now(site)
        await site.hook(b"third")
        await until(site, "done 2", "done 1", "done 1")


async def test_what_always_fails_is_kept_as_failed_with_the_error(url: str, served: Served) -> None:
    hand = Hand(*(ValueError("broken") for _ in range(MOST_TRIES)))
    async with served.open(parts(url, hand)) as site:
        await site.hook(b"bad")
        for tries in range(1, MOST_TRIES):
            await until(site, f"new {tries} ValueError: broken")
            await _due_now(site)
            site.parts.wake("abm")
        await until(site, f"failed {MOST_TRIES} ValueError: broken")


async def test_an_error_in_words_that_no_database_takes_holds_nobody_up(url: str, served: Served) -> None:
    hand = Hand(RuntimeError("no \0 luck \ud800"))
    async with served.open(parts(url, hand)) as site:
        await site.hook(b"first")
        await site.hook(b"second")
        await until(site, "new 1 RuntimeError: no \N{REPLACEMENT CHARACTER} luck ?", "done 1")


async def test_effects_in_words_that_no_database_takes_are_kept_without_them(url: str, served: Served) -> None:
    async def handle(session: Session, payload: Payload) -> list[str]:
        return ["a \0 b \ud800"]

    async with served.open(parts(url, handle)) as site:
        await site.hook(b"x")
        await until(site, "done 1")
    assert await site.world.select(list, "SELECT effects FROM webhook_payloads") == [["a \N{REPLACEMENT CHARACTER} b ?"]]


async def test_what_cannot_be_read_is_given_up_at_once(url: str, served: Served) -> None:
    async with served.open(parts(url, Hand(UnreadableError("This is no JSON.")))) as site:
        await site.hook(b"bad")
        await until(site, "failed 1 This is no JSON.")


async def test_a_failure_undoes_what_was_half_done(url: str, served: Served) -> None:
    async def half(session: Session, payload: Payload) -> list[str]:
        await session.execute("INSERT INTO topics (key, name) VALUES ('half', 'Half')")
        raise RuntimeError("midway")

    async with served.open(parts(url, half)) as site:
        await site.hook(b"x")
        await until(site, "new 1 RuntimeError: midway")
        assert await site.count("SELECT count(*) FROM topics") == 0


async def test_two_processors_work_at_no_payload_twice(url: str, served: Served) -> None:
    hand = Hand()
    async with served.open(parts(url)) as site:
        for number in range(40):
            await site.hook(b"%d" % number)
        both = [Processor(site.parts.doors, hand) for _ in range(2)]
        async with asyncio.timeout(20):
            while await site.count(f"{ROWS} WHERE state = 'new'"):
                await asyncio.gather(*(one.work_off("abm") for one in both))
    assert sorted(hand.taken) == sorted(b"%d" % number for number in range(40))


def test_backoff_grows_and_has_an_end() -> None:
    waits = [backoff(tries).total_seconds() for tries in range(12)]
    assert waits[:4] == [10, 40, 160, 640]
    assert max(waits) == 3600


async def test_a_client_that_goes_away_leaves_the_server_well(url: str, served: Served) -> None:
    async with served.open(parts(url)) as site:
        for sent in (b"POST /hooks/abm/acme HTTP/1.1\r\n", b"POST /hooks/abm/acme HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab"):
            with socket.create_connection(("127.0.0.1", site.port)) as client:
                client.sendall(sent)
        assert (await site.hook(b"fine")).status_code == 200
        assert site.parts.bodies.held == 0


async def _due_now(site: Site) -> None:
    async def work(session: Any) -> None:
        await session.execute("UPDATE webhook_payloads SET next_try_at = now() WHERE state = 'new'")

    await site.world.db.run(work)
