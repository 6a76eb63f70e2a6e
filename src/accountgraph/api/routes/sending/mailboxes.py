"""Mailboxes that are read: connected, looked at, tried, read once, left alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct
from msgspec.structs import asdict

from accountgraph.access import Permission
from accountgraph.api.asked import A_PAGE, After, Limit
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.channels.outside import shown_settings
from accountgraph.intake import take_mail
from accountgraph.listing import Page, page_mailboxes
from accountgraph.mailboxes.login.vault import WorkspaceVault
from accountgraph.mailboxes.reading.taking import Synced
from accountgraph.mailboxes.run import sync_mailbox
from accountgraph.mailboxes.setup.by_password import NewMailbox, connected
from accountgraph.mailboxes.setup.checks import check_mailbox
from accountgraph.mailboxes.setup.domain import Check, Dns
from accountgraph.store.outreach.mailboxes import Mailbox, MailboxRepository

mailboxes = Routes("mailboxes")


class MailboxHealth(Struct, frozen=True, kw_only=True):
    """A mailbox and how it fares. `lag_seconds`: how long ago everything had been taken. `failing_since`, `error`: it cannot be read."""

    sender_id: UUID
    address: str
    transport: str
    protocol: str
    settings: dict[str, Any]
    lag_seconds: float | None
    history_read_at: datetime | None
    inbound_synced_at: datetime | None
    failing_since: datetime | None
    error: str | None
    next_sync_at: datetime
    dkim_verified_at: datetime | None
    created_at: datetime


class MailboxChecks(Struct, frozen=True, kw_only=True):
    """What was looked at: both logins, then what the domain says (SPF, DKIM, DMARC), each with what to do about it."""

    address: str
    checks: list[Check]


class MailboxSync(Struct, frozen=True, kw_only=True):
    """What a run took."""

    address: str
    done: Synced


@mailboxes.post("/mailboxes", needs=Permission.MAILBOXES_WRITE, writes=False, status=201, location="/api/v1/mailboxes/{sender_id}")
async def connect_mailbox(call: Call, body: NewMailbox) -> MailboxHealth:
    """Read a mailbox from now on over IMAP, and send from it over SMTP.

    Both logins are tried before anything is kept; the same address again changes how it is reached. A mailbox that wants OAuth2 is
    connected by `POST /mailboxes/{sender_id}/authorize`, where its owner agrees in a browser.
    """
    return health_of(await connected(call.database, body), call.now)


@mailboxes.get("/mailboxes", needs=Permission.MAILBOXES_READ)
async def list_mailboxes(
    call: Call,
    *,
    protocol: Literal["imap", "gmail", "graph"] | None = None,
    is_failing: bool | None = None,
    sort: Literal["address", "-address"] | None = None,
    limit: Limit = A_PAGE,
    after: After = None,
) -> Page[MailboxHealth]:
    """The mailboxes that are read, by address, and how they fare."""
    found = await page_mailboxes(call.db, protocol=protocol, is_failing=is_failing, sort=sort, limit=limit, after=after)
    return Page([health_of(one, call.now) for one in found.items], found.next)


@mailboxes.get("/mailboxes/{sender_id}", needs=Permission.MAILBOXES_READ)
async def get_mailbox(call: Call, sender_id: UUID) -> MailboxHealth:
    """A mailbox, and how it fares."""
    return health_of(await MailboxRepository(call.db).get_mailbox(sender_id), call.now)


@mailboxes.post("/mailboxes/{sender_id}/test", needs=Permission.MAILBOXES_WRITE, writes=False)
async def test_mailbox(call: Call, sender_id: UUID) -> MailboxChecks:
    """Try both logins, look for the folders, and look at what the domain says."""
    found = await MailboxRepository(call.db).get_mailbox(sender_id)
    return MailboxChecks(address=found.address, checks=await check_mailbox(call.database, found, Dns()))


@mailboxes.post("/mailboxes/{sender_id}/sync", needs=Permission.MAILBOXES_WRITE, writes=False)
async def sync_mailbox_now(call: Call, sender_id: UUID) -> MailboxSync:
    """Take what is new in a mailbox, once; the worker does so all the time."""
    found = await MailboxRepository(call.db).get_mailbox(sender_id)
    return MailboxSync(address=found.address, done=await sync_mailbox(call.database, found, WorkspaceVault(call.database), take_mail))


@mailboxes.delete("/mailboxes/{sender_id}", needs=Permission.MAILBOXES_WRITE)
async def remove_mailbox(call: Call, sender_id: UUID) -> None:
    """Read a mailbox no more; it goes on sending, and follow-ups wait for it no longer."""
    repository = MailboxRepository(call.db)
    found = await repository.get_mailbox(sender_id)
    await repository.remove_mailbox(found.sender_id)


def health_of(mailbox: Mailbox, now: datetime) -> MailboxHealth:
    """A mailbox as it is shown."""
    lag = mailbox.lag(now)
    fields = {name: value for name, value in asdict(mailbox).items() if name not in {"settings", "folders"}}
    seconds = None if lag is None else lag.total_seconds()
    return MailboxHealth(**fields, settings=shown_settings(mailbox.settings), lag_seconds=seconds)
