"""A small IMAP server in the test's own event loop, which can do what a real one does on bad days.

It speaks what the product asks: CAPABILITY, LOGIN, AUTHENTICATE, LIST, SELECT, EXAMINE, UID SEARCH, UID FETCH, APPEND, IDLE, NOOP, LOGOUT.
"""

from __future__ import annotations

import asyncio
import base64
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Iterable

USER, PASSWORD, TOKEN = "me@ours.com", "right", "t0ken"


@dataclass
class Stored:
    """A mail in a folder."""

    uid: int
    raw: bytes
    at: datetime


@dataclass
class Box:
    """A folder."""

    flags: str = ""
    validity: int = 1
    uid_next: int = 1
    mails: list[Stored] = field(default_factory=list)

    def add(self, raw: bytes, at: datetime) -> int:
        self.mails.append(Stored(self.uid_next, raw, at))
        self.uid_next += 1
        return self.uid_next - 1

    def begin_anew(self, *, first: int = 1) -> None:
        """Other numbers for the same mails."""
        self.validity += 1
        for uid, mail in enumerate(self.mails, first):
            mail.uid = uid
        self.uid_next = first + len(self.mails)


class ImapServer:
    """`drops_at`: hangs up at the command whose line holds this text, once.

    `refuses`: UIDs whose content no FETCH gives; `broken`: of which it gives nothing.
    """

    def __init__(self, **boxes: Box) -> None:
        self.token = TOKEN
        self.boxes = {"INBOX": Box(), "Sent": Box(flags="\\Sent"), **boxes}
        self.port = 0
        self.lines: list[str] = []
        self.connections = 0
        self.drops_at: str | None = None
        self.sleeps_at: tuple[str, float] | None = None
        self.refuses: set[int] = set()
        self.broken: set[int] = set()
        self.refuses_logins = False
        self.capabilities = "IMAP4rev1 IDLE AUTH=PLAIN AUTH=XOAUTH2 SPECIAL-USE"
        self._open: set[asyncio.StreamWriter] = set()
        self._news = asyncio.Event()

    def arrive(self, raw: bytes, at: datetime | None = None, box: str = "INBOX") -> int:
        uid = self.boxes[box].add(raw, at or datetime.now(UTC))
        self._news.set()
        return uid

    def contents(self, box: str) -> list[bytes]:
        return [mail.raw for mail in self.boxes[box].mails]

    def asked(self, word: str) -> list[str]:
        return [line for line in self.lines if word in line]

    @asynccontextmanager
    async def open(self, tls: ssl.SSLContext | None = None) -> AsyncIterator[ImapServer]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=tls, limit=2**24)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for writer in list(self._open):
                writer.transport.abort()
            await asyncio.sleep(0.01)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._open.add(writer)
        try:
            await _Connection(self, reader, writer).run()
        except (ConnectionError, asyncio.IncompleteReadError, EOFError):
            pass
        finally:
            self._open.discard(writer)
            writer.transport.abort()


