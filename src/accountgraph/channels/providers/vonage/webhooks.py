"""Vonage's webhooks of the Messages API, signed by a JSON Web Token (HS256) that holds the hash of the body.

Docs: developer.vonage.com/en/getting-started/concepts/webhooks (signed webhooks), .../messages/concepts/webhooks.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from accountgraph.channels.providers.event import ProviderEvent, ProviderEventKind, ReceivedText, Told
from accountgraph.channels.providers.reading import at, decoded, digest, intent_of, joined, moment, object_in, text, verbatim
from accountgraph.channels.providers.signatures import check, fresh, header, hmac_sha256, same, secrets_in, unbase64
from accountgraph.channels.providers.webhooks import Refusal, WebhookAbilities, WebhookRefusedError, WebhookRequest
from accountgraph.channels.sms import opt_out_of
from accountgraph.enums import Channel
from accountgraph.inbound.findings import BounceKind

if TYPE_CHECKING:
    from collections.abc import Mapping

_KINDS = {
    "submitted": ProviderEventKind.SENT,
    "delivered": ProviderEventKind.DELIVERED,
    "read": ProviderEventKind.OPENED,
    "rejected": ProviderEventKind.FAILED,
    "undeliverable": ProviderEventKind.BOUNCED,
}
# developer.vonage.com/en/api-errors/messages: no such number; the number is away for good; the destination cannot be reached.
_GONE = frozenset({"1170", "1190", "1260"})
_REFUSED = frozenset({"1050", "1080", "1220", "1240", "1250"})  # blocked, barred, filtered as spam
_CHANNELS = {"sms": Channel.SMS, "mms": Channel.SMS, "whatsapp": Channel.WHATSAPP}


class VonageWebhook:
    """Vonage's statuses and texts. The secret is the signature secret of the account."""

    name = "vonage"
    abilities = WebhookAbilities(
        signature="JWT (HS256) with the body's hash", is_signed=True, has_timestamp=True, has_event_ids=True, inbound=True
    )

    async def verify(self, request: WebhookRequest, secret: str) -> None:
        """The token is ours and fresh, and holds the hash of the body."""
        keys = secrets_in(secret, "signature secret of Vonage")
        scheme, _, token = header(request.headers, "authorization").partition(" ")
        parts = token.strip().split(".")
        if scheme.lower() != "bearer" or len(parts) != 3:
            raise WebhookRefusedError(Refusal.MISSING, "Authorization has no token; switch signed webhooks on.")
        head, claims = _json_of(parts[0]), _json_of(parts[1])
        if text(head, "alg") != "HS256":
            raise WebhookRefusedError(Refusal.SIGNATURE, "The token is not signed by HS256.")
        signed = f"{parts[0]}.{parts[1]}".encode("utf-8", "replace")
        check([hmac_sha256(key, signed) for key in keys], [unbase64(parts[2], url=True)])
        if not same(hashlib.sha256(request.body).hexdigest(), (text(claims, "payload_hash") or "").lower()):
            raise WebhookRefusedError(Refusal.SIGNATURE, "The body is not the one whose hash the token holds.")
        fresh(text(claims, "iat") or "", request.now)

    def events(self, body: bytes, headers: Mapping[str, str], query: Mapping[str, str] | None = None) -> list[Told]:
        """One status or one text."""
        raw = object_in(body)
        if not text(raw, "message_uuid"):
            raise WebhookRefusedError(Refusal.BODY, "The body has no message_uuid; it is not of the Messages API of Vonage.")
        return [_status(raw)] if "status" in raw else [_text(raw)]


def _json_of(part: str) -> Any:  # noqa: ANN401 - an object, if it is one
    try:
        return decoded(unbase64(part, url=True))
    except WebhookRefusedError:
        raise WebhookRefusedError(Refusal.SIGNATURE, "The token is none.") from None


def _status(raw: dict[str, Any]) -> ProviderEvent:
    name, message_id = text(raw, "status") or "", text(raw, "message_uuid")
    kind, code = _KINDS.get(name, ProviderEventKind.UNKNOWN), text(raw, "error", "title")
    return ProviderEvent(
        provider="vonage",
        kind=kind,
        name=name,
        event_id=f"{message_id}:{name}" if name else digest(raw),
        at=moment(text(raw, "timestamp")),
        channel=_CHANNELS.get(text(raw, "channel") or "", Channel.SMS),
        intent_id=intent_of(at(raw, "client_ref")),
        provider_id=message_id,
        recipient=_number(text(raw, "to")) or None,
        bounce=_bounce(kind, code),
        status=code,
        reason=joined(code, text(raw, "error", "detail")),
        raw=raw,
    )


def _bounce(kind: ProviderEventKind, code: str | None) -> BounceKind | None:
    if kind not in {ProviderEventKind.BOUNCED, ProviderEventKind.FAILED}:
        return None
    if code in _GONE:
        return BounceKind.HARD
    if code in _REFUSED:
        return BounceKind.POLICY
    return BounceKind.SOFT if kind is ProviderEventKind.BOUNCED else None


def _text(raw: dict[str, Any]) -> ReceivedText:
    words = verbatim(raw, "text") or verbatim(raw, "image", "caption")
    return ReceivedText(
        provider="vonage",
        event_id=text(raw, "message_uuid") or digest(raw),
        at=moment(text(raw, "timestamp")),
        provider_id=text(raw, "message_uuid"),
        channel=_CHANNELS.get(text(raw, "channel") or "", Channel.SMS),
        sender=_number(text(raw, "from")),
        recipient=_number(text(raw, "to")),
        text=words,
        opt_out=opt_out_of(words),
        media=tuple(url for kind in ("image", "audio", "video", "file") if (url := text(raw, kind, "url"))),
        raw=raw,
    )


def _number(value: str | None) -> str:
    """Vonage writes numbers without their plus; names of senders stand as they are."""
    return f"+{value}" if value and value.isascii() and value.isdecimal() and len(value) > 6 else value or ""
