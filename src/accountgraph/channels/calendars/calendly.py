"""Calendly's webhooks, signed with the key of the subscription.

Docs: developer.calendly.com, "Webhook signatures" and "Webhook payloads for rescheduled events". Who moves a meeting cancels the
one and books another; the new one names the old.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from accountgraph.channels.providers.event import BookedMeeting, Booking, Told
from accountgraph.channels.providers.reading import at, digest, items, joined, moment, object_in, text
from accountgraph.channels.providers.signatures import check, fresh, header, hmac_sha256, secrets_in
from accountgraph.channels.providers.webhooks import Refusal, WebhookAbilities, WebhookRefusedError, WebhookRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

SIGNATURE = "calendly-webhook-signature"
_EVENT = re.compile(r"/scheduled_events/([^/?#]{1,200})")
_BOOKINGS = {"invitee.created": Booking.BOOKED, "invitee.canceled": Booking.CANCELLED, "invitee_no_show.created": Booking.MISSED}


class CalendlyWebhook:
    """Calendly's events. The secret is the signing key of the webhook subscription."""

    name = "calendly"
    abilities = WebhookAbilities(
        signature="HMAC-SHA256 over time and body", is_signed=True, has_timestamp=True, has_event_ids=False, events=False
    )

    async def verify(self, request: WebhookRequest, secret: str) -> None:
        """The header is `t=TIME,v1=SIGNATURE`; several signatures may come along, and one has to be right."""
        keys = secrets_in(secret, "signing key of Calendly")
        parts = [part.strip().partition("=") for part in header(request.headers, SIGNATURE).split(",")]
        stamps = [value for name, _, value in parts if name == "t"]
        given = [value for name, _, value in parts if name == "v1"]
        if len(stamps) != 1 or not given:
            raise WebhookRefusedError(Refusal.SIGNATURE, f"The header {SIGNATURE} is not a time and a signature, t=..., v1=...")
        signed = stamps[0].encode("utf-8", "replace") + b"." + request.body
        check([hmac_sha256(key, signed).hex() for key in keys], given)
        fresh(stamps[0], request.now)

    def events(self, body: bytes, headers: Mapping[str, str], query: Mapping[str, str] | None = None) -> list[Told]:
        """One thing that happened to one invitee."""
        del headers, query
        raw = object_in(body)
        name, invitee = text(raw, "event") or "", at(raw, "payload")
        if name.startswith("invitee_no_show"):
            invitee = at(invitee, "invitee") if isinstance(at(invitee, "invitee"), dict) else invitee
        event = at(invitee, "scheduled_event")
        return [
            BookedMeeting(
                provider=self.name,
                booking=_booking(name, invitee),
                name=name,
                event_id=digest(name, text(raw, "created_at"), text(invitee, "uri")),
                at=moment(text(raw, "created_at")),
                uid=_uid(text(event, "uri")) or _uid(text(invitee, "uri")),
                previous_uid=_uid(text(invitee, "old_invitee")),
                start=moment(text(event, "start_time")),
                end=moment(text(event, "end_time")),
                summary=text(event, "name"),
                invitees=tuple(found for found in (text(invitee, "email"),) if found),
                organizer=next((found for one in items(event, "event_memberships") if (found := text(one, "user_email"))), None),
                reason=joined(text(invitee, "cancellation", "canceled_by"), text(invitee, "cancellation", "reason")),
                raw=raw,
            )
        ]


def _booking(name: str, invitee: Any) -> Booking:  # noqa: ANN401 - an object, if it is one
    booking = _BOOKINGS.get(name, Booking.UNKNOWN)
    if booking is Booking.CANCELLED and at(invitee, "rescheduled") is True:
        return Booking.UNKNOWN  # the new booking says all there is to say
    if booking is Booking.BOOKED and _uid(text(invitee, "old_invitee")):
        return Booking.MOVED
    return booking


def _uid(uri: str | None) -> str | None:
    """The event within the address of an event or of an invitee."""
    found = _EVENT.search(uri or "")
    return found[1] if found else None
