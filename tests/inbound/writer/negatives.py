"""Mails that look like a report, a complaint or a meeting, and are people's or their answering machines'."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.inbound.writer.case import US, Case, original, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

ANN = "From: Ann Lee <ann@buyer.example>\nDate: Mon, 2 Mar 2026 13:00:00 +0000\n"
ROWS = [
    ("person-asks-about-a-bounce", f"{ANN}Subject: Re: delivery failed?\n", "Hi Bo,\n\nyour last mail came back to your colleague with 550 5.1.1 user unknown, could not be delivered. I am still here.\n\nAnn"),
    ("person-writes-of-spam", f"{ANN}Subject: Re: Packing lines\nIn-Reply-To: <a@ours.example>\n", "Your message was blocked by our spam filter, I found it by chance. Let us talk on Monday."),
    ("out-of-office-with-null-path", f"{ANN}Return-Path: <>\nSubject: Automatic reply: Packing lines\nAuto-Submitted: auto-replied\n", "I am out of the office until 9 March. In urgent cases write to ben@buyer.example."),
    ("out-of-office-that-names-delivery", f"{ANN}Return-Path: <>\nSubject: Out of office\nAuto-Submitted: auto-replied\n", "I am away. Mail to this mailbox will not be delivered to my colleagues."),
    ("postmaster-who-is-a-person", "From: Postmaster Team <postmaster@buyer.example>\nDate: Mon, 2 Mar 2026 13:00:00 +0000\nSubject: Re: Packing lines\nIn-Reply-To: <a@ours.example>\n", "Thanks for asking. The one for packing is Ben, ben@buyer.example."),
    ("answer-within-a-list", f"{ANN}Subject: Re: [users] Packing lines\nList-Id: <users.buyer.example>\nIn-Reply-To: <a@ours.example>\n", "Sounds good to me."),
    ("acknowledgement-of-a-desk", "From: Support <support@buyer.example>\nReturn-Path: <>\nDate: Mon, 2 Mar 2026 13:00:00 +0000\nSubject: We have received your request\nAuto-Submitted: auto-replied\n", "Thank you. We will answer within two days."),
    ("person-writes-of-a-meeting", f"{ANN}Subject: Invitation for Tuesday\n", "Would Tuesday at ten suit you? I will send an invitation."),
    ("moved-on-with-null-path", f"{ANN}Return-Path: <>\nSubject: I have left Buyer\nAuto-Submitted: auto-replied\n", "I no longer work at Buyer. This address is not read any more. Please write to ben@buyer.example."),
]  # fmt: skip


def cases() -> Iterator[Case]:
    for name, headers, text in ROWS:
        yield Case("negatives", name, plain(headers, text), {"kind": None})
    # A person forwards a bounce by hand: the bounce is not theirs.
    text = f"Do you know why?\n\n---------- Forwarded message ---------\nFrom: MAILER-DAEMON@mx.buyer.example\nSubject: failure notice\n\n<x@buyer.example>: 550 user unknown\n\n{original('forwarded', 'x@buyer.example')}"
    yield Case(
        "negatives",
        "bounce-forwarded-by-a-person",
        plain("From: Cy <cy@ours.example>\nDate: Mon, 2 Mar 2026 13:00:00 +0000\nSubject: Fwd: failure notice\n", text),
        {"kind": None},
    )
    head = f"From: Ann Lee <ann@buyer.example>\nTo: {US}\nSubject: Fwd: Packing lines\nDate: Mon, 2 Mar 2026 13:00:00 +0000\n"
    body = f"--f\n\nBen, this is for you.\n--f\nContent-Type: message/rfc822\n\n{original('attached', 'ann@buyer.example')}\nHello\n--f--\n"
    yield Case(
        "negatives",
        "our-message-forwarded-as-attachment",
        f"{head}Content-Type: multipart/mixed; boundary=f\n\n{body}".encode(),
        {"kind": None},
    )
