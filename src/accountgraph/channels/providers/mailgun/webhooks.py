"""Mailgun's webhooks and its routes, signed by HMAC over a time and a token. The signature does not cover the body.

Docs: documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks, .../webhook-payloads, .../receive-forward-store.
"""

from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from accountgraph.channels.providers.bounces import bounce_kind, status_in
from accountgraph.channels.providers.built import Attachment, built_mail
from accountgraph.channels.providers.event import ProviderEvent, ProviderEventKind, ReceivedMail, Told
from accountgraph.channels.providers.forms import Form, fields_of, form_of
from accountgraph.channels.providers.outgoing import INTENT_KEY
from accountgraph.channels.providers.reading import (
    at,
    content_digest,
    decoded,
    decoded_as,
    digest,
    intent_of,
    joined,
    moment,
    object_in,
    text,
    wire_id,
)
from accountgraph.channels.providers.signatures import check, fresh, hmac_sha256, secrets_in
from accountgraph.channels.providers.webhooks import Refusal, WebhookAbilities, WebhookRefusedError, WebhookRequest
from accountgraph.enums import Actor
from accountgraph.inbound.findings import BounceKind

if TYPE_CHECKING:
    from collections.abc import Mapping

TOLERANCE = timedelta(hours=9)  # it comes again for 8 hours, and the docs do not say that it signs anew
_KINDS = {
    "accepted": ProviderEventKind.SENT,
    "delivered": ProviderEventKind.DELIVERED,
    "failed": ProviderEventKind.BOUNCED,
    "rejected": ProviderEventKind.FAILED,
    "opened": ProviderEventKind.OPENED,
    "clicked": ProviderEventKind.CLICKED,
    "unsubscribed": ProviderEventKind.UNSUBSCRIBED,
    "complained": ProviderEventKind.COMPLAINED,
}
_FIELDS = ("timestamp", "token", "signature", "parent-signature")
_PROXIES = frozenset({"apple", "gmail", "google", "yahoo"})  # they fetch pictures before anybody looks


class _Signature(Struct, frozen=True):
    timestamp: str | int = ""
    token: str = ""
    signature: str = ""
    parent: str = field(default="", name="parent-signature")


class _Signed(Struct, frozen=True):
    signature: _Signature | None = None


class MailgunWebhook:
    """Mailgun's events, and mails of a route that forwards here. The secret is the webhook signing key."""

    name = "mailgun"
    abilities = WebhookAbilities(
        signature="HMAC-SHA256 over time and token",
        is_signed=False,
        has_timestamp=True,
        has_event_ids=True,
        inbound=True,
        tells_machines=True,
    )

    async def verify(self, request: WebhookRequest, secret: str) -> None:
        """The signature stands in the body; `parent-signature` is the one of the account above a subaccount."""
        keys = secrets_in(secret, "webhook signing key of Mailgun")
        signature = _signature(request.body, request.headers)
        timestamp, token = str(signature.timestamp or ""), signature.token
        given = [found for found in (signature.signature, signature.parent) if found]
        if not timestamp or not token or not given:
            raise WebhookRefusedError(Refusal.MISSING, "The body has no signature with a timestamp and a token.")
        check([hmac_sha256(key, f"{timestamp}{token}".encode()).hex() for key in keys], given)
        fresh(timestamp, request.now, TOLERANCE)

    def events(self, body: bytes, headers: Mapping[str, str], query: Mapping[str, str] | None = None) -> list[Told]:
        """One event, or the form of a mail."""
        if _is_form(headers):
            return [_mail(form_of(body, headers))]
        raw = at(object_in(body), "event-data")
        if not isinstance(raw, dict):
            raise WebhookRefusedError(Refusal.BODY, "The body has no event-data; it is not a webhook of Mailgun.")
        return [_event(raw)]


def _is_form(headers: Mapping[str, str]) -> bool:
    return headers.get("content-type", "").lower().startswith(("multipart/form-data", "application/x-www-form-urlencoded"))


def _signature(body: bytes, headers: Mapping[str, str]) -> _Signature:
    """It stands in a body that nobody has vouched for yet: no more of that is read than has to be."""
    if not _is_form(headers):
        return decoded_as(_Signed, body).signature or _Signature()
    fields = fields_of(body, headers, _FIELDS)
    return _Signature(**{name: fields[field] for name, field in zip(_Signature.__struct_fields__, _FIELDS, strict=True) if field in fields})


