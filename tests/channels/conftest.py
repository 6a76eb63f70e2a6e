"""Post offices, providers, messages, and the transports that everything is tried with."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from accountgraph.campaigns.engine.transport import Message
from accountgraph.channels import ConsoleTransport, SmtpTransport
from accountgraph.channels.mail_apis.transports import TRANSPORTS as MAIL_APIS
from accountgraph.channels.providers.abilities import ProviderAbilities, WireId
from accountgraph.channels.providers.transports import TRANSPORTS
from accountgraph.enums import Channel
from tests.channels.mail_apis.fake import Tokens
from tests.channels.mail_apis.gmail import Gmail
from tests.channels.mail_apis.graph import Graph
from tests.channels.post_office import PostOffice
from tests.channels.providers.fake import KEY
from tests.channels.providers.fakes import FAKES
from tests.channels.providers.service import Service

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from accountgraph.channels.registry import ClosableTransport
    from tests.channels.mail_apis.fake import MailFake
    from tests.channels.providers.fake import Fake

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
INTENT = UUID("11111111-2222-4333-8444-555555555555")
TEXTS = [name for name, transport in TRANSPORTS.items() if transport.provider.channel is Channel.SMS]
MAILBOXES: dict[str, type[Gmail | Graph]] = {"gmail": Gmail, "graph": Graph}
MAILS = ["console", "smtp", *MAIL_APIS, *(name for name in TRANSPORTS if name not in TEXTS)]


def message(**fields: Any) -> Message:
    given = {
        "intent_id": INTENT,
        "channel": Channel.EMAIL,
        "sender": "me@ours.com",
        "sender_name": "Ann Müller",
        "recipient": "sarah@acme.com",
        "recipient_name": "Sarah Jones",
        "subject": "Hello",
        "content": "Dear Sarah,\n\na word.",
        "footer": "Ours Ltd\n1 Road, Town",
        "message_id": f"<{INTENT}@ours.com>",
        **fields,
    }
    return Message(**given)


def sms(**fields: Any) -> Message:
    given = {"channel": Channel.SMS, "sender": "+4930901820", "recipient": "+15005550006", "subject": None, "message_id": str(INTENT)}
    return message(**{**given, **fields})


class Bench:
    """A transport, the settings that lead to the other side, and what arrived there."""

    def __init__(self, transport: ClosableTransport, settings: dict[str, Any]) -> None:
        self.transport, self.settings = transport, settings

    def message(self, **fields: Any) -> Message:
        make = sms if self.abilities and self.abilities.channel is Channel.SMS else message
        return make(settings=self.settings, **fields)

    @property
    def abilities(self) -> ProviderAbilities | None:
        return getattr(self.transport, "provider", None)

    @property
    def message_id(self) -> WireId | None:
        """Whose Message-ID goes out."""
        return self.abilities.message_id if self.abilities else WireId.OURS

    @property
    def count(self) -> int:
        raise NotImplementedError

    @property
    def seen(self) -> str:
        """Everything that went out, decoded."""
        raise NotImplementedError


class ConsoleBench(Bench):
    def __init__(self) -> None:
        self.stream = io.StringIO()
        super().__init__(ConsoleTransport(self.stream), {})

    @property
    def count(self) -> int:
        return self.seen.count("X-AccountGraph-Intent:")

    @property
    def seen(self) -> str:
        return self.stream.getvalue()


class SmtpBench(Bench):
    def __init__(self, transport: ClosableTransport, office: PostOffice) -> None:
        self.office = office
        super().__init__(transport, {"host": "127.0.0.1", "port": office.port, "tls": "none"})

    @property
    def count(self) -> int:
        return len(self.office.taken)

    @property
    def seen(self) -> str:
        parts = []
        for mail in self.office.mails:
            body = mail.get_body(("plain",))
            assert body is not None
            parts += [*(f"{name}: {value}" for name, value in mail.items()), body.get_content().replace("\r\n", "\n")]
        return "\n".join(parts)


class ProviderBench(Bench):
    def __init__(self, transport: ClosableTransport, fake: Fake, service: Service) -> None:
        self.fake, self.service = fake, service
        super().__init__(transport, {**fake.settings, "base_url": service.url})

    @property
    def count(self) -> int:
        return len(self.fake.went)

    @property
    def seen(self) -> str:
        return "\n".join(one.shown for one in self.fake.went)


class MailboxBench(Bench):
    """A mailbox behind its service's own interface."""

    def __init__(self, transport: ClosableTransport, fake: MailFake, service: Service, tokens: Tokens) -> None:
        self.fake, self.service, self.tokens = fake, service, tokens
        version = "/v1.0" if isinstance(fake, Graph) else ""
        super().__init__(transport, {**fake.settings, "base_url": f"{service.url}{version}"})

    @property
    def count(self) -> int:
        return len(self.fake.sent)

    @property
    def seen(self) -> str:
        return self.fake.shown


@pytest.fixture
async def office() -> AsyncIterator[PostOffice]:
    async with PostOffice().open() as office:
        yield office


@pytest.fixture
async def smtp() -> AsyncIterator[SmtpTransport]:
    transport = SmtpTransport(lambda: NOW)
    yield transport
    await transport.close()


@pytest.fixture(autouse=True)
def _provider_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROVIDER_KEY", KEY)
    monkeypatch.setenv("PROVIDER_ID", "AKID")


async def _provider_bench(name: str) -> AsyncIterator[ProviderBench]:
    fake = FAKES[name]()
    transport = TRANSPORTS[name](lambda: NOW)
    async with Service(fake).open() as service:
        yield ProviderBench(transport, fake, service)
        await transport.close()


async def _mailbox_bench(name: str) -> AsyncIterator[MailboxBench]:
    fake, tokens = MAILBOXES[name](), Tokens()
    transport = MAIL_APIS[name](lambda: NOW, tokens)
    async with Service(fake).open() as service:
        yield MailboxBench(transport, fake, service, tokens)
        await transport.close()


async def _bench(name: str, request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    if name == "console":
        yield ConsoleBench()
    elif name == "smtp":
        async with PostOffice().open() as office:
            transport = SmtpTransport(lambda: NOW)
            yield SmtpBench(transport, office)
            await transport.close()
    elif name in MAIL_APIS:
        async for mailbox in _mailbox_bench(name):
            yield mailbox
    else:
        async for one in _provider_bench(name):
            yield one


@pytest.fixture(params=[*MAILS, *TEXTS])
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    """Every transport there is; a new one is added here."""
    async for one in _bench(request.param, request):
        yield one


@pytest.fixture(params=MAILS)
async def mails(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    """Every transport that carries e-mail."""
    async for one in _bench(request.param, request):
        yield one


@pytest.fixture(params=list(FAKES))
async def provider(request: pytest.FixtureRequest) -> AsyncIterator[ProviderBench]:
    """Every provider's transport, and the provider as its documentation has it."""
    async for one in _provider_bench(request.param):
        yield one


@pytest.fixture(params=list(MAIL_APIS))
async def owner(request: pytest.FixtureRequest) -> AsyncIterator[MailboxBench]:
    """Every mailbox's own interface, and the service as its documentation has it."""
    async for one in _mailbox_bench(request.param):
        yield one
