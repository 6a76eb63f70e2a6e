"""Mails of the server's own, over the SMTP server that the environment names: invitations, and links for another password."""

from __future__ import annotations

import asyncio
import logging
import os
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

from accountgraph.addresses import email_key, is_this_machine
from accountgraph.campaigns.engine.transport import Message, Sent
from accountgraph.campaigns.messages.envelope import message_id_of
from accountgraph.channels.smtp import SmtpTransport
from accountgraph.channels.smtp_settings import SmtpSettings
from accountgraph.enums import Channel
from accountgraph.errors import AccountGraphError, ConfigError, InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from accountgraph.notices.letters import Letter

SITE, FROM, SERVER = "ACCOUNTGRAPH_URL", "ACCOUNTGRAPH_MAIL_FROM", "ACCOUNTGRAPH_MAIL_SERVER"
TLS, USERNAME, PASSWORD = "ACCOUNTGRAPH_MAIL_TLS", "ACCOUNTGRAPH_MAIL_USERNAME", "ACCOUNTGRAPH_MAIL_PASSWORD"
SECONDS = 15  # until the message is handed over, and again until the server answers
MOST_AT_ONCE = 20  # mails on their way that nobody waits for

logger = logging.getLogger(__name__)


class OwnMail:
    """Sends mails of the server's own.

    Args:
        site: the server's address as people know it, for links; never what a request says of itself.
        sender: from whom, an address with or without a name.
        settings: of the SMTP server, as a sender's.
        clock: dates the mails, UTC.
    """

    def __init__(self, site: str, sender: str, settings: Mapping[str, Any], password: str | None, clock: Callable[[], datetime]) -> None:
        self.site = _checked_site(site)
        self._name, self._address = parseaddr(sender)
        try:
            email_key(self._address)
            SmtpSettings.of(settings)
        except InvalidValueError:
            raise ConfigError(f"{FROM}: {sender!r} is no address; write it as AccountGraph <no-reply@example.com>.") from None
        except ConfigError as error:
            raise ConfigError(f"{SERVER}: {error}") from None
        self._settings, self._clock = dict(settings), clock
        self._transport = SmtpTransport(clock, _OnePassword(password))
        self._under_way: set[asyncio.Task[None]] = set()

    @classmethod
    def from_environment(cls, clock: Callable[[], datetime], environ: Mapping[str, str] = os.environ) -> OwnMail | None:
        """By the `ACCOUNTGRAPH_MAIL_...` variables; None: no server is named, and no mail is sent.

        Raises:
            ConfigError: naming the variable.
        """
        server = environ.get(SERVER, "").strip()
        if not server:
            return None
        host, _, port = server.rpartition(":") if ":" in server else (server, "", "")
        if port and not port.isdecimal():
            raise ConfigError(f"{SERVER}: {server!r} is no server; write mail.example.com or mail.example.com:587.")
        settings: dict[str, Any] = {"host": host, "tls": environ.get(TLS, "").strip() or "starttls", "timeout_seconds": SECONDS}
        if port:
            settings["port"] = int(port)
        if username := environ.get(USERNAME, "").strip():
            settings |= {"username": username, "password": "secret:own"}
        for name in (SITE, FROM, *((PASSWORD,) if username else ())):
            if not environ.get(name, "").strip():
                raise ConfigError(f"{name}: is missing; it goes with {SERVER}.")
        return cls(environ[SITE].strip(), environ[FROM].strip(), settings, environ.get(PASSWORD) or None, clock)

    async def send(self, letter: Letter) -> None:
        """Hand a mail over.

        Raises:
            AccountGraphError: it did not leave, or nobody knows; it says why, and nothing of the mail.
        """
        message_id = uuid4()
        message = Message(
            intent_id=message_id,
            channel=Channel.EMAIL,
            sender=self._address,
            sender_name=self._name or "AccountGraph",
            recipient=letter.recipient,
            subject=letter.subject,
            content=letter.content,
            message_id=message_id_of(message_id, self._address),
            headers={"Auto-Submitted": "auto-generated"},  # RFC 3834: no absence note answers it
            settings=self._settings,
        )
        result = await self._transport.send(message)
        if result.outcome is not Sent.SENT:
            raise AccountGraphError(f"The mail did not leave: {result.detail or result.outcome}")

    def send_later(self, letter: Letter) -> None:
        """Send a mail that nobody waits for, so that how long it takes tells nothing. One that fails is logged, without what it says."""
        if len(self._under_way) >= MOST_AT_ONCE:
            logger.warning("A mail was not sent: %d others are on their way.", len(self._under_way))
            return
        task = asyncio.create_task(self._sent(letter))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def close(self) -> None:
        """Send what is on its way, and say goodbye."""
        await asyncio.gather(*self._under_way, return_exceptions=True)
        await self._transport.close()

    async def _sent(self, letter: Letter) -> None:
        try:
            await self.send(letter)
        except AccountGraphError as error:
            logger.warning("%s", error)


class _OnePassword:
    """A vault with the password of the environment."""

    def __init__(self, password: str | None) -> None:
        self._password = password

    async def secret(self, name: str) -> str:
        del name
        if self._password is None:
            raise ConfigError(f"{PASSWORD}: is missing.")
        return self._password

    async def access_token(self, name: str, refused: str | None = None) -> str:
        del refused
        return await self.secret(name)


def _checked_site(site: str) -> str:
    parts = urlsplit(site)
    is_near = parts.scheme == "http" and parts.hostname is not None and is_this_machine(parts.hostname)
    if not (parts.scheme == "https" or is_near) or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ConfigError(f"{SITE}: {site!r} cannot be used; write the https address that people reach this server by.")
    return site.rstrip("/")
