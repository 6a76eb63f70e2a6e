"""Mail that was made to break a reader: whatever comes, there is an answer, and soon."""

from __future__ import annotations

import tracemalloc
from functools import cache
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accountgraph.inbound.meetings import meetings
from accountgraph.inbound.ours import unsubscribe_of
from accountgraph.inbound.parse import parse
from accountgraph.inbound.structure import structure_of
from accountgraph.inbound.wire import limits

if TYPE_CHECKING:
    from collections.abc import Callable

CORPUS = Path(__file__).parent / "corpus"
HEAD = b"From: a@b.example\nDate: 3 Mar 2026 10:00 GMT\n"
MULTIPART = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n"
MEGABYTES_50 = 50 * 1024 * 1024
# Bytes that mean something in a mail, so that chance finds more than headers that are none.
TELLING = [
    b"\n",
    b"\r\n",
    b"\n\n",
    b": ",
    b"--",
    b"--b",
    b"--b--\n",
    b"Content-Type: multipart/report; boundary=b\n",
    b"Content-Type: text/calendar\n",
    b"Content-Type: message/delivery-status\n\n",
    b"Content-Type: message/feedback-report\n\n",
    b"Content-Transfer-Encoding: base64\n",
    b"=?utf-8?b?",
    b"?=",
    b"=?x?q?=",
    b"charset=utf-16",
    b"charset*0*=''%",
    b"Final-Recipient: rfc822;",
    b"Action: failed\n",
    b"Status: 5.1.1\n",
    b"BEGIN:VCALENDAR\n",
    b"BEGIN:VEVENT\n",
    b"BEGIN:VTIMEZONE\n",
    b"TZID:",
    b"DTSTART;TZID=X:00010101T000000\n",
    b"RRULE:FREQ=YEARLY;BYMONTH=99\n",
    b"From: mailer-daemon@x.example\n",
    b"Return-Path: <>\n",
    b"X-Failed-Recipients: ",
    b"Subject: undeliverable ",
    b"<",
    b">",
    b'"',
    b"(",
    b"\0",
    b"\xff",
    b"@",
]


def _understood(raw: bytes) -> None:
    """Everything that looks at the form of a mail, on this one; what is read has to fit in a database's text."""
    mail = parse(raw)
    structure_of(mail)
    meetings(mail)
    unsubscribe_of(mail)
    for text in (mail.subject, mail.text, mail.html, *(value for header in (*mail.headers, *mail.original) for value in header)):
        text.encode("utf-8")
        assert "\0" not in text


@cache
def _corpus() -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in sorted(CORPUS.glob("*/*.eml")))


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(st.sampled_from(TELLING), st.binary(max_size=30)), max_size=60).map(b"".join))
def test_any_bytes_are_understood_as_something(raw: bytes) -> None:
    _understood(raw)


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_mail_of_the_corpus_may_be_cut_mixed_and_broken(data: st.DataObject) -> None:
    raw = bytearray(data.draw(st.sampled_from(_corpus())))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(raw)))
        until = min(len(raw), at + data.draw(st.integers(0, 200)))
        raw[at:until] = data.draw(
            st.one_of(st.just(b""), st.sampled_from(TELLING), st.binary(max_size=20), st.just(bytes(raw[at:until]) * 2))
        )
    _understood(bytes(raw))


def _nested(depth: int) -> bytes:
    opened = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level) for level in range(depth))
    return HEAD + opened + b"\nhi\n" + b"".join(b"--b%d--\n" % level for level in reversed(range(depth)))


