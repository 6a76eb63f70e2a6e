"""The demo's post: it takes every message and carries none; of one it does not know what became."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accountgraph.campaigns.engine.transport import Abilities, Message, Result, Sent

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

_REFUSAL = "552 5.2.2 the mailbox is full"


class DemoPost:
    """Remembers which messages it took until somebody asks.

    `clock`: the time. `refuses_after`: the first message after it is refused. `loses_after`: of the first after it nobody knows.
    """

    name = "demo"
    abilities = Abilities(threads=True)
    is_dry_run = False

    def __init__(self, clock: Callable[[], datetime], *, refuses_after: datetime, loses_after: datetime) -> None:
        self._clock = clock
        self._to_come = [(refuses_after, Result(outcome=Sent.REFUSED, detail=_REFUSAL))]
        self._to_come.append((loses_after, Result(outcome=Sent.UNKNOWN, detail="The connection broke after the message was handed over.")))
        self._taken: list[UUID] = []

    async def send(self, message: Message) -> Result:
        """It is taken, unless it is one of the two."""
        for number, (after, result) in enumerate(self._to_come):
            if self._clock() >= after:
                del self._to_come[number]
                return result
        self._taken.append(message.intent_id)
        return Result(outcome=Sent.SENT, detail="Taken by the demo's post; nothing was sent.")

    async def find(self, message_id: str, *, settings: dict[str, Any], since: datetime) -> Result | None:
        """Nothing is kept, so nothing can be found."""
        raise NotImplementedError("the demo's post cannot search; abilities.search says so")

    def collect(self) -> list[UUID]:
        """The intents of the messages that came since the last time."""
        taken, self._taken = self._taken, []
        return taken
