"""A post office where everything goes wrong that can, as a seeded generator draws it; it alone knows what really left."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from accountgraph.campaigns.engine.transport import Abilities, Message, Result, Sent

if TYPE_CHECKING:
    import random
    from datetime import datetime
    from uuid import UUID

    from tests.factories import Clock


class WorkerDied(BaseException):
    """The process is gone: nobody catches this."""


class Left(NamedTuple):
    """A message that really went out."""

    at: datetime
    intent_id: UUID
    message_id: str
    sender: str
    recipient: str


class ByHand(NamedTuple):
    """A message that one of us sent from their own mail program."""

    at: datetime
    sender: str
    recipient: str


@dataclass
class FaultyPost:
    """Answers as drawn: `trouble` is the share of calls that something happens to."""

    chance: random.Random
    clock: Clock
    trouble: float
    name: str = "post"
    abilities: Abilities = field(default_factory=lambda: Abilities(threads=True, search=True))
    is_dry_run: bool = False
    left: list[Left] = field(default_factory=list)

    async def send(self, message: Message) -> Result:
        fault = self.chance.choice(_FAULTS) if self.chance.random() < self.trouble else "none"
        if fault == "died_before":
            raise WorkerDied
        if fault == "refused":
            return Result(outcome=Sent.REFUSED, detail="550 no such user")
        if fault == "transient":
            return Result(outcome=Sent.RETRY, detail="451 later")
        if fault == "password":
            return Result(outcome=Sent.RETRY, detail="535 bad password", is_sender_trouble=True)
        if fault == "timeout_before":
            return Result(outcome=Sent.UNKNOWN, detail="no greeting")
        self.left.append(Left(self.clock(), message.intent_id, message.message_id, message.sender, message.recipient))
        if fault == "died_after":
            raise WorkerDied
        if fault == "timeout_after":
            return Result(outcome=Sent.UNKNOWN, detail="closed after DATA")
        return Result(outcome=Sent.SENT)

    async def find(self, message_id: str, *, settings: dict[str, Any], since: datetime) -> Result | None:
        del settings, since
        return Result(outcome=Sent.SENT) if any(one.message_id == message_id for one in self.left) else None

    async def close(self) -> None:
        """There is nothing to close."""

    def truth(self, intent_id: UUID) -> Result:
        """What really became of an intent that was called."""
        if any(one.intent_id == intent_id for one in self.left):
            return Result(outcome=Sent.SENT)
        return Result(outcome=Sent.RETRY, detail="it never left")

    @property
    def twice(self) -> list[UUID]:
        """Intents that left more than once."""
        return [intent for intent, times in Counter(one.intent_id for one in self.left).items() if times > 1]


_FAULTS = ("died_before", "died_after", "refused", "transient", "password", "timeout_before", "timeout_after")
