"""A connection to an IMAP server, one call at a time on a thread of its own."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError, LoginError
from msgspec import Struct

from accountgraph.channels.smtp_settings import Tls
from accountgraph.mailboxes.errors import LoginRefusedError, MailboxError, RefusedError
from accountgraph.mailboxes.headers import FIELDS
from accountgraph.mailboxes.reading.folders import Listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from accountgraph.mailboxes.reading.settings import ImapSettings

T = TypeVar("T")
CHUNK = 1_048_576  # bytes of a mail that are asked for at once
WINDOW = 50_000  # UIDs that one search looks through: an answer is one line, and lines have a limit
_GOODBYE_SECONDS = 3.0
_ID = re.compile(r"[^\s\"\\<>]{1,900}")


class State(Struct, frozen=True):
    """A folder as it is now: mails that come later have `uid_next` or more, as long as `uid_validity` stays."""

    uid_validity: int
    uid_next: int
    count: int


class Size(Struct, frozen=True):
    """How long a mail is, in bytes, and when the server got it, UTC."""

    bytes: int
    received_at: datetime


class Imap:
    """An open connection that is logged in. `open` makes one; it has to be closed.

    Raises:
        MailboxError: from every call, where the server is away or says no.
    """

    def __init__(self, settings: ImapSettings) -> None:
        self._settings = settings
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="imap")
        self._client: Any = None  # the library has no types

    @classmethod
    async def open(cls, settings: ImapSettings, username: str, secret: str) -> Imap:
        """Connect, encrypt and log in.

        Raises:
            LoginRefusedError: the server does not take the login.
            MailboxError: it cannot be reached, or its certificate is not trusted.
        """
        made = cls(settings)
        try:
            await made._do(made._connect)
            await made._do(made._login, username, secret)
        except BaseException:
            await made.close()
            raise
        return made

    async def close(self) -> None:
        """Say goodbye, shortly; never raises."""
        with suppress(MailboxError, TimeoutError):
            async with asyncio.timeout(_GOODBYE_SECONDS):
                if self._client is not None:
                    await self._do(self._client.logout)
        self.abort()
        self._thread.shutdown(wait=False)

    def abort(self) -> None:
        """Hang up at once; a call that waits for the server ends with an error."""
        if self._client is not None:
            with suppress(OSError, AttributeError):
                self._client.socket().shutdown(socket.SHUT_RDWR)
            with suppress(OSError, AttributeError):
                self._client.shutdown()

    async def folders(self) -> list[Listed]:
        """All folders there are."""
        lines = await self._do(self._client.list_folders)
        return [
            Listed(frozenset(flag.decode("ascii", "replace").lower() for flag in flags), _text(delimiter), _text(name))
            for flags, delimiter, name in lines
        ]

    async def enter(self, folder: str) -> State:
        """Look into a folder, changing nothing in it."""
        said = await self._do(self._client.select_folder, folder, readonly=True)
        count = int(said.get(b"EXISTS", 0))
        validity = int(said.get(b"UIDVALIDITY", 0))
        uid_next = said.get(b"UIDNEXT")
        if uid_next is None:  # an old server
            last = await self._do(self._client.search, ["UID", "*"]) if count else []
            uid_next = max(last, default=0) + 1
        return State(validity, int(uid_next), count)

    async def uids(self, state: State, *, after: int = 0, since: datetime | None = None) -> list[int]:
        """The mails of the folder above a UID, in order; `since`: of those that came on that day or later."""
        step = WINDOW if state.count > WINDOW else state.uid_next
        found: list[int] = []
        for first in range(after + 1, state.uid_next, max(step, 1)):
            criteria: list[Any] = ["UID", f"{first}:{min(first + step, state.uid_next) - 1}"]
            found += await self._do(self._client.search, criteria + (["SINCE", since.date()] if since else []))
        return sorted(uid for uid in set(found) if after < uid < state.uid_next)

    async def sizes(self, uids: Sequence[int]) -> dict[int, Size]:
        """How long mails are; those that are gone are missing."""
        rows = await self._do(self._client.fetch, list(uids), ["RFC822.SIZE", "INTERNALDATE"])
        return {uid: Size(int(row[b"RFC822.SIZE"]), _utc(row.get(b"INTERNALDATE"))) for uid, row in rows.items() if b"RFC822.SIZE" in row}

    async def heads(self, uids: Sequence[int]) -> dict[int, tuple[bytes, datetime]]:
        """The headers that say who wrote to whom, and when the server got each mail."""
        item = f"BODY.PEEK[HEADER.FIELDS ({FIELDS})]"
        rows = await self._do(self._client.fetch, list(uids), [item, "INTERNALDATE"])
        found = {}
        for uid, row in rows.items():
            head = next((value for key, value in row.items() if key.startswith(b"BODY[HEADER")), None)
            found[uid] = (head or b"", _utc(row.get(b"INTERNALDATE")))
        return found

    async def mails(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Mails of less than `CHUNK` bytes, whole."""
        rows = await self._do(self._client.fetch, list(uids), [f"BODY.PEEK[]<0.{CHUNK}>"])
        return {uid: body for uid, row in rows.items() if (body := _body(row)) is not None}

    async def mail(self, uid: int, most: int) -> bytes:
        """A mail of any length, piece by piece, up to `most` bytes; empty where it is gone."""
        whole = bytearray()
        while len(whole) < most:
            asked = min(CHUNK, most - len(whole))
            rows = await self._do(self._client.fetch, [uid], [f"BODY.PEEK[]<{len(whole)}.{asked}>"])
            piece = _body(rows.get(uid, {})) or b""
            whole += piece[:asked]
            if len(piece) < asked:
                break
        return bytes(whole)

    async def find(self, message_id: str) -> list[int]:
        """The mails of the folder with this Message-ID (without brackets)."""
        if not _ID.fullmatch(message_id):
            return []
        found: list[int] = await self._do(self._client.search, ["HEADER", "Message-ID", f"<{message_id}>"])
        return found

    async def append(self, folder: str, content: bytes, at: datetime) -> None:
        """Put a mail into a folder, as read."""
        await self._do(self._client.append, folder, content, flags=[b"\\Seen"], msg_time=at)

    async def is_alive(self) -> bool:
        """Whether the server still answers."""
        try:
            await self._do(self._client.noop)
        except MailboxError:
            return False
        return True

    async def can_idle(self) -> bool:
        """Whether the server tells of new mail by itself (RFC 2177)."""
        return bool(await self._do(self._client.has_capability, "IDLE"))

    async def idle(self, seconds: float) -> bool:
        """Wait until the server tells of something new in the folder, or the time is over; gives whether it told."""
        return await self._do(self._idle, seconds)

    async def _do(self, call: Callable[..., T], *args: object, **options: object) -> T:
        """One call on the connection's thread; whoever is cancelled meanwhile hangs up, so that the thread ends too."""
        future = asyncio.get_running_loop().run_in_executor(self._thread, partial(self._said, call, *args, **options))
        try:
            return await future
        except asyncio.CancelledError:
            self.abort()
            raise

    def _said(self, call: Callable[..., T], *args: object, **options: object) -> T:
        with _told(f"{self._settings.host}:{self._settings.server_port}"):
            return call(*args, **options)

    def _connect(self) -> None:
        given = self._settings
        is_implicit = given.tls is Tls.IMPLICIT
        context = given.context() if given.tls is not Tls.NONE else None
        timeout = SocketTimeout(connect=given.timeout_seconds, read=given.timeout_seconds)
        client = IMAPClient(given.host, given.server_port, ssl=is_implicit, ssl_context=context if is_implicit else None, timeout=timeout)
        client.normalise_times = False  # with their offset
        self._client = client
        if given.tls is Tls.STARTTLS:
            client.starttls(context)

    def _login(self, username: str, secret: str) -> None:
        if self._settings.oauth is not None:
            self._client.oauth2_login(username, secret)
        elif username.isascii() and secret.isascii():
            self._client.login(username, secret)
        else:
            self._client.plain_login(username, secret)

    def _idle(self, seconds: float) -> bool:
        self._client.idle()
        told = self._client.idle_check(timeout=seconds)
        _, rest = self._client.idle_done()
        return any(len(line) > 1 and line[1] == b"EXISTS" for line in [*told, *rest])


