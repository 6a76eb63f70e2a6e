"""What each calendar service sends, by its documentation: payloads, what they mean, and how they are signed."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from accountgraph.channels.providers.webhooks import WebhookRequest

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
START = datetime(2026, 3, 5, 14, 30, tzinfo=UTC)
SECRETS = {"calendly": "calendly-key", "calcom": "calcom-secret"}
URL = "https://ours.com/hooks/abm/x"


@dataclass(frozen=True)
class Sample:
    """A payload, what happened, and the fields that it has to become."""

    payload: dict[str, Any]
    booking: str
    fields: dict[str, Any] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        return json.dumps(self.payload).encode()


def calendly(event: str, booking: str, *, email: str = "anna@acme.com", uid: str = "EV1", start: datetime = START, at: datetime = NOW,
             expected: dict[str, Any] | None = None, **more: Any) -> Sample:  # fmt: skip
    base = "https://api.calendly.com"
    invitee = {
        "uri": f"{base}/scheduled_events/{uid}/invitees/INV1", "email": email, "name": "Anna", "status": "active", "rescheduled": False,
        "old_invitee": None, "new_invitee": None, "timezone": "Europe/Berlin",
        "scheduled_event": {
            "uri": f"{base}/scheduled_events/{uid}", "name": "Intro", "status": "active",
            "start_time": f"{start:%Y-%m-%dT%H:%M:%S.000000Z}", "end_time": f"{start:%Y-%m-%dT}15:00:00.000000Z",
            "event_memberships": [{"user": f"{base}/users/U1", "user_email": "me@ours.com"}],
        },
        **more,
    }  # fmt: skip
    given = {"event": event, "created_at": f"{at:%Y-%m-%dT%H:%M:%S.000000Z}", "created_by": f"{base}/users/U1", "payload": invitee}
    fields = {"uid": uid, "start": start, "invitees": (email,), "organizer": "me@ours.com", "summary": "Intro", **(expected or {})}
    return Sample(given, booking, fields)


def calcom(event: str, booking: str, *, email: str = "anna@acme.com", uid: str = "bFJeNb2uX8ANpT3JL5EfXw", start: datetime = START,
           at: datetime = NOW, expected: dict[str, Any] | None = None, **more: Any) -> Sample:  # fmt: skip
    payload = {
        "type": "30min", "title": "Intro", "startTime": f"{start:%Y-%m-%dT%H:%M:%SZ}", "endTime": f"{start:%Y-%m-%dT}15:00:00Z",
        "organizer": {"id": 5, "name": "Me", "email": "me@ours.com", "timeZone": "Europe/Berlin"},
        "attendees": [{"email": email, "name": "Anna", "timeZone": "Europe/Berlin", "language": {"locale": "en"}}],
        "uid": uid, **more,
    }  # fmt: skip
    given = {"triggerEvent": event, "createdAt": f"{at:%Y-%m-%dT%H:%M:%S.000Z}", "payload": payload}
    fields = {"uid": uid, "start": start, "invitees": (email,), "organizer": "me@ours.com", "summary": "Intro", **(expected or {})}
    return Sample(given, booking, fields)


_OLD = "https://api.calendly.com/scheduled_events/EV0/invitees/INV0"
SAMPLES: dict[str, list[Sample]] = {
    "calendly": [
        calendly("invitee.created", "booked"),
        calendly("invitee.created", "moved", old_invitee=_OLD, expected={"previous_uid": "EV0"}),
        calendly(
            "invitee.canceled",
            "cancelled",
            status="canceled",
            cancellation={"canceled_by": "Anna", "reason": "ill", "canceler_type": "invitee"},
            expected={"reason": "Anna: ill"},
        ),
        calendly("invitee.canceled", "unknown", status="canceled", rescheduled=True, new_invitee=_OLD),
        calendly("invitee_no_show.created", "missed"),
        calendly("routing_form_submission.created", "unknown"),
    ],
    "calcom": [
        calcom("BOOKING_CREATED", "booked"),
        calcom("BOOKING_RESCHEDULED", "moved", rescheduleUid="old", expected={"previous_uid": "old"}),
        calcom("BOOKING_CANCELLED", "cancelled", cancellationReason="ill", expected={"reason": "ill"}),
        calcom("BOOKING_REJECTED", "cancelled", rejectionReason="no time", expected={"reason": "no time"}),
        calcom("MEETING_ENDED", "unknown"),
    ],
}


def signed(name: str, body: bytes, at: datetime = NOW) -> WebhookRequest:
    """What the service sends at a time."""
    key = SECRETS[name].encode()
    if name == "calendly":
        stamp = f"{at.timestamp():.0f}"
        proof = {"calendly-webhook-signature": f"t={stamp},v1={hmac.new(key, stamp.encode() + b'.' + body, hashlib.sha256).hexdigest()}"}
    else:
        proof = {"x-cal-signature-256": hmac.new(key, body, hashlib.sha256).hexdigest()}
    return WebhookRequest(url=URL, headers={"content-type": "application/json", **proof}, body=body, now=NOW)
