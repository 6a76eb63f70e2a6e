"""Cases that were written when the code was done: what they show of it was not known to it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.inbound.writer import calendars, complaints
from tests.inbound.writer.calendars import calendar, mail
from tests.inbound.writer.case import US, Case, bounce, bounced, original, plain, report, text_part
from tests.inbound.writer.notices import NOTICE
from tests.inbound.writer.private import DATE, EXIM_TEXT, POSTFIX_TEXT, QMAIL, QMAIL_TEXT
from tests.inbound.writer.reports import gmail, microsoft365, postfix, sendmail, ses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REPORTS: list[tuple[str, Callable[[str, str, str, str], bytes], str, str, str]] = [
    ("icloud-inactive", postfix, "5.1.1", "550 5.1.1 <{to}>: inactive email address", "hard"),
    ("comcast-account-not-available", postfix, "5.1.1", "550 5.1.1 Not our Customer", "hard"),
    ("tonline-spam", postfix, "5.0.0", "554 IP=192.0.2.10 - A problem occurred. Ask your postmaster for help or to contact tosa@rx.tonline.example to clarify.", "policy"),
    ("orange-too-many", postfix, "5.0.0", "421 Service refused, please try later. OFR_999 [999]", "soft"),
    ("laposte-blocked", postfix, "5.5.0", "550 5.5.0 Service refused. Veuillez essayer plus tard. service refused, please try later. LPN007_510", "policy"),
    ("no-reverse-name", postfix, "5.7.25", "550 5.7.25 The IP address sending this message does not have a PTR record setup", "policy"),
    ("helo-refused", postfix, "5.7.1", "504 5.7.1 <worker>: Helo command rejected: need fully-qualified hostname", "policy"),
    ("suspended-account", postfix, "5.2.1", "550 5.2.1 The user you are trying to contact is receiving mail at a rate that prevents delivery", "soft"),
    ("cpanel-no-such-person", postfix, "5.0.0", "550 No Such User Here\"", "hard"),
    ("cpanel-discarded-quota", postfix, "5.2.2", "552 5.2.2 Mailbox size limit exceeded", "soft"),
    ("trend-micro-url", postfix, "5.7.1", "554 5.7.1 Recipient address rejected: the URL in this mail has a bad reputation", "policy"),
    ("sophos-relay", postfix, "5.0.0", "550 relay not permitted", "policy"),
    ("user-moved", postfix, "5.1.6", "551 5.1.6 User has moved, please try <ann@elsewhere.example>", "hard"),
    ("bad-syntax", postfix, "5.1.3", "501 5.1.3 Bad recipient address syntax", "hard"),
    ("tls-required", postfix, "5.7.10", "550 5.7.10 Encryption needed to use this service", "policy"),
    ("five-seven-with-unknown-in-german", postfix, "5.7.1", "550 5.7.1 Empfaengeradresse unbekannt: {to} existiert nicht", "hard"),
    ("microsoft365-hygiene", microsoft365, "5.7.705", "550 5.7.705 Access denied, tenant has exceeded threshold", "policy"),
    ("microsoft365-dmarc", microsoft365, "5.7.509", "550 5.7.509 Access denied, sending domain ours.example does not pass DMARC verification", "policy"),
    ("microsoft365-disabled", microsoft365, "5.2.1", "550 5.2.1 Mailbox cannot be accessed; STOREDRV.Deliver; AccountDisabledException", "hard"),
    ("microsoft365-no-relay", microsoft365, "5.7.64", "550 5.7.64 TenantAttribution; Relay Access Denied", "policy"),
    ("microsoft365-throttled", microsoft365, "4.7.500", "451 4.7.500 Server busy. Please try again later from [192.0.2.10]. (AS77713)", "soft"),
    ("gmail-rate", gmail, "4.2.1", "450-4.2.1 The user you are trying to contact is receiving mail too quickly.", "soft"),
    ("gmail-low-reputation", gmail, "5.7.1", "550-5.7.1 Our system has detected that this message is suspicious due to the very low reputation of the sending domain", "policy"),
    ("gmail-inactive", gmail, "5.2.1", "550-5.2.1 The email account that you tried to reach is inactive. - gsmtp", "hard"),
    ("sendmail-no-route", sendmail, "5.1.2", "550 Host unknown", "hard"),
    ("ses-suppressed", ses, "5.1.1", "Amazon SES has suppressed sending to this address because it has a recent history of bouncing as an invalid address", "hard"),
    ("ses-attachment", ses, "5.7.0", "552-5.7.0 This message was blocked because its content presents a potential security issue", "policy"),
]  # fmt: skip
WORDS = [
    ("qmail-this-address-no-longer-accepts", QMAIL, QMAIL_TEXT, "This address no longer accepts mail.", "hard"),
    ("qmail-vpopmail", QMAIL, QMAIL_TEXT, "Sorry, no mailbox here by that name. vpopmail (#5.1.1)", "hard"),
    ("exim-lookup-failed", f"From: Mail Delivery System <mailer-daemon@host.example>\nSubject: Mail delivery failed: returning message to sender\n{DATE}", EXIM_TEXT, "Unrouteable address: host lookup did not complete", "hard"),
    ("postfix-italian-full", f"From: MAILER-DAEMON@relay.example\nSubject: Mancata consegna\n{DATE}", POSTFIX_TEXT, "la casella di posta è piena (casella piena)", "soft"),
    ("courier-unknown", f"From: \"Courier mail server at host.example\" <@>\nSubject: NOTICE: mail delivery status.\nReturn-Path: <>\n{DATE}", "This is a delivery status notification from host.example.\n\nThe original message could not be delivered, and is returned to you.\n\n<{to}>:\n     {said}\n\n{copy}", "550 User unknown.", "hard"),
    ("mdaemon-unknown", f"From: MDaemon at buyer.example <MDaemon@buyer.example>\nSubject: MDaemon Notification -- Delivery Failed\n{DATE}", "The attached message had PERMANENT fatal delivery errors!\n\nAfter one or more unsuccessful delivery attempts the attached message has\nbeen removed from the mail queue.\n\nFailed address: {to}\n\n--- Session Transcript ---\n<-- {said}\n--- End Transcript ---\n\n{copy}", "550 <{to}>, Recipient unknown", "hard"),
    ("groupwise-full", f"From: Postmaster <postmaster@gw.buyer.example>\nSubject: Message status - undeliverable\n{DATE}", "The message that you sent was undeliverable to the following:\n\t{to} ({said})\n\n{copy}", "mailbox is full", "soft"),
    ("netease-no-user", f"From: Postmaster@163.example\nSubject: =?utf-8?b?57O757uf6YCA5L+h?=\n{DATE}", "您的邮件未能送达以下收件人:\n{to}\n原因: {said}\n\n{copy}", "550 User not found: {to} 用户不存在", "hard"),
    ("dutch-exchange-unknown", f"From: Systeembeheerder <postmaster@buyer.example>\nSubject: Onbestelbaar: Packing lines\n{DATE}", "Bezorging aan deze geadresseerden is mislukt:\n\n{to}\nHet e-mailadres kan niet worden gevonden: adres niet gevonden.\n{said}\n\n{copy}", "#5.1.1 smtp;550 5.1.1", "hard"),
]  # fmt: skip


def cases() -> Iterator[Case]:
    for case in [*_bounces(), *_complaints(), *_calendars(), *_notices(), *_negatives()]:
        yield replace(case, name=f"late-{case.name}", late=True)


def _bounces() -> Iterator[Case]:
    for name, write, status, said, kind in REPORTS:
        to = f"{name.replace('-', '.')}@buyer.example"
        yield Case("bounces", name, write(name, to, status, said.replace("{to}", to)), bounced(bounce(kind, to, name)))
    for name, headers, text, said, kind in WORDS:
        to = f"{name.replace('-', '.')}@buyer.example"
        body = text.format(to=to, said=said.replace("{to}", to), copy=original(name, to))
        yield Case("bounces", name, plain(headers, body), bounced(bounce(kind, to, name)))


def _complaints() -> Iterator[Case]:
    for name, sender, more, to, email in [
        ("mailru", "fbl@corp.mail.ru.example", "Original-Rcpt-To: ann@mail.example\nReported-Domain: ours.example\n", "ann@mail.example", "ann@mail.example"),
        ("arrival-fields", "noreply@fbl.provider.example", "Original-Mail-From: bo.larsen@ours.example\nArrival-Date: Mon, 2 Mar 2026 09:00:02 +0000\n", "ann@buyer.example", "ann@buyer.example"),
        ("masked", "fbl@provider.example", "Original-Rcpt-To: xxxxxxxx@provider.example\n", "undisclosed-recipients:;", None),
    ]:  # fmt: skip
        content = complaints.arf(name, sender, "abuse", more, original(name, to))
        yield Case("complaints", name, content, complaints.expected(name, email))


def _calendars() -> Iterator[Case]:
    people = f'ORGANIZER;CN="Lee; Ann":mailto:ann@buyer.example\nATTENDEE;CN=Bo;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION:mailto:{US}\n'
    for name, times, start in [
        ("tokyo", "DTSTART;TZID=Tokyo Standard Time:20260303T100000\nDURATION:PT30M", "2026-03-03T01:00:00Z"),
        ("quoted-zone", 'DTSTART;TZID="America/Sao_Paulo":20260303T100000\nDURATION:PT30M', "2026-03-03T13:00:00Z"),
        ("zone-after-value", "DTSTART;VALUE=DATE-TIME;TZID=Europe/Madrid:20260703T100000", "2026-07-03T08:00:00Z"),
        ("folded", "DTSTART;TZID=\n Australia/Sydney:20260303T\n 100000", "2026-03-02T23:00:00Z"),
        ("hour-of-the-change", "DTSTART;TZID=Europe/Berlin:20260329T033000", "2026-03-29T01:30:00Z"),
    ]:
        event = f"UID:{name}@buyer.example\n{times}\nSUMMARY;LANGUAGE=en:Talk\n{people}"
        found = calendars.expected_of("request", f"{name}@buyer.example", start, summary="Talk", organizer="ann@buyer.example")
        yield Case("meetings", name, mail(calendar("REQUEST", event), "REQUEST"), found)
    event = f"UID:gone@buyer.example\nDTSTART;VALUE=DATE:20260303\nSTATUS:CANCELLED\n{people}"
    yield Case(
        "meetings", "cancelled-day", mail(calendar("cancel", event), "CANCEL"), calendars.expected_of("cancel", "gone@buyer.example")
    )


def _notices() -> Iterator[Case]:
    daemon = f"From: Mail Delivery Subsystem <mailer-daemon@relay.example>\nReturn-Path: <>\n{DATE}"
    text = "Votre message n'a pas encore été remis à ann@buyer.example.\n\nLe serveur va continuer d'essayer pendant deux jours."
    yield Case("notices", "delay-french", plain(f"{daemon}Subject: =?utf-8?q?Remise_retard=C3=A9e_=3A_Packing?=\n", text), NOTICE)
    text = "The delivery of your message to ann@buyer.example has been delayed. The server will keep trying for the next 3 days."
    yield Case("notices", "delay-zoho", plain(f"{daemon}Subject: Delayed Mail (still being retried)\n", text), NOTICE)
    machine = (
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; x.example\n\nFinal-Recipient: rfc822; a@b.example\nStatus: 2.0.0\n"
    )
    yield Case("notices", "report-without-action", report(f"{daemon}Subject: Delivered\n", [text_part("Delivered."), machine]), NOTICE)


def _negatives() -> Iterator[Case]:
    ann = f"From: Ann Lee <ann@buyer.example>\n{DATE}"
    rows = [
        (
            "person-bounces-an-idea",
            f"{ann}Subject: Let me bounce an idea off you\n",
            "Could the line be rejected by our safety people? I doubt it.",
        ),
        (
            "delivery-of-goods",
            f"{ann}Subject: Delivery failed again, third machine\n",
            "The truck did not come. Delivery to plant two has failed. Who do I call?",
        ),
        (
            "mail-team-writes",
            f"From: Mail Delivery Team <team@parcels.example>\n{DATE}Subject: Your parcels\n",
            "Thanks for your question about our service. Call me at ten.",
        ),
        (
            "away-with-codes",
            f"{ann}Return-Path: <>\nSubject: Abwesenheitsnotiz: Packing\n",
            "Ich bin bis 9. März nicht im Büro. Ihre Nachricht wird nicht weitergeleitet.",
        ),
    ]
    for name, headers, text in rows:
        yield Case("negatives", name, plain(headers, text), {"kind": None})
