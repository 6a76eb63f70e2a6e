"""The Event Webhook, signed by ECDSA, and Inbound Parse with the same security policy.

Docs: twilio.com/docs/sendgrid/for-developers/tracking-events/event, .../getting-started-event-webhook-security-features,
.../for-developers/parsing-email/setting-up-the-inbound-parse-webhook.
"""

from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from accountgraph.channels.providers.bounces import bounce_kind
from accountgraph.channels.providers.built import Attachment, built_mail, headers_in
from accountgraph.channels.providers.event import ProviderEvent, ProviderEventKind, ReceivedMail, Told
from accountgraph.channels.providers.forms import Form, form_of
from accountgraph.channels.providers.outgoing import INTENT_KEY
from accountgraph.channels.providers.reading import (
    at,
    content_digest,
    decoded,
    digest,
    intent_of,
    items,
    joined,
    moment,
    objects_in,
    text,
    wire_id,
)
from accountgraph.channels.providers.signatures import fresh, header, secrets_in, unbase64
from accountgraph.channels.providers.webhooks import Refusal, WebhookAbilities, WebhookRefusedError, WebhookRequest
from accountgraph.enums import Actor
from accountgraph.inbound.findings import BounceKind

if TYPE_CHECKING:
    from collections.abc import Mapping

SIGNATURE = "x-twilio-email-event-webhook-signature"
TIMESTAMP = "x-twilio-email-event-webhook-timestamp"
TOLERANCE = timedelta(hours=24)  # it comes again for 24 hours, and the docs do not say that it signs anew
_KINDS = {
    "processed": ProviderEventKind.SENT,
    "delivered": ProviderEventKind.DELIVERED,
    "deferred": ProviderEventKind.DEFERRED,
    "bounce": ProviderEventKind.BOUNCED,
    "blocked": ProviderEventKind.BOUNCED,
    "dropped": ProviderEventKind.FAILED,
    "open": ProviderEventKind.OPENED,
    "click": ProviderEventKind.CLICKED,
    "spamreport": ProviderEventKind.COMPLAINED,
    "unsubscribe": ProviderEventKind.UNSUBSCRIBED,
    "group_unsubscribe": ProviderEventKind.UNSUBSCRIBED,
    "group_resubscribe": ProviderEventKind.RESUBSCRIBED,
}
_BOUNCES = {
    "invalid address": BounceKind.HARD,
    "mailbox unavailable": BounceKind.SOFT,
    "technical": BounceKind.SOFT,
    "technical failure": BounceKind.SOFT,
    "content": BounceKind.POLICY,
    "reputation": BounceKind.POLICY,
    "frequency/volume": BounceKind.POLICY,
    "frequency or volume too high": BounceKind.POLICY,
}


class SendGridWebhook:
    """SendGrid's events and mails. The secret is the verification key of its page, base64."""

    name = "sendgrid"
    abilities = WebhookAbilities(
        signature="ECDSA over time and body", is_signed=True, has_timestamp=True, has_event_ids=True, inbound=True, tells_machines=True
    )

    async def verify(self, request: WebhookRequest, secret: str) -> None:
        """The signature covers the timestamp and the body as it came."""
        keys = [_public_key(one) for one in secrets_in(secret, "verification key of SendGrid")]
        signature, timestamp = unbase64(header(request.headers, SIGNATURE)), header(request.headers, TIMESTAMP)
        signed = timestamp.encode("utf-8", "replace") + request.body
        if not any([_is_signed(key, signature, signed) for key in keys]):  # noqa: C419 - all are tried, whichever it is
            raise WebhookRefusedError(Refusal.SIGNATURE, "The signature is not the one that this body and SendGrid's key give.")
        fresh(timestamp, request.now, TOLERANCE)

    def events(self, body: bytes, headers: Mapping[str, str], query: Mapping[str, str] | None = None) -> list[Told]:
        """A list of events, or the form of a mail."""
        if headers.get("content-type", "").lower().startswith("multipart/"):
            return [_mail(form_of(body, headers))]
        return [_event(one) for one in objects_in(body)]


