"""Brevo's transactional webhooks and its inbound parsing, by a secret that travels along: it signs nothing.

Docs: developers.brevo.com/docs/transactional-webhooks, .../secured-webhooks, .../batched-webhooks, .../inbound-parse-webhooks.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from accountgraph.channels.providers.bounces import bounce_kind, status_in
from accountgraph.channels.providers.built import built_mail
from accountgraph.channels.providers.event import ProviderEvent, ProviderEventKind, ReceivedMail, Told
from accountgraph.channels.providers.outgoing import INTENT_KEY
from accountgraph.channels.providers.reading import (
    at,
    decoded,
    digest,
    each,
    first_text,
    intent_of,
    items,
    moment,
    objects_in,
    text,
    verbatim,
    wire_id,
)
from accountgraph.channels.providers.signatures import check_shared
from accountgraph.channels.providers.webhooks import WebhookAbilities, WebhookRefusedError, WebhookRequest
from accountgraph.enums import Actor
from accountgraph.inbound.findings import BounceKind

if TYPE_CHECKING:
    from collections.abc import Mapping

# Names in small letters without underscores: transactional events are written hard_bounce, marketing ones hardBounce.
_KINDS = {
    "request": ProviderEventKind.SENT,
    "sent": ProviderEventKind.SENT,
    "delivered": ProviderEventKind.DELIVERED,
    "deferred": ProviderEventKind.DEFERRED,
    "softbounce": ProviderEventKind.BOUNCED,
    "hardbounce": ProviderEventKind.BOUNCED,
    "invalidemail": ProviderEventKind.BOUNCED,
    "invalid": ProviderEventKind.BOUNCED,
    "blocked": ProviderEventKind.FAILED,
    "error": ProviderEventKind.FAILED,
    "spam": ProviderEventKind.COMPLAINED,
    "complaint": ProviderEventKind.COMPLAINED,
    "opened": ProviderEventKind.OPENED,
    "uniqueopened": ProviderEventKind.OPENED,
    "proxyopen": ProviderEventKind.OPENED,
    "uniqueproxyopen": ProviderEventKind.OPENED,
    "click": ProviderEventKind.CLICKED,
    "unsubscribe": ProviderEventKind.UNSUBSCRIBED,
    "unsubscribed": ProviderEventKind.UNSUBSCRIBED,
}
_BY_PROXY = frozenset({"proxyopen", "uniqueproxyopen"})


class BrevoWebhook:
    """Brevo's events and mails. The secret is the token of the webhook, or `user:password`."""

    name = "brevo"
    abilities = WebhookAbilities(
        signature="a token, or HTTP Basic", is_signed=False, has_timestamp=False, has_event_ids=False, inbound=True, tells_machines=True
    )

    async def verify(self, request: WebhookRequest, secret: str) -> None:
        """The secret travels along."""
        check_shared(request, secret)

    def events(self, body: bytes, headers: Mapping[str, str], query: Mapping[str, str] | None = None) -> list[Told]:
        """One event, a batch of them, or mails (`items`)."""
        told: list[Told] = []
        for raw in objects_in(body):
            if isinstance(raw.get("items"), list):
                told += each(items(raw, "items"), _mail)
            elif isinstance(raw.get("events"), list):
                told += each(items(raw, "events"), _event)
            else:
                told.append(_event(raw))
        return told


def _event(raw: dict[str, Any]) -> ProviderEvent:
    name = text(raw, "event") or ""
    key = name.lower().replace("_", "").replace(" ", "")
    kind = _KINDS.get(key, ProviderEventKind.UNKNOWN)
    reason = text(raw, "reason")
    message_id = first_text(raw, "message-id", "messageId")
    is_engagement = kind in {ProviderEventKind.OPENED, ProviderEventKind.CLICKED}
    return ProviderEvent(
        provider="brevo",
        kind=kind,
        name=name,
        event_id=digest(raw),
        at=moment(raw["ts_epoch"], per_second=1000) if "ts_epoch" in raw else moment(at(raw, "ts_event")),
        intent_id=intent_of(_custom(raw), *items(raw, "tags"), text(raw, "tag")),
        provider_id=message_id,
        message_id=wire_id(message_id),
        recipient=text(raw, "email"),
        bounce=_bounce(key, reason) if kind is ProviderEventKind.BOUNCED else None,
        status=status_in(reason),
        reason=reason,
        url=text(raw, "link"),
        user_agent=text(raw, "user_agent") if is_engagement else None,
        address=text(raw, "ip") if is_engagement else None,
        actor=Actor.PREFETCH if key in _BY_PROXY else None,
        raw=raw,
    )


def _bounce(key: str, reason: str | None) -> BounceKind:
    if key.startswith("invalid"):
        return BounceKind.HARD
    if key == "softbounce":
        said = bounce_kind(reason, otherwise=BounceKind.SOFT)
        return said if said is BounceKind.POLICY else BounceKind.SOFT
    return bounce_kind(reason, otherwise=BounceKind.HARD)


def _custom(raw: dict[str, Any]) -> str | None:
    with contextlib.suppress(WebhookRefusedError):
        return text(decoded(text(raw, "X-Mailin-custom") or ""), INTENT_KEY)
    return None


def _mail(raw: dict[str, Any]) -> ReceivedMail:
    """Built from its headers and words; of attachments it has the names and where to fetch them, kept in `raw`."""
    headers = at(raw, "Headers")
    pairs = [
        (name, one)
        for name, value in (headers.items() if isinstance(headers, dict) else ())
        for one in (value if isinstance(value, list) else [value])
        if isinstance(one, str)
    ]
    recipients = [found for one in items(raw, "Recipients") or items(raw, "To") if (found := text(one) or text(one, "Address"))]
    return ReceivedMail(
        provider="brevo",
        event_id=text(raw, "Uuid", 0) or digest(raw),
        at=moment(text(raw, "SentAtDate")),
        content=built_mail(pairs, verbatim(raw, "RawTextBody"), verbatim(raw, "RawHtmlBody")),
        is_built=True,
        provider_id=text(raw, "Uuid", 0),
        recipients=tuple(recipients),
        raw=raw,
    )
