"""Mailboxes: how the mail of a sender is read, how far, and how well it goes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from msgspec import Struct

from accountgraph.addresses import email_key
from accountgraph.db import Connectable, default_database
from accountgraph.errors import InvalidValueError, MissingReferenceError, NotFoundError
from accountgraph.store.outreach.senders import SenderRepository

if TYPE_CHECKING:
    from collections.abc import Mapping

PROTOCOLS = ("imap", "gmail", "graph")


class ReadFolder(Struct, frozen=True, kw_only=True):
    """How far a folder has been read (RFC 3501): up to `last_uid` of `uid_validity`, at `read_at`."""

    name: str
    role: str
    uid_validity: int
    last_uid: int
    read_at: datetime


class Mailbox(Struct, frozen=True, kw_only=True):
    """A mailbox and how it fares.

    `settings` are the protocol's. `history_read_at`: when the headers of the time before we came had been read.
    `inbound_synced_at`: everything that was there at that time has been taken. `failing_since`, `error`: None while all is well.
    """

    sender_id: UUID
    address: str
    transport: str
    protocol: str
    settings: dict[str, Any]
    history_read_at: datetime | None
    inbound_synced_at: datetime | None
    failing_since: datetime | None
    error: str | None
    created_at: datetime
    next_sync_at: datetime
    dkim_verified_at: datetime | None
    folders: tuple[ReadFolder, ...] = ()

    def lag(self, now: datetime) -> timedelta | None:
        """How long ago everything had been taken; None: never."""
        return None if self.inbound_synced_at is None else max(now - self.inbound_synced_at, timedelta())


class MailboxRepository:
    """Mailboxes that are read. Without an argument it uses the process's default database; each call is a transaction."""

    def __init__(self, db: Connectable | None = None) -> None:
        self._db = db or default_database()

    async def put_mailbox(self, sender_id: UUID, protocol: str, settings: Mapping[str, Any]) -> Mailbox:
        """Read the mail of a sender from now on, or by other settings.

        Raises:
            InvalidValueError: the protocol is not known, or the sender is no e-mail address.
            MissingReferenceError: there is no such sender.
        """
        if protocol not in PROTOCOLS:
            raise InvalidValueError("protocol", f"{protocol!r} is not known; use {', '.join(PROTOCOLS)}.")
        sender = await SenderRepository(self._db).get_sender(sender_id)
        if sender is None:
            raise MissingReferenceError("sender_id", f"there is no sender {sender_id}; add it first.")
        if sender.channel != "email":
            raise InvalidValueError("sender_id", f"{sender.address} is no mailbox; only a sender of the channel email is one.")
        params = {"sender_id": sender_id, "protocol": protocol, "settings": msgspec.json.encode(settings).decode(), "now": self._db.now()}
        await self._db.value("outreach.mailboxes.put", params)
        return await self.get_mailbox(sender_id)

    async def remove_mailbox(self, sender_id: UUID) -> None:
        """Read it no more; follow-ups do not wait for it then. What was read stays, but how far is forgotten."""
        await self._db.value("outreach.mailboxes.remove", {"sender_id": sender_id})

    async def get_mailbox(self, sender_id: UUID) -> Mailbox:
        """A mailbox with its health.

        Raises:
            NotFoundError: the sender's mail is not read.
        """
        found = await self._db.row(Mailbox, "outreach.mailboxes.listing", {"sender_id": sender_id})
        if found is None:
            raise NotFoundError(f"The mail of sender {sender_id} is not read; add it with `mailbox add`.")
        return found

    async def get_mailbox_by_address(self, address: str) -> Mailbox:
        """As `get_mailbox`, by its address, however it is written."""
        sender_id = await self._db.value("outreach.mailboxes.by_address", {"address": email_key(address)})
        if sender_id is None:
            raise NotFoundError(f"The mail of {address} is not read; add it with `mailbox add {address}`.")
        return await self.get_mailbox(sender_id)

    async def list_mailboxes(self) -> list[Mailbox]:
        """All of them, in the order their senders were added."""
        return await self._db.rows(Mailbox, "outreach.mailboxes.listing", {"sender_id": None})
