"""Streams of server-sent events: one connection each, and nothing else that is only its own while nothing happens.

A stream has one task, the server's, which waits until its reader goes. What is told is put into a queue of bounded length; a reader
who does not take it is dropped, and goes on by `Last-Event-ID` where it was. One timer keeps the connections of all alive.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from contextlib import suppress
from itertools import cycle
from random import uniform
from typing import TYPE_CHECKING, ClassVar

from fastapi import Response

from accountgraph.api.streams.feeds import Feed, Message
from accountgraph.errors import AccountGraphError
from accountgraph.http.problems import ProblemError, urn

logger = logging.getLogger(__name__)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from starlette.types import Receive, Scope, Send

    from accountgraph.access import Principal
    from accountgraph.api.streams.feeds import Source

MEDIA = "text/event-stream"
BEAT_EVERY = 20.0  # seconds without a sign after which proxies take a connection for dead are 30 and more
TICK = 0.25
MOST_QUEUED = 512  # messages that a reader may be behind
MOST_BEHIND = 10_000  # messages that are read again for who comes back; who missed more begins anew
SEND_SECONDS = 20.0
LONGEST = 900.0  # seconds of a stream; then its reader comes again, and whether they may is looked at again
MOST = 20_000  # streams of a process
MOST_EACH = 200  # streams of one key or user in a process
_BEAT = b": still here\n\n"
_RESET = b'event: reset\ndata: {"reason": "too much happened meanwhile; read what you show anew"}\n\n'


def frame(event: str, message_id: str, data: bytes) -> bytes:
    """An event as it goes over the wire; `data` is JSON, and so is one line."""
    return b"id: " + message_id.encode() + b"\nevent: " + event.encode() + b"\ndata: " + data + b"\n\n"


class Streams:
    """All streams of a process.

    Args:
        most: streams at once; `most_each`: of one key or user.
        longest: seconds of one.
    """

    def __init__(self, *, most: int = MOST, most_each: int = MOST_EACH, longest: float = LONGEST) -> None:
        self.longest, self._most, self._most_each = longest, most, most_each
        self._each: Counter[UUID] = Counter()
        self._feeds: dict[tuple[str, ...], Feed] = {}
        self._slots: list[dict[_Reader, None]] = [{} for _ in range(int(BEAT_EVERY / TICK))]
        self._next = cycle(self._slots)
        self._beating: asyncio.Task[None] | None = None

    def check(self, principal: Principal) -> None:
        """Refuse who has as many streams as one may have, and everybody where there are as many as fit.

        Raises:
            ProblemError: 429, 503.
        """
        if self._each.total() >= self._most:
            raise ProblemError(503, "Too much at once.", kind=urn("busy"), detail=f"{self._most} streams are open here.")
        if self._each[principal.id] >= self._most_each:
            detail = f"{principal.name} has {self._most_each} streams open here; close one first."
            raise ProblemError(429, "Too many streams.", kind=urn("too-many-requests"), detail=detail)

    def feed(self, key: tuple[str, ...], source: Callable[[], Source]) -> Feed:
        """The feed by this key; one that nobody follows any more is forgotten."""
        for known in [known for known, feed in self._feeds.items() if known != key and not feed.is_followed]:
            del self._feeds[known]
        return self._feeds.setdefault(key, Feed(source())) if key not in self._feeds else self._feeds[key]

    async def close(self) -> None:
        """End all streams: their readers come again elsewhere."""
        for slot in self._slots:
            for reader in list(slot):
                reader.end()
        for feed in self._feeds.values():
            feed.stop()
        if self._beating is not None:
            self._beating.cancel()
            await asyncio.gather(self._beating, return_exceptions=True)
            self._beating = None

    def enter(self, reader: _Reader) -> None:
        """Keep its connection alive from here on."""
        self._each[reader.owner] += 1
        slot = min(self._slots, key=len)
        slot[reader] = None
        reader.slot = slot
        if self._beating is None or self._beating.done():
            self._beating = asyncio.create_task(self._beat())

    def leave(self, reader: _Reader) -> None:
        """It is over."""
        self._each[reader.owner] -= 1
        if not self._each[reader.owner]:
            del self._each[reader.owner]
        reader.slot.pop(reader, None)

    async def _beat(self) -> None:
        """One timer for all, a part of them at each tick, so that nobody else waits."""
        for slot in self._next:
            if not self._each:
                return
            for reader in list(slot):
                reader.beat()
            await asyncio.sleep(TICK)


class EventStream(Response):
    """A stream of events, of one feed."""

    media: ClassVar[tuple[str, ...]] = (MEDIA,)

    def __init__(self, streams: Streams, feed: Feed, principal: Principal, after: str | None, kinds: frozenset[str] = frozenset()) -> None:
        super().__init__(media_type=MEDIA, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._streams, self._feed, self._principal, self._after, self._kinds = streams, feed, principal, after, kinds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send what happens, until the reader goes, falls behind, or has had their time."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        if scope["method"] == "HEAD":
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        reader = _Reader(send, self._principal, self._kinds)
        self._streams.enter(reader)
        try:
            await self._stream(reader, receive)
        except AccountGraphError as error:  # too late to be told as a problem: the reader comes again, and is
            logger.warning("A stream of events ended: %s", error)
        finally:
            self._feed.leave(reader)
            self._streams.leave(reader)
            await reader.finish()

    async def _stream(self, reader: _Reader, receive: Receive) -> None:
        reader.put(b"retry: 3000\n\n")
        with suppress(TimeoutError):
            async with asyncio.timeout(self._streams.longest * uniform(0.8, 1)) as time:  # noqa: S311 - not all come again at once
                reader.ends_by(time)
                await self._catch_up(reader)
                while (await receive())["type"] != "http.disconnect":
                    pass

    async def _catch_up(self, reader: _Reader) -> None:
        """What was missed, then what came meanwhile, then whatever comes: nothing twice, and nothing left out."""
        source = self._feed.source
        here = await self._feed.follow(reader)
        after = self._after if self._after is not None else (await source.start() if source.is_state else here)
        if not source.is_state and source.order(after) > source.order(here):
            after = here  # of another server, or of one that was restored
        missed: Sequence[Message] | None = self._feed.remembered(after)
        if missed is None:
            missed = await self._read_again(after)
        if missed is None:
            await reader.send_now(_RESET)
            after, missed = here, []
        for message in missed:
            if reader.may_see(message):
                await reader.send_now(message.frame)
            after = message.id
            if message.is_last:
                reader.end()
        reader.go_live(source.order(after), source.order)

    async def _read_again(self, after: str) -> list[Message] | None:
        """All messages after one; None where they are too many."""
        found: list[Message] = []
        while page := await self._feed.source.read(found[-1].id if found else after):
            found += page
            if found[-1].is_last:
                break
            if len(found) > MOST_BEHIND:
                return None
        return found


class _Reader:
    """Somebody who reads a stream."""

    def __init__(self, send: Send, principal: Principal, kinds: frozenset[str]) -> None:
        self.owner = principal.id
        self.slot: dict[_Reader, None] = {}
        self._send, self._principal, self._kinds = send, principal, kinds
        self._queue: deque[bytes] = deque()
        self._sending: asyncio.Task[None] | None = None
        self._time: asyncio.Timeout | None = None
        self._came: list[Message] | None = []  # while what was missed is sent; None: live
        self._is_over = False

    def may_see(self, message: Message) -> bool:
        """Whether it is for them."""
        return (message.needs is None or self._principal.may(message.needs)) and (not self._kinds or message.event in self._kinds)

    def tell(self, message: Message) -> None:
        """Hear from the feed."""
        if self._is_over:
            return
        if self._came is not None:
            self._came.append(message)
            if len(self._came) > MOST_QUEUED:
                self.end()
            return
        if self.may_see(message):
            self.put(message.frame)
        if message.is_last:
            self.end()

    def go_live(self, after: tuple[int, ...], order: Callable[[str], tuple[int, ...]]) -> None:
        """What came meanwhile, but for what was sent already; and from here on all at once."""
        came, self._came = self._came or [], None
        for message in came:
            if order(message.id) > after:
                self.tell(message)

    def put(self, data: bytes) -> None:
        """Send it as soon as the reader takes it; who is too far behind is dropped."""
        if self._is_over:
            return
        if len(self._queue) >= MOST_QUEUED:
            self._queue.clear()
            self.end()
            return
        self._queue.append(data)
        if self._sending is None:
            self._sending = asyncio.create_task(self._send_queue())

    def beat(self) -> None:
        """A sign of life, where nothing else is on its way."""
        if self._sending is None:
            self.put(_BEAT)

    async def send_now(self, data: bytes) -> None:
        """Send it, and wait until it is taken.

        Raises:
            TimeoutError: the reader does not take it.
        """
        if self._sending is not None:
            await asyncio.wait({self._sending})
        async with asyncio.timeout(SEND_SECONDS):
            await self._send({"type": "http.response.body", "body": data, "more_body": True})

    def ends_by(self, time: asyncio.Timeout) -> None:
        """How its end is told to the task that waits."""
        self._time = time

    def end(self) -> None:
        """Nothing more is told; the connection is closed once what is queued is taken, or is not."""
        self._is_over = True
        if self._time is not None and not self._time.expired():
            with suppress(RuntimeError):  # it has ended by itself
                self._time.reschedule(asyncio.get_running_loop().time())

    async def finish(self) -> None:
        """Close it."""
        self._is_over = True
        with suppress(TimeoutError):
            if (sending := self._sending) is not None:
                await asyncio.wait({sending}, timeout=1)
                sending.cancel()
            async with asyncio.timeout(1):
                await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send_queue(self) -> None:
        try:
            while self._queue:
                data = b"".join(self._queue)
                self._queue.clear()
                async with asyncio.timeout(SEND_SECONDS):
                    await self._send({"type": "http.response.body", "body": data, "more_body": True})
        except TimeoutError:
            self.end()
        finally:
            self._sending = None
