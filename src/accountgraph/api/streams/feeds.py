"""Feeds: something that is asked once for all who follow it in this process, however many they are."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from accountgraph.errors import AccountGraphError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accountgraph.access import Permission

REMEMBERED = 1_000  # messages of a feed that are in memory, for those who come back
AFTER_FAILURE = 5.0  # seconds until a database that did not answer is asked again
GROUP = 200  # followers that are told before others get their turn

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    """One event of a stream. `id`: where to go on from; `needs`: who may see it; `is_last`: nothing comes after it."""

    id: str
    event: str
    frame: bytes
    needs: Permission | None = None
    is_last: bool = False


class Source(Protocol):
    """What a feed tells."""

    every: float  # seconds between two looks
    is_state: bool  # each message says all there is: who comes is told the present one first

    async def start(self) -> str:
        """Where it begins for the first who follows."""
        ...

    async def read(self, after: str) -> Sequence[Message]:
        """The messages after one, in their order; a page of them, none where there are no more."""
        ...

    def order(self, message_id: str) -> tuple[int, ...]:
        """Where a message stands among others; raises where it is none."""
        ...


class Follower(Protocol):
    """Hears what a feed tells."""

    def tell(self, message: Message) -> None:
        """One message; never waits."""
        ...


class Feed:
    """One source, looked at by one task while anybody follows."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.position: str | None = None  # None: nobody follows yet
        self._followers: dict[Follower, None] = {}
        self._recent: deque[Message] = deque(maxlen=REMEMBERED)
        self._since = ""  # what is remembered begins after it
        self._task: asyncio.Task[None] | None = None
        self._opening = asyncio.Lock()

    @property
    def is_followed(self) -> bool:
        """Whether anybody follows."""
        return bool(self._followers)

    async def follow(self, follower: Follower) -> str:
        """Tell it whatever comes from here on; gives where that is."""
        self._followers[follower] = None
        async with self._opening:
            if self.position is None:
                self.position = self._since = await self.source.start()
                self._task = asyncio.create_task(self._look_for_ever())
        return self.position

    def leave(self, follower: Follower) -> None:
        """Tell it nothing more; with the last one, the looking ends."""
        self._followers.pop(follower, None)
        if not self._followers:
            self.stop()

    def stop(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
        self._task, self.position = None, None
        self._recent.clear()

    def remembered(self, after: str) -> list[Message] | None:
        """The messages after one, where all of them are in memory; of a state, the present one."""
        order = self.source.order
        if self.position is None or order(after) < order(self._since):
            return None
        found = [message for message in self._recent if order(message.id) > order(after)]
        return found[-1:] if self.source.is_state else found

    async def _look_for_ever(self) -> None:
        while True:
            try:
                while messages := await self.source.read(self.position or ""):
                    await self._tell(messages)
                    if messages[-1].is_last:
                        return
                await asyncio.sleep(self.source.every)
            except AccountGraphError as error:
                logger.warning("A stream of events waits: %s", error)
                await asyncio.sleep(AFTER_FAILURE)

    async def _tell(self, messages: Sequence[Message]) -> None:
        for message in messages:
            if len(self._recent) == REMEMBERED:
                self._since = self._recent[0].id
            self._recent.append(message)
            self.position = message.id
            for number, follower in enumerate(list(self._followers), 1):
                follower.tell(message)
                if number % GROUP == 0:
                    await asyncio.sleep(0)
