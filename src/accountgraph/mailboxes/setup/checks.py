"""Looking whether a mailbox works: both logins, the folders, and what its domain says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.channels import SmtpTransport
from accountgraph.errors import AccountGraphError
from accountgraph.mailboxes.login.vault import WorkspaceVault
from accountgraph.mailboxes.setup.domain import SELECTORS, Check, Verdict, look_at
from accountgraph.mailboxes.setup.trial import folders_of
from accountgraph.store.outreach.senders import SenderRepository

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from accountgraph.db import Database
    from accountgraph.mailboxes.setup.domain import Dns
    from accountgraph.store.outreach.mailboxes import Mailbox

_NAMES = {"imap": "IMAP", "smtp": "SMTP", "gmail": "Gmail API", "graph": "Microsoft Graph"}


async def check_mailbox(db: Database, mailbox: Mailbox, dns: Dns, selectors: Sequence[str] | None = None) -> list[Check]:
    """Reading, sending, and then what the domain says (SPF, DKIM, DMARC); a login that fails is said, and not raised."""
    checks = [
        await tried(f"Reading ({_NAMES.get(mailbox.protocol, mailbox.protocol)})", lambda name: _read(db, mailbox, name)),
        await tried(f"Sending ({_NAMES.get(mailbox.transport, mailbox.transport)})", lambda name: _greet(db, mailbox, name)),
    ]
    return checks + await look_at(mailbox.address.rpartition("@")[2], dns, selectors or SELECTORS)


async def tried(name: str, work: Callable[[str], Awaitable[Check]]) -> Check:
    """A check, or why it could not be made."""
    try:
        return await work(name)
    except AccountGraphError as error:
        return Check(name, Verdict.MISSING, "it fails", str(error))


async def _read(db: Database, mailbox: Mailbox, name: str) -> Check:
    folders = await folders_of(mailbox, WorkspaceVault(db))
    has_sent = mailbox.protocol != "imap" or any(folder.role == "sent" for folder in folders)
    said = ", ".join(f"{folder.role}: {folder.name}" for folder in folders)
    advice = "" if has_sent else "No Sent folder is known, so messages by hand are not seen; name it with `mailbox add --sent-folder`."
    return Check(name, Verdict.GOOD if has_sent else Verdict.WEAK, said, advice)


async def _greet(db: Database, mailbox: Mailbox, name: str) -> Check:
    if mailbox.transport == mailbox.protocol:
        return Check(name, Verdict.GOOD, "by the same grant as reading")
    if mailbox.transport != "smtp":
        return Check(name, Verdict.UNKNOWN, f"it sends through {mailbox.transport}", "Try it with `send test`.")
    sender = await SenderRepository(db).get_sender(mailbox.sender_id)
    transport = SmtpTransport(db.now, WorkspaceVault(db))
    try:
        await transport.greet(mailbox.address, sender.settings if sender else {})
    finally:
        await transport.close()
    return Check(name, Verdict.GOOD, "the login works")
