"""Mailjet's Event API and its Parse API, by HTTP authentication in the address: it signs nothing.

Docs: dev.mailjet.com/email/guides/webhooks, .../parse-api.
"""

from __future__ import annotations

import base64
import binascii
from email.message import Message
from typing import TYPE_CHECKING, Any

from accountgraph.channels.providers.bounces import bounce_kind, status_in
from accountgraph.channels.providers.built import Attachment, built_mail
from accountgraph.channels.providers.event import ProviderEvent, ProviderEventKind, ReceivedMail, Told
from accountgraph.channels.providers.reading import at, digest, intent_of, items, joined, moment, objects_in, text, verbatim
from accountgraph.channels.providers.signatures import check_shared
from accountgraph.channels.providers.webhooks import WebhookAbilities, WebhookRequest
from accountgraph.inbound.findings import BounceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_KINDS = {
    "sent": ProviderEventKind.DELIVERED,  # by its docs: the receiving server took it
    "open": ProviderEventKind.OPENED,
    "click": ProviderEventKind.CLICKED,
    "bounce": ProviderEventKind.BOUNCED,
    "blocked": ProviderEventKind.FAILED,
    "spam": ProviderEventKind.COMPLAINED,
    "unsub": ProviderEventKind.UNSUBSCRIBED,
}
_GONE = frozenset({"user unknown", "mailbox inactive", "invalid domain", "no mail host", "typofix"})
_REFUSED = frozenset({"sender blocked", "content blocked", "policy issue", "relay/access denied", "spam detected"})


class MailjetWebhook:
    """Mailjet's events and mails. The secret is the `user:password` of the webhook's address."""

    name = "mailjet"
    abilities = WebhookAbilities(signature="HTTP Basic", is_signed=False, has_timestamp=False, has_event_ids=False, inbound=True)

    async def verify(self, request: WebhookRequest, secret: str) -> None:
        """The secret travels along."""
        check_shared(request, secret)

    def events(self, body: bytes, headers: Mapping[str, str], query: Mapping[str, str] | None = None) -> list[Told]:
        """One event or a list of them, as the webhook is set; or one mail."""
        return [_mail(raw) if "event" not in raw and "Headers" in raw else _event(raw) for raw in objects_in(body)]


def _event(raw: dict[str, Any]) -> ProviderEvent:
    name, error = text(raw, "event") or "", (text(raw, "error") or "").lower()
    kind = _KINDS.get(name, ProviderEventKind.UNKNOWN)
    if error == "greylisted" and at(raw, "hard_bounce") is not True:
        kind = ProviderEventKind.DEFERRED
    said = text(raw, "comment") or text(raw, "smtp_reply")
    return ProviderEvent(
        provider="mailjet",
        kind=kind,
        name=name,
        event_id=digest(raw),
        at=moment(at(raw, "time")),
        intent_id=intent_of(at(raw, "CustomID"), at(raw, "Payload")),
        provider_id=text(raw, "MessageID"),
        recipient=text(raw, "email"),
        bounce=_bounce(raw, kind, error, said),
        status=status_in(said),
        reason=joined(text(raw, "error_related_to"), text(raw, "error"), said),
        url=text(raw, "url"),
        user_agent=text(raw, "agent"),
        address=text(raw, "ip"),
        raw=raw,
    )


def _bounce(raw: dict[str, Any], kind: ProviderEventKind, error: str, said: str | None) -> BounceKind | None:
    if kind is ProviderEventKind.FAILED:
        return BounceKind.HARD if error in _GONE else None
    if kind is not ProviderEventKind.BOUNCED:
        return None
    if error in _REFUSED:
        return BounceKind.POLICY
    if error in _GONE:
        return BounceKind.HARD
    is_hard = at(raw, "hard_bounce") is True
    return bounce_kind(said, otherwise=BounceKind.HARD if is_hard else BounceKind.SOFT)


def _mail(raw: dict[str, Any]) -> ReceivedMail:
    recipient = text(raw, "Recipient")
    files = [_attachment(raw, part) for part in items(raw, "Parts") if "Attachment" in (text(part, "ContentRef") or "")]
    return ReceivedMail(
        provider="mailjet",
        event_id=digest(raw),
        content=built_mail(_headers(at(raw, "Headers")), verbatim(raw, "Text-part"), verbatim(raw, "Html-part"), files),
        is_built=True,
        sender=text(raw, "Sender"),
        recipients=(recipient,) if recipient else (),
        raw={name: value for name, value in raw.items() if "Attachment" not in name},
    )


def _headers(headers: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - an object, if it is one
    """Headers that come more than once are a list."""
    for name, value in headers.items() if isinstance(headers, dict) else ():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str):
                yield name, one


def _attachment(raw: dict[str, Any], part: Any) -> Attachment:  # noqa: ANN401 - as above
    declared = Message()
    for name, value in _headers(at(part, "Headers")):
        if name.lower() in {"content-type", "content-disposition", "content-id"} and name.lower() not in declared:
            declared[name] = " ".join(value.split())
    try:
        content = base64.b64decode(text(raw, text(part, "ContentRef") or "") or "")
    except (binascii.Error, ValueError):
        content = b""
    filename, content_id = declared.get_filename(), declared.get("Content-ID")
    return Attachment(content, declared.get_content_type(), filename, str(content_id) if content_id else None)
