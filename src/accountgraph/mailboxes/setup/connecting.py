"""Connecting a mailbox by a password: its servers are found, both logins are tried, and only then is anything kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from accountgraph.addresses import email_key
from accountgraph.channels import SmtpTransport
from accountgraph.errors import InvalidValueError
from accountgraph.mailboxes.reading.imap import Imap
from accountgraph.mailboxes.reading.settings import ImapSettings
from accountgraph.mailboxes.setup.services import service_of
from accountgraph.store.outreach.mailboxes import MailboxRepository
from accountgraph.store.outreach.senders import SenderRepository
from accountgraph.store.sealing import Keyring
from accountgraph.store.secrets import SecretRepository

if TYPE_CHECKING:
    from accountgraph.db import Database, Session
    from accountgraph.mailboxes.setup.domain import Dns
    from accountgraph.mailboxes.setup.services import MailService
    from accountgraph.store.outreach.mailboxes import Mailbox
    from accountgraph.store.outreach.senders import Sender

VIAS = {"imap": "smtp", "gmail-api": "gmail", "graph": "graph"}
"""How a mailbox is reached, and the transport that sends for it then."""


class FreshSecret:
    """The login that was just given, before it is kept."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    async def secret(self, name: str) -> str:
        """The password."""
        del name
        return self._secret

    async def access_token(self, name: str, refused: str | None = None) -> str:
        """The token."""
        del refused
        return await self.secret(name)


class Way(Struct, frozen=True, kw_only=True):
    """How a mailbox is reached: settings for reading and for sending, and the secret that both name."""

    protocol: str
    reading: dict[str, Any]
    sending: dict[str, Any]
    secret: str


async def service_for(address: str, dns: Dns, *, is_known: bool) -> MailService | None:
    """The service that an address is with, by its domain, or by who takes its mail; `is_known`: both servers are said already."""
    found = service_of(address)
    if found is None and not is_known:
        return service_of(address, await dns.exchangers(address.rpartition("@")[2]))
    return found


async def connect_by_password(
    db: Database, address: str, *, password: str, imap: dict[str, Any], smtp: dict[str, Any], sender: dict[str, Any], dns: Dns
) -> Mailbox:
    """Read a mailbox from now on over IMAP, and send from it over SMTP; or change how it is reached.

    `imap`, `smtp`: what is said of the servers (host, port, tls, username, and what else `ImapSettings` has); the rest by the address's
    service. `sender`: fields of the sender, new or as it is.

    Raises:
        InvalidValueError: a server is not known, and has to be said.
        AccountGraphError: a login does not work; nothing is kept then.
    """
    address = email_key(address)
    service = await service_for(address, dns, is_known=bool(imap.get("host") and smtp.get("host")))
    login = {"password": f"secret:mailbox {address}", "username": imap.get("username") or address}
    reading = {**(service.imap_settings if service else {}), **imap, **login}
    sending = {**(service.smtp_settings if service else {}), **smtp, **login}
    for name, settings in (("imap", reading), ("smtp", sending)):
        if "host" not in settings:
            raise InvalidValueError(f"{name}.host", "is needed here, for the address's service is not known.")
    await try_logins(db, address, reading, sending, FreshSecret(password))
    return await keep_mailbox(db, address, Way(protocol="imap", reading=reading, sending=sending, secret=password), sender)


async def try_logins(db: Database, address: str, imap: dict[str, Any], smtp: dict[str, Any], fresh: FreshSecret) -> None:
    """Log in to both servers.

    Raises:
        AccountGraphError: one refuses, or cannot be reached.
    """
    settings = ImapSettings.of(imap)
    await (await Imap.open(settings, settings.username or address, await settings.login_secret(fresh))).close()
    transport = SmtpTransport(db.now, fresh)
    try:
        await transport.greet(address, smtp)
    finally:
        await transport.close()


async def keep_mailbox(db: Database, address: str, way: Way, fields: dict[str, Any]) -> Mailbox:
    """Keep the secret, the sender with these fields, and that it is read: all of it or nothing."""
    keyring = Keyring.of(db.settings)

    async def work(session: Session) -> Mailbox:
        await SecretRepository(session, keyring).put_secret(f"mailbox {address}", way.secret)
        sender = await _sender(session, address, way, fields)
        return await MailboxRepository(session).put_mailbox(sender.id, way.protocol, way.reading)

    return await db.run(work)


async def _sender(session: Session, address: str, way: Way, fields: dict[str, Any]) -> Sender:
    """The sender, new or as it is; one that sends by a provider goes on doing so."""
    senders = SenderRepository(session)
    found = await senders.get_sender_by_address(address)
    if found is None or found.transport in {"console", *VIAS.values()}:
        transport = "smtp" if way.protocol == "imap" else way.protocol
        fields = {**fields, "transport": transport, "settings": way.sending}
    if found is None:
        return await senders.add_sender({"address": address, **fields})
    return await senders.update_sender(found.id, fields)
