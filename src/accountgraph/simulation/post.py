"""The transport of a simulation: everything arrives at once, and nothing leaves the house."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accountgraph.campaigns.engine.transport import Abilities, Message, Result, Sent

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


class SimulatedPost:
    """Takes every message of every channel, and remembers which intents they were of until somebody asks."""

    name = "simulation"
    abilities = Abilities(threads=True, search=True)
    is_dry_run = False

    def __init__(self) -> None:
        self._sent: list[UUID] = []

    async def send(self, message: Message) -> Result:
        """It arrives."""
        self._sent.append(message.intent_id)
        return Result(outcome=Sent.SENT)

    async def find(self, message_id: str, *, settings: dict[str, Any], since: datetime) -> Result | None:
        """Every message that was ever asked for has arrived."""
        del message_id, settings, since
        return Result(outcome=Sent.SENT)

    async def close(self) -> None:
        """There is nothing to close."""

    def collect(self) -> list[UUID]:
        """The intents of the messages that have come since the last time."""
        sent, self._sent = self._sent, []
        return sent
