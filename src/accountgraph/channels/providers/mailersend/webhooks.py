"""MailerSend's webhooks and inbound routes, signed by HMAC over the body.

Docs: developers.mailersend.com/api/v1/webhooks.html, .../inbound.html.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from accountgraph.channels.providers.bounces import bounce_kind, status_in
from accountgraph.channels.providers.event import ProviderEvent, ProviderEventKind, ReceivedMail, Told
from accountgraph.channels.providers.reading import (
    at,
    decoded_as,
    digest,
    first_text,
    intent_of,
    items,
    joined,
    moment,
    object_in,
    text,
    verbatim,
)
from accountgraph.channels.providers.signatures import check, header, hmac_sha256, same, secrets_in
from accountgraph.channels.providers.webhooks import Refusal, WebhookAbilities, WebhookRefusedError, WebhookRequest
from accountgraph.inbound.findings import BounceKind

if TYPE_CHECKING:
    from collections.abc import Mapping

_PING = "webhook.test"  # when a webhook is saved, signed with a secret of the docs that everybody knows: it tells nothing
_PING_SECRET = "test_Am3L1GuOIc4blLUuHqAPxxwkZaJyEk8G"  # noqa: S105 - public
_KINDS = {
    "sent": ProviderEventKind.SENT,
    "delivered": ProviderEventKind.DELIVERED,
    "deferred": ProviderEventKind.DEFERRED,
    "soft_bounced": ProviderEventKind.BOUNCED,
    "hard_bounced": ProviderEventKind.BOUNCED,
    "suppressed": ProviderEventKind.FAILED,
    "opened": ProviderEventKind.OPENED,
    "opened_unique": ProviderEventKind.OPENED,
    "clicked": ProviderEventKind.CLICKED,
    "clicked_unique": ProviderEventKind.CLICKED,
    "unsubscribed": ProviderEventKind.UNSUBSCRIBED,
    "spam_complaint": ProviderEventKind.COMPLAINED,
    "spam_complaints": ProviderEventKind.COMPLAINED,
}
_SAID = ("bounce_reason", "reject_reason", "suppression_reason", "unsubscribe_reason", "readable_reason", "reason")


class MailerSendWebhook:
    """MailerSend's events and mails. The secret is the webhook's signing secret, beside it an inbound route's own."""

    name = "mailersend"
    abilities = WebhookAbilities(
        signature="HMAC-SHA256 over the body", is_signed=True, has_timestamp=False, has_event_ids=True, inbound=True
    )

    async def verify(self, request: WebhookRequest, secret: str) -> None:
        """The signature covers the body, and no time."""
        keys = secrets_in(secret, "signing secret of MailerSend")
        given = header(request.headers, "signature")
        if same(hmac_sha256(_PING_SECRET, request.body).hex(), given) and _is_ping(request.body):
            raise WebhookRefusedError(Refusal.TEST, "It is a test of MailerSend, which says nothing.")
        check([hmac_sha256(key, request.body).hex() for key in keys], [given])

    def events(self, body: bytes, headers: Mapping[str, str], query: Mapping[str, str] | None = None) -> list[Told]:
        """One event or one mail; nothing of a test."""
        raw = object_in(body)
        type_ = text(raw, "type")
        if type_ == _PING:
            return []
        return [_mail(raw)] if type_ == "inbound.message" else [_event(raw)]


class _Typed(Struct, frozen=True):
    type: str | None = None


def _is_ping(body: bytes) -> bool:
    try:
        return decoded_as(_Typed, body).type == _PING
    except WebhookRefusedError:
        return False


def _event(raw: dict[str, Any]) -> ProviderEvent:
    """Of both versions of the payload: the first one had the message below `email`, and the details in `morph`."""
    data = at(raw, "data")
    name = (text(raw, "type") or text(data, "type") or "").removeprefix("activity.")
    kind = _KINDS.get(name, ProviderEventKind.UNKNOWN)
    detail = at(data, "meta") or at(data, "morph")
    reason = joined(text(detail, "bounce_code"), first_text(detail, *_SAID))
    tags = items(data, "tags") or items(data, "email", "tags")
    return ProviderEvent(
        provider="mailersend",
        kind=kind,
        name=name,
        event_id=text(data, "id") or digest(raw),
        at=moment(text(data, "created_at") or text(raw, "created_at")),
        intent_id=intent_of(*tags),
        provider_id=text(data, "message_id") or text(data, "email", "message", "id"),
        recipient=text(data, "recipient") or text(data, "email", "recipient", "email"),
        bounce=_bounce(name, reason) if kind is ProviderEventKind.BOUNCED else None,
        status=status_in(reason),
        reason=reason,
        url=text(detail, "url"),
        user_agent=text(detail, "user_agent"),
        address=text(detail, "ip"),
        raw=raw,
    )


def _bounce(name: str, reason: str | None) -> BounceKind:
    said = bounce_kind(reason, otherwise=BounceKind.HARD)
    if said is BounceKind.POLICY:
        return said
    return BounceKind.SOFT if name == "soft_bounced" else BounceKind.HARD


def _mail(raw: dict[str, Any]) -> ReceivedMail:
    data = at(raw, "data")
    content = verbatim(data, "raw")
    if not content:
        raise WebhookRefusedError(Refusal.BODY, "The inbound message has no raw mail.")
    return ReceivedMail(
        provider="mailersend",
        event_id=text(data, "id") or digest(raw),
        at=moment(text(data, "created_at") or text(raw, "created_at")),
        content=content.encode("utf-8", "replace"),
        provider_id=text(data, "id"),
        sender=text(data, "sender", "email"),
        recipients=tuple(found for one in items(data, "recipients", "rcptTo") if (found := text(one, "email"))),
        raw={"type": "inbound.message", "data": {name: value for name, value in data.items() if name not in {"raw", "attachments"}}},
    )
