"""What is opened when it is first used, and kept open for the next: as many as are needed, and never more than is good."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable


class Closable(Protocol):
    """Holds something that has to be given back."""

    async def close(self) -> None:
        """Give it back."""
        ...


T = TypeVar("T", bound=Closable)


class KeptOpen(Generic[T]):
    """Things by name. `make`: a new one; `most`: so many stay open while nobody is at them, those used last."""

    def __init__(self, make: Callable[[str], T], *, most: int) -> None:
        self._make, self._most = make, most
        self._open: dict[str, T] = {}  # the one used last stands last
        self._users: dict[str, int] = {}

    @asynccontextmanager
    async def use(self, name: str) -> AsyncGenerator[T]:
        """One while the block lasts; nobody closes it meanwhile."""
        opened = self._open.pop(name, None) or self._make(name)
        self._open[name] = opened
        self._users[name] = self._users.get(name, 0) + 1
        try:
            yield opened
        finally:
            self._users[name] -= 1
            await self._close_idle()

    def opened(self) -> list[T]:
        """All that are open now."""
        return list(self._open.values())

    async def close(self) -> None:
        """Close all of them."""
        while self._open:
            _, opened = self._open.popitem()
            await opened.close()

    def __len__(self) -> int:
        return len(self._open)

    async def _close_idle(self) -> None:
        if len(self._open) <= self._most:
            return
        idle = [name for name in self._open if not self._users.get(name)]
        for name in idle[: len(self._open) - self._most]:
            self._users.pop(name, None)
            await self._open.pop(name).close()
