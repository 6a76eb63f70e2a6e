"""Understanding a mail, against parsing it with the standard library (`email.message_from_bytes`, its cheapest policy).

The standard library only splits the mail; it decodes nothing, and understands nothing. Neither side reads a file.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from email import message_from_bytes
from time import perf_counter
from typing import TYPE_CHECKING

from accountgraph.inbound.understand import understand
from benchmarks.measure import Bench, Figure, in_turns

if TYPE_CHECKING:
    from collections.abc import Callable

MAILS = 40  # of the mix; every call understands one
GROWS = {"tiny": 100_000, "small": 4_000_000, "full": 5_000_000}  # bytes; ten times as many are measured, too
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HEAD = """Return-Path: <{path}>
Delivered-To: bo.larsen@ours.example
Received: from mx.buyer.example (mx.buyer.example [203.0.113.5])
\tby mx.ours.example with ESMTPS id 4F1B2C3D; Mon, 2 Mar 2026 09:00:02 +0000 (UTC)
Received: from laptop ([198.51.100.7]) by mx.buyer.example with ESMTPSA;
\tMon, 2 Mar 2026 09:00:01 +0000
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=buyer.example; s=k1;
\th=from:to:subject:date:message-id; bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
\tb=AuUoFEfDxTDkHlLXSZEpZj79LICEps6eda7W3deTVFOk4yAUoqOB4nujc7YopdG5
Authentication-Results: mx.ours.example; dkim=pass header.d=buyer.example; spf=pass
From: {sender}
To: Bo Larsen <bo.larsen@ours.example>
Subject: {subject}
Date: Mon, 02 Mar 2026 10:00:00 +0100
Message-ID: <{number}@buyer.example>
In-Reply-To: <0b6e7a52-8c1f-5d0e-9a55-6d1a0f6f1c11@ours.example>
References: <0b6e7a52-8c1f-5d0e-9a55-6d1a0f6f1c11@ours.example>
MIME-Version: 1.0
{more}"""
QUOTE = "\n".join(
    f"> {line}" for line in ["Hi Ann,", "", "your second plant packs by hand, I hear.", "Shall I show you what others do?", "", "Bo"] * 3
)
ANSWERS = [
    "Hi Bo,\n\nthanks, that sounds interesting. Could you call me on Tuesday at ten?\n\nBest regards,\nAnn Lee\nHead of Operations, Buyer",
    "Hello,\n\nwe have no budget this year, please come back to me in September.\n\nAnn",
    "Please take me off your list.",
    "You should talk to Ben Ode (ben.ode@buyer.example), who buys our machines.\n\n-- \nAnn Lee\nBuyer Inc.\n+49 30 1234567",
    "Sehr geehrter Herr Larsen,\n\nvielen Dank, daran haben wir derzeit keinen Bedarf.\n\nMit freundlichen Grüßen\nAnn Lee",
]
AWAY = (
    "Thank you for your message. I am out of the office until 9 March 2026. In urgent cases please write to ben.ode@buyer.example.\n\nAnn"
)
REPORT = """--r
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.ours.example.

I'm sorry to have to inform you that your message could not be delivered.

<ann@buyer.example>: host mx.buyer.example[203.0.113.5] said: 550 5.1.1 User unknown

--r
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.ours.example

Final-Recipient: rfc822; ann@buyer.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--r
Content-Type: message/rfc822

From: bo.larsen@ours.example
To: ann@buyer.example
Subject: Packing lines
Message-ID: <0b6e7a52-8c1f-5d0e-9a55-6d1a0f6f1c11@ours.example>