class _Connection:
    """One client."""

    def __init__(self, server: ImapServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.server, self.reader, self.writer = server, reader, writer
        self.box = Box()

    async def run(self) -> None:
        self.say("* OK ready")
        while True:
            line = await self.line()
            self.server.lines.append(line)
            await self.misbehave(line)
            tag, _, rest = line.partition(" ")
            words = rest.split(" ", 2)
            name = words[0].upper()
            if name == "UID":
                name, words = f"UID_{words[1].upper()}", words[1:]
            if name == "LOGOUT":
                self.say("* BYE bye", f"{tag} OK bye")
                await self.writer.drain()
                return
            argument = rest[rest.upper().index(name.removeprefix("UID_")) + len(name.removeprefix("UID_")) :].strip()
            answer = await getattr(self, f"do_{name.lower()}")(argument)
            self.say(f"{tag} {answer or 'OK done'}")
            await self.writer.drain()

    async def misbehave(self, line: str) -> None:
        server = self.server
        if server.sleeps_at and server.sleeps_at[0] in line:
            await asyncio.sleep(server.sleeps_at[1])
        if server.drops_at and server.drops_at in line:
            server.drops_at = None
            raise EOFError

    async def line(self) -> str:
        """A line with its literals in it."""
        text = ""
        while True:
            raw = await self.reader.readline()
            if not raw:
                raise EOFError
            text += raw.decode("utf-8", "surrogateescape").rstrip("\r\n")
            literal = re.search(r"\{(\d+)\}$", text)
            if not literal:
                return text
            self.say("+ go on")
            content = await self.reader.readexactly(int(literal[1]))
            text = text[: literal.start()] + content.decode("utf-8", "surrogateescape")
            text = text.replace("\r\n", "\udcff") if "APPEND" in text[:40] else text

    def say(self, *lines: str) -> None:
        for line in lines:
            self.writer.write(line.encode("utf-8", "surrogateescape") + b"\r\n")

    async def do_capability(self, _: str) -> None:
        self.say(f"* CAPABILITY {self.server.capabilities}")

    async def do_login(self, argument: str) -> str | None:
        given = re.findall(r'"([^"]*)"|(\S+)', argument)
        user, password = (quoted or bare for quoted, bare in given)
        return (
            None
            if (user, password) == (USER, PASSWORD) and not self.server.refuses_logins
            else "NO [AUTHENTICATIONFAILED] Invalid credentials"
        )

    async def do_authenticate(self, argument: str) -> str | None:
        self.say("+ ")
        given = base64.b64decode(await self.line()).decode()
        if argument == "PLAIN":
            return None if given == f"\0{USER}\0{PASSWORD}" else "NO no"
        if given == f"user={USER}\1auth=Bearer {self.server.token}\1\1":
            return None
        self.say("+ " + base64.b64encode(b'{"status":"400"}').decode())
        await self.line()
        return "NO [AUTHENTICATIONFAILED] Invalid token"

    async def do_list(self, _: str) -> None:
        self.say(*(f'* LIST ({box.flags}) "/" "{name}"' for name, box in self.server.boxes.items()))

    async def do_select(self, argument: str) -> str:
        name = argument.strip('"')
        if name not in self.server.boxes:
            return "NO there is no such folder"
        self.box = self.server.boxes[name]
        self.say("* FLAGS (\\Seen)", f"* {len(self.box.mails)} EXISTS", "* 0 RECENT", f"* OK [UIDVALIDITY {self.box.validity}] ok")
        self.say(f"* OK [UIDNEXT {self.box.uid_next}] ok")
        return "OK [READ-ONLY] done"

    do_examine = do_select

    async def do_uid_search(self, argument: str) -> None:
        self.say(" ".join(["* SEARCH", *(str(mail.uid) for mail in self.box.mails if self._fits(mail, argument))]))

    def _fits(self, mail: Stored, asked: str) -> bool:
        uids = re.search(r"UID ([\d:*]+)", asked)
        since = re.search(r"SINCE (\S+)", asked)
        header = re.search(r'HEADER Message-ID "?([^"\s]+)', asked)
        if uids and mail.uid not in set(_numbers(uids[1], max((one.uid for one in self.box.mails), default=0))):
            return False
        if since and mail.at.date() < datetime.strptime(since[1], "%d-%b-%Y").replace(tzinfo=UTC).date():
            return False
        return not header or header[1].lower().encode() in mail.raw.partition(b"\r\n\r\n")[0].lower()

    async def do_uid_fetch(self, argument: str) -> str | None:
        uids, _, items = argument.partition(" ")
        wanted = set(_numbers(uids, max((one.uid for one in self.box.mails), default=0)))
        for number, mail in enumerate(self.box.mails, 1):
            if mail.uid not in wanted:
                continue
            if mail.uid in self.server.broken or ("BODY.PEEK[]" in items and mail.uid in self.server.refuses):
                return "NO this mail is broken"
            self._show(number, mail, items)
            await self.writer.drain()
        return None

    def _show(self, number: int, mail: Stored, items: str) -> None:
        self.writer.write(f"* {number} FETCH (UID {mail.uid}".encode())
        if "RFC822.SIZE" in items:
            self.writer.write(f" RFC822.SIZE {len(mail.raw)}".encode())
        if "INTERNALDATE" in items:
            self.writer.write(f' INTERNALDATE "{mail.at:%d-%b-%Y %H:%M:%S %z}"'.encode())
        if "BODY.PEEK[HEADER" in items:
            head = mail.raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
            self.writer.write(f" BODY[HEADER.FIELDS (FROM)] {{{len(head)}}}\r\n".encode() + head)
        part = re.search(r"BODY\.PEEK\[\]<(\d+)\.(\d+)>", items)
        if part:
            piece = mail.raw[int(part[1]) : int(part[1]) + int(part[2])]
            self.writer.write(f" BODY[]<{part[1]}> {{{len(piece)}}}\r\n".encode() + piece)
        self.writer.write(b")\r\n")

    async def do_append(self, argument: str) -> str | None:
        name, _, rest = argument.partition(" ")
        content = rest.partition('" ')[2] if rest.count('"') >= 2 else rest
        raw = content.replace("\udcff", "\r\n").encode("utf-8", "surrogateescape")
        self.server.arrive(raw, box=name.strip('"'))
        return None

    async def do_idle(self, _: str) -> None:
        self.say("+ idling")
        await self.writer.drain()
        known = len(self.box.mails)
        done = asyncio.create_task(self.reader.readline())
        while not done.done():
            self.server._news.clear()
            if len(self.box.mails) != known:
                known = len(self.box.mails)
                self.say(f"* {known} EXISTS")
                await self.writer.drain()
            news = asyncio.create_task(self.server._news.wait())
            await asyncio.wait({done, news}, return_when=asyncio.FIRST_COMPLETED)
            news.cancel()
        if not done.result():
            raise EOFError

    async def do_noop(self, _: str) -> None:
        pass


def _numbers(text: str, last: int) -> Iterable[int]:
    for part in text.split(","):
        first, _, end = part.partition(":")
        low = last if first == "*" else int(first)
        high = low if not end else last if end == "*" else int(end)
        yield from range(min(low, high), min(max(low, high), max(last, low)) + 1)
