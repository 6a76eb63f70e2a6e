"""Mails that a provider only tells of: fetched from it outside of any transaction, before anything is made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from accountgraph.channels.providers.event import ReceivedMail
from accountgraph.errors import AccountGraphError
from accountgraph.store.outreach.senders import SenderRepository

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from accountgraph.channels import Vault
    from accountgraph.channels.providers.event import Told
    from accountgraph.db import Database

FETCHED = frozenset({"resend"})
"""The providers that give a mail by its id."""


class NoKeyError(AccountGraphError):
    """No sender has a key for the provider."""


def missing(told: Sequence[Told]) -> list[ReceivedMail]:
    """The mails whose content has to be fetched first."""
    return [one for one in told if isinstance(one, ReceivedMail) and not one.content and one.provider_id and one.provider in FETCHED]


def filled(told: Sequence[Told], brought: Mapping[str, bytes]) -> list[Told]:
    """What was told, with the content of the mails that were fetched, by the provider's ids."""
    return [_filled(one, brought) if isinstance(one, ReceivedMail) else one for one in told]


def _filled(mail: ReceivedMail, brought: Mapping[str, bytes]) -> ReceivedMail:
    return mail if mail.content else replace(mail, content=brought.get(mail.provider_id or "", b""))


async def bring(db: Database, vault: Vault, told: Sequence[Told], get: Callable[[str], Awaitable[bytes]]) -> dict[str, bytes]:
    """Fetch the contents that are missing, by the key of a sender of that provider; in no transaction.

    `get` fetches an address that the provider gives, and sees to it that it leads nowhere within our own network.

    Raises:
        AccountGraphError: one cannot be had; it may be later.
    """
    wanted = missing(told)
    if not wanted:
        return {}
    from accountgraph.channels.providers.resend.receiving import fetched_mail  # noqa: PLC0415 - the HTTP client is slow to load
    from accountgraph.channels.providers.resend.sending import ResendTransport  # noqa: PLC0415 - as above

    transport = ResendTransport(db.now, vault)
    try:
        return {
            one.provider_id: await fetched_mail(transport, one.provider_id, await _settings(db, one), get)
            for one in wanted
            if one.provider_id
        }
    finally:
        await transport.close()


async def _settings(db: Database, mail: ReceivedMail) -> dict[str, Any]:
    """The settings of the sender that the mail is for, else of any that sends through the provider."""
    senders = [one for one in await SenderRepository(db).list_senders(channel="email") if one.transport == mail.provider]
    if not senders:
        raise NoKeyError(
            f"The mail {mail.provider_id} is at {mail.provider}, and no sender has a key for it; add one with"
            f" `sender add ADDRESS --transport {mail.provider} --setting api_key=secret:NAME`."
        )
    recipients = {one.lower() for one in mail.recipients}
    return next((one for one in senders if one.address in recipients), senders[0]).settings
