"""Senders: the mailboxes and numbers that messages leave from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, ClassVar
from uuid import UUID  # noqa: TC003 - msgspec reads the annotations

import msgspec
from msgspec import Meta

from accountgraph.addresses import email_key
from accountgraph.db import Connectable, default_database
from accountgraph.enums import Channel
from accountgraph.errors import DuplicateError, InvalidValueError, MissingReferenceError, NotFoundError
from accountgraph.models import Entity, Json, Moment
from accountgraph.store.given import as_json, changes, entity, member, zone_known

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from accountgraph.db import Session

Limit = Annotated[int, Meta(ge=1, le=100_000)]
_HOST = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
_SECRETS = frozenset({"password", "secret", "token", "api_key", "client_secret", "refresh_token", "access_token"})


class Sender(Entity, frozen=True, kw_only=True):
    """A mailbox or a number.

    `settings` are the transport's; a secret is named in them, as `secret:NAME` where it is stored, else by its environment variable.
    `per_hour`, `per_day` narrow the policy's limits; None leaves them to it. `warmup_started_at`: a new sender's first
    day; None: it is warm already. `inbound_synced_at`: how far its incoming mail was read; None: it is not read by us.
    `next_free_at`, `next_dry_at`: not before it sends again, live and in dry runs; kept by the engine. `signature`: below the
    words of its mails. `tracks_opens`, `tracks_clicks`: whether they are told of, through `tracking_host` (None, or not
    yet seen to lead to us, at `tracking_host_verified_at`: the public address). `dkim_verified_at`: when its domain was seen to sign
    mail. `alias_replies`: answers go to an address of each message's own, `me+INTENT@`, which the mailbox has to take in.
    """

    table: ClassVar[str] = "senders"
    derived_fields: ClassVar[frozenset[str]] = frozenset(
        {"next_free_at", "next_dry_at", "inbound_synced_at", "dkim_verified_at", "tracking_host_verified_at", "created_at", "updated_at"}
    )

    address: Annotated[str, Meta(min_length=1, max_length=500)]
    channel: Channel = Channel.EMAIL
    display_name: str | None = None
    reply_to: str | None = None
    transport: Annotated[str, Meta(min_length=1, max_length=100)] = "console"
    settings: Json = msgspec.field(default_factory=dict)
    timezone: str | None = None
    legal_identity_id: UUID | None = None
    owner_user_id: UUID | None = None
    per_hour: Limit | None = None
    per_day: Limit | None = None
    warmup_started_at: Moment | None = None
    is_active: bool = True
    next_free_at: Moment | None = None
    next_dry_at: Moment | None = None
    inbound_synced_at: Moment | None = None
    created_at: Moment | None = None
    updated_at: Moment | None = None
    signature: Annotated[str, Meta(max_length=2000)] | None = None
    tracks_opens: bool = False
    tracks_clicks: bool = False
    tracking_host: str | None = None
    dkim_verified_at: Moment | None = None
    tracking_host_verified_at: Moment | None = None
    alias_replies: bool = False


class SenderRepository:
    """Mailboxes and numbers. Without an argument it uses the process's default database; each call is a transaction."""

    def __init__(self, db: Connectable | None = None) -> None:
        self._db = db or default_database()

    async def add_sender(self, sender: Mapping[str, Any] | Sender) -> Sender:
        """Add a mailbox or a number.

        Raises:
            UnknownFieldError, InvalidValueError: naming the field.
            DuplicateError: the channel has this address already.
            MissingReferenceError: there is no such legal identity.
        """
        row = _normalized(entity(Sender, sender))
        await self._check_identity(row.legal_identity_id)
        added = await self._db.write(Sender, "outreach.senders.add", {"row": as_json(row)})
        if added is None:
            raise DuplicateError(
                "address",
                f"{row.channel} sender {row.address} is there already; change it with `accountgraph sender update {row.address}`.",
            )
        return added

    async def get_sender(self, sender_id: UUID) -> Sender | None:
        """The sender, or None."""
        return await self._db.row(Sender, "outreach.senders.by_id", {"id": sender_id})

    async def get_sender_by_address(self, address: str, *, channel: str = "email") -> Sender | None:
        """The sender of a channel with this address, however it is written."""
        wanted = Channel(member(Channel, "channel", channel))
        return await self._db.row(Sender, "outreach.senders.by_address", {"channel": wanted, "address": _address(wanted, address)})

    async def list_senders(self, *, channel: str | None = None, active_only: bool = False) -> list[Sender]:
        """The senders in the order they were added, of one channel or of all."""
        params = {"channel": member(Channel, "channel", channel) if channel else None, "active_only": active_only}
        return await self._db.rows(Sender, "outreach.senders.listing", params)

    async def update_sender(self, sender_id: UUID, fields: Mapping[str, Any]) -> Sender:
        """Change the given fields. What already waits for the sender stays with it while it is active.

        Raises:
            NotFoundError: no such sender. Otherwise as `add_sender`.
        """
        changed = changes(Sender, fields)

        async def work(session: Session) -> Sender:
            found = await session.row(Sender, "outreach.senders.lock", {"id": sender_id})
            if found is None:
                raise NotFoundError(f"There is no sender {sender_id}.")
            row = _normalized(msgspec.convert({**msgspec.structs.asdict(found), **msgspec.json.decode(changed)}, Sender))
            await SenderRepository(session)._check_identity(row.legal_identity_id)
            updated = await session.write(Sender, "outreach.senders.update", {"id": sender_id, "row": as_json(row)})
            assert updated is not None  # noqa: S101 - it is locked
            return updated

        return await self._db.run(work)

    async def unverified_hosts(self) -> list[str]:
        """Hosts for links that were not seen to lead to us yet."""
        return await self._db.rows(str, "outreach.senders.unverified_hosts")

    async def confirm_tracking_host(self, host: str, at: datetime) -> None:
        """A host was seen to lead to us at `at` (UTC)."""
        await self._db.value("outreach.senders.verify_host", {"host": host, "at": at})

    async def _check_identity(self, identity_id: UUID | None) -> None:
        if identity_id and not await self._db.value("outreach.settings.has_identity", {"id": identity_id}):
            raise MissingReferenceError("legal_identity_id", f"there is no legal identity {identity_id}; add it first.")


def _normalized(sender: Sender) -> Sender:
    zone_known("timezone", sender.timezone)
    for name, value in sender.settings.items():
        if name.lower() in _SECRETS and not str(value).startswith("secret:"):
            raise InvalidValueError(
                f"settings.{name}",
                "secrets do not stand in settings; store it with `accountgraph secret put NAME` and write secret:NAME, or name the"
                f" environment variable that holds it as {name}_env.",
            )
    if sender.tracking_host is not None and not _HOST.fullmatch(sender.tracking_host):
        raise InvalidValueError("tracking_host", f"{sender.tracking_host!r} is no host; give a name alone, like links.example.com.")
    reply_to = email_key(sender.reply_to) if sender.reply_to and sender.channel == Channel.EMAIL else sender.reply_to
    return msgspec.structs.replace(sender, address=_address(sender.channel, sender.address), reply_to=reply_to)


def _address(channel: Channel, address: str) -> str:
    """In the one form that is compared: a mailbox as `email_key`, a number without its spaces and signs."""
    if channel == Channel.EMAIL:
        return email_key(address)
    text = address.strip()
    return "".join(sign for sign in text if sign not in " ()-./") if channel in {Channel.SMS, Channel.CALL, Channel.WHATSAPP} else text
