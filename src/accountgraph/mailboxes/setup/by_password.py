"""A mailbox with its password: what people say of it, and what that means for reading and for sending."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta, Struct, to_builtins

from accountgraph.channels.smtp_settings import Tls
from accountgraph.mailboxes.setup.connecting import connect_by_password
from accountgraph.mailboxes.setup.domain import Dns

if TYPE_CHECKING:
    from datetime import datetime

    from accountgraph.db import Database
    from accountgraph.store.outreach.mailboxes import Mailbox

Host = Annotated[str, Meta(min_length=1, max_length=253, pattern=r"^[A-Za-z0-9_.:\-]+$")]
Port = Annotated[int, Meta(ge=1, le=65535)]


class MailServer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A server, as far as it is not known by the address's service."""

    host: Host | None = None
    port: Port | None = None
    tls: Tls | None = None


class NewMailbox(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A mailbox with its password, which is tried, sealed, and never shown again.

    `display_name`: who writes, as recipients see it. `username`: the login, where it is not the address. `sent_folder`: where it cannot
    be found. `sent_copy`: who files what we send. `reads_junk`: look for bounces and answers in the junk folder too. `warmup`: it is
    new, and begins with few messages a day. `alias_replies`: answers go to an address of each message's own.
    """

    address: Annotated[str, Meta(min_length=3, max_length=320)]
    password: Annotated[str, Meta(min_length=1, max_length=10_000)]
    username: Annotated[str, Meta(min_length=1, max_length=320)] | None = None
    imap: MailServer = MailServer()
    smtp: MailServer = MailServer()
    display_name: str | None = None
    signature: Annotated[str, Meta(max_length=2000)] | None = None
    sent_folder: str | None = None
    sent_copy: Literal["none", "append", "service"] | None = None
    reads_junk: bool = False
    per_day: Annotated[int, Meta(ge=1)] | None = None
    warmup: bool = False
    alias_replies: bool = False


async def connected(database: Database, given: NewMailbox) -> Mailbox:
    """A mailbox whose logins were tried and that is read from now on. Raises as `connect_by_password`."""
    reading = reading_fields(sent_copy=given.sent_copy, sent_folder=given.sent_folder, reads_junk=given.reads_junk)
    sender = sender_fields(
        display_name=given.display_name,
        signature=given.signature,
        per_day=given.per_day,
        alias_replies=given.alias_replies,
        warmup_from=database.now() if given.warmup else None,
    )
    imap = {**server_of(given.imap), **_said(username=given.username), **reading}
    smtp = server_of(given.smtp)
    return await connect_by_password(database, given.address, password=given.password, imap=imap, smtp=smtp, sender=sender, dns=Dns())


def server_of(given: MailServer) -> dict[str, Any]:
    """What is said of a server."""
    return _said(**to_builtins(given))


def reading_fields(*, sent_copy: str | None, sent_folder: str | None, reads_junk: bool) -> dict[str, Any]:
    """What is said of how a mailbox is read, beside its server."""
    return {**_said(sent_copy=sent_copy, folders={"sent": sent_folder} if sent_folder else None), "reads_junk": reads_junk}


def sender_fields(
    *, display_name: str | None, signature: str | None, per_day: int | None, alias_replies: bool, warmup_from: datetime | None
) -> dict[str, Any]:
    """What is said of who sends; what is not stays as it is."""
    fields = _said(display_name=display_name, signature=signature, per_day=per_day, warmup_started_at=warmup_from)
    return {**fields, "alias_replies": True} if alias_replies else fields


def _said(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever a field may be
    return {name: value for name, value in fields.items() if value is not None}
