"""Reading a stream of server-sent events as a browser does."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.api.conftest import Asker

SECONDS = 15.0


@dataclass(frozen=True)
class Seen:
    """One event."""

    id: str
    event: str
    data: Any


class Reading:
    """A stream that is open."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines
        self.comments = 0

    async def next(self) -> Seen | None:
        """The next event; None at the end of the stream."""
        found: dict[str, str] = {}
        async with asyncio.timeout(SECONDS):
            async for line in self._lines:
                if line.startswith(":"):
                    self.comments += 1
                elif line:
                    name, _, text = line.partition(": ")
                    found[name] = text
                elif "event" in found:
                    return Seen(found.get("id", ""), found["event"], msgspec.json.decode(found["data"]))
                else:
                    found.clear()
        return None

    async def take(self, count: int) -> list[Seen]:
        """So many events."""
        seen = [await self.next() for _ in range(count)]
        return [one for one in seen if one is not None]

    async def rest(self) -> list[Seen]:
        """All until the end of the stream."""
        seen = []
        while (one := await self.next()) is not None:
            seen.append(one)
        return seen


@asynccontextmanager
async def reading(api: Asker, path: str, *, after: str | None = None) -> AsyncIterator[Reading]:
    """A stream, open while the block lasts."""
    headers = {"Authorization": f"Bearer {api.key}", **({"Last-Event-ID": after} if after is not None else {})}
    async with api.client.stream("GET", f"/api/v1{path}", headers=headers) as answer:
        assert answer.status_code == 200, await answer.aread()
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield Reading(answer.aiter_lines())
