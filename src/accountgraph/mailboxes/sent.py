"""The Sent folder: copies of what left over SMTP, and whether a message that nobody knows of is there."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from accountgraph.campaigns.engine.transport import Result, Sent
from accountgraph.errors import AccountGraphError, NotFoundError
from accountgraph.mailboxes.login.vault import WorkspaceVault
from accountgraph.mailboxes.reading.settings import ImapSettings, SentCopy
from accountgraph.mailboxes.run import opened
from accountgraph.store.outreach.mailboxes import MailboxRepository

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.channels import Transports, Vault
    from accountgraph.db import Database

LONGEST = 20.0  # seconds for a copy or a look

logger = logging.getLogger(__name__)


class SentMail:
    """What the mailboxes of a workspace know of its sent mail."""

    def __init__(self, db: Database, vault: Vault) -> None:
        self._db, self._vault = db, vault

    async def file(self, sender: str, message_id: str, content: bytes) -> None:
        """Put a copy into the Sent folder, where the mailbox wants us to (`sent_copy: append`) and it is not there yet; never raises."""
        try:
            async with asyncio.timeout(LONGEST):
                mailbox = await MailboxRepository(self._db).get_mailbox_by_address(sender)
                if mailbox.protocol == "imap" and ImapSettings.of(mailbox.settings).sent_copy is SentCopy.APPEND:
                    async with opened(mailbox, self._vault) as box:
                        await box.file(message_id.strip("<>"), content, self._db.now())
        except NotFoundError:
            return
        except (AccountGraphError, TimeoutError) as error:
            logger.warning("Mailbox %s: no copy of %s in the Sent folder: %s", sender, message_id, error or "it took too long")

    async def look(self, sender_id: UUID, message_id: str) -> Result | None:
        """Whether a message left, by the Sent folder; None: it cannot tell.

        That it is missing proves something only where the service itself files all that leaves through it (`sent_copy: service`): what
        goes through a provider never comes by there.
        """
        try:
            async with asyncio.timeout(LONGEST):
                mailbox = await MailboxRepository(self._db).get_mailbox(sender_id)
                async with opened(mailbox, self._vault) as box:
                    where, files_all = await box.where_sent(message_id.strip("<>")), box.files_all
        except (AccountGraphError, TimeoutError) as error:
            logger.info("Mailbox of sender %s cannot tell of %s: %s", sender_id, message_id, error)
            return None
        if where is not None:
            return Result(outcome=Sent.SENT, detail=f"It is in the folder {where}.")
        if files_all and mailbox.transport == ("smtp" if mailbox.protocol == "imap" else mailbox.protocol):
            return Result(outcome=Sent.RETRY, detail="The service files all that leaves, and it is not there.")
        return None


def over_workspace(kinds: Transports, db: Database) -> Transports:
    """The transports of a workspace, of these kinds: with its secrets, and copies of what leaves filed in its mailboxes."""
    vault = WorkspaceVault(db)
    return kinds.over(vault, SentMail(db, vault))
