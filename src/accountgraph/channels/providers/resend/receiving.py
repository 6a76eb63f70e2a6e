"""Fetching mails that came in: Resend's webhook has only their ids.

Docs: resend.com/docs/api-reference/emails/retrieve-received-email.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from accountgraph.campaigns.engine.transport import Result
from accountgraph.channels.asking import Answer, Call
from accountgraph.channels.providers.built import built_mail
from accountgraph.channels.providers.reading import at, items, text, verbatim
from accountgraph.channels.providers.resend.sending import ResendSettings, ResendTransport
from accountgraph.errors import AccountGraphError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator


class MailNotFetchedError(AccountGraphError):
    """The mail could not be had from the provider; it may be later."""


async def fetched_mail(
    transport: ResendTransport, provider_id: str, settings: dict[str, Any], get: Callable[[str], Awaitable[bytes]]
) -> bytes:
    """A mail by `ReceivedMail.provider_id`: as it was on the wire, or built from its fields where that is not kept any more.

    `get` fetches the address at which Resend keeps it; that is signed: it needs no key, and gets none.

    Raises:
        ConfigError: the settings cannot be used, or the key is not set.
        MailNotFetchedError: Resend does not give it. What `get` raises is raised on.
    """
    checked = ResendSettings.of(settings)
    login = {"Authorization": f"Bearer {(await checked.keys(transport.vault))['api_key']}"}
    answer = await _asked(transport, Call(method="GET", path=f"/emails/receiving/{quote(provider_id, safe='')}", headers=login), checked)
    url = text(answer.json, "raw", "download_url")
    if url is None:
        return built_mail(_headers(answer.json), verbatim(answer.json, "text"), verbatim(answer.json, "html"))
    return await get(url)


async def _asked(transport: ResendTransport, call: Call, settings: ResendSettings) -> Answer:
    answer = await transport.ask(call, settings)
    if isinstance(answer, Result):
        raise MailNotFetchedError(answer.detail)
    if not 200 <= answer.status < 300:
        raise MailNotFetchedError(transport.said(answer))
    return answer


def _headers(mail: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - an object, if it is one
    """Its headers; those that have a field of their own stand first."""
    fields = {"From": text(mail, "from"), "Subject": text(mail, "subject"), "Message-ID": text(mail, "message_id")}
    lists = {"To": "to", "Cc": "cc", "Reply-To": "reply_to"}
    fields |= {name: ", ".join(one for one in items(mail, key) if isinstance(one, str)) for name, key in lists.items()}
    yield from ((name, value) for name, value in fields.items() if value)
    given = at(mail, "headers")
    known = {name.lower() for name, value in fields.items() if value}
    for name, value in given.items() if isinstance(given, dict) else ():
        if isinstance(value, str) and name.lower() not in known:
            yield name, value