@contextmanager
def _told(where: str) -> Iterator[None]:
    """Raise this package's error for what the library, the network or TLS raises."""
    try:
        yield
    except LoginError as error:
        raise LoginRefusedError(f"{where} refuses the login: {_plain(error)}. Some services want an app password.") from error
    except ssl.SSLCertVerificationError as error:
        raise MailboxError(f"{where}: its certificate is not trusted ({error.verify_message}); name its authority as ca_file.") from error
    except IMAPClient.AbortError as error:
        raise MailboxError(f"{where} hung up: {_plain(error)}") from error
    except IMAPClientError as error:
        raise RefusedError(f"{where} says no: {_plain(error)}") from error
    except (OSError, EOFError, AttributeError) as error:  # without a socket the library has no attributes
        raise MailboxError(f"{where} cannot be reached: {_plain(error)}") from error
    except (ValueError, TypeError, KeyError, IndexError) as error:  # an answer that is no IMAP
        raise RefusedError(f"{where} gives an answer that cannot be read: {_plain(error)}") from error


def _plain(error: BaseException) -> str:
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    said = re.sub(r"""^b(['"])(.*)\1$""", r"\2", said)  # the library shows the bytes that the server said
    return " ".join((said or type(error).__name__).split())[:500]


def _body(row: Mapping[bytes, Any]) -> bytes | None:
    return next((value for key, value in row.items() if key.startswith(b"BODY[]")), None)


def _text(given: object) -> str:
    return given.decode("utf-8", "replace") if isinstance(given, bytes) else str(given or "")


def _utc(at: datetime | None) -> datetime:
    return at.astimezone(UTC) if at is not None else datetime.fromtimestamp(0, UTC)
