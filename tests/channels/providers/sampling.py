"""Payloads as each provider builds them, around what differs from kind to kind."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from tests.channels.providers.signing import FORM, JSON

INTENT = "11111111-2222-4333-8444-555555555555"
AT = 1772442000  # 2026-03-02 09:00 UTC
ISO = "2026-03-02T09:00:00.000Z"


@dataclass(frozen=True)
class Sample:
    """A payload, and the fields of the event that it has to become."""

    payload: Any
    kind: str
    fields: dict[str, Any] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        return self.payload if isinstance(self.payload, bytes) else json.dumps(self.payload).encode()

    @property
    def content_type(self) -> str:
        return FORM if isinstance(self.payload, bytes) else JSON


def sendgrid(event: str, kind: str, more: dict[str, Any] | None = None, **fields: Any) -> Sample:
    given = {
        "email": "sarah@acme.com", "timestamp": AT, "event": event, "sg_event_id": f"ev-{event}", "sg_message_id": "id-1.filter0001.1.0",
        "smtp-id": "<m@ours.com>", "accountgraph_intent": INTENT, **(more or {}),
    }  # fmt: skip
    expected = {"event_id": f"ev-{event}", "provider_id": "id-1", "message_id": "<m@ours.com>", "recipient": "sarah@acme.com"}
    return Sample([given], kind, {**expected, **fields})


def mailgun(event: str, kind: str, more: dict[str, Any] | None = None, **fields: Any) -> Sample:
    given = {
        "event": event, "id": "CPgfbmQMTCKtHW6uIWtuVe", "timestamp": AT + 0.25, "recipient": "sarah@acme.com",
        "message": {"headers": {"message-id": "m@ours.com"}}, "user-variables": {"accountgraph_intent": INTENT}, **(more or {}),
    }  # fmt: skip
    return Sample({"event-data": given}, kind, {"message_id": "<m@ours.com>", "recipient": "sarah@acme.com", **fields})


def postmark(record: str, kind: str, more: dict[str, Any] | None = None, **fields: Any) -> Sample:
    time = {"Bounce": "BouncedAt", "Delivery": "DeliveredAt", "SpamComplaint": "BouncedAt", "SubscriptionChange": "ChangedAt"}.get(
        record, "ReceivedAt"
    )
    person = "Email" if record in {"Bounce", "SpamComplaint"} else "Recipient"
    given = {"RecordType": record, "MessageID": "uuid-1", "Metadata": {"accountgraph_intent": INTENT}, person: "sarah@acme.com"}
    given |= {time: "2026-03-02T09:00:00.0000000Z", **(more or {})}
    return Sample(given, kind, {"provider_id": "uuid-1", "message_id": "<uuid-1@mtasv.net>", "recipient": "sarah@acme.com", **fields})


def ses(event: str, kind: str, detail: dict[str, Any] | None = None, **fields: Any) -> Sample:
    where = {"Rendering Failure": "failure", "DeliveryDelay": "deliveryDelay"}.get(event, event.lower())
    mail = {"messageId": "0102-1", "timestamp": ISO, "destination": ["sarah@acme.com"], "tags": {"accountgraph_intent": [INTENT]}}
    return Sample(
        {"eventType": event, "mail": mail, where: detail or {}}, kind, {"provider_id": "0102-1", "recipient": "sarah@acme.com", **fields}
    )


def resend(type_: str, kind: str, more: dict[str, Any] | None = None, **fields: Any) -> Sample:
    data = {"email_id": "id-1", "to": ["Sarah <sarah@acme.com>"], "tags": {"accountgraph_intent": INTENT}, **(more or {})}
    given = {"type": type_, "created_at": ISO, "data": data}
    return Sample(given, kind, {"event_id": "msg_1", "provider_id": "id-1", "recipient": "sarah@acme.com", **fields})


def brevo(event: str, kind: str, more: dict[str, Any] | None = None, **fields: Any) -> Sample:
    given = {
        "event": event, "email": "sarah@acme.com", "id": 1, "ts_event": AT, "message-id": "<1@smtp-relay.mailin.fr>",
        "X-Mailin-custom": json.dumps({"accountgraph_intent": INTENT}), **(more or {}),
    }  # fmt: skip
    return Sample(given, kind, {"message_id": "<1@smtp-relay.mailin.fr>", "recipient": "sarah@acme.com", **fields})


def mailjet(event: str, kind: str, more: dict[str, Any] | None = None, **fields: Any) -> Sample:
    given = {"event": event, "time": AT, "MessageID": 19421777835146490, "email": "sarah@acme.com", "CustomID": INTENT, **(more or {})}
    return Sample(given, kind, {"provider_id": "19421777835146490", "recipient": "sarah@acme.com", **fields})


def sparkpost(type_: str, kind: str, more: dict[str, Any] | None = None, **fields: Any) -> Sample:
    given = {
        "type": type_, "event_id": f"ev-{type_}", "timestamp": str(AT), "transmission_id": "id-1", "raw_rcpt_to": "sarah@acme.com",
        "rcpt_meta": {"accountgraph_intent": INTENT}, **(more or {}),
    }  # fmt: skip
    class_ = "track_event" if type_ in {"open", "click", "initial_open"} else "message_event"
    return Sample(
        [{"msys": {class_: given}}], kind, {"event_id": f"ev-{type_}", "provider_id": "id-1", "recipient": "sarah@acme.com", **fields}
    )


def mailersend(type_: str, kind: str, meta: dict[str, Any] | None = None, **fields: Any) -> Sample:
    data = {"id": f"ev-{type_}", "message_id": "id-1", "recipient": "sarah@acme.com", "tags": [INTENT], "meta": meta or [], "type": type_}
    given = {"type": f"activity.{type_}", "created_at": ISO, "data": data}
    return Sample(given, kind, {"event_id": f"ev-{type_}", "provider_id": "id-1", "recipient": "sarah@acme.com", **fields})


def twilio(status: str, kind: str, code: str | None = None, **fields: Any) -> Sample:
    given = {"MessageSid": "SM1", "MessageStatus": status, "To": "+15005550006", "From": "+4930901820", "AccountSid": "AC1"}
    if code:
        given["ErrorCode"] = code
    return Sample(
        urlencode(given).encode(), kind, {"event_id": f"SM1:{status}", "provider_id": "SM1", "recipient": "+15005550006", **fields}
    )


def vonage(status: str, kind: str, code: str | None = None, **fields: Any) -> Sample:
    given = {"message_uuid": "uuid-1", "to": "15005550006", "from": "4930901820", "timestamp": ISO, "status": status, "channel": "sms"}
    given["client_ref"] = INTENT
    error = {"error": {"title": code, "detail": "why"}} if code else {}
    return Sample(
        {**given, **error}, kind, {"event_id": f"uuid-1:{status}", "provider_id": "uuid-1", "recipient": "+15005550006", **fields}
    )