def _event(raw: dict[str, Any]) -> ProviderEvent:
    name = text(raw, "event") or ""
    kind = _kind(raw, name)
    status = at(raw, "delivery-status")
    reason = joined(text(status, "description"), text(status, "message"), text(raw, "reject", "reason"))
    is_engagement = kind in {ProviderEventKind.OPENED, ProviderEventKind.CLICKED}
    return ProviderEvent(
        provider="mailgun",
        kind=kind,
        name=f"{name}:{text(raw, 'severity')}" if name == "failed" else name,
        # Its ids are unique within a day only.
        event_id=":".join(part for part in (text(raw, "id") or digest(raw), text(raw, "timestamp")) if part),
        at=moment(at(raw, "timestamp")),
        intent_id=intent_of(at(raw, "user-variables", INTENT_KEY)),
        provider_id=(message_id := wire_id(text(raw, "message", "headers", "message-id"))),
        message_id=message_id,
        recipient=text(raw, "recipient") or text(raw, "message", "headers", "to"),
        bounce=_bounce(raw, kind, reason),
        status=text(status, "enhanced-code") or status_in(reason) or text(status, "code"),
        reason=reason or text(raw, "reason"),
        url=text(raw, "url"),
        user_agent=text(raw, "client-info", "user-agent"),
        address=text(raw, "ip") if is_engagement else None,
        actor=_actor(text(raw, "client-info", "bot"), kind) if is_engagement else None,
        raw=raw,
    )


def _kind(raw: dict[str, Any], name: str) -> ProviderEventKind:
    kind = _KINDS.get(name, ProviderEventKind.UNKNOWN)
    if kind is not ProviderEventKind.BOUNCED:
        return kind
    if text(raw, "severity") == "temporary":
        return ProviderEventKind.DEFERRED
    return ProviderEventKind.FAILED if (text(raw, "reason") or "").startswith("suppress-") else kind


def _bounce(raw: dict[str, Any], kind: ProviderEventKind, reason: str | None) -> BounceKind | None:
    if kind is ProviderEventKind.FAILED:
        return BounceKind.HARD if text(raw, "reason") == "suppress-bounce" else None
    if kind is not ProviderEventKind.BOUNCED:
        return None
    said = text(raw, "delivery-status", "enhanced-code"), reason, text(raw, "delivery-status", "code")
    is_soft = text(raw, "delivery-status", "bounce-type") == "soft"
    return bounce_kind(*said, otherwise=BounceKind.SOFT if is_soft else BounceKind.HARD)


def _actor(bot: str | None, kind: ProviderEventKind) -> Actor | None:
    if not bot:
        return None
    return Actor.PREFETCH if kind is ProviderEventKind.OPENED and bot.lower() in _PROXIES else Actor.SCANNER


def _mail(form: Form) -> ReceivedMail:
    raw = form.part("body-mime")
    whole = raw.content if raw else form.fields.get("body-mime", "").encode("utf-8", "replace")
    content = whole or _built(form)
    recipient = form.fields.get("recipient")
    return ReceivedMail(
        provider="mailgun",
        event_id=content_digest(content, recipient),  # its token may be another one when it comes again
        at=moment(form.fields.get("timestamp")),
        content=content,
        is_built=not whole,
        sender=form.fields.get("sender") or None,
        recipients=(recipient,) if recipient else (),
        raw={name: value for name, value in form.fields.items() if name != "body-mime"},
    )


def _built(form: Form) -> bytes:
    headers: Any = None
    with contextlib.suppress(WebhookRefusedError):
        headers = decoded(form.fields.get("message-headers", ""))
    if not isinstance(headers, list):
        raise WebhookRefusedError(Refusal.BODY, "The form has neither body-mime nor message-headers; it is not from a route of Mailgun.")
    pairs = [(str(one[0]), str(one[1])) for one in headers if isinstance(one, list) and len(one) == 2]
    files = [Attachment(part.content, part.type, part.filename) for part in form.parts if part.filename is not None]
    return built_mail(pairs, form.fields.get("body-plain", ""), form.fields.get("body-html", ""), files)
