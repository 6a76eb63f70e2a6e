"""A mailbox that is open, however it is reached: what reading, trying out, and looking for sent mail ask of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from accountgraph.db import Database
    from accountgraph.mailboxes.keeping import Take
    from accountgraph.mailboxes.reading.folders import Folder
    from accountgraph.mailboxes.reading.history import Progress
    from accountgraph.mailboxes.reading.taking import Synced
    from accountgraph.store.outreach.mailboxes import Mailbox


class Reader(Protocol):
    """Reads one mailbox, again and again."""

    async def run(self) -> Synced:
        """Take everything that is new, and say that it was.

        Raises:
            MailboxError: the service failed; what was taken before stays taken.
        """
        ...

    async def listen(self, seconds: float) -> bool:
        """Wait until there may be something new, or the time is over. False, and at once: the service does not tell."""
        ...


class OpenMailbox(Protocol):
    """An open mailbox. Every call may raise a `MailboxError`."""

    @property
    def files_all(self) -> bool:
        """Whether the service itself files all that leaves, so that what is missing did not."""
        ...

    async def folders(self) -> list[Folder]:
        """The folders that matter."""
        ...

    async def arrived(self, message_id: str) -> bytes | None:
        """A mail that came in, by its Message-ID (without brackets); None: it is not there."""
        ...

    async def where_sent(self, message_id: str) -> str | None:
        """The place where a mail of ours is, by its Message-ID (without brackets); None: it is nowhere."""
        ...

    async def file(self, message_id: str, content: bytes, now: datetime) -> None:
        """Put a copy among what was sent, once, where we are the ones to do that."""
        ...

    def reader(self, db: Database, mailbox: Mailbox, take: Take, on_progress: Callable[[Progress], None] | None) -> Reader:
        """Who reads it, and gives each mail to `take`."""
        ...
