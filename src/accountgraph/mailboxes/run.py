"""A mailbox from its settings to its health: opened, read, and what came of it written down."""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from accountgraph.errors import AccountGraphError, ConfigError
from accountgraph.mailboxes.imap import Imap
from accountgraph.mailboxes.settings import ImapSettings
from accountgraph.mailboxes.sync import Reading, Synced

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from accountgraph.channels import Vault
    from accountgraph.db import Database
    from accountgraph.mailboxes.history import Progress
    from accountgraph.mailboxes.keeping import Take
    from accountgraph.store.outreach.mailboxes import Mailbox

logger = logging.getLogger(__name__)


@asynccontextmanager
async def opened(mailbox: Mailbox, vault: Vault) -> AsyncGenerator[tuple[Imap, ImapSettings]]:
    """A mailbox, connected and logged in.

    Raises:
        ConfigError: its settings cannot be used.
        MailboxError: the server is away or refuses.
    """
    if mailbox.protocol != "imap":
        raise ConfigError(
            f"The mailbox {mailbox.address} is read by {mailbox.protocol}, which this version does not speak; add it with imap."
        )
    settings = ImapSettings.of(mailbox.settings)
    imap = await Imap.open(settings, settings.username or mailbox.address, await settings.login_secret(vault))
    try:
        yield imap, settings
    finally:
        await imap.close()


async def sync_mailbox(
    db: Database, mailbox: Mailbox, vault: Vault, take: Take, on_progress: Callable[[Progress], None] | None = None
) -> Synced:
    """Take everything that is new in a mailbox, once; its health is written down either way.

    Raises:
        AccountGraphError: it could not be read to the end; what was taken stays taken, and the rest waits for the next time.
    """
    async with watched(db, mailbox), opened(mailbox, vault) as (imap, settings):
        return await Reading(db, mailbox, imap=imap, settings=settings, take=take, on_progress=on_progress).run()


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