def _public_key(value: str) -> ec.EllipticCurvePublicKey:
    try:
        key = load_der_public_key(unbase64(value))
    except (ValueError, UnsupportedAlgorithm, WebhookRefusedError):
        key = None
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise WebhookRefusedError(Refusal.SETUP, "The verification key of SendGrid is not the base64 of an EC public key; copy it anew.")
    return key


def _is_signed(key: ec.EllipticCurvePublicKey, signature: bytes, content: bytes) -> bool:
    try:
        key.verify(signature, content, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def _event(raw: dict[str, Any]) -> ProviderEvent:
    name = text(raw, "event") or ""
    kind = _KINDS.get(name, ProviderEventKind.UNKNOWN)
    reason = joined(text(raw, "reason"), text(raw, "response"))
    return ProviderEvent(
        provider="sendgrid",
        kind=kind,
        name=name,
        event_id=text(raw, "sg_event_id") or digest(raw),
        at=moment(at(raw, "timestamp")),
        intent_id=intent_of(at(raw, INTENT_KEY)),
        provider_id=(text(raw, "sg_message_id") or "").partition(".")[0] or None,
        message_id=wire_id(text(raw, "smtp-id")),
        recipient=text(raw, "email"),
        bounce=_bounce(raw, kind, reason),
        status=text(raw, "status"),
        reason=reason,
        url=text(raw, "url"),
        user_agent=text(raw, "useragent"),
        address=text(raw, "ip") if kind in {ProviderEventKind.OPENED, ProviderEventKind.CLICKED} else None,
        actor=Actor.PREFETCH if at(raw, "sg_machine_open") is True else None,
        raw=raw,
    )


def _bounce(raw: dict[str, Any], kind: ProviderEventKind, reason: str | None) -> BounceKind | None:
    if kind is ProviderEventKind.FAILED:
        gone = (reason or "").lower().startswith(("bounced address", "invalid"))
        return BounceKind.HARD if gone else None
    if kind is not ProviderEventKind.BOUNCED:
        return None
    classified = _BOUNCES.get((text(raw, "bounce_classification") or "").lower())
    is_blocked = "blocked" in {text(raw, "type"), text(raw, "event")}
    otherwise = BounceKind.POLICY if is_blocked else BounceKind.HARD
    return classified or bounce_kind(text(raw, "status"), reason, otherwise=otherwise)


def _mail(form: Form) -> ReceivedMail:
    envelope: Any = None
    with contextlib.suppress(WebhookRefusedError):
        envelope = decoded(form.fields.get("envelope", ""))
    raw = form.part("email")
    content = raw.content if raw else _built(form)
    return ReceivedMail(
        provider="sendgrid",
        event_id=content_digest(content, envelope),
        content=content,
        is_built=raw is None,
        sender=text(envelope, "from"),
        recipients=tuple(one for one in items(envelope, "to") if isinstance(one, str)),
        raw={name: value for name, value in form.fields.items() if name != "email"},
    )


def _built(form: Form) -> bytes:
    """From its default fields, each in the charset that it says."""
    if "headers" not in form.fields:
        raise WebhookRefusedError(Refusal.BODY, "The form has neither the field email nor headers; it is not from Inbound Parse.")
    charsets: Any = None
    with contextlib.suppress(WebhookRefusedError):
        charsets = decoded(form.fields.get("charsets", ""))
    words = {name: _decoded(form, name, text(charsets, name)) for name in ("text", "html")}
    files = [Attachment(part.content, part.type, part.filename) for part in form.parts if part.filename is not None]
    return built_mail(headers_in(form.fields["headers"]), words["text"], words["html"], files)


def _decoded(form: Form, name: str, charset: str | None) -> str:
    part = form.part(name)
    if part is None:
        return ""
    try:
        return part.content.decode(charset or "utf-8", "replace")
    except (LookupError, ValueError):
        return part.content.decode("utf-8", "replace")
