"""One payload of every kind that a provider documents, and what it means."""

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


SAMPLES: dict[str, list[Sample]] = {
    "sendgrid": [
        sendgrid("processed", "sent"),
        sendgrid("delivered", "delivered", {"response": "250 OK"}, reason="250 OK"),
        sendgrid("deferred", "deferred", {"response": "400 try again later", "attempt": "5"}),
        sendgrid(
            "bounce", "bounced", {"type": "bounce", "status": "5.1.1", "reason": "550 5.1.1 no such user"}, bounce="hard", status="5.1.1"
        ),
        sendgrid("bounce", "bounced", {"type": "bounce", "status": "5.2.2", "reason": "552 5.2.2 mailbox full"}, bounce="soft"),
        sendgrid("bounce", "bounced", {"type": "blocked", "reason": "550 blocked for spam"}, bounce="policy"),
        sendgrid("bounce", "bounced", {"type": "blocked", "bounce_classification": "Reputation", "status": "5.0.0"}, bounce="policy"),
        sendgrid("dropped", "failed", {"reason": "Bounced Address", "status": "5.0.0"}, bounce="hard", reason="Bounced Address"),
        sendgrid("dropped", "failed", {"reason": "Unsubscribed Address"}, bounce=None),
        sendgrid(
            "open",
            "opened",
            {"sg_machine_open": False, "useragent": "Mail/1", "ip": "203.0.113.9"},
            user_agent="Mail/1",
            address="203.0.113.9",
            actor=None,
        ),
        sendgrid("open", "opened", {"sg_machine_open": True}, actor="prefetch"),
        sendgrid("click", "clicked", {"url": "https://ours.com/a", "ip": "203.0.113.9"}, url="https://ours.com/a"),
        sendgrid("spamreport", "complained"),
        sendgrid("unsubscribe", "unsubscribed"),
        sendgrid("group_unsubscribe", "unsubscribed", {"asm_group_id": 1}),
        sendgrid("group_resubscribe", "resubscribed", {"asm_group_id": 1}),
        sendgrid("account_status_change", "unknown"),
    ],
    "mailgun": [
        mailgun("accepted", "sent"),
        mailgun("delivered", "delivered", {"delivery-status": {"code": 250, "message": "OK"}}),
        mailgun(
            "failed",
            "deferred",
            {"severity": "temporary", "reason": "generic", "delivery-status": {"code": 421, "message": "later"}},
            bounce=None,
        ),
        mailgun(
            "failed",
            "bounced",
            {"severity": "permanent", "reason": "bounce", "delivery-status": {"code": 550, "message": "5.1.1 no such user"}},
            bounce="hard",
        ),
        mailgun(
            "failed",
            "bounced",
            {"severity": "permanent", "reason": "generic", "delivery-status": {"code": 550, "message": "5.7.1 blocked"}},
            bounce="policy",
        ),
        mailgun("failed", "failed", {"severity": "permanent", "reason": "suppress-bounce"}, bounce="hard"),
        mailgun("failed", "failed", {"severity": "permanent", "reason": "suppress-unsubscribe"}, bounce=None),
        mailgun("rejected", "failed", {"reject": {"reason": "Sandbox subdomains are for test purposes only"}}),
        mailgun(
            "opened", "opened", {"client-info": {"user-agent": "Mail/1", "bot": ""}, "ip": "203.0.113.9"}, actor=None, address="203.0.113.9"
        ),
        mailgun("opened", "opened", {"client-info": {"bot": "apple"}}, actor="prefetch"),
        mailgun(
            "clicked",
            "clicked",
            {"url": "https://ours.com/a", "client-info": {"bot": "generic"}},
            actor="scanner",
            url="https://ours.com/a",
        ),
        mailgun("unsubscribed", "unsubscribed"),
        mailgun("complained", "complained"),
        mailgun("list_member_uploaded", "unknown"),
    ],
    "postmark": [
        postmark("Delivery", "delivered", {"Details": "Test delivery"}),
        postmark("Open", "opened", {"UserAgent": "Mail/1", "Geo": {"IP": "203.0.113.9"}}, user_agent="Mail/1", address="203.0.113.9"),
        postmark("Click", "clicked", {"OriginalLink": "https://ours.com/a"}, url="https://ours.com/a"),
        postmark(
            "Bounce", "bounced", {"ID": 42, "Type": "HardBounce", "Details": "smtp;550 5.1.1 no such user"}, bounce="hard", status="5.1.1"
        ),
        postmark("Bounce", "bounced", {"ID": 43, "Type": "SoftBounce"}, bounce="soft"),
        postmark("Bounce", "bounced", {"ID": 44, "Type": "SpamNotification"}, bounce="policy"),
        postmark("Bounce", "bounced", {"ID": 45, "Type": "DMARCPolicy"}, bounce="policy"),
        postmark("Bounce", "deferred", {"ID": 46, "Type": "Transient"}, bounce=None),
        postmark("Bounce", "unsubscribed", {"ID": 47, "Type": "Unsubscribe"}),
        postmark("Bounce", "unknown", {"ID": 48, "Type": "AutoResponder"}, name="Bounce:AutoResponder"),
        postmark("SpamComplaint", "complained", {"Type": "SpamComplaint"}),
        postmark("SubscriptionChange", "unsubscribed", {"SuppressSending": True, "SuppressionReason": "ManualSuppression"}),
        postmark("SubscriptionChange", "bounced", {"SuppressSending": True, "SuppressionReason": "HardBounce"}, bounce="hard"),
        postmark("SubscriptionChange", "resubscribed", {"SuppressSending": False, "SuppressionReason": None}),
        postmark("SMTPApiFuture", "unknown"),
    ],
    "ses": [
        ses("Send", "sent"),
        ses("Delivery", "delivered", {"timestamp": ISO, "recipients": ["sarah@acme.com"], "smtpResponse": "250 ok"}, reason="250 ok"),
        ses(
            "DeliveryDelay",
            "deferred",
            {"delayType": "MailboxFull", "delayedRecipients": [{"emailAddress": "sarah@acme.com", "status": "4.2.2"}]},
        ),
        ses(
            "Bounce",
            "bounced",
            {
                "bounceType": "Permanent",
                "bounceSubType": "General",
                "bouncedRecipients": [{"emailAddress": "sarah@acme.com", "status": "5.1.1"}],
            },
            bounce="hard",
            status="5.1.1",
        ),
        ses(
            "Bounce",
            "bounced",
            {"bounceType": "Transient", "bounceSubType": "MailboxFull", "bouncedRecipients": [{"emailAddress": "sarah@acme.com"}]},
            bounce="soft",
        ),
        ses(
            "Bounce",
            "bounced",
            {"bounceType": "Transient", "bounceSubType": "ContentRejected", "bouncedRecipients": [{"emailAddress": "sarah@acme.com"}]},
            bounce="policy",
        ),
        ses(
            "Bounce",
            "bounced",
            {
                "bounceType": "Permanent",
                "bouncedRecipients": [{"emailAddress": "sarah@acme.com", "diagnosticCode": "smtp; 550 5.7.1 refused"}],
            },
            bounce="policy",
        ),
        ses(
            "Bounce",
            "failed",
            {
                "bounceType": "Permanent",
                "bounceSubType": "OnAccountSuppressionList",
                "bouncedRecipients": [{"emailAddress": "sarah@acme.com"}],
            },
            bounce="hard",
        ),
        ses("Complaint", "complained", {"complainedRecipients": [{"emailAddress": "sarah@acme.com"}], "complaintFeedbackType": "abuse"}),
        ses("Complaint", "unknown", {"complainedRecipients": [{"emailAddress": "sarah@acme.com"}], "complaintFeedbackType": "not-spam"}),
        ses("Reject", "failed", {"reason": "Bad content"}, reason="Bad content"),
        ses("Rendering Failure", "failed", {"errorMessage": "x"}),
        ses(
            "Open",
            "opened",
            {"ipAddress": "203.0.113.9", "userAgent": "Mail/1", "timestamp": ISO},
            address="203.0.113.9",
            user_agent="Mail/1",
        ),
        ses("Click", "clicked", {"link": "https://ours.com/a", "timestamp": ISO}, url="https://ours.com/a"),
        ses("Subscription", "unsubscribed", {"newTopicPreferences": {"unsubscribeAll": True}}),
        ses("Something New", "unknown"),
    ],
    "resend": [
        resend("email.sent", "sent"),
        resend("email.delivered", "delivered", {"message_id": "<wire@x>"}, message_id="<wire@x>"),
        resend("email.delivery_delayed", "deferred"),
        resend("email.bounced", "bounced", {"bounce": {"type": "Permanent", "subType": "General", "message": "gone"}}, bounce="hard"),
        resend("email.bounced", "bounced", {"bounce": {"type": "Transient", "subType": "MailboxFull", "message": "full"}}, bounce="soft"),
        resend(
            "email.bounced",
            "bounced",
            {"bounce": {"type": "Permanent", "diagnosticCode": ["smtp; 550 5.7.1 refused"]}},
            bounce="policy",
            status="5.7.1",
        ),
        resend("email.bounced", "failed", {"bounce": {"type": "Permanent", "subType": "Suppressed"}}, bounce="hard"),
        resend("email.complained", "complained"),
        resend("email.opened", "opened"),
        resend(
            "email.clicked",
            "clicked",
            {"click": {"link": "https://ours.com/a", "ipAddress": "203.0.113.9", "userAgent": "B/1"}},
            url="https://ours.com/a",
            address="203.0.113.9",
        ),
        resend("email.failed", "failed", {"failed": {"reason": "reached_daily_quota"}}, reason="reached_daily_quota"),
        resend("email.suppressed", "failed"),
        resend("contact.updated", "unsubscribed", {"unsubscribed": True}),
        resend("domain.created", "unknown"),
    ],
    "brevo": [
        brevo("request", "sent"),
        brevo("delivered", "delivered"),
        brevo("deferred", "deferred", {"reason": "later"}),
        brevo("soft_bounce", "bounced", {"reason": "mailbox full"}, bounce="soft"),
        brevo("hard_bounce", "bounced", {"reason": "550 5.1.1 no such user"}, bounce="hard", status="5.1.1"),
        brevo("hard_bounce", "bounced", {"reason": "550 5.7.1 refused"}, bounce="policy"),
        brevo("invalid_email", "bounced", bounce="hard"),
        brevo("blocked", "failed"),
        brevo("error", "failed"),
        brevo("spam", "complained"),
        brevo("opened", "opened", actor=None),
        brevo("unique_opened", "opened"),
        brevo("proxy_open", "opened", actor="prefetch"),
        brevo("unique_proxy_open", "opened", actor="prefetch"),
        brevo("click", "clicked", {"link": "https://ours.com/a"}, url="https://ours.com/a"),
        brevo("unsubscribed", "unsubscribed"),
        brevo("list_addition", "unknown"),
    ],
    "mailjet": [
        mailjet("sent", "delivered", {"smtp_reply": "sent (250 ok)"}),
        mailjet("open", "opened", {"ip": "203.0.113.9", "agent": "Mail/1"}, address="203.0.113.9", user_agent="Mail/1"),
        mailjet("click", "clicked", {"url": "https://ours.com/a"}, url="https://ours.com/a"),
        mailjet("bounce", "bounced", {"hard_bounce": True, "error_related_to": "recipient", "error": "user unknown"}, bounce="hard"),
        mailjet("bounce", "bounced", {"hard_bounce": False, "error_related_to": "recipient", "error": "quota exceeded"}, bounce="soft"),
        mailjet("bounce", "bounced", {"hard_bounce": True, "error_related_to": "spam", "error": "sender blocked"}, bounce="policy"),
        mailjet("bounce", "deferred", {"hard_bounce": False, "error_related_to": "domain", "error": "greylisted"}, bounce=None),
        mailjet("blocked", "failed", {"error_related_to": "mailjet", "error": "preblocked"}),
        mailjet("spam", "complained", {"source": "JMRPP"}),
        mailjet("unsub", "unsubscribed"),
        mailjet("future", "unknown"),
    ],
    "sparkpost": [
        sparkpost("injection", "sent"),
        sparkpost("delivery", "delivered"),
        sparkpost("delay", "deferred"),
        sparkpost("bounce", "bounced", {"bounce_class": "10", "raw_reason": "550 5.1.1 no such user"}, bounce="hard", status="5.1.1"),
        sparkpost("bounce", "bounced", {"bounce_class": "22"}, bounce="soft"),
        sparkpost("bounce", "bounced", {"bounce_class": "51"}, bounce="policy"),
        sparkpost("out_of_band", "bounced", {"bounce_class": "30"}, bounce="hard"),
        sparkpost("out_of_band", "unsubscribed", {"bounce_class": "90"}, bounce=None),
        sparkpost("out_of_band", "unknown", {"bounce_class": "60"}, bounce=None),
        sparkpost("policy_rejection", "failed"),
        sparkpost("generation_failure", "failed"),
        sparkpost("generation_rejection", "failed"),
        sparkpost("spam_complaint", "complained"),
        sparkpost("open", "opened", {"user_agent": "Mail/1", "ip_address": "203.0.113.9"}, address="203.0.113.9", actor=None),
        sparkpost("initial_open", "opened", {"is_prefetched": True}, actor="prefetch"),
        sparkpost("click", "clicked", {"target_link_url": "https://ours.com/a"}, url="https://ours.com/a"),
        sparkpost("list_unsubscribe", "unsubscribed"),
        sparkpost("link_unsubscribe", "unsubscribed"),
        sparkpost("ab_test_completed", "unknown"),
    ],
    "mailersend": [
        mailersend("sent", "sent"),
        mailersend("delivered", "delivered"),
        mailersend("deferred", "deferred"),
        mailersend("soft_bounced", "bounced", {"bounce_code": 452, "bounce_reason": "mailbox full"}, bounce="soft"),
        mailersend("hard_bounced", "bounced", {"bounce_reason": "no such user"}, bounce="hard", reason="no such user"),
        mailersend("hard_bounced", "bounced", {"bounce_reason": "550 5.7.1 refused"}, bounce="policy"),
        mailersend("suppressed", "failed"),
        mailersend("opened", "opened", {"ip": "203.0.113.9", "user_agent": "Mail/1"}, address="203.0.113.9", user_agent="Mail/1"),
        mailersend("clicked", "clicked", {"url": "https://ours.com/a"}, url="https://ours.com/a"),
        mailersend("unsubscribed", "unsubscribed"),
        mailersend("spam_complaint", "complained"),
        mailersend("survey_opened", "unknown"),
    ],
    "twilio": [
        *(twilio(status, "sent") for status in ("accepted", "queued", "sending", "sent")),
        twilio("delivered", "delivered"),
        twilio("read", "opened"),
        twilio("undelivered", "bounced", "30003", bounce="soft", reason="30003"),
        twilio("undelivered", "bounced", "30005", bounce="hard"),
        twilio("undelivered", "bounced", "30007", bounce="policy"),
        twilio("failed", "failed", "21610", bounce="policy"),
        twilio("canceled", "failed", bounce=None),
        twilio("partially_delivered", "unknown"),
    ],
    "vonage": [
        vonage("submitted", "sent"),
        vonage("delivered", "delivered"),
        vonage("read", "opened"),
        vonage("rejected", "failed", "1050", bounce="policy"),
        vonage("undeliverable", "bounced", "1190", bounce="hard", reason="1190: why"),
        vonage("undeliverable", "bounced", "1330", bounce="soft"),
        vonage("future", "unknown"),
    ],
}