Hi Ann,
--r--
"""
CALENDAR = """BEGIN:VCALENDAR
METHOD:REPLY
BEGIN:VEVENT
UID:1@ours.example
DTSTART:20260303T100000Z
DTEND:20260303T110000Z
ORGANIZER:mailto:bo.larsen@ours.example
ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@buyer.example
END:VEVENT
END:VCALENDAR
"""


async def measure(bench: Bench) -> list[Figure]:
    """The cost of understanding to that of parsing, over a mix of mails; and how it grows with the size of one."""
    mix = [_mail(number) for number in range(MAILS)]

    async def ours(number: int) -> None:
        understand(mix[number % MAILS], received_at=AT)

    async def parsing(number: int) -> None:
        message_from_bytes(mix[number % MAILS])

    # Many short turns: whatever else the machine does falls on both sides.
    taken = await in_turns({"ours": ours, "parsing": parsing}, MAILS, max(bench.rounds, 3) * (1 if bench.size == "tiny" else 10))
    detail = f"{taken['ours'] * 1e6:.0f} µs a mail, parsing {taken['parsing'] * 1e6:.0f} µs; {sum(map(len, mix)) // MAILS:,} bytes each"
    figures = [Figure("understanding", "a mix of mails, to parsing them", taken["ours"] / taken["parsing"], 5, True, detail)]
    return figures + [_growth(name, make, GROWS[bench.size]) for name, make in (("text", _long), ("attachment", _attached))]


def _growth(name: str, make: Callable[[int], bytes], size: int) -> Figure:
    """Ten times the size: twelve times the time at most."""
    small, large = (make(bytes_) for bytes_ in (size, size * 10))
    pairs = [(_seconds(small), _seconds(large)) for _ in range(7)]
    one, ten = (min(times) for times in zip(*pairs, strict=True))  # of few long runs the least disturbed tells most
    return Figure("understanding", f"10 x the size, {name}", ten / one, 12, True, f"{one * 1000:.1f} ms, {ten * 1000:.1f} ms")


def _seconds(raw: bytes) -> float:
    begun = perf_counter()
    understand(raw, received_at=AT)
    return perf_counter() - begun


def _mail(number: int) -> bytes:
    """Of ten mails, six are answers (plain, and plain with HTML), one says who is away, two bounced, one answers an invitation."""
    kind, answer = number % 10, ANSWERS[number % len(ANSWERS)]
    said = f"{answer}\n\nOn Mon, Mar 2, 2026 at 9:00 AM Bo Larsen <bo.larsen@ours.example> wrote:\n{QUOTE}\n"
    if kind < 3:
        return _with(number, said, "Content-Type: text/plain; charset=utf-8\n")
    if kind < 6:
        return _with(number, _twins(said), "Content-Type: multipart/alternative; boundary=a\n")
    if kind == 6:
        more = "Auto-Submitted: auto-replied\nContent-Type: text/plain; charset=utf-8\n"
        return _with(number, AWAY, more, subject="Automatic reply: Packing lines", path="")
    if kind < 9:
        more = "Content-Type: multipart/report; report-type=delivery-status; boundary=r\n"
        sender = "Mail Delivery System <MAILER-DAEMON@mx.ours.example>"
        return _with(number, REPORT, more, subject="Undelivered Mail Returned to Sender", sender=sender, path="")
    body = f"--a\nContent-Type: text/plain\n\nAnn Lee has accepted.\n--a\nContent-Type: text/calendar; method=REPLY\n\n{CALENDAR}--a--\n"
    return _with(number, body, "Content-Type: multipart/alternative; boundary=a\n", subject="Accepted: Packing lines")


def _with(
    number: int,
    body: str,
    more: str,
    *,
    subject: str = "Re: Packing lines",
    sender: str = "Ann Lee <ann@buyer.example>",
    path: str = "ann@b.example",
) -> bytes:
    head = HEAD.format(number=number, subject=subject, sender=sender, path=path, more=more)
    return f"{head}\n{body}".encode().replace(b"\n", b"\r\n")


def _twins(said: str) -> str:
    html = "".join(f"<div>{line or '<br>'}</div>\n" for line in said.replace("<", "&lt;").split("\n"))
    plain = f"Content-Type: text/plain; charset=utf-8\n\n{said}"
    return f"--a\n{plain}\n--a\nContent-Type: text/html; charset=utf-8\n\n<html><body>{html}</body></html>\n--a--\n"


def _long(size: int) -> bytes:
    line = "We looked at what you sent us last week, and there are a few things that we would like to understand better.\n"
    return _with(1, line * (size // len(line)), "Content-Type: text/plain; charset=utf-8\n")


def _attached(size: int) -> bytes:
    content = base64.encodebytes(b"\x89PNG" * (size * 3 // 16)).decode()
    file = f"Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\n{content}"
    body = f"--a\nContent-Type: text/plain\n\n{ANSWERS[0]}\n--a\n{file}--a--\n"
    return _with(1, body, "Content-Type: multipart/mixed; boundary=a\n")
