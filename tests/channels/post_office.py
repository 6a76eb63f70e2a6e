"""A real SMTP server in the test's own event loop, which can refuse, hang and hang up at every step."""

from __future__ import annotations

import asyncio
import email
import email.policy
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from aiosmtpd.smtp import SMTP, AuthResult

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator
    from email.message import EmailMessage

    from aiosmtpd.smtp import Envelope, Session

USER, PASSWORD = "me", "right"


class PostOffice:
    """Takes what it is sent. `answers`: what it says instead at MAIL, RCPT, DATA (the command), EHLO or END (after the final dot).

    `hangs_up`: at which of GREETING, MAIL, RCPT, DATA, BODY (in the middle of it) and END it closes; `hangs`: where it goes silent.
    """

    def __init__(self) -> None:
        self.answers: dict[str, str] = {}
        self.hangs_up: str | None = None
        self.hangs: str | None = None
        self.refused: set[str] = set()  # addresses
        self.port = 0
        self.connections = 0
        self.logins: list[bytes] = []
        self.taken: list[Envelope] = []

    @property
    def mails(self) -> list[EmailMessage]:
        contents = [one.content for one in self.taken if isinstance(one.content, bytes)]
        return [email.message_from_bytes(content, policy=email.policy.default) for content in contents]

    async def handle_MAIL(self, server: SMTP, _: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802
        envelope.mail_from, envelope.mail_options = address, options
        return await self.at("MAIL", server) or "250 OK"

    async def handle_RCPT(self, server: SMTP, _: Session, envelope: Envelope, address: str, __: list[str]) -> str:  # noqa: N802
        answer = await self.at("RCPT", server) or ("550 5.1.1 No such user" if address in self.refused else None)
        if not answer:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: SMTP, _: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = await self.at("END", server)
        if not answer or answer.startswith("2"):
            self.taken.append(envelope)
        return answer or "250 2.0.0 Ok: queued as A1B2"

    async def at(self, place: str, server: SMTP) -> str | None:
        if self.hangs == place:
            await asyncio.sleep(60)
        if self.hangs_up == place:
            _abort(server)
            await asyncio.sleep(60)  # until the connection's end cancels this
        return self.answers.get(place)

    def login(self, *given: Any) -> AuthResult:
        data = given[-1]
        self.logins.append(data.login)
        return AuthResult(success=(data.login, data.password) == (USER.encode(), PASSWORD.encode()), handled=False)

    def drop_connections(self) -> None:
        for connection in _Connection.alive:
            _abort(connection)

    @asynccontextmanager
    async def open(self, *, tls: ssl.SSLContext | None = None, is_implicit: bool = False, **options: Any) -> AsyncIterator[PostOffice]:
        loop = asyncio.get_running_loop()
        given = {"enable_SMTPUTF8": True, "authenticator": self.login, "auth_require_tls": tls is not None and not is_implicit, **options}
        if tls is not None and not is_implicit:
            given |= {"tls_context": tls, "require_starttls": True}
        server = await loop.create_server(lambda: _Connection(self, given), "127.0.0.1", 0, ssl=tls if is_implicit else None)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self.drop_connections()
            _Connection.alive.clear()
            _Connection.greeted.clear()
            await asyncio.sleep(0.01)  # lets the connections' tasks end


def _abort(server: SMTP) -> None:
    if isinstance(server.transport, asyncio.WriteTransport):
        server.transport.abort()


class _Connection(SMTP):
    """One connection."""

    alive: ClassVar[list[_Connection]] = []  # of the test that runs
    greeted: ClassVar[list[_Connection]] = []

    def __init__(self, office: PostOffice, options: dict[str, Any]) -> None:
        super().__init__(office, loop=asyncio.get_running_loop(), hostname="post.test", **options)
        self.office = office
        self.alive.append(self)

    def connection_made(self, transport: Any) -> None:
        if self.office.hangs_up == "GREETING":
            transport.abort()
            return
        self.office.connections += self not in self.greeted  # STARTTLS comes here a second time
        self.greeted.append(self)
        super().connection_made(transport)

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802
        answer = await self.office.at("EHLO", self)
        await (self.push(answer) if answer else super().smtp_EHLO(hostname))

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        answer = await self.office.at("DATA", self)
        if answer:
            await self.push(answer)
        elif self.office.hangs_up == "BODY":
            await self.push("354 go on")
            await self._reader.readuntil(b"\r\n")
            _abort(self)
        else:
            await super().smtp_DATA(arg)
