"""Postmark's webhooks, by HTTP authentication or a header of one's own: it signs nothing.

Docs: postmarkapp.com/developer/webhooks/webhooks-overview, .../bounce-webhook, .../subscription-change-webhook, .../inbound-webhook.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from accountgraph.channels.providers.bounces import status_in
from accountgraph.channels.providers.built import Attachment, built_mail
from accountgraph.channels.providers.event import ProviderEvent, ProviderEventKind, ReceivedMail, Told
from accountgraph.channels.providers.outgoing import INTENT_KEY, named
from accountgraph.channels.providers.postmark.sending import wire_id_of
from accountgraph.channels.providers.reading import (
    at,
    digest,
    each,
    first_text,
    intent_of,
    items,
    joined,
    moment,
    object_in,
    text,
    verbatim,
)
from accountgraph.channels.providers.signatures import check_shared
from accountgraph.channels.providers.webhooks import WebhookAbilities, WebhookRequest
from accountgraph.inbound.findings import BounceKind

if TYPE_CHECKING:
    from collections.abc import Mapping

_KINDS = {
    "Delivery": ProviderEventKind.DELIVERED,
    "Open": ProviderEventKind.OPENED,
    "Click": ProviderEventKind.CLICKED,
    "SpamComplaint": ProviderEventKind.COMPLAINED,
}
_BOUNCES = {  # postmarkapp.com/developer/api/bounce-api, bounce types
    "HardBounce": (ProviderEventKind.BOUNCED, BounceKind.HARD),
    "BadEmailAddress": (ProviderEventKind.BOUNCED, BounceKind.HARD),
    "SoftBounce": (ProviderEventKind.BOUNCED, BounceKind.SOFT),
    "DnsError": (ProviderEventKind.BOUNCED, BounceKind.SOFT),
    "Blocked": (ProviderEventKind.BOUNCED, BounceKind.POLICY),
    "SpamNotification": (ProviderEventKind.BOUNCED, BounceKind.POLICY),
    "VirusNotification": (ProviderEventKind.BOUNCED, BounceKind.POLICY),
    "DMARCPolicy": (ProviderEventKind.BOUNCED, BounceKind.POLICY),
    "Transient": (ProviderEventKind.DEFERRED, None),
    "SpamComplaint": (ProviderEventKind.COMPLAINED, None),
    "Unsubscribe": (ProviderEventKind.UNSUBSCRIBED, None),
    "ManualSuppression": (ProviderEventKind.UNSUBSCRIBED, None),
    "Subscribe": (ProviderEventKind.RESUBSCRIBED, None),
    "ManuallyDeactivated": (ProviderEventKind.FAILED, None),
    "Unconfirmed": (ProviderEventKind.FAILED, None),
    "SMTPApiError": (ProviderEventKind.FAILED, None),
    "TemplateRenderingFailed": (ProviderEventKind.FAILED, None),
}


class PostmarkWebhook:
    """Postmark's events and mails. The secret is `user:password` of its HTTP authentication, or the value of a header."""

    name = "postmark"
    abilities = WebhookAbilities(
        signature="HTTP Basic, or a header", is_signed=False, has_timestamp=False, has_event_ids=False, inbound=True
    )

    async def verify(self, request: WebhookRequest, secret: str) -> None:
        """The secret travels along."""
        check_shared(request, secret)

    def events(self, body: bytes, headers: Mapping[str, str], query: Mapping[str, str] | None = None) -> list[Told]:
        """One event or one mail."""
        raw = object_in(body)
        return [_mail(raw)] if "FromFull" in raw else [_event(raw)]


def _event(raw: dict[str, Any]) -> ProviderEvent:
    record, type_ = text(raw, "RecordType") or "", text(raw, "Type")
    kind, bounce = _kind(raw, record, type_)
    provider_id = text(raw, "MessageID")
    is_engagement = kind in {ProviderEventKind.OPENED, ProviderEventKind.CLICKED}
    return ProviderEvent(
        provider="postmark",
        kind=kind,
        name=":".join(part for part in (record, type_ or text(raw, "SuppressionReason")) if part),
        event_id=digest(raw),
        at=moment(first_text(raw, "DeliveredAt", "BouncedAt", "ReceivedAt", "ChangedAt")),
        intent_id=intent_of(at(raw, "Metadata", INTENT_KEY)),
        provider_id=provider_id,
        message_id=wire_id_of(provider_id),
        recipient=first_text(raw, "Email", "Recipient"),
        bounce=bounce,
        status=status_in(text(raw, "Details")),
        reason=joined(text(raw, "Description"), text(raw, "Details")),
        url=text(raw, "OriginalLink"),
        user_agent=text(raw, "UserAgent"),
        address=text(raw, "Geo", "IP") if is_engagement else None,
        raw=raw,
    )


def _kind(raw: dict[str, Any], record: str, type_: str | None) -> tuple[ProviderEventKind, BounceKind | None]:
    if record == "Bounce":
        return _BOUNCES.get(type_ or "", (ProviderEventKind.UNKNOWN, None))
    if record == "SubscriptionChange":
        reason = text(raw, "SuppressionReason") or "ManualSuppression"
        is_stopped = at(raw, "SuppressSending") is not False
        return _BOUNCES.get(reason, (ProviderEventKind.UNKNOWN, None)) if is_stopped else (ProviderEventKind.RESUBSCRIBED, None)
    return _KINDS.get(record, ProviderEventKind.UNKNOWN), None


def _mail(raw: dict[str, Any]) -> ReceivedMail:
    whole = verbatim(raw, "RawEmail")
    recipient = text(raw, "OriginalRecipient")
    return ReceivedMail(
        provider="postmark",
        event_id=text(raw, "MessageID") or digest(raw),
        content=whole.encode("utf-8", "replace") if whole else _built(raw),
        is_built=not whole,
        provider_id=text(raw, "MessageID"),
        recipients=(recipient,) if recipient else (),
        raw={name: value for name, value in raw.items() if name not in {"RawEmail", "Attachments"}},
    )


def _built(raw: dict[str, Any]) -> bytes:
    """Its fields are beside the headers, which have what is left."""
    fields = {
        "From": _addresses([at(raw, "FromFull")]),
        "To": _addresses(items(raw, "ToFull")),
        "Cc": _addresses(items(raw, "CcFull")),
        "Reply-To": text(raw, "ReplyTo"),
        "Subject": text(raw, "Subject"),
        "Date": text(raw, "Date"),
    }
    headers = [(name, value) for name, value in fields.items() if value]
    headers += [(text(one, "Name") or "", text(one, "Value") or "") for one in items(raw, "Headers")]
    files = each(items(raw, "Attachments"), _attachment)
    return built_mail(headers, verbatim(raw, "TextBody"), verbatim(raw, "HtmlBody"), files)


def _addresses(people: list[Any]) -> str:
    return ", ".join(named(email, text(one, "Name")) for one in people if (email := text(one, "Email")))


def _attachment(raw: dict[str, Any]) -> Attachment:
    try:
        content = base64.b64decode(text(raw, "Content") or "")
    except (binascii.Error, ValueError):
        content = b""
    return Attachment(content, text(raw, "ContentType") or "", text(raw, "Name"), text(raw, "ContentID"))
