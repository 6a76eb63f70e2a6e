"""Complaints: ARF as written down, and as providers write it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.inbound.writer.case import US, Case, intent, message_id, original, plain, report, text_part

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADERS = "From: <{sender}>\nSubject: {subject}\nDate: Mon, 2 Mar 2026 12:00:00 +0000\n"
REPORT = """Content-Type: message/feedback-report

Feedback-Type: {type}
User-Agent: {agent}
Version: {version}
{more}"""


def expected(name: str, email: str | None, type_: str = "abuse", *, kind: str = "complaint", comes_back: bool = True) -> dict[str, Any]:
    complaint: dict[str, Any] = {"type": type_, "email": email}
    if comes_back:
        complaint |= {"message_id": message_id(name), "intent_id": intent(name)}
    return {"kind": kind, "complaint": complaint}


def arf(
    name: str, sender: str, type_: str, more: str, copy: str, *, copy_type: str = "message/rfc822", subject: str = "FW: Packing lines"
) -> bytes:
    headers = HEADERS.format(sender=sender, subject=subject)
    machine = REPORT.format(type=type_, agent="SomeGenerator/1.0", version="1", more=more)
    words = text_part("This is an email abuse report for a message received from IP 192.0.2.10.")
    return report(headers, [words, machine, f"Content-Type: {copy_type}\n\n{copy}\nHello,\n"], type_="feedback-report")


def cases() -> Iterator[Case]:
    rows: list[tuple[str, str, str, str, str, str | None, str]] = [
        ("plain-abuse", "fbl@provider.example", "abuse", "Original-Rcpt-To: ann@buyer.example\n", "ann@buyer.example", "ann@buyer.example", "abuse"),
        ("fraud", "fbl@provider.example", "fraud", "Original-Rcpt-To: <ann@buyer.example>\nSource-IP: 192.0.2.10\n", "ann@buyer.example", "ann@buyer.example", "fraud"),
        ("virus", "fbl@provider.example", "virus", "Original-Rcpt-To: ann@buyer.example\n", "ann@buyer.example", "ann@buyer.example", "virus"),
        ("opt-out", "fbl@provider.example", "opt-out", "Removal-Recipient: ann@buyer.example\n", "ann@buyer.example", "ann@buyer.example", "opt-out"),
        ("optout-misspelt", "fbl@provider.example", "OptOut", "Original-Rcpt-To: ann@buyer.example\n", "ann@buyer.example", "ann@buyer.example", "opt-out"),
        ("yahoo", "feedback@arf.mail.yahoo.example", "abuse", "Original-Mail-From: <bo.larsen@ours.example>\nOriginal-Rcpt-To: ann@yahoo.example\n", "ann@yahoo.example", "ann@yahoo.example", "abuse"),
        ("address-of-the-copy", "fbl@provider.example", "abuse", "", "Ann Lee <ann@buyer.example>", "ann@buyer.example", "abuse"),
        ("several-recipients", "fbl@provider.example", "abuse", "Original-Rcpt-To: ann@buyer.example\nOriginal-Rcpt-To: ben@buyer.example\n", "ann@buyer.example", "ann@buyer.example", "abuse"),
        ("aol-redacted", "scomp@aol.example", "abuse", "Redacted-Address: redacted\nRedacted-Address: redacted@\n", "redacted@aol.example", None, "abuse"),
        ("comcast-redacted", "feedbackloop@comcastfbl.example", "abuse", "Original-Rcpt-To: <redacted-address@comcast.example>\n", "undisclosed recipients:;", None, "abuse"),
        ("no-type", "fbl@provider.example", "", "Original-Rcpt-To: ann@buyer.example\n", "ann@buyer.example", "ann@buyer.example", "abuse"),
        ("headers-only", "fbl@provider.example", "abuse", "Original-Rcpt-To: ann@buyer.example\n", "ann@buyer.example", "ann@buyer.example", "abuse"),
    ]  # fmt: skip
    for name, sender, type_, more, to, email, said in rows:
        copy_type = "text/rfc822-headers" if name == "headers-only" else "message/rfc822"
        content = arf(name, sender, type_, more, original(name, to), copy_type=copy_type)
        yield Case("complaints", name, content, expected(name, email, said))
    yield from _microsoft()
    for name, type_ in (("not-spam", "not-spam"), ("auth-failure", "auth-failure")):
        content = arf(name, "fbl@provider.example", type_, "Original-Rcpt-To: ann@buyer.example\n", original(name, "ann@buyer.example"))
        yield Case("complaints", name, content, expected(name, "ann@buyer.example", type_, kind="notice"))


def _microsoft() -> Iterator[Case]:
    """Junk mail reports of Microsoft: no part for machines, the address in a header of the copy."""
    for name, to in (("microsoft-jmrp", "ann@hotmail.example"), ("microsoft-jmrp-hidden-to", "undisclosed-recipients:;")):
        copy = "X-HmXmrOriginalRecipient: ann@hotmail.example\nX-MessageDelivery: dj0xLjE7\n" + original(name, to)
        top = (
            f"From: <staff@hotmail.com>\nTo: {US}\nSubject: complaint about message from 192.0.2.10\nDate: Mon, 2 Mar 2026 12:00:00 +0000\n"
            "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=jmrp\n\n"
        )
        mixed = f"{top}--jmrp\nContent-Type: message/rfc822\nContent-Disposition: inline\n\n{copy}\nHello,\n--jmrp--\n"
        yield Case("complaints", name, mixed.encode(), expected(name, "ann@hotmail.example"))
    name = "words-with-the-message-below"
    text = f"A user of ours marked this message as spam.\n\n{original(name, 'ann@buyer.example')}\nHello,\n"
    content = plain(HEADERS.format(sender="fbl@isp.example", subject="Abuse report for your message"), text)
    yield Case("complaints", name, content, expected(name, "ann@buyer.example"))
