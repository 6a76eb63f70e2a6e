"""Cal.com's webhooks, signed with the secret of the webhook. There is no time in the signature.

Docs: cal.com/docs/developing/guides/automation/webhooks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accountgraph.channels.providers.event import BookedMeeting, Booking, Told
from accountgraph.channels.providers.reading import at, digest, first_text, items, moment, object_in, text
from accountgraph.channels.providers.signatures import check, header, hmac_sha256, secrets_in
from accountgraph.channels.providers.webhooks import WebhookAbilities, WebhookRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

SIGNATURE = "x-cal-signature-256"
_BOOKINGS = {
    "BOOKING_CREATED": Booking.BOOKED,
    "BOOKING_RESCHEDULED": Booking.MOVED,
    "BOOKING_CANCELLED": Booking.CANCELLED,
    "BOOKING_REJECTED": Booking.CANCELLED,
}


class CalComWebhook:
    """Cal.com's events. The secret is the one that the webhook was made with."""

    name = "calcom"
    abilities = WebhookAbilities(
        signature="HMAC-SHA256 over the body", is_signed=True, has_timestamp=False, has_event_ids=False, events=False
    )

    async def verify(self, request: WebhookRequest, secret: str) -> None:
        """The header is the signature of the body, in hexadecimal digits."""
        keys = secrets_in(secret, "secret of Cal.com's webhook")
        check([hmac_sha256(key, request.body).hex() for key in keys], [header(request.headers, SIGNATURE).lower()])

    def events(self, body: bytes, headers: Mapping[str, str], query: Mapping[str, str] | None = None) -> list[Told]:
        """One thing that happened to one booking; everybody who booked or was invited along is its invitee."""
        del headers, query
        raw = object_in(body)
        name, booking = text(raw, "triggerEvent") or "", at(raw, "payload")
        return [
            BookedMeeting(
                provider=self.name,
                booking=_BOOKINGS.get(name, Booking.UNKNOWN),
                name=name,
                event_id=digest(name, text(raw, "createdAt"), text(booking, "uid"), text(booking, "startTime")),
                at=moment(text(raw, "createdAt")),
                uid=text(booking, "uid"),
                previous_uid=text(booking, "rescheduleUid"),
                start=moment(text(booking, "startTime")),
                end=moment(text(booking, "endTime")),
                summary=first_text(booking, "title", "eventTitle"),
                invitees=_invitees(booking),
                organizer=text(booking, "organizer", "email"),
                reason=first_text(booking, "cancellationReason", "rejectionReason"),
                raw=raw,
            )
        ]


def _invitees(booking: Any) -> tuple[str, ...]:  # noqa: ANN401 - an object, if it is one
    found = [text(one, "email") for one in items(booking, "attendees")]
    return tuple(dict.fromkeys(one for one in found if one))
