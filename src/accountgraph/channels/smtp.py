"""E-mail over SMTP.

What came of a call is decided by one moment: the final dot. Before it is written the message surely did not leave; after it,
without an answer, nobody knows.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from typing import TYPE_CHECKING, Any, Protocol

from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPResponseException,
    SMTPServerDisconnected,
)
from msgspec.structs import replace

from accountgraph.campaigns.engine.transport import Abilities, Message, Result, Sent
from accountgraph.channels.credentials import NoVault
from accountgraph.channels.mime import Mail, mail_of
from accountgraph.channels.smtp_connections import Connections
from accountgraph.channels.smtp_settings import SmtpSettings
from accountgraph.errors import AccountGraphError, ConfigError
from accountgraph.inbound.bounces.phrases import Reason
from accountgraph.inbound.bounces.verdict import verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from aiosmtplib import SMTP, SMTPResponse

    from accountgraph.channels.credentials import Vault

_ENHANCED = re.compile(r"[245]\.(\d{1,3})\.\d{1,3}\b")  # RFC 3463: class.subject.detail
_QUEUED = re.compile(r"\bqueued as (\S+)", re.IGNORECASE)
_POLICY = "7"  # the subject of an enhanced code: security or policy, which is about who sends
_GO_AHEAD = 354
_NO_LOGIN = frozenset({530, 534, 535, 538})  # answers that ask for another login
_DEAD = frozenset({Reason.NO_MAILBOX, Reason.NO_DOMAIN, Reason.DISABLED, Reason.MOVED})
_SURE = 0.75  # a bare 550 says too little


class Copies(Protocol):
    """Files copies of what was sent."""

    async def file(self, sender: str, message_id: str, content: bytes) -> None:
        """Put a copy into the Sent folder of a sender's mailbox, where that is wanted, once; never raises, and is soon done."""
        ...


class SmtpTransport:
    """Sends e-mail over SMTP, by the settings of each sender (`SmtpSettings`).

    `clock` dates the messages, UTC; `vault` holds the secrets that settings name; None: they name environment variables only.
    `copies` files what was sent.
    """

    name = "smtp"
    abilities = Abilities(threads=True)
    is_dry_run = False

    def __init__(self, clock: Callable[[], datetime], vault: Vault | None = None, copies: Copies | None = None) -> None:
        self._clock = clock
        self._vault = vault or NoVault()
        self._copies = copies
        self._filing: set[asyncio.Task[None]] = set()
        self._connections = Connections()

    async def send(self, message: Message) -> Result:
        """Send one message, once."""
        try:
            settings = SmtpSettings.of(message.settings)
            secret = await settings.login_secret(self._vault)
        except AccountGraphError as error:
            return _retry(str(error), is_sender_trouble=True)
        try:
            mail = mail_of(message, self._clock())
        except (ValueError, AccountGraphError) as error:
            return Result(outcome=Sent.REFUSED, detail=f"The message cannot be made: {error}.")
        result = await self._deliver(mail, settings, secret)
        if result.outcome is Sent.SENT and self._copies is not None:  # beside the call: it has left, whatever becomes of the copy
            task = asyncio.create_task(self._copies.file(mail.sender, message.message_id, mail.content))
            self._filing.add(task)
            task.add_done_callback(self._filing.discard)
        return result

    async def find(self, message_id: str, *, settings: dict[str, Any], since: datetime) -> Result | None:
        """SMTP tells nothing about the past."""
        raise NotImplementedError("SMTP cannot search; abilities.search says so")

    async def greet(self, sender: str, settings: dict[str, Any]) -> None:
        """Connect, encrypt and log in as for a message of this sender, and send none.

        Raises:
            ConfigError: the settings cannot be used, or the server cannot be reached or refuses; it says which.
        """
        given = SmtpSettings.of(settings)
        secret = await given.login_secret(self._vault)
        client: SMTP | None = None
        try:
            async with asyncio.timeout(given.timeout_seconds):
                client = await self._connections.take(given, sender, secret)
        except (SMTPException, OSError, ValueError) as error:
            raise ConfigError(_not_sent(error, given).detail) from error
        self._connections.give_back(given, sender, client, is_clean=True)

    async def close(self) -> None:
        """File what is being filed, and say goodbye to the servers; the transport can be used again."""
        await asyncio.gather(*self._filing, return_exceptions=True)
        await self._connections.close()

    async def _deliver(self, mail: Mail, settings: SmtpSettings, secret: str | None) -> Result:
        client: SMTP | None = None
        is_clean = False
        try:
            try:
                async with asyncio.timeout(settings.timeout_seconds):
                    client = await self._connections.take(settings, mail.sender, secret)
                    refusal = await _hand_over(client, mail)
            except (SMTPException, OSError, ValueError) as error:  # a TimeoutError is an OSError
                return _not_sent(error, settings)
            answer = refusal or await _answer(client, settings.timeout_seconds)
            is_clean = answer.raw.get("code", -1) > 0  # it answered, as the protocol has it
            return answer
        finally:
            self._connections.give_back(settings, mail.sender, client, is_clean=is_clean)


