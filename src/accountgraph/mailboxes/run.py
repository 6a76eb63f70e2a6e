"""A mailbox from its settings to its health: opened, read, and what came of it written down."""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from accountgraph.errors import AccountGraphError
from accountgraph.mailboxes.reading.imap_mailbox import ImapMailbox

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from contextlib import AbstractAsyncContextManager

    from accountgraph.channels import Vault
    from accountgraph.db import Database
    from accountgraph.mailboxes.keeping import Take
    from accountgraph.mailboxes.reading.history import Progress
    from accountgraph.mailboxes.reading.opened import OpenMailbox
    from accountgraph.mailboxes.reading.taking import Synced
    from accountgraph.store.outreach.mailboxes import Mailbox

logger = logging.getLogger(__name__)


def opened(mailbox: Mailbox, vault: Vault) -> AbstractAsyncContextManager[OpenMailbox]:
    """A mailbox, connected and logged in.

    Raises:
        ConfigError: its settings cannot be used.
        MailboxError: the service is away or refuses.
    """
    if mailbox.protocol == "imap":
        return ImapMailbox.open(mailbox, vault)
    from accountgraph.mailboxes.reading.api_mailbox import ApiMailbox  # noqa: PLC0415 - the HTTP client is slow to load

    return ApiMailbox.open(mailbox, vault)


async def sync_mailbox(
    db: Database, mailbox: Mailbox, vault: Vault, take: Take, on_progress: Callable[[Progress], None] | None = None
) -> Synced:
    """Take everything that is new in a mailbox, once; its health is written down either way.

    Raises:
        AccountGraphError: it could not be read to the end; what was taken stays taken, and the rest waits for the next time.
    """
    async with watched(db, mailbox), opened(mailbox, vault) as box:
        return await box.reader(db, mailbox, take, on_progress).run()


@asynccontextmanager
async def watched(db: Database, mailbox: Mailbox) -> AsyncGenerator[None]:
    """What fails in this block is written to the mailbox's health, and raised on."""
    try:
        yield
    except AccountGraphError as error:
        said = {"sender_id": mailbox.sender_id, "now": db.now(), "error": str(error)[:2000]}
        await db.value("outreach.mailboxes.failed", said)
        logger.warning("Mailbox %s: %s", mailbox.address, error)
        raise
