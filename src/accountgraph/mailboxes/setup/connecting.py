"""Connecting a mailbox by a password or a grant: its servers are found, both logins are tried, and only then is anything kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
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
    from accountgraph.mailboxes.login.grants import Grant
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
    fresh = _Fresh("password", password, password)
    way = await _way_by_imap(db, address, fresh, imap=imap, smtp=smtp, dns=dns)
    return await keep_mailbox(db, address, way, sender)


async def connect_by_grant(
    db: Database, address: str, *, grant: Grant, via: str, imap: dict[str, Any], smtp: dict[str, Any], dns: Dns
) -> Mailbox:
    """Read a mailbox from now on, and send from it, by what its owner allowed. `via`: one of `VIAS`; the rest as `connect_by_password`.

    Raises:
        InvalidValueError: a server is not known, and has to be said; or the owner is somebody else than the address.
        AccountGraphError: a login does not work; nothing is kept then.
    """
    address, fresh = email_key(address), _Fresh("oauth", grant.access_token, msgspec.json.encode(grant).decode())
    if via == "imap":
        way = await _way_by_imap(db, address, fresh, imap=imap, smtp=smtp, dns=dns)
    else:
        way = await _way_by_api(address, fresh, VIAS[via], reads_junk=bool(imap.get("reads_junk")))
    return await keep_mailbox(db, address, way, {})


class _Fresh(Struct, frozen=True):
    """A login that was just given: what settings call it, what it is now, and what is kept of it."""

    kind: str
    now: str
    kept: str


async def _way_by_imap(db: Database, address: str, fresh: _Fresh, *, imap: dict[str, Any], smtp: dict[str, Any], dns: Dns) -> Way:
    service = await service_for(address, dns, is_known=bool(imap.get("host") and smtp.get("host")))
    login = {fresh.kind: f"secret:mailbox {address}", "username": imap.get("username") or address}
    reading = {**(service.imap_settings if service else {}), **imap, **login}
    sending = {**(service.smtp_settings if service else {}), **smtp, **login}
    for name, settings in (("imap", reading), ("smtp", sending)):
        if "host" not in settings:
            raise InvalidValueError(f"{name}.host", "is needed here, for the address's service is not known.")
    await try_logins(db, address, reading, sending, FreshSecret(fresh.now))
    return Way(protocol="imap", reading=reading, sending=sending, secret=fresh.kept)


async def _way_by_api(address: str, fresh: _Fresh, protocol: str, *, reads_junk: bool) -> Way:
    from accountgraph.mailboxes.reading.api_mailbox import APIS  # noqa: PLC0415 - the HTTP client is slow to load

    sending = {"oauth": f"secret:mailbox {address}"}
    reading = {**sending, "reads_junk": reads_junk}
    async with APIS[protocol].open(reading, FreshSecret(fresh.now)) as api:
        owner = await api.whose()
    if owner.lower() != address:
        raise InvalidValueError("address", f"{owner} agreed, and not {address}; choose that account, or connect the other address.")
    return Way(protocol=protocol, reading=reading, sending=sending, secret=fresh.kept)


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
