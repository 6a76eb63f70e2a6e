"""How a channel is told: by mail, by a signed webhook, by an incoming webhook of Slack's."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from accountgraph.campaigns.engine.call import call_transport
from accountgraph.campaigns.engine.transport import Message, Sent
from accountgraph.campaigns.messages.envelope import message_id_of
from accountgraph.campaigns.work.mailbox import mailbox_of
from accountgraph.enums import Channel as MessageChannel
from accountgraph.errors import AccountGraphError, ConfigError, DatabaseError
from accountgraph.notices import composing
from accountgraph.notices.channels import Way, secret_name
from accountgraph.outgoing.signing import signed_headers
from accountgraph.store.sealing import Keyring

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from accountgraph.campaigns.engine.transport import Transport
    from accountgraph.db import Database
    from accountgraph.notices.channels import NoticeChannel
    from accountgraph.notices.needs import Need
    from accountgraph.outgoing import Poster
    from accountgraph.store.outreach.senders import Sender


class Outcome(Struct, frozen=True, kw_only=True):
    """What came of a notice. `error` None: it was taken. `is_unknown`: it may have arrived."""

    error: str | None = None
    is_unknown: bool = False


class Ways:
    """Tells channels of one workspace. `transports`: what carries its mails."""

    def __init__(self, db: Database, http: Poster, transports: Callable[[str], Transport]) -> None:
        self._db, self._http, self._transports = db, http, transports

    async def tell(self, channel: NoticeChannel, needs: Sequence[Need], notice_id: UUID) -> Outcome:
        """What came of it; never raises for what a service does, or for what is missing here."""
        try:
            if channel.way is Way.EMAIL:
                sender = await self._db.run(lambda session: mailbox_of(session, channel.sender, None))
                return await self._mail(sender, channel, _message(sender, channel, needs, notice_id))
            secret = await self._secret(channel)
        except AccountGraphError as error:  # no mailbox, no key: nothing was sent
            return Outcome(error=str(error))
        if channel.way is Way.SLACK:
            return await self._post(secret, {}, msgspec.json.encode(composing.for_slack(needs)))
        now = self._db.now()
        body = msgspec.json.encode(composing.payload(needs, now))
        return await self._post(channel.address, signed_headers([secret], notice_id, now, body), body)

    async def _post(self, url: str, headers: dict[str, str], body: bytes) -> Outcome:
        answer = await self._http.post(url, headers, body)
        return Outcome(error=answer.error, is_unknown=answer.is_unknown)

    async def _secret(self, channel: NoticeChannel) -> str:
        sealed = await self._db.value("outgoing.notices.secret", {"id": channel.id})
        if sealed is None:
            raise ConfigError(f"The secret of channel {channel.name!r} is gone; remove the channel and add it again.")
        return Keyring.of(self._db.settings).open(secret_name(channel.id), bytes(sealed))

    async def _mail(self, sender: Sender, channel: NoticeChannel, message: Message) -> Outcome:
        result = await call_transport(self._transports, sender.transport, message)
        if result.outcome in {Sent.SENT, Sent.UNKNOWN} and not self._transports(sender.transport).is_dry_run:
            counted = {"sender_id": sender.id, "domain": channel.address.rpartition("@")[2], "now": self._db.now()}
            with suppress(DatabaseError):  # it left; that it does not count against the mailbox's caps is no reason to tell it again
                await self._db.run(lambda session: session.affect("campaigns.answers.count_trial", counted))
        if result.outcome is Sent.SENT:
            return Outcome()
        return Outcome(error=result.detail or str(result.outcome), is_unknown=result.outcome is Sent.UNKNOWN)


def _message(sender: Sender, channel: NoticeChannel, needs: Sequence[Need], notice_id: UUID) -> Message:
    return Message(
        intent_id=notice_id,
        channel=MessageChannel.EMAIL,
        sender=sender.address,
        sender_name="AccountGraph",
        recipient=channel.address,
        subject=composing.headline(needs),
        content=composing.text(needs, channel.name),
        message_id=message_id_of(notice_id, sender.address),
        headers={"Auto-Submitted": "auto-generated"},  # RFC 3834: no absence note answers it
        settings=sender.settings,
    )
