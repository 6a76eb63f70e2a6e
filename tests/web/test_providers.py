"""Real providers' requests on the public server: believed where they are signed, kept, and joined to the graph."""

from __future__ import annotations

import asyncio
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from accountgraph.channels.providers.event import ConfirmSubscription
from accountgraph.store.intake import Payload
from accountgraph.store.outreach.senders import SenderRepository
from accountgraph.web import Parts
from accountgraph.web.processor import UnreadableError
from accountgraph.web.providers import Providers
from tests.channels.providers.fake import KEY
from tests.channels.providers.service import Said
from tests.channels.providers.signing import SECRETS, signed
from tests.channels.providers.test_fetched import MIME, plainly
from tests.channels.providers.test_fetched import Resend as Received
from tests.web.conftest import OpenSecrets, put_secret

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from accountgraph.campaigns.engine.transport import Message
    from tests.db.campaigns.world import World
    from tests.web.conftest import Served, Site

LOGIN = "hook:right"
AUTHORIZATION = "Basic aG9vazpyaWdodA=="


@pytest.fixture
async def providers(url: str, world: World, served: Served) -> AsyncIterator[Site]:
    """The server with all providers; Postmark has a secret."""
    known = Providers()
    await world.db.run(lambda session: put_secret(session, "postmark", LOGIN))
    parts = Parts(url, verifiers=known.verifiers, handle=known.handle, after=known.after, secrets_of=OpenSecrets)
    async with served.open(parts) as site:
        yield site


def bounce(message: Message) -> bytes:
    """What Postmark says of an address that is gone."""
    said = {
        "RecordType": "Bounce",
        "ID": 42,
        "Type": "HardBounce",
        "TypeCode": 1,
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Email": message.recipient,
        "BouncedAt": "2026-03-02T10:00:00Z",
        "Description": "The server was unable to deliver your message",
        "Metadata": {"accountgraph_intent": str(message.intent_id)},
    }
    return json.dumps(said).encode()


async def _done(site: Site, wanted: str) -> None:
    async with asyncio.timeout(10):
        while await site.world.select(str, "SELECT state FROM webhook_payloads") != [wanted]:  # noqa: ASYNC110 - it is in the database
            await asyncio.sleep(0.05)


async def test_a_bounce_that_a_provider_tells_suppresses_the_address(providers: Site, message: Message) -> None:
    headers = {"authorization": AUTHORIZATION, "content-type": "application/json"}
    assert (await providers.hook(bounce(message), "/hooks/abm/postmark", **headers)).status_code == 200
    await _done(providers, "done")
    assert await providers.world.select(str, "SELECT reason FROM suppressions") == ["bounced"]
    assert await providers.world.select(str, "SELECT state || ' ' || reason FROM enrolments") == ["failed bounced"]


async def test_who_does_not_know_the_secret_is_refused_and_nothing_is_kept(providers: Site, message: Message) -> None:
    answer = await providers.hook(bounce(message), "/hooks/abm/postmark", authorization="Basic d3Jvbmc6b25l")
    assert answer.status_code == 401
    assert await providers.count("SELECT count(*) FROM webhook_payloads") == 0


async def test_a_provider_without_a_secret_is_not_there(providers: Site) -> None:
    assert (await providers.hook(b"{}", "/hooks/abm/sendgrid")).status_code == 404


async def test_what_cannot_be_read_is_kept_as_failed_with_the_reason(providers: Site) -> None:
    assert (await providers.hook(b"no json", "/hooks/abm/postmark", authorization=AUTHORIZATION)).status_code == 200
    await _done(providers, "failed")
    assert await providers.count("SELECT count(*) FROM webhook_payloads WHERE error <> ''") == 1


@dataclass
class Resend:
    """Resend's API for mails that came in, and the server that hears of them."""

    site: Site
    fake: Received

    async def tells(self) -> None:
        received = {
            "email_id": "in-1",
            "from": "anna@acme.com",
            "to": ["me@ours.com"],
            "subject": "Re: Hello",
            "message_id": "<r@acme.com>",
        }
        body = json.dumps({"type": "email.received", "created_at": "2026-03-02T10:00:00Z", "data": received}).encode()
        request = signed("resend", body, datetime.now(UTC))
        answer = await self.site.hook(request.body, "/hooks/abm/resend", **request.headers)
        assert answer.status_code == 200

    async def sends_through_it(self) -> None:
        sender = {
            "address": "hello@ours.com",
            "transport": "resend",
            "settings": {"api_key": "secret:resend", "base_url": self.fake.service.url},
        }
        await SenderRepository(self.site.world.db).add_sender(sender)


@pytest.fixture
async def resend(url: str, world: World, served: Served) -> AsyncIterator[Resend]:
    fake = Received()
    known = Providers(get_mail=plainly)
    await world.db.run(lambda session: put_secret(session, "resend", SECRETS["resend"]))
    await world.db.run(lambda session: OpenSecrets(session).put_secret("resend", KEY))
    parts = Parts(url, verifiers=known.verifiers, handle=known.handle, before=known.before, after=known.after, secrets_of=OpenSecrets)
    async with fake.service.open(), served.open(parts) as site:
        yield Resend(site, fake)


