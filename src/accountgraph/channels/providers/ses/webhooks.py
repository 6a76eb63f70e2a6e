"""Events of Amazon SES and mails that it received, over Amazon SNS.

Docs: docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html, .../notification-contents.html,
.../receiving-email-notifications-contents.html.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from accountgraph.channels.providers.bounces import bounce_kind, status_in
from accountgraph.channels.providers.event import ConfirmSubscription, ProviderEvent, ProviderEventKind, ReceivedMail, Told
from accountgraph.channels.providers.outgoing import INTENT_KEY
from accountgraph.channels.providers.reading import (
    at,
    decoded,
    decoded_as,
    digest,
    intent_of,
    items,
    joined,
    moment,
    object_in,
    text,
    verbatim,
)
from accountgraph.channels.providers.ses.sns import CONFIRMATIONS, SnsMessage, amazon_url, check_message
from accountgraph.channels.providers.signatures import check, secrets_in
from accountgraph.channels.providers.webhooks import Certificates, Refusal, WebhookAbilities, WebhookRefusedError, WebhookRequest
from accountgraph.inbound.findings import BounceKind
from accountgraph.inbound.ours import INTENT_HEADER

if TYPE_CHECKING:
    from collections.abc import Mapping

_KINDS = {
    "Send": ProviderEventKind.SENT,
    "Delivery": ProviderEventKind.DELIVERED,
    "DeliveryDelay": ProviderEventKind.DEFERRED,
    "Bounce": ProviderEventKind.BOUNCED,
    "Complaint": ProviderEventKind.COMPLAINED,
    "Reject": ProviderEventKind.FAILED,
    "Rendering Failure": ProviderEventKind.FAILED,
    "Open": ProviderEventKind.OPENED,
    "Click": ProviderEventKind.CLICKED,
}
_WHERE = {"Rendering Failure": "failure", "DeliveryDelay": "deliveryDelay"}  # the others stand under their name in small letters
_SUPPRESSED = frozenset({"Suppressed", "OnAccountSuppressionList"})
_ABOUT_CONTENT = frozenset({"ContentRejected", "AttachmentRejected", "MessageTooLarge"})


class SesWebhook:
    """SES by SNS. The secret is the ARN of the topic: anybody can have SNS sign for a topic of their own."""

    name = "ses"
    abilities = WebhookAbilities(
        signature="RSA, by a certificate of Amazon SNS", is_signed=True, has_timestamp=True, has_event_ids=True, inbound=True
    )

    def __init__(self, certificates: Certificates) -> None:
        self._certificates = certificates

    async def verify(self, request: WebhookRequest, secret: str) -> None:
        """The message is of our topic, and signed."""
        topics = secrets_in(secret, "ARN of the SNS topic")
        message = decoded_as(SnsMessage, request.body)
        if not message.topic_arn:
            raise WebhookRefusedError(Refusal.MISSING, "The body names no TopicArn; it is not a message of Amazon SNS.")
        check(topics, [message.topic_arn])
        await check_message(message, self._certificates, request.now)

    def events(self, body: bytes, headers: Mapping[str, str], query: Mapping[str, str] | None = None) -> list[Told]:
        """What the message holds; an event for each recipient."""
        message = object_in(body)
        event_id, type_ = text(message, "MessageId") or digest(message), text(message, "Type")
        if type_ == "SubscriptionConfirmation":
            url, topic = amazon_url(text(message, "SubscribeURL")), text(message, "TopicArn") or ""
            return [ConfirmSubscription(provider="ses", event_id=event_id, url=url, topic=topic, raw=message)]
        if type_ in CONFIRMATIONS or type_ != "Notification":
            kept = ProviderEvent(provider="ses", kind=ProviderEventKind.UNKNOWN, name=type_ or "", event_id=event_id, raw=message)
            return [kept]
        return _told(event_id, message)


def _told(event_id: str, message: dict[str, Any]) -> list[Told]:
    said = text(message, "Message") or ""
    if said.startswith("Successfully validated SNS topic"):  # SES says so once, when a destination is made
        return []
    raw = decoded(said)
    if not isinstance(raw, dict):
        raise WebhookRefusedError(Refusal.BODY, "The message of SNS does not hold an event of SES.")
    name = text(raw, "eventType") or text(raw, "notificationType") or ""
    if name == "Received":
        return [_mail(event_id, raw)]
    recipients = _recipients(raw, name)
    return [
        _event(raw, name, recipient, event_id if len(recipients) == 1 else f"{event_id}:{number}")
        for number, recipient in enumerate(recipients)
    ]


def _detail(raw: dict[str, Any], name: str) -> Any:  # noqa: ANN401 - an object, if it is one
    return at(raw, _WHERE.get(name, name.lower()))


def _recipients(raw: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The recipients that an event is about, with what is said of each; the message's own where it does not say."""
    detail = _detail(raw, name)
    for field in ("bouncedRecipients", "complainedRecipients", "delayedRecipients", "recipients"):
        if found := [one if isinstance(one, dict) else {"emailAddress": one} for one in items(detail, field)]:
            return found
    return [{"emailAddress": one} for one in items(raw, "mail", "destination")] or [{}]


