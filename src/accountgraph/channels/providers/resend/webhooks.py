"""Resend's webhooks, signed by Svix. Of a mail that came in they have the headers alone; it is fetched by its id.

Docs: resend.com/docs/dashboard/webhooks/event-types, docs.svix.com/receiving/verifying-payloads/how-manual.
"""

from __future__ import annotations

import base64
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any

from accountgraph.channels.providers.bounces import bounce_kind, status_in
from accountgraph.channels.providers.event import ProviderEvent, ProviderEventKind, ReceivedMail, Told
from accountgraph.channels.providers.outgoing import INTENT_KEY
from accountgraph.channels.providers.reading import at, digest, first_text, intent_of, items, joined, moment, object_in, text, wire_id
from accountgraph.channels.providers.signatures import check, fresh, header, hmac_sha256, secrets_in, unbase64
from accountgraph.channels.providers.webhooks import Refusal, WebhookAbilities, WebhookRefusedError, WebhookRequest
from accountgraph.inbound.findings import BounceKind
from accountgraph.inbound.ours import INTENT_HEADER

if TYPE_CHECKING:
    from collections.abc import Mapping

_KINDS = {
    "email.sent": ProviderEventKind.SENT,
    "email.delivered": ProviderEventKind.DELIVERED,
    "email.delivery_delayed": ProviderEventKind.DEFERRED,
    "email.bounced": ProviderEventKind.BOUNCED,
    "email.complained": ProviderEventKind.COMPLAINED,
    "email.opened": ProviderEventKind.OPENED,
    "email.clicked": ProviderEventKind.CLICKED,
    "email.failed": ProviderEventKind.FAILED,
    "email.suppressed": ProviderEventKind.FAILED,
}


class ResendWebhook:
    """Resend's events. The secret is the signing secret of the webhook, whsec_..."""

    name = "resend"
    abilities = WebhookAbilities(
        signature="HMAC-SHA256 over id, time and body (Svix)", is_signed=True, has_timestamp=True, has_event_ids=True, inbound=True
    )

    async def verify(self, request: WebhookRequest, secret: str) -> None:
        """Several signatures may come along while a secret is replaced; one has to be right."""
        keys = [_key(one) for one in secrets_in(secret, "signing secret of Resend")]
        sent_id, timestamp = header(request.headers, "svix-id"), header(request.headers, "svix-timestamp")
        signed = f"{sent_id}.{timestamp}.".encode("utf-8", "replace") + request.body
        versions = [one.partition(",") for one in header(request.headers, "svix-signature").split()]
        given = [value for version, _, value in versions if version == "v1"]
        check([base64.b64encode(hmac_sha256(key, signed)).decode() for key in keys], given)
        fresh(timestamp, request.now)

    def events(self, body: bytes, headers: Mapping[str, str], query: Mapping[str, str] | None = None) -> list[Told]:
        """One event; its id is a header, and the same when it comes again."""
        raw = object_in(body)
        event_id = headers.get("svix-id", "").strip() or digest(raw)
        return [_mail(raw, event_id)] if text(raw, "type") == "email.received" else [_event(raw, event_id)]


def _key(secret: str) -> bytes:
    try:
        key = unbase64(secret.removeprefix("whsec_"))
    except WebhookRefusedError:
        key = b""
    if not key:
        raise WebhookRefusedError(Refusal.SETUP, "The signing secret of Resend is not whsec_ and base64; copy it anew.")
    return key


def _event(raw: dict[str, Any], event_id: str) -> ProviderEvent:
    name, data = text(raw, "type") or "", at(raw, "data")
    kind, bounce = _kind(name, data)
    detail = at(data, "click") or at(data, "open")
    diagnostics = [text(one) for one in items(data, "bounce", "diagnosticCode")]
    bounced = text(data, "bounce", "type"), text(data, "bounce", "subType"), text(data, "bounce", "message")
    return ProviderEvent(
        provider="resend",
        kind=kind,
        name=name,
        event_id=event_id,
        at=moment(text(raw, "created_at")),
        intent_id=intent_of(_tag(data), *_own_headers(data)),
        provider_id=text(data, "email_id"),
        message_id=wire_id(text(data, "message_id")),
        recipient=_address(text(data, "to", 0)) or text(data, "email"),
        bounce=bounce,
        status=status_in(*diagnostics),
        reason=joined(*bounced, *diagnostics, text(data, "failed", "reason"), text(data, "suppressed", "message")),
        url=text(detail, "link"),
        user_agent=text(detail, "userAgent"),
        address=text(detail, "ipAddress"),
        raw=raw,
    )


def _kind(name: str, data: Any) -> tuple[ProviderEventKind, BounceKind | None]:  # noqa: ANN401 - an object, if it is one
    kind = _KINDS.get(name, ProviderEventKind.UNKNOWN)
    if name == "contact.updated" and at(data, "unsubscribed") is True:
        return ProviderEventKind.UNSUBSCRIBED, None
    if kind is not ProviderEventKind.BOUNCED:
        return kind, None
    type_ = text(data, "bounce", "type")
    otherwise = BounceKind.HARD if type_ == "Permanent" else BounceKind.SOFT
    bounce = bounce_kind(*[text(one) for one in items(data, "bounce", "diagnosticCode")], otherwise=otherwise)
    is_suppressed = (text(data, "bounce", "subType") or "").endswith(("Suppressed", "SuppressionList"))
    return (ProviderEventKind.FAILED if is_suppressed else kind), bounce


def _tag(data: Any) -> str | None:  # noqa: ANN401 - as above
    """Tags come as an object, and came as a list."""
    listed = next((text(one, "value") for one in items(data, "tags") if text(one, "name") == INTENT_KEY), None)
    return text(data, "tags", INTENT_KEY) or listed


def _own_headers(data: Any) -> list[str | None]:  # noqa: ANN401 - as above
    return [text(one, "value") for one in items(data, "headers") if (text(one, "name") or "").lower() == INTENT_HEADER.lower()]


def _address(value: str | None) -> str | None:
    return parseaddr(value)[1] or value if value else None


def _mail(raw: dict[str, Any], event_id: str) -> ReceivedMail:
    data = at(raw, "data")
    return ReceivedMail(
        provider="resend",
        event_id=event_id,
        at=moment(first_text(data, "created_at") or text(raw, "created_at")),
        provider_id=text(data, "email_id"),
        sender=_address(text(data, "from")),
        recipients=tuple(found for one in items(data, "to") if (found := _address(text(one)))),
        raw=raw,
    )
