"""The meetings of a calendar mail: what each is, when, whose, and who answered how."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from accountgraph.inbound.findings import Meeting, MeetingMethod
from accountgraph.inbound.meetings.calendar import Component, components_of
from accountgraph.inbound.meetings.zones import Zones
from accountgraph.inbound.wire.charsets import decoded
from accountgraph.inbound.wire.limits import Problems

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accountgraph.inbound.mail import Mail, Part

MOST_MEETINGS = 20  # of one mail
MOST_ATTENDEES = 500  # of one meeting
_MOST = 512 * 1024  # bytes of a calendar; what is attached to it is not ours to read
_LONGEST = 1000  # characters of a UID or a summary
_TYPES = ("text/calendar", "application/ics", "application/calendar")
# What a calendar may do, and what that is to us: PUBLISH and ADD tell of a meeting, COUNTER is an answer.
_METHODS = {
    "REQUEST": (MeetingMethod.REQUEST, 0.98),
    "PUBLISH": (MeetingMethod.REQUEST, 0.6),
    "ADD": (MeetingMethod.REQUEST, 0.8),
    "REPLY": (MeetingMethod.REPLY, 0.98),
    "COUNTER": (MeetingMethod.REPLY, 0.9),
    "CANCEL": (MeetingMethod.CANCEL, 0.98),
    "": (MeetingMethod.REQUEST, 0.5),
}
_DURATION = re.compile(r"([+-]?)P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?", re.IGNORECASE)


def meetings(mail: Mail) -> tuple[Meeting, ...]:
    """Every meeting of the calendars in a mail, each once; of one that recurs, the first time. Empty: it has no calendar."""
    found: dict[str, Meeting] = {}
    for part in mail.parts:
        if part.type in _TYPES or (part.filename or "").lower().endswith(".ics"):
            for meeting in _of_calendar(part):
                found.setdefault(meeting.uid, meeting)
                if len(found) >= MOST_MEETINGS:
                    return tuple(found.values())
    return tuple(found.values())


def _of_calendar(part: Part) -> Iterator[Meeting]:
    components = components_of(decoded(part.content[:_MOST], part.charset or "utf-8", Problems()))
    calendar = next((component for component in components if component.name == "VCALENDAR"), None)
    events = [component for component in components if component.name == "VEVENT"]
    if calendar is None or not events:
        return
    written = (calendar.text("METHOD") or part.params.get("method", "")).upper()
    if written not in _METHODS:  # REFRESH, DECLINECOUNTER: talk between calendars
        return
    zones = Zones(components, calendar.text("X-WR-TIMEZONE"))
    # An exception to a series comes with the series: the series counts, unless the exception comes alone.
    for event in sorted(events, key=lambda event: event.first("RECURRENCE-ID") is not None):
        yield _meeting(event, written, zones)


def _meeting(event: Component, written: str, zones: Zones) -> Meeting:
    method, confidence = _METHODS[written]
    evidence = [f"its calendar says METHOD:{written}" if written else "its calendar names no method"]
    if event.text("STATUS").upper() == "CANCELLED" and method is MeetingMethod.REQUEST:
        method = MeetingMethod.CANCEL
        evidence.append("STATUS:CANCELLED")
    if written == "COUNTER":
        evidence.append("it proposes another time")
    start, why = _time(event, "DTSTART", zones)
    evidence += [why] if why else []
    if event.first("RRULE"):
        evidence.append("it recurs; this is the first time")
    end = _time(event, "DTEND", zones)[0] or _after(start, event)
    attendees = [
        (email, one.params.get("PARTSTAT", ""))
        for one in event.properties.get("ATTENDEE", ())[:MOST_ATTENDEES]
        if (email := _email(one.value))
    ]
    by, answer = _answer(attendees) if method is MeetingMethod.REPLY else (None, None)
    return Meeting(
        method=method,
        uid=event.text("UID")[:_LONGEST],
        sequence=_number(event.text("SEQUENCE")),
        start=start,
        end=end,
        summary=event.text("SUMMARY")[:_LONGEST],
        organizer=_email(organizer.value) if (organizer := event.first("ORGANIZER")) else None,
        attendees=tuple(dict.fromkeys(email for email, _ in attendees)),
        by=by,
        answer=answer,
        confidence=confidence if start or method is not MeetingMethod.REQUEST else 0.4,
        evidence=tuple(evidence),
    )


def _answer(attendees: list[tuple[str, str]]) -> tuple[str | None, str | None]:
    """Whose answer a reply is, and which: the one attendee who has answered."""
    answered = [(email, said.lower()) for email, said in attendees if said and said.upper() != "NEEDS-ACTION"]
    if answered:
        return answered[0]
    return (attendees[0][0], None) if attendees else (None, None)


def _time(event: Component, name: str, zones: Zones) -> tuple[datetime | None, str]:
    written = event.first(name)
    found = zones.in_utc(written.value, written.params.get("TZID", "")) if written else None
    return found or (None, f"{name} cannot be read" if written else "")


def _after(start: datetime | None, event: Component) -> datetime | None:
    match = _DURATION.fullmatch(event.text("DURATION")) if start else None
    if start is None or match is None:
        return None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
    try:
        return start + timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        return None


def _email(value: str) -> str | None:
    address = value.strip().strip('"<>')
    address = address[7:] if address[:7].lower() == "mailto:" else address
    return address.strip().lower() if "@" in address and " " not in address.strip() else None


def _number(written: str) -> int:
    return int(written) if written.isascii() and written.isdigit() and len(written) < 9 else 0
