"""Mail that nobody has to act on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.inbound.writer.case import US, Case, original, plain, report, text_part

if TYPE_CHECKING:
    from collections.abc import Iterator

NOTICE: dict[str, Any] = {"kind": "notice", "bounces": []}
DAEMON = "From: Mail Delivery System <MAILER-DAEMON@mx.buyer.example>\nReturn-Path: <>\nDate: Mon, 2 Mar 2026 13:00:00 +0000\n"


def cases() -> Iterator[Case]:
    yield from _reports()
    yield from _delays()
    yield from _receipts()
    yield from _lists()


def _reports() -> Iterator[Case]:
    for name, action, status, said in [
        ("report-delayed", "delayed", "4.4.1", "connect to mx.buyer.example: Connection timed out"),
        ("report-delivered", "delivered", "2.0.0", "250 2.0.0 Ok"),
        ("report-relayed", "relayed", "2.1.9", "250 Ok, relayed to a server without DSN"),
        ("report-expanded", "expanded", "2.2.0", "expanded to its members"),
    ]:
        machine = (
            "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.ours.example\n\n"
            f"Final-Recipient: rfc822; ann@buyer.example\nAction: {action}\nStatus: {status}\nDiagnostic-Code: smtp; {said}\n"
        )
        copy = f"Content-Type: text/rfc822-headers\n\n{original(name, 'ann@buyer.example')}"
        yield Case("notices", name, report(f"{DAEMON}Subject: Delivery report\n", [text_part("A report."), machine, copy]), NOTICE)


def _delays() -> Iterator[Case]:
    for name, subject, text in [
        ("delay-sendmail", "Warning: could not send message for past 4 hours", "    **********************************************\n    **      THIS IS A WARNING MESSAGE ONLY      **\n    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **\n\n<ann@buyer.example>... Deferred: Connection timed out\nMessage could not be delivered for 4 hours\nMessage will be deleted from queue after 5 days"),
        ("delay-exim", "Warning: message 1rgX delayed 24 hours", "A message that you sent has not yet been delivered to one or more of its recipients after more than 24 hours on the queue.\n\nThe address to which the message has not yet been delivered is:\n\n  ann@buyer.example\n    Delay reason: mailbox is full\n\nNo action is required on your part. Delivery attempts will continue for some time."),
        ("delay-gmail", "Delivery Status Notification (Delay)", "** Delivery incomplete **\n\nThere was a temporary problem delivering your message to ann@buyer.example. Gmail will retry for 47 more hours. You'll be notified if the delivery fails permanently."),
        ("delay-exchange", "Delivery delayed: Packing lines", "Delivery is delayed to these recipients or groups:\n\nann@buyer.example\n\nThis message hasn't been delivered yet. Delivery will continue to be attempted."),
        ("delay-german", "Zustellung verzögert: Packing lines", "Ihre Nachricht konnte noch nicht zugestellt werden.\n\nann@buyer.example\n\nEs wird weiterhin versucht, die Nachricht zuzustellen."),
        ("delay-qmail", "Delay notice: your message is delayed", "Hi. This is the qmail-send program. I have not been able to deliver your message to <ann@buyer.example> yet, but I'm still trying."),
    ]:  # fmt: skip
        yield Case("notices", name, plain(f"{DAEMON}Subject: {subject}\n", text), NOTICE)


def _receipts() -> Iterator[Case]:
    for name, subject, disposition in [
        ("receipt-read", "Read: Packing lines", "manual-action/MDN-sent-manually; displayed"),
        ("receipt-automatic", "Gelesen: Packing lines", "automatic-action/MDN-sent-automatically; displayed"),
        ("receipt-deleted", "Not read: Packing lines", "manual-action/MDN-sent-automatically; deleted"),
    ]:
        machine = (
            "Content-Type: message/disposition-notification\n\nReporting-UA: buyer.example; Mail 16.0\n"
            f"Final-Recipient: rfc822;ann@buyer.example\nOriginal-Message-ID: <a@ours.example>\nDisposition: {disposition}\n"
        )
        headers = f"From: Ann Lee <ann@buyer.example>\nSubject: {subject}\nDate: Mon, 2 Mar 2026 13:00:00 +0000\n"
        content = report(headers, [text_part("Your message was read on Monday."), machine], type_="disposition-notification")
        yield Case("notices", name, content, NOTICE)


def _lists() -> Iterator[Case]:
    head = f"From: News <news@vendor.example>\nTo: {US}\nDate: Mon, 2 Mar 2026 13:00:00 +0000\n"
    text = "This week: five machines that you should see.\n"
    yield Case("notices", "newsletter", plain(f"{head}Subject: News\nList-Unsubscribe: <https://vendor.example/u/1>\n", text), NOTICE)
    yield Case("notices", "discussion-list", plain(f"{head}Subject: [users] Release\nList-Id: <users.vendor.example>\n", text), NOTICE)
    part = "Content-Type: application/gzip; name=r.xml.gz\nContent-Transfer-Encoding: base64\n\nH4sIAAAAAAAAAwMAAAAAAAAAAAA=\n"
    content = f"{head}Subject: Report Domain: ours.example Submitter: provider.example Report-ID: 1\nContent-Type: multipart/mixed; boundary=d\n\n--d\n{text_part('A report.')}--d\n{part}--d--\n"
    yield Case("notices", "dmarc-report", content.encode(), NOTICE)
