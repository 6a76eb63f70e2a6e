"""What is streamed: the changes of a workspace, and how far an import is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from accountgraph.access import Permission
from accountgraph.api.streams.events import frame
from accountgraph.api.streams.feeds import Message
from accountgraph.errors import InvalidValueError, NotFoundError
from accountgraph.live import changes_after, newest, order_of
from accountgraph.transfer.uploads import get_import

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.api.parts import Workspaces

_NEEDS = {"task": Permission.TASKS_READ, "approval": Permission.CAMPAIGNS_READ, "import": Permission.IMPORTS_WRITE}
PAGE = 500


class ChangesOf:
    """What happens in a workspace, as it is committed."""

    every = 1.0
    is_state = False

    def __init__(self, workspaces: Workspaces, workspace: str) -> None:
        self._workspaces, self._workspace = workspaces, workspace

    async def start(self) -> str:
        """Now."""
        async with self._workspaces.use(self._workspace, as_agent=False) as db:
            return await newest(db)

    async def read(self, after: str) -> list[Message]:
        """What was committed after a cursor."""
        async with self._workspaces.use(self._workspace, as_agent=False) as db:
            changes = await changes_after(db, after, limit=PAGE)
        return [
            Message(one.cursor, one.kind, frame(one.kind, one.cursor, msgspec.json.encode(one)), _NEEDS.get(one.kind.partition(".")[0]))
            for one in changes
        ]

    def order(self, message_id: str) -> tuple[int, ...]:
        """By transaction."""
        return order_of(message_id)


class ProgressOf:
    """How far an import is; the last message says what became of it."""

    every = 0.5
    is_state = True

    def __init__(self, workspaces: Workspaces, workspace: str, import_id: UUID) -> None:
        self._workspaces, self._workspace, self._import_id = workspaces, workspace, import_id

    async def start(self) -> str:
        """Before its beginning, so that whoever comes is told how far it is."""
        return "-1"

    async def read(self, after: str) -> list[Message]:
        """Its state, where that is another than the one after which to go on."""
        try:
            async with self._workspaces.use(self._workspace, as_agent=False) as db:
                found = await get_import(db, self._import_id)
        except NotFoundError:
            last = str(int(after) + 1)
            return [Message(last, "deleted", frame("deleted", last, b"{}"), is_last=True)]
        if found.step <= int(after):
            return []
        event = "finished" if found.is_over else "progress"
        data = frame(event, str(found.step), msgspec.json.encode(found))
        return [Message(str(found.step), event, data, is_last=found.is_over)]

    def order(self, message_id: str) -> tuple[int, ...]:
        """By step."""
        if not message_id.removeprefix("-").isdecimal() or len(message_id) > 15:
            raise InvalidValueError("Last-Event-ID", f"{message_id[:60]!r} is no step of an import; leave it out.")
        return (int(message_id),)