ZONE = b"BEGIN:VTIMEZONE\nTZID:x\nBEGIN:STANDARD\nDTSTART:20000101T000000\nTZOFFSETTO:+0100\nEND:STANDARD\nEND:VTIMEZONE\n"
REPORT = HEAD + b"Content-Type: message/delivery-status\n\n"
WORDS = b"X:" + b" =?x?q?=C0=C1=C2=C3=C4=C5=C6?= =?y?q?=C0=C1=C2=C3=C4=C5=C6?=" * 15 + b"\n"
DAEMON = b"From: mailer-daemon@x.example\nSubject: undeliverable\n"
CALENDAR = b"Content-Type: text/calendar\n\nBEGIN:VCALENDAR\nMETHOD:REQUEST\n"
BOMBS: dict[str, Callable[[], bytes]] = {
    "ten thousand parts within each other": lambda: _nested(10_000),
    "ten thousand messages within each other": lambda: HEAD + b"Content-Type: message/rfc822\n\n" * 10_000,
    "a hundred thousand parts": lambda: MULTIPART + b"--b\n\nx\n" * 100_000,
    "a hundred thousand parts that have no end of headers": lambda: MULTIPART + b"--b\nx: y\n" * 100_000,
    "multiparts of one boundary": lambda: MULTIPART + b"--b\nContent-Type: multipart/mixed; boundary=b\n" * 20_000,
    "lines that are nearly boundaries": lambda: MULTIPART + b"--b\n\n" + b"--\n" * 300_000,
    "a hundred thousand headers": lambda: b"x: y\n" * 100_000 + b"\nhi",
    "one header of a megabyte": lambda: b"Subject: " + b"x" * 1_000_000 + b"\n\nhi",
    "a header folded without end": lambda: b"To: " + b"\n a@b.example," * 50_000 + b"\n\nhi",
    "quotes that never close": lambda: b"".join(b'To: "' + b'\\"' * 20_000 + b"\n" for _ in range(5)) + b"\nhi",
    "comments within comments": lambda: b"To: " + b"(" * 60_000 + b"\n\nhi",
    "parameters that never end": lambda: b"Content-Type: text/plain" + b';a="' * 20_000 + b"\n\nhi",
    "encoded words that never end": lambda: b"Subject: " + b"=?utf-8?q?" * 6_000 + b"\n\nhi",
    "encoded words in charsets that are none": lambda: WORDS * 900 + b"\nhi",
    "base64 of padding": lambda: HEAD + b"Content-Transfer-Encoding: base64\n\n" + b"=" * 1_000_000,
    "a charset whose codec is slow": lambda: HEAD + b"Content-Type: text/plain; charset=punycode\n\n" + b"\xe4-" * 500_000,
    "a calendar of events": lambda: HEAD + CALENDAR + b"BEGIN:VEVENT\nUID:1\nEND:VEVENT\n" * 20_000,
    "a calendar of components within each other": lambda: HEAD + CALENDAR + b"BEGIN:VEVENT\n" * 40_000,
    "a calendar of zones": lambda: HEAD + CALENDAR + ZONE * 4_000,
    "a calendar of parameters": lambda: HEAD + CALENDAR + b"BEGIN:VEVENT\nDTSTART" + b';X="a"' * 50_000 + b"\n",
    "a report on a hundred thousand addresses": lambda: REPORT + b"Final-Recipient: rfc822; a@b.example\nAction: failed\n\n" * 20_000,
    "a daemon's mail of addresses": lambda: DAEMON + b"\ncould not be delivered\n" + b"a@b.example " * 100_000,
    "a daemon's mail of tags": lambda: DAEMON + b"Content-Type: text/html\n\n" + b"<style><!--" * 100_000,
    "a daemon's mail of originals": lambda: DAEMON + b"\n" + b"Received: x\n\n" * 50_000,
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_understood_in_seconds(bomb: str) -> None:
    raw = BOMBS[bomb]()
    begun = process_time()

    _understood(raw)

    assert process_time() - begun < 5, "what grows with the square of such a mail takes minutes"


def test_fifty_megabytes_are_read_whole_in_bounded_memory() -> None:
    line = b"QUJD" * 19 + b"\r\n"
    head = MULTIPART.replace(b"\n", b"\r\n") + b"--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    raw = head + line * ((MEGABYTES_50 - len(head)) // len(line)) + b"--b--\r\n"
    tracemalloc.start()
    begun = process_time()
    try:
        mail = parse(raw)
        took, peak = process_time() - begun, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert mail.parts[0].content.startswith(b"ABCABC")
    assert len(mail.parts[0].content) > MEGABYTES_50 * 0.7
    assert mail.problems == ()
    assert took < 10
    assert peak < 4 * MEGABYTES_50


def test_text_beyond_its_limit_is_cut_and_said() -> None:
    mail = parse(HEAD + b"\n" + b"words of a mail\n" * (limits.MOST_TEXT // 8))

    assert len(mail.text) == limits.MOST_TEXT
    assert mail.problems == ("its text is longer than 1,000,000 characters, and is cut; the parts have it whole",)
    assert len(mail.parts[0].content) > limits.MOST_TEXT


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (_nested(100), "its parts are nested deeper than 64; what is deeper is not read"),
        (MULTIPART + b"--b\n\nx\n" * 2_000, "it has more than 1,000 parts; the others are not read"),
        (b"x: y\n" * 2_000 + b"\nhi", "it has 2,000 headers; the first 1,000 are read"),
        (b"Subject: " + b"x" * 70_000 + b"\n\nhi", "a header is longer than 65,536 characters, and is cut"),
        (b"To: " + b"a@b.example," * 2_000 + b"\n\nhi", "a header names 1,001 addresses; the first 1,000 are read"),
        (b"x: y\n" * 300_000, "its headers are larger than 1,048,576 bytes; what is beyond them is read as body"),
    ],
)
def test_every_limit_says_what_it_leaves_out(raw: bytes, problem: str) -> None:
    assert problem in parse(raw).problems