def _event(raw: dict[str, Any], name: str, recipient: dict[str, Any], event_id: str) -> ProviderEvent:
    detail, mail = _detail(raw, name), at(raw, "mail")
    kind, bounce = _kind(name, detail, recipient)
    reason = joined(
        text(detail, "bounceType"), text(detail, "bounceSubType"), text(detail, "delayType"), text(detail, "complaintFeedbackType"),
        text(detail, "reason"), text(detail, "errorMessage"), text(detail, "smtpResponse"), text(recipient, "diagnosticCode"),
    )  # fmt: skip
    header_intents = [text(one, "value") for one in items(mail, "headers") if text(one, "name") == INTENT_HEADER]
    return ProviderEvent(
        provider="ses",
        kind=kind,
        name=name,
        event_id=event_id,
        at=moment(text(detail, "timestamp") or text(mail, "timestamp")),
        intent_id=intent_of(text(mail, "tags", INTENT_KEY, 0), *header_intents),
        provider_id=text(mail, "messageId"),
        recipient=text(recipient, "emailAddress"),
        bounce=bounce,
        status=text(recipient, "status") or status_in(text(recipient, "diagnosticCode")),
        reason=reason,
        url=text(detail, "link"),
        user_agent=text(detail, "userAgent"),
        address=text(detail, "ipAddress"),
        raw=raw,
    )


def _kind(name: str, detail: Any, recipient: dict[str, Any]) -> tuple[ProviderEventKind, BounceKind | None]:  # noqa: ANN401 - as above
    kind = _KINDS.get(name, ProviderEventKind.UNKNOWN)
    if kind is ProviderEventKind.COMPLAINED and text(detail, "complaintFeedbackType") == "not-spam":
        return ProviderEventKind.UNKNOWN, None
    if name == "Subscription" and at(detail, "newTopicPreferences", "unsubscribeAll") is True:
        return ProviderEventKind.UNSUBSCRIBED, None
    if kind is not ProviderEventKind.BOUNCED:
        return kind, None
    type_, subtype = text(detail, "bounceType"), text(detail, "bounceSubType")
    if type_ == "Permanent":
        return (ProviderEventKind.FAILED if subtype in _SUPPRESSED else kind), _permanent(recipient)
    if subtype in _ABOUT_CONTENT:
        return kind, BounceKind.POLICY
    return kind, bounce_kind(text(recipient, "status"), text(recipient, "diagnosticCode"), otherwise=BounceKind.SOFT)


def _permanent(recipient: dict[str, Any]) -> BounceKind:
    """Amazon counts refusals for reputation among the permanent ones; the server's code tells them apart."""
    said = bounce_kind(text(recipient, "status"), text(recipient, "diagnosticCode"), otherwise=BounceKind.HARD)
    return said if said is BounceKind.POLICY else BounceKind.HARD


def _mail(event_id: str, raw: dict[str, Any]) -> ReceivedMail:
    content = verbatim(raw, "content")
    action = at(raw, "receipt", "action")
    whole = content.encode("utf-8", "replace")
    if text(action, "encoding") == "BASE64":
        try:
            whole = base64.b64decode(content)
        except (binascii.Error, ValueError):
            raise WebhookRefusedError(Refusal.BODY, "The content is not the base64 that the action says.") from None
    stored = [part for part in (text(action, "bucketName"), text(action, "objectKey")) if part]
    return ReceivedMail(
        provider="ses",
        event_id=event_id,
        at=moment(text(raw, "receipt", "timestamp") or text(raw, "mail", "timestamp")),
        content=whole,
        provider_id="/".join(stored) or text(raw, "mail", "messageId"),
        sender=text(raw, "mail", "source"),
        recipients=tuple(one for one in items(raw, "receipt", "recipients") if isinstance(one, str)),
        raw={name: value for name, value in raw.items() if name != "content"},
    )
