"""Calendar services: their webhooks tell of meetings that people booked, moved and called off."""

CALENDARS = {"calendly": "Calendly", "calcom": "Cal.com"}
"""By name, as people write them."""