async def _hand_over(client: SMTP, mail: Mail) -> Result | None:
    """Everything up to and including the final dot; a result where the server refused before it."""
    if mail.needs_utf8 and not client.supports_extension("smtputf8"):
        return Result(outcome=Sent.REFUSED, detail="The address has letters that this server cannot carry (no SMTPUTF8).")
    encoding, options = ("utf-8", ["SMTPUTF8"]) if mail.needs_utf8 else ("ascii", [])
    try:
        await client.mail(mail.sender, options=options, encoding=encoding)
    except SMTPResponseException as error:
        return _refused(error.code, error.message, is_about_sender=True)
    try:
        await client.rcpt(mail.recipient, encoding=encoding)
    except SMTPResponseException as error:
        refused = _refused(error.code, error.message)
        return replace(refused, is_dead_address=refused.outcome is Sent.REFUSED and _is_dead(error.code, error.message))
    ready = await client.execute_command(b"DATA")
    if ready.code != _GO_AHEAD:
        return _refused(ready.code, ready.message)
    await _write(client, mail.content)
    return None


async def _write(client: SMTP, content: bytes) -> None:
    """Write the content, see it leave, and only then write the final dot.

    Raises:
        SMTPServerDisconnected: the connection was lost before the dot.
    """
    protocol, transport = client.protocol, client.transport
    if protocol is None or not isinstance(transport, asyncio.WriteTransport):
        raise SMTPServerDisconnected("Connection lost")
    stuffed = re.sub(rb"(?m)^\.", b"..", content)
    transport.set_write_buffer_limits(high=1)
    protocol.write(stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n")
    await protocol._drain_helper()  # the base class has it for this, under this name
    await asyncio.sleep(0)  # a goodbye that has arrived is heard before the dot
    protocol.write(b".\r\n")


async def _answer(client: SMTP, seconds: float) -> Result:
    """What the server says to the final dot; without an answer nobody knows."""
    try:
        if client.protocol is None:
            raise SMTPServerDisconnected("Connection lost")
        response = await client.protocol.read_response(timeout=seconds)
    except (SMTPException, OSError) as error:
        return Result(outcome=Sent.UNKNOWN, detail=f"The server took the whole message and did not answer: {_said(error)}")
    return _answered(response)


def _answered(response: SMTPResponse) -> Result:
    raw = _raw(response.code, response.message)
    if 200 <= response.code < 300:
        queued = _QUEUED.search(response.message)
        return Result(outcome=Sent.SENT, provider_id=queued[1] if queued else None, detail=raw["response"], raw=raw)
    if 400 <= response.code < 600:
        return _refused(response.code, response.message)
    return Result(outcome=Sent.UNKNOWN, detail=f"The server took the whole message and answered {_shown(raw)}", raw=raw)


def _refused(code: int, response: str, *, is_about_sender: bool = False) -> Result:
    """What a definite no means. A lasting one about who sends holds the mailbox: another recipient would hear it too."""
    raw = _raw(code, response)
    if not 500 <= code < 600:
        return Result(outcome=Sent.RETRY, detail=_shown(raw), raw=raw)
    enhanced = _ENHANCED.match(response)
    is_policy = code in _NO_LOGIN or (enhanced is not None and enhanced[1] == _POLICY)
    if is_about_sender or is_policy:
        return Result(outcome=Sent.RETRY, detail=_shown(raw), raw=raw, is_sender_trouble=True)
    return Result(outcome=Sent.REFUSED, detail=_shown(raw), raw=raw)


def _is_dead(code: int, response: str) -> bool:
    """Whether a lasting no to the recipient says that there is no such mailbox; read as reports of undelivered mail are."""
    said = verdict(None, f"{code} {response}")
    return said.reason in _DEAD and said.confidence >= _SURE


def _not_sent(error: Exception, settings: SmtpSettings) -> Result:
    """A failure before the final dot. Certificates, logins and lasting refusals to talk are the sender's trouble."""
    where = f"{settings.host}:{settings.server_port}"
    if isinstance(error, SMTPResponseException):
        is_lasting = 500 <= error.code < 600
        said = "refuses the login" if isinstance(error, SMTPAuthenticationError) else "refuses"
        raw = _raw(error.code, error.message)
        return Result(outcome=Sent.RETRY, detail=f"{where} {said}: {_shown(raw)}", raw=raw, is_sender_trouble=is_lasting)
    is_setup = isinstance(error, ValueError) or type(error) is SMTPException  # the bare class: no login, no TLS to be had
    return _retry(f"{where}: {_said(error)}", is_sender_trouble=is_setup or _is_certificate(error))


def _is_certificate(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _retry(detail: str, *, is_sender_trouble: bool = False) -> Result:
    return Result(outcome=Sent.RETRY, detail=detail, is_sender_trouble=is_sender_trouble)


def _raw(code: int, response: str) -> dict[str, Any]:
    return {"code": code, "response": response.encode("utf-8", "replace").decode()}


def _shown(raw: dict[str, Any]) -> str:
    return f"{raw['code']} {raw['response']}"


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__
