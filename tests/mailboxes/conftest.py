"""A mailbox on a local server, mails for it, and somebody who takes them."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from accountgraph.channels import NoVault
from accountgraph.db import Database
from accountgraph.mailboxes.headers import head_of
from accountgraph.mailboxes.run import sync_mailbox
from accountgraph.store.outreach.mailboxes import MailboxRepository
from accountgraph.store.outreach.senders import SenderRepository
from tests.channels.mail_apis.fake import Tokens
from tests.channels.mail_apis.gmail import Gmail
from tests.channels.mail_apis.graph import Graph
from tests.channels.providers.service import Service
from tests.databases import scratch_database
from tests.mailboxes.imap_server import PASSWORD, ImapServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path
    from uuid import UUID

    from accountgraph.db import Session
    from accountgraph.mailboxes.reading.taking import Synced
    from accountgraph.store.outreach.mailboxes import Mailbox
    from tests.channels.mail_apis.fake import Kept


def mail(number: int | str = 1, *, sender: str = "sarah@acme.com", to: str = "me@ours.com", body: str = "Yes.", **headers: str) -> bytes:
    """A mail with the Message-ID <NUMBER@acme.com>."""
    lines = {"From": sender, "To": to, "Subject": f"Mail {number}", "Message-ID": f"<{number}@acme.com>", **headers}
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items())
    return f"{head}\r\n{body}\r\n".encode()


def ids(*names: object) -> list[str]:
    """The Message-IDs of mails by their numbers."""
    return [f"{name}@acme.com" for name in names]


@dataclass
class Taker:
    """Takes mails as the intake does: in the transaction it is given, the same mail once. `fails_on`: subjects it cannot bear."""

    fails_on: set[str] = field(default_factory=set)
    breaks_after: int | None = None  # mails, then the program dies
    taken: list[tuple[str | None, str]] = field(default_factory=list)
    longest: int = 0

    async def __call__(
        self, session: Session, raw: bytes, *, source: str, sender_id: UUID | None, direction: str, received_at: datetime
    ) -> object:
        head = head_of(raw)
        if head.subject in self.fails_on:
            raise ValueError(f"cannot bear {head.subject}")
        if self.breaks_after is not None and len(self.taken) >= self.breaks_after:
            raise Killed
        self.longest = max(self.longest, len(raw))
        self.taken.append((head.message_id, direction))
        return None

    @property
    def ids(self) -> list[str | None]:
        return [message_id for message_id, _ in self.taken]


class Killed(BaseException):
    """The program dies: nothing catches it."""


@dataclass
class Place:
    """A workspace with one mailbox, on one server."""

    db: Database
    server: ImapServer
    sender_id: UUID
    take: Taker = field(default_factory=Taker)

    async def mailbox(self) -> Mailbox:
        return await MailboxRepository(self.db).get_mailbox(self.sender_id)

    async def sync(self, **options: Any) -> Synced:
        return await sync_mailbox(self.db, await self.mailbox(), NoVault(), options.pop("take", self.take), **options)

    async def put(self, **settings: Any) -> None:
        await MailboxRepository(self.db).put_mailbox(self.sender_id, "imap", {**reached(self.server), **settings})


@dataclass
class ApiPlace:
    """A workspace with one mailbox behind its service's own interface. `takes`: as in real life, unless it is changed."""

    db: Database
    fake: Gmail | Graph
    service: Service
    tokens: Tokens
    protocol: str
    sender_id: UUID
    take: Taker = field(default_factory=Taker)

    @property
    def settings(self) -> dict[str, Any]:
        return {"oauth": "secret:me", "base_url": f"{self.service.url}{'/v1.0' if self.protocol == 'graph' else ''}", "timeout_seconds": 5}

    async def mailbox(self) -> Mailbox:
        return await MailboxRepository(self.db).get_mailbox(self.sender_id)

    async def put(self, **settings: Any) -> None:
        await MailboxRepository(self.db).put_mailbox(self.sender_id, self.protocol, {**self.settings, **settings})

    async def sync(self, **options: Any) -> Synced:
        return await sync_mailbox(self.db, await self.mailbox(), self.tokens, options.pop("take", self.take), **options)

    def arrive(self, raw: bytes, *labels: str) -> Kept:
        """A mail that comes now."""
        return self.fake.arrive(raw, *labels, at=self.db.now())

    def asked(self, word: str) -> int:
        """How often something was asked for."""
        return sum(word in f"{one.method} {one.path}" or any(word in pair for pair in one.pairs) for one in self.service.asked)


@pytest.fixture(scope="module")
def shared_url(server_url: str, template: str) -> Iterator[str]:
    """A database for all tests of a module, which leave nothing in it."""
    with scratch_database(server_url, template) as url:
        yield url


@pytest.fixture
async def shared_db(shared_url: str) -> AsyncIterator[Database]:
    async with Database(shared_url, workspace="abm") as database:
        yield database
        await database.run(lambda session: session.execute("DELETE FROM mails"))
        await database.run(lambda session: session.execute("DELETE FROM senders"))


@pytest.fixture(params=["gmail", "graph"])
async def box(request: pytest.FixtureRequest, shared_db: Database) -> AsyncIterator[ApiPlace]:
    """A mailbox of each service, that was there before us."""
    db = shared_db
    fake = Gmail() if request.param == "gmail" else Graph()
    fake.now = db.now()
    sender = await SenderRepository(db).add_sender({"address": "me@ours.com"})
    async with Service(fake).open() as service:
        place = ApiPlace(db, fake, service, Tokens(), request.param, sender.id)
        await place.put()
        yield place


def reached(server: ImapServer) -> dict[str, Any]:
    return {"host": "127.0.0.1", "port": server.port, "tls": "none", "password_env": "MAILBOX_PASSWORD", "timeout_seconds": 5}


@pytest.fixture
async def server() -> AsyncIterator[ImapServer]:
    async with ImapServer().open() as server:
        yield server


@pytest.fixture
async def place(db: Database, server: ImapServer, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setenv("MAILBOX_PASSWORD", PASSWORD)
    sender = await SenderRepository(db).add_sender({"address": "me@ours.com"})
    place = Place(db, server, sender.id)
    await place.put()
    return place


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for 127.0.0.1, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - timedelta(days=1), now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(secret + made.public_bytes(Encoding.PEM))
    return file


@pytest.fixture
def context(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context