async def test_a_mail_that_a_provider_only_tells_of_is_fetched_and_kept_whole(resend: Resend, message: Message) -> None:
    await resend.sends_through_it()
    await resend.tells()
    await _done(resend.site, "done")
    assert await resend.site.world.select(bytes, "SELECT raw FROM mails") == [MIME]
    assert await resend.site.world.select(str, "SELECT source || ' ' || from_email FROM mails") == ["resend sarah@acme.com"]


async def test_a_mail_that_is_told_of_twice_is_taken_once(resend: Resend, message: Message) -> None:
    await resend.sends_through_it()
    for _ in range(2):
        await resend.tells()
        await _done(resend.site, "done")
    assert await resend.site.count("SELECT count(*) FROM mails") == 1


async def test_a_mail_that_cannot_be_fetched_waits_and_says_why(resend: Resend, message: Message) -> None:
    await resend.sends_through_it()
    resend.fake.service.instead = Said(503, {"message": "later"})
    await resend.tells()
    async with asyncio.timeout(10):
        while not (said := await _errors(resend)):  # noqa: ASYNC110 - it is in the database
            await asyncio.sleep(0.05)
    assert "Resend answered 503" in said[0]
    resend.fake.service.instead = None
    await resend.site.world.db.run(lambda session: session.execute("UPDATE webhook_payloads SET next_try_at = now() - interval '1 day'"))
    resend.site.parts.wake("abm")
    await _done(resend.site, "done")
    assert await resend.site.count("SELECT count(*) FROM mails") == 1


async def test_without_a_key_for_the_provider_it_says_what_to_do(resend: Resend, message: Message) -> None:
    await resend.tells()
    async with asyncio.timeout(10):
        while not (said := await _errors(resend)):  # noqa: ASYNC110 - it is in the database
            await asyncio.sleep(0.05)
    assert "sender add ADDRESS --transport resend" in said[0]


async def _errors(resend: Resend) -> list[str]:
    found: list[str] = await resend.site.world.select(str, "SELECT error FROM webhook_payloads WHERE state = 'new' AND error IS NOT NULL")
    return found


async def test_a_test_that_anybody_can_sign_is_answered_and_not_kept(providers: Site, world: World) -> None:
    await world.db.run(lambda session: put_secret(session, "mailersend", "ours"))
    body = b'{"type": "webhook.test"}'
    mark = hmac.new(b"test_Am3L1GuOIc4blLUuHqAPxxwkZaJyEk8G", body, "sha256").hexdigest()  # the docs of MailerSend name this key
    assert (await providers.hook(body, "/hooks/abm/mailersend", signature=mark)).status_code == 200
    assert await providers.count("SELECT count(*) FROM webhook_payloads") == 0


def _subscription() -> Payload:
    topic = "arn:aws:sns:us-east-1:123456789012:mail"
    said = {
        "Type": "SubscriptionConfirmation",
        "MessageId": "165545c9",
        "Token": "2336412f37",
        "TopicArn": topic,
        "Message": "You have chosen to subscribe.",
        "SubscribeURL": f"https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={topic}&Token=2336412f37",
        "Timestamp": "2026-03-02T10:00:00.000Z",
        "SignatureVersion": "1",
        "Signature": "x",
        "SigningCertURL": "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem",
    }
    given: dict[str, Any] = {"id": 1, "provider": "ses", "headers": {"x-amz-sns-message-type": "SubscriptionConfirmation"}}
    return Payload(**given, body=json.dumps(said).encode(), received_at=_now())


def _now() -> Any:
    from datetime import UTC, datetime

    return datetime(2026, 3, 2, 10, tzinfo=UTC)


async def test_a_subscription_is_confirmed_once_it_is_worked_off() -> None:
    asked: list[str] = []

    async def get(url: str) -> bytes:
        asked.append(url)
        return b""

    known = Providers(get)
    [told] = known.told(_subscription())
    assert isinstance(told, ConfirmSubscription)
    await known.after(_subscription())
    assert asked == [told.url]


async def test_a_large_payload_is_read_beside_the_event_loop() -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0)
            ticks += 1

    body = b"[" + b'{"event": "open"},' * 60_000 + b'{"event": "open"}]'
    ticking = asyncio.create_task(tick())
    await Providers().after(Payload(id=1, provider="mailjet", headers={}, body=body, received_at=_now()))
    ticking.cancel()
    assert ticks > 10


def test_a_payload_of_a_provider_that_is_not_known_is_unreadable() -> None:
    with pytest.raises(UnreadableError, match="no provider"):
        Providers().told(Payload(id=1, provider="nobody", headers={}, body=b"{}", received_at=_now()))
