"""What keeps a person from doing what they asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.errors import AccountGraphError

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


class WorkStateError(AccountGraphError):
    """It is in a state that does not allow this."""


class HeldError(WorkStateError):
    """Somebody else is at it. `what`: `task` or `approval`."""

    def __init__(self, what: str, item_id: UUID, held_by: str, held_until: datetime) -> None:
        cure = "take it away with `task release`" if what == "task" else "claim it with take_over"
        super().__init__(f"{held_by} is at {what} {item_id} until {held_until:%H:%M %Z}; talk to them, or {cure}.")
        self.held_by, self.held_until = held_by, held_until
