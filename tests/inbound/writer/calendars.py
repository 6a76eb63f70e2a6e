"""Calendar mails of the common programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.inbound.writer.case import US, Case, base64_part, text_part

if TYPE_CHECKING:
    from collections.abc import Iterator

BERLIN = """BEGIN:VTIMEZONE
TZID:{zone}
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""
EASTERN = """BEGIN:VTIMEZONE
TZID:{zone}
BEGIN:DAYLIGHT
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
DTSTART:20070311T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
DTSTART:20071104T020000
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
END:STANDARD
END:VTIMEZONE
"""
FIXED = "BEGIN:VTIMEZONE\nTZID:{zone}\nBEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:+0530\nTZOFFSETTO:+0530\nEND:STANDARD\nEND:VTIMEZONE\n"


def calendar(method: str, event: str, zones: str = "") -> str:
    said = f"METHOD:{method}\n" if method else ""
    text = (
        f"BEGIN:VCALENDAR\nPRODID:-//Some Program//EN\nVERSION:2.0\n{said}{zones}BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    return text.replace("\n", "\r\n")


def mail(
    text: str, method: str, *, subject: str = "Invitation", type_: str = "text/calendar", words: str = "See the invitation.", name: str = ""
) -> bytes:
    """As Outlook and Google write it: words, and the calendar as their alternative; or, with a file name, attached."""
    head = f"From: Ann Lee <ann@buyer.example>\nTo: {US}\nSubject: {subject}\nDate: Mon, 2 Mar 2026 09:00:00 +0000\nMIME-Version: 1.0\n"
    kind = "mixed" if name else "alternative"
    said = f"{type_}; method={method}" if method else type_
    part = base64_part(f'{said}; name="{name}"' if name else said, text)
    if name:
        part = f"Content-Disposition: attachment; filename={name}\n{part}"
    return f"{head}Content-Type: multipart/{kind}; boundary=c\n\n--c\n{text_part(words)}--c\n{part}--c--\n".encode()


def expected_of(method: str, uid: str, start: str | None = None, end: str | None = None, **more: Any) -> dict[str, Any]:
    times = {key: value for key, value in (("start", start), ("end", end)) if value}
    return {"kind": "meeting", "meetings": [{"method": method, "uid": uid, **times, **more}]}


def _people(answer: str = "NEEDS-ACTION") -> str:
    return f"ORGANIZER;CN=Ann Lee:mailto:ann@buyer.example\nATTENDEE;CN=Bo;PARTSTAT={answer};RSVP=TRUE:mailto:{US}\n"


def cases() -> Iterator[Case]:
    yield from _requests()
    yield from _answers()
    yield from _others()


def _requests() -> Iterator[Case]:
    # name, zones, DTSTART and DTEND as written, and both in UTC
    rows = [
        ("outlook-windows-zone", BERLIN.format(zone="W. Europe Standard Time"), "DTSTART;TZID=W. Europe Standard Time:20260303T100000\nDTEND;TZID=W. Europe Standard Time:20260303T103000", "2026-03-03T09:00:00Z", "2026-03-03T09:30:00Z"),
        ("outlook-windows-zone-in-summer", BERLIN.format(zone="W. Europe Standard Time"), "DTSTART;TZID=W. Europe Standard Time:20260703T100000\nDTEND;TZID=W. Europe Standard Time:20260703T103000", "2026-07-03T08:00:00Z", "2026-07-03T08:30:00Z"),
        ("windows-zone-without-rules", "", "DTSTART;TZID=Pacific Standard Time:20260303T100000\nDTEND;TZID=Pacific Standard Time:20260303T110000", "2026-03-03T18:00:00Z", "2026-03-03T19:00:00Z"),
        ("google-iana-zone", EASTERN.format(zone="America/New_York"), "DTSTART;TZID=America/New_York:20260310T140000\nDTEND;TZID=America/New_York:20260310T150000", "2026-03-10T18:00:00Z", "2026-03-10T19:00:00Z"),
        ("zone-of-its-own", EASTERN.format(zone="Customized Time Zone"), "DTSTART;TZID=Customized Time Zone:20260310T140000\nDTEND;TZID=Customized Time Zone:20260310T150000", "2026-03-10T18:00:00Z", "2026-03-10T19:00:00Z"),
        ("zone-of-its-own-in-winter", EASTERN.format(zone="Customized Time Zone"), "DTSTART;TZID=Customized Time Zone:20260110T140000\nDTEND;TZID=Customized Time Zone:20260110T150000", "2026-01-10T19:00:00Z", "2026-01-10T20:00:00Z"),
        ("display-name-of-a-zone", FIXED.format(zone="(UTC+05:30) Chennai, Kolkata, Mumbai, New Delhi"), 'DTSTART;TZID="(UTC+05:30) Chennai, Kolkata, Mumbai, New Delhi":20260303T153000\nDURATION:PT45M', "2026-03-03T10:00:00Z", "2026-03-03T10:45:00Z"),
        ("zone-with-a-path", "", "DTSTART;TZID=/freeassociation.example/Tzfile/Europe/Paris:20260303T100000\nDURATION:PT1H", "2026-03-03T09:00:00Z", "2026-03-03T10:00:00Z"),
        ("in-utc", "", "DTSTART:20260303T100000Z\nDTEND:20260303T110000Z", "2026-03-03T10:00:00Z", "2026-03-03T11:00:00Z"),
        ("all-day", "", "DTSTART;VALUE=DATE:20260303\nDTEND;VALUE=DATE:20260304", "2026-03-03T00:00:00Z", "2026-03-04T00:00:00Z"),
        ("floating", "", "DTSTART:20260303T100000\nDTEND:20260303T110000", "2026-03-03T10:00:00Z", "2026-03-03T11:00:00Z"),
        ("recurring", EASTERN.format(zone="Eastern Standard Time"), "DTSTART;TZID=Eastern Standard Time:20260303T100000\nDTEND;TZID=Eastern Standard Time:20260303T110000\nRRULE:FREQ=WEEKLY;COUNT=10;BYDAY=TU", "2026-03-03T15:00:00Z", "2026-03-03T16:00:00Z"),
        ("duration-of-days", "", "DTSTART:20260303T100000Z\nDURATION:P1DT2H", "2026-03-03T10:00:00Z", "2026-03-04T12:00:00Z"),
    ]  # fmt: skip
    for name, zones, times, start, end in rows:
        event = f"UID:{name}@buyer.example\nSUMMARY:Packing lines\nSEQUENCE:1\n{times}\n{_people()}"
        expected = expected_of(
            "request",
            f"{name}@buyer.example",
            start,
            end,
            sequence=1,
            organizer="ann@buyer.example",
            attendees=[US],
            summary="Packing lines",
        )
        yield Case("meetings", name, mail(calendar("REQUEST", event, zones), "REQUEST"), expected)


def _answers() -> Iterator[Case]:
    for name, said, answer, subject in [
        ("outlook-accepted", "ACCEPTED", "accepted", "Accepted: Packing lines"),
        ("outlook-declined", "DECLINED", "declined", "Declined: Packing lines"),
        ("outlook-tentative", "TENTATIVE", "tentative", "Tentative: Packing lines"),
        ("german-accepted", "ACCEPTED", "accepted", "Zugesagt: Packing lines"),
        ("google-declined-with-words", "DECLINED", "declined", "Declined: Packing lines"),
        ("delegated", "DELEGATED", "delegated", "Delegated: Packing lines"),
    ]:
        event = (
            f"UID:{name}@ours.example\nDTSTART:20260303T100000Z\nDTEND:20260303T110000Z\nORGANIZER:mailto:{US}\n"
            f'ATTENDEE;PARTSTAT={said};CN="Lee, Ann":MAILTO:Ann@buyer.example\n'
        )
        expected = expected_of("reply", f"{name}@ours.example", "2026-03-03T10:00:00Z", by="ann@buyer.example", answer=answer)
        yield Case("meetings", name, mail(calendar("REPLY", event), "REPLY", subject=subject), expected)
    event = (
        f"UID:counter@ours.example\nDTSTART:20260304T100000Z\nORGANIZER:mailto:{US}\nATTENDEE;PARTSTAT=TENTATIVE:mailto:ann@buyer.example\n"
    )
    expected = expected_of("reply", "counter@ours.example", "2026-03-04T10:00:00Z", by="ann@buyer.example", answer="tentative")
    yield Case("meetings", "another-time-proposed", mail(calendar("COUNTER", event), "COUNTER", subject="New time proposed"), expected)


def _others() -> Iterator[Case]:
    event = f"UID:cancel@buyer.example\nSEQUENCE:2\nSTATUS:CANCELLED\nDTSTART:20260303T100000Z\n{_people()}"
    expected = expected_of("cancel", "cancel@buyer.example", "2026-03-03T10:00:00Z", sequence=2)
    yield Case("meetings", "cancelled", mail(calendar("CANCEL", event), "CANCEL", subject="Cancelled: Packing lines"), expected)

    event = f"UID:cancel2@buyer.example\nSTATUS:CANCELLED\nDTSTART:20260303T100000Z\n{_people()}"
    content = mail(calendar("REQUEST", event), "REQUEST", subject="Cancelled")
    yield Case("meetings", "cancelled-by-its-status", content, expected_of("cancel", "cancel2@buyer.example"))

    event = f"UID:attached@buyer.example\nDTSTART:20260303T100000Z\nSUMMARY:A talk\\, and a\n  walk\n{_people()}"
    content = mail(calendar("", event), "", type_="application/octet-stream", name="invite.ics")
    yield Case(
        "meetings",
        "attached-file",
        content,
        expected_of("request", "attached@buyer.example", "2026-03-03T10:00:00Z", summary="A talk, and a walk"),
    )

    event = f"UID:published@booking.example\nDTSTART:20260303T100000Z\n{_people()}"
    content = mail(calendar("PUBLISH", event), "PUBLISH", subject="Booked")
    yield Case("meetings", "published", content, expected_of("request", "published@booking.example"))

    series = f"UID:series@buyer.example\nRECURRENCE-ID:20260310T100000Z\nDTSTART:20260310T120000Z\n{_people()}END:VEVENT\nBEGIN:VEVENT\n"
    series += f"UID:series@buyer.example\nDTSTART:20260303T100000Z\nRRULE:FREQ=WEEKLY\n{_people()}"
    expected = expected_of("request", "series@buyer.example", "2026-03-03T10:00:00Z")
    yield Case("meetings", "series-with-an-exception", mail(calendar("REQUEST", series), "REQUEST"), expected)

    event = f"UID:umlaut@buyer.example\nDTSTART:20260303T100000Z\nSUMMARY:Gespräch über Förderbänder\n{_people()}"
    text = calendar("REQUEST", event)
    head = f"From: ann@buyer.example\nTo: {US}\nSubject: Einladung\nDate: Mon, 2 Mar 2026 09:00:00 +0000\nContent-Type: text/calendar; method=REQUEST\n"
    yield Case(
        "meetings",
        "the-whole-mail-is-a-calendar",
        f"{head}\n{text}".encode(),
        expected_of("request", "umlaut@buyer.example", summary="Gespräch über Förderbänder"),
    )
