"""SparkPost's event webhooks and relay webhooks, by HTTP authentication or an OAuth token: it signs nothing.

Docs: developers.sparkpost.com/api/webhooks, .../relay-webhooks; support.sparkpost.com, bounce classification codes.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from accountgraph.channels.providers.bounces import bounce_kind, status_in
from accountgraph.channels.providers.event import ProviderEvent, ProviderEventKind, ReceivedMail, Told
from accountgraph.channels.providers.outgoing import INTENT_KEY
from accountgraph.channels.providers.reading import at, content_digest, digest, first_text, intent_of, moment, objects_in, text, verbatim
from accountgraph.channels.providers.signatures import check_shared
from accountgraph.channels.providers.webhooks import Refusal, WebhookAbilities, WebhookRefusedError, WebhookRequest
from accountgraph.enums import Actor
from accountgraph.inbound.findings import BounceKind

if TYPE_CHECKING:
    from collections.abc import Mapping

_KINDS = {
    "injection": ProviderEventKind.SENT,
    "delivery": ProviderEventKind.DELIVERED,
    "delay": ProviderEventKind.DEFERRED,
    "bounce": ProviderEventKind.BOUNCED,
    "out_of_band": ProviderEventKind.BOUNCED,
    "policy_rejection": ProviderEventKind.FAILED,
    "generation_failure": ProviderEventKind.FAILED,
    "generation_rejection": ProviderEventKind.FAILED,
    "spam_complaint": ProviderEventKind.COMPLAINED,
    "open": ProviderEventKind.OPENED,
    "initial_open": ProviderEventKind.OPENED,
    "amp_open": ProviderEventKind.OPENED,
    "amp_initial_open": ProviderEventKind.OPENED,
    "click": ProviderEventKind.CLICKED,
    "amp_click": ProviderEventKind.CLICKED,
    "list_unsubscribe": ProviderEventKind.UNSUBSCRIBED,
    "link_unsubscribe": ProviderEventKind.UNSUBSCRIBED,
}
_BOUNCES = {
    **dict.fromkeys(("10", "30"), BounceKind.HARD),
    **dict.fromkeys(("20", "21", "22", "23", "24", "40", "70"), BounceKind.SOFT),
    **dict.fromkeys(("25", "50", "51", "52", "53", "54"), BounceKind.POLICY),
}
# Of the bounces some are none: answers of machines, and people who ask by mail.
_NO_BOUNCES = {"80": ProviderEventKind.RESUBSCRIBED, "90": ProviderEventKind.UNSUBSCRIBED, "60": ProviderEventKind.UNKNOWN}
_NO_BOUNCES["100"] = ProviderEventKind.UNKNOWN


class SparkPostWebhook:
    """SparkPost's events and mails. The secret is `user:password`, or the token of its OAuth client."""

    name = "sparkpost"
    abilities = WebhookAbilities(
        signature="HTTP Basic, or a token", is_signed=False, has_timestamp=False, has_event_ids=True, inbound=True, tells_machines=True
    )

    async def verify(self, request: WebhookRequest, secret: str) -> None:
        """The secret travels along."""
        check_shared(request, secret)

    def events(self, body: bytes, headers: Mapping[str, str], query: Mapping[str, str] | None = None) -> list[Told]:
        """A batch; a ping holds an event without anything in it."""
        told: list[Told] = []
        for one in objects_in(body):
            message = at(one, "msys")
            if not isinstance(message, dict):
                raise WebhookRefusedError(Refusal.BODY, "The body is not a list of events with msys; it is not from SparkPost.")
            for kind, raw in message.items():
                if isinstance(raw, dict):
                    told.append(_mail(raw) if kind == "relay_message" else _event(raw))
        return told


def _event(raw: dict[str, Any]) -> ProviderEvent:
    name, class_ = text(raw, "type") or "", text(raw, "bounce_class") or ""
    kind = _KINDS.get(name, ProviderEventKind.UNKNOWN)
    if kind is ProviderEventKind.BOUNCED:
        kind = _NO_BOUNCES.get(class_, kind)
    reason = first_text(raw, "raw_reason", "reason")
    otherwise = BounceKind.SOFT if class_ == "1" else BounceKind.HARD
    bounce = _BOUNCES.get(class_) or bounce_kind(text(raw, "error_code"), reason, otherwise=otherwise)
    is_engagement = kind in {ProviderEventKind.OPENED, ProviderEventKind.CLICKED}
    return ProviderEvent(
        provider="sparkpost",
        kind=kind,
        name=name,
        event_id=text(raw, "event_id") or digest(raw),
        at=moment(at(raw, "timestamp")),
        intent_id=intent_of(at(raw, "rcpt_meta", INTENT_KEY)),
        provider_id=text(raw, "transmission_id"),
        recipient=first_text(raw, "raw_rcpt_to", "rcpt_to"),
        bounce=bounce if kind is ProviderEventKind.BOUNCED else None,
        status=status_in(reason) or text(raw, "error_code"),
        reason=reason,
        url=text(raw, "target_link_url"),
        user_agent=text(raw, "user_agent"),
        address=text(raw, "ip_address") if is_engagement else None,
        actor=Actor.PREFETCH if at(raw, "is_prefetched") in (True, "true") else None,
        raw=raw,
    )


def _mail(raw: dict[str, Any]) -> ReceivedMail:
    whole = verbatim(raw, "content", "email_rfc822")
    if not whole:
        raise WebhookRefusedError(Refusal.BODY, "The relay message has no email_rfc822.")
    content = whole.encode("utf-8", "replace")
    if at(raw, "content", "email_rfc822_is_base64") is True:
        try:
            content = base64.b64decode(whole)
        except (binascii.Error, ValueError):
            raise WebhookRefusedError(Refusal.BODY, "email_rfc822 is not the base64 that the message says.") from None
    recipient = text(raw, "rcpt_to")
    return ReceivedMail(
        provider="sparkpost",
        event_id=content_digest(content, recipient),
        content=content,
        sender=text(raw, "msg_from"),
        recipients=(recipient,) if recipient else (),
        raw={name: value for name, value in raw.items() if name != "content"},
    )
