"""Bounces with a part for machines (RFC 3464), as the common servers write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.inbound.writer.case import US, Case, base64_part, bounce, bounced, original, report, text_part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def postfix(name: str, to: str, status: str, said: str, host: str = "mx.buyer.example") -> bytes:
    human = (
        "This is the mail system at host mx.ours.example.\n\nI'm sorry to have to inform you that your message could not\n"
        "be delivered to one or more recipients. It's attached below.\n\nFor further assistance, please send mail to postmaster.\n\n"
        "                   The mail system\n\n"
        f"<{to}>: host {host}[203.0.113.5] said:\n    {said} (in reply to RCPT TO command)\n"
    )
    machine = (
        "Content-Description: Delivery report\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.ours.example\n"
        f"X-Postfix-Queue-ID: 4F1B2C3D\nX-Postfix-Sender: rfc822; {US}\nArrival-Date: Mon,  2 Mar 2026 09:00:01 +0000 (UTC)\n\n"
        f"Final-Recipient: rfc822; {to}\nOriginal-Recipient: rfc822;{to}\nAction: failed\nStatus: {status}\n"
        f"Remote-MTA: dns; {host}\nDiagnostic-Code: smtp; {said}\n"
    )
    headers = (
        "Return-Path: <>\nDate: Mon,  2 Mar 2026 09:00:03 +0000 (UTC)\nFrom: MAILER-DAEMON@mx.ours.example (Mail Delivery System)\n"
        "Subject: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied\nMessage-Id: <20260302090003.4F1B2C3E@mx.ours.example>\n"
    )
    copy = f"Content-Description: Undelivered Message\nContent-Type: message/rfc822\n\n{original(name, to)}\nHello,\n\nshall we talk?\n"
    return report(headers, [text_part(human), machine, copy])


def microsoft365(name: str, to: str, status: str, said: str, host: str = "AM0PR01.prod.outlook.com") -> bytes:
    human = (
        f"<html><head><style>p {{ margin: 0 }}</style></head><body><p>Your message to {to} couldn't be delivered.</p>"
        "<table><tr><td>bo.larsen</td><td>Office 365</td><td>Action Required</td></tr></table>"
        f"<p>How to Fix It</p><p>Original Message Details</p><p>Error: {said}</p></body></html>"
    )
    machine = (
        f"Content-Type: message/delivery-status\n\nReporting-MTA: dns;{host}\nReceived-From-MTA: dns;mx.ours.example\n"
        f"Arrival-Date: Mon, 2 Mar 2026 09:00:02 +0000\n\nFinal-Recipient: rfc822;{to}\nAction: failed\nStatus: {status}\n"
        f"Diagnostic-Code: smtp;{said}\n"
    )
    headers = (
        "Return-Path: <>\nFrom: <postmaster@buyer.example>\nDate: Mon, 2 Mar 2026 09:00:04 +0000\n"
        "X-MS-Exchange-Message-Is-Ndr:\nSubject: =?utf-8?B?VW5kZWxpdmVyYWJsZTogUGFja2luZyBsaW5lcw==?=\n"
        f"Message-ID: <7f0e@{host}>\nAuto-Submitted: auto-replied\n"
    )
    copy = f"Content-Type: message/rfc822\n\n{original(name, to)}\nHello,\n"
    return report(headers, [base64_part("text/html", human), machine, copy])


def exchange(subject: str, human: str) -> Callable[[str, str, str, str], bytes]:
    """Exchange on premises, in the language of its users."""

    def write(name: str, to: str, status: str, said: str) -> bytes:
        machine = (
            "Content-Type: message/delivery-status\n\nReporting-MTA: dns;ex01.corp.buyer.example\n\n"
            f"Final-Recipient: RFC822;{to}\nAction: failed\nStatus: {status}\nDiagnostic-Code: smtp;{said}\nX-Display-Name: {to}\n"
        )
        headers = (
            "From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@corp.buyer.example>\n"
            f"Date: Mon, 2 Mar 2026 10:00:04 +0100\nSubject: {subject}\nContent-Language: de-DE\n"
        )
        copy = f"Content-Type: message/rfc822\n\n{original(name, to)}\nHello,\n"
        return report(headers, [base64_part("text/plain", human.format(to=to, said=said)), machine, copy])

    return write


def gmail(name: str, to: str, status: str, said: str) -> bytes:
    plain = (
        f"** Message not delivered **\n\nYour message couldn't be delivered to {to}. See technical details below.\n\n"
        f"The response from the remote server was:\n\n{said}\n"
    )
    words = f"--alt\n{text_part(plain)}\n--alt\n{text_part(f'<html><body><h1>Message not delivered</h1><p>{said}</p></body></html>', 'text/html')}\n--alt--\n"
    human = (
        f"Content-Type: multipart/related; boundary=rel\n\n--rel\nContent-Type: multipart/alternative; boundary=alt\n\n{words}\n--rel--\n"
    )
    machine = (
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; googlemail.com\nArrival-Date: Mon, 02 Mar 2026 01:00:02 -0800 (PST)\n\n"
        f"Final-Recipient: rfc822; {to}\nAction: failed\nStatus: {status}\nRemote-MTA: dns; mx.buyer.example.\n"
        f"Diagnostic-Code: smtp; {said}\nLast-Attempt-Date: Mon, 02 Mar 2026 01:00:03 -0800 (PST)\n"
    )
    headers = (
        "Return-Path: <>\nFrom: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\n"
        f"X-Failed-Recipients: {to}\nAuto-Submitted: auto-replied\nSubject: Delivery Status Notification (Failure)\n"
        "Message-ID: <65e2f.050a0220.mx@google.com>\nDate: Mon, 02 Mar 2026 01:00:03 -0800 (PST)\n"
    )
    return report(headers, [human, machine, f"Content-Type: message/rfc822\n\n{original(name, to)}\nHello,\n"])


def sendmail(name: str, to: str, status: str, said: str) -> bytes:
    human = (
        "The original message was received at Mon, 2 Mar 2026 10:00:01 +0100\nfrom worker.ours.example [192.0.2.10]\n\n"
        f"   ----- The following addresses had permanent fatal errors -----\n<{to}>\n    (reason: {said})\n\n"
        f"   ----- Transcript of session follows -----\n... while talking to mx.buyer.example.:\n>>> DATA\n<<< {said}\n"
    )
    machine = (
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; relay.ours.example\nReceived-From-MTA: DNS; worker.ours.example\n\n"
        f"Final-Recipient: RFC822; {to}\nAction: failed\nStatus: {status}\nRemote-MTA: DNS; mx.buyer.example\n"
        f"Diagnostic-Code: SMTP; {said}\nLast-Attempt-Date: Mon, 2 Mar 2026 10:00:03 +0100\n"
    )
    headers = (
        "From: Mail Delivery Subsystem <MAILER-DAEMON@relay.ours.example>\nDate: Mon, 2 Mar 2026 10:00:03 +0100\n"
        "Subject: Returned mail: see transcript for details\nAuto-Submitted: auto-generated (failure)\n"
    )
    copy = f"Content-Type: text/rfc822-headers\n\n{original(name, to)}"
    return report(headers, [text_part(human), machine, copy])


def ses(name: str, to: str, status: str, said: str) -> bytes:
    human = f"An error occurred while trying to deliver the mail to the following recipients:\n{to}\n"
    machine = (
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; a8-12.smtp-out.amazonses.com\n\nAction: failed\n"
        f"Final-Recipient: rfc822; {to}\nDiagnostic-Code: smtp; {said}\nStatus: {status}\n"
    )
    headers = "Return-Path: <>\nFrom: MAILER-DAEMON@amazonses.com\nSubject: Delivery Status Notification (Failure)\nDate: Mon, 2 Mar 2026 09:00:03 +0000\n"
    return report(headers, [text_part(human), machine, f"Content-Type: message/rfc822\n\n{original(name, to)}\nHello,\n"])


GERMAN = exchange(
    "Unzustellbar: Packing lines at your second plant",
    "Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Gruppen:\n\n{to}\n\nDie eingegebene E-Mail-Adresse konnte nicht gefunden "
    "werden.\n\nDiagnoseinformationen für Administratoren:\n\nGenerierender Server: ex01.corp.buyer.example\n\n{to}\n#{said}\n\n"
    "Ursprüngliche Nachrichtenkopfzeilen:\n",
)
FRENCH = exchange(
    "=?utf-8?q?Non_remis_=3A_Packing_lines?=",
    "Échec de la remise pour ces destinataires ou groupes :\n\n{to}\n\nVotre message n'a pas pu être remis.\n\n"
    "Informations de diagnostic pour les administrateurs :\n\n{to}\n{said}\n\nEn-têtes de message d'origine :\n",
)
SPANISH = exchange(
    "=?utf-8?q?No_se_puede_entregar=3A_Packing_lines?=",
    "No se pudo entregar el mensaje a estos destinatarios o grupos:\n\n{to}\n\nInformación de diagnóstico para los administradores:\n\n{said}\n",
)
PORTUGUESE = exchange(
    "=?utf-8?q?N=C3=A3o_=C3=A9_poss=C3=ADvel_entregar=3A_Packing?=",
    "A entrega falhou para estes destinatários ou grupos:\n\n{to}\n\nInformações de diagnóstico para administradores:\n\n{said}\n",
)
JAPANESE = exchange(
    "=?utf-8?b?6YWN5L+h5LiN6IO9OiBQYWNraW5n?=",
    "次の受信者またはグループへの配信に失敗しました:\n\n{to}\n\n管理者向けの診断情報:\n\n{said}\n",
)

ROWS: list[tuple[str, Callable[[str, str, str, str], bytes], str, str, str]] = [
    ("postfix-user-unknown", postfix, "5.1.1", "550 5.1.1 <{to}>: Recipient address rejected: User unknown in virtual mailbox table", "hard"),
    ("postfix-no-such-user-without-code", postfix, "5.0.0", "550 No such user here", "hard"),
    ("postfix-unknown-against-policy-code", postfix, "5.7.1", "550 5.7.1 <{to}>: user unknown", "hard"),
    ("postfix-mailbox-full", postfix, "5.2.2", "552 5.2.2 <{to}>: Quota exceeded (mailbox for user is full)", "soft"),
    ("postfix-greylisted-to-the-end", postfix, "4.2.0", "450 4.2.0 <{to}>: Recipient address rejected: Greylisted, see postgrey", "soft"),
    ("postfix-spamhaus", postfix, "5.7.1", "554 5.7.1 Service unavailable; Client host [192.0.2.10] blocked using zen.spamhaus.org", "policy"),
    ("postfix-dmarc", postfix, "5.7.1", "550 5.7.1 Email rejected per DMARC policy for ours.example", "policy"),
    ("postfix-spf", postfix, "5.7.23", "550 5.7.23 <{to}>: Recipient address rejected: Message rejected due to: SPF fail - not authorized", "policy"),
    ("postfix-relay-denied", postfix, "5.7.1", "554 5.7.1 <{to}>: Relay access denied", "policy"),
    ("postfix-sender-domain-unknown", postfix, "5.1.8", "550 5.1.8 <bo.larsen@ours.example>: Sender address rejected: Domain not found", "policy"),
    ("postfix-too-large", postfix, "5.3.4", "552 5.3.4 Message size exceeds fixed limit", "soft"),
    ("postfix-expired", postfix, "4.4.1", "connect to mx.buyer.example[203.0.113.5]:25: Connection timed out", "soft"),
    ("postfix-no-domain", postfix, "5.4.4", "Host or domain name not found. Name service error for name=gone.example type=A: Host not found", "hard"),
    ("postfix-null-mx", postfix, "5.1.10", "556 5.1.10 <{to}>: Domain gone.example does not accept mail (nullMX)", "hard"),
    ("postfix-disabled", postfix, "5.2.1", "550 5.2.1 The email account that you tried to reach is disabled.", "hard"),
    ("postfix-loop", postfix, "5.4.6", "554 5.4.6 Too many hops 26 (25 max), possible mail loop", "soft"),
    ("postfix-rate-limited", postfix, "4.7.28", "452 4.2.2 Too many messages for this mailbox, try again later", "soft"),
    ("postfix-proofpoint-reputation", postfix, "5.7.1", "554 5.7.1 Service unavailable; blocked: low reputation, see ipcheck.proofpoint.example", "policy"),
    ("postfix-mimecast-policy", postfix, "5.0.0", "550 Administrative prohibition - envelope blocked - https://community.mimecast.example/docs/DOC-1369", "policy"),
    ("postfix-barracuda", postfix, "5.0.0", "554 Service unavailable; Client host [192.0.2.10] blocked using Barracuda Reputation", "policy"),
    ("postfix-yahoo-no-account", postfix, "5.0.0", "554 delivery error: dd This user doesn't have a yahoo.example account ({to}) [0]", "hard"),
    ("postfix-yahoo-complaints", postfix, "4.7.0", "421 4.7.0 [TSS04] Messages from 192.0.2.10 temporarily deferred due to user complaints", "policy"),
    ("postfix-aol-blocked", postfix, "5.7.1", "521 5.7.1 Service unavailable; client [192.0.2.10] blocked using reputation data", "policy"),
    ("postfix-microsoft-blocklist", postfix, "5.7.1", "550 5.7.1 Unfortunately, messages from [192.0.2.10] weren't sent, part of their network is on our block list (S3140).", "policy"),
    ("postfix-gmx-no-mailbox", postfix, "5.0.0", "550 Requested action not taken: mailbox unavailable", "hard"),
    ("postfix-mailru-spam", postfix, "5.0.0", "550 spam message rejected. Please visit the help pages or report details to abuse", "policy"),
    ("microsoft365-not-found", microsoft365, "5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient {to} not found by SMTP address lookup", "hard"),
    ("microsoft365-access-denied-edge", microsoft365, "5.4.1", "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)", "hard"),
    ("microsoft365-full", microsoft365, "5.2.2", "554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException", "soft"),
    ("microsoft365-restricted-group", microsoft365, "5.7.133", "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required", "policy"),
    ("microsoft365-sender-blocked", microsoft365, "5.7.1", "550 5.7.1 TRANSPORT.RULES.RejectMessage; the message was rejected by organization policy", "policy"),
    ("microsoft365-banned-ip", microsoft365, "5.7.606", "550 5.7.606 Access denied, banned sending IP [192.0.2.10]", "policy"),
    ("microsoft365-expired", microsoft365, "4.4.7", "550 4.4.7 QUEUE.Expired; message expired in unreachable destination queue", "soft"),
    ("microsoft365-loop", microsoft365, "5.4.14", "554 5.4.14 Hop count exceeded - possible mail loop ATTR34", "soft"),
    ("microsoft365-dns", microsoft365, "5.4.310", "550 5.4.310 DNS domain gone.example does not exist [Message=InfoDomainNonexistent]", "hard"),
    ("exchange-german-not-found", GERMAN, "5.1.1", "550 5.1.1 RESOLVER.ADR.RecipNotFound; not found", "hard"),
    ("exchange-french-denied", FRENCH, "5.7.1", "550 5.7.1 RESOLVER.RST.NotAuthorized; not authorized", "policy"),
    ("exchange-spanish-full", SPANISH, "5.2.2", "550 5.2.2 STOREDRV.Deliver: mailbox full", "soft"),
    ("exchange-portuguese-not-found", PORTUGUESE, "5.1.1", "550 5.1.1 RESOLVER.ADR.RecipNotFound; not found", "hard"),
    ("exchange-japanese-size", JAPANESE, "5.2.3", "550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient", "soft"),
    ("gmail-no-such-user", gmail, "5.1.1", "550-5.1.1 The email account that you tried to reach does not exist. Please try double-checking p12 - gsmtp", "hard"),
    ("gmail-over-quota", gmail, "5.2.2", "552-5.2.2 The recipient's inbox is out of storage space. Please direct the recipient to p12 - gsmtp", "soft"),
    ("gmail-unauthenticated", gmail, "5.7.26", "550-5.7.26 Your email has been blocked because the sender is unauthenticated. - gsmtp", "policy"),
    ("gmail-likely-unsolicited", gmail, "5.7.1", "550-5.7.1 Our system has detected that this message is likely unsolicited mail. - gsmtp", "policy"),
    ("gmail-domain-not-found", gmail, "4.0.0", "DNS Error: 1 DNS type 'mx' lookup of gone.example responded with code NXDOMAIN Domain name not found: gone.example", "soft"),
    ("sendmail-user-unknown", sendmail, "5.1.1", "550 5.1.1 <{to}>... User unknown", "hard"),
    ("sendmail-content", sendmail, "5.7.1", "554 5.7.1 Message rejected: identified as spam by content filter", "policy"),
    ("sendmail-system-full", sendmail, "5.3.1", "452 4.3.1 Insufficient system storage", "soft"),
    ("ses-mailbox-does-not-exist", ses, "5.1.1", "550 5.1.1 user unknown, mailbox does not exist", "hard"),
    ("ses-invalid-domain", ses, "5.1.2", "550 5.1.2 unrouteable mail domain gone.example", "hard"),
]  # fmt: skip


def cases() -> Iterator[Case]:
    for name, write, status, said, kind in ROWS:
        to = f"{name.replace('-', '.')}@{'gone' if 'gone.example' in said else 'buyer'}.example"
        yield Case("bounces", name, write(name, to, status, said.format(to=to)), bounced(bounce(kind, to, name)))
    yield from _several()


def _several() -> Iterator[Case]:
    """Reports on more than one address, on one that forwards, and in other alphabets."""
    machine = "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.ours.example\n\n"
    headers = "Return-Path: <>\nFrom: MAILER-DAEMON@mx.ours.example\nSubject: Undelivered Mail Returned to Sender\nDate: Mon, 2 Mar 2026 09:00:03 +0000\n"
    name, to = "two-failed-one-delivered", "ann@buyer.example, ben@buyer.example, cy@buyer.example"
    blocks = [
        "Final-Recipient: rfc822; ann@buyer.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\n",
        "Final-Recipient: rfc822; ben@buyer.example\nAction: delivered\nStatus: 2.1.5\n",
        "Final-Recipient: rfc822; cy@buyer.example\nAction: failed\nStatus: 4.2.2\nDiagnostic-Code: smtp; 452 4.2.2 Over quota\n",
    ]
    copy = f"Content-Type: text/rfc822-headers\n\n{original(name, to)}"
    found = bounced(bounce("hard", "ann@buyer.example", name, status="5.1.1"), bounce("soft", "cy@buyer.example", name, status="4.2.2"))
    yield Case("bounces", name, report(headers, [text_part("Two of three failed."), machine + "\n".join(blocks), copy]), found)

    name = "forwarded-address-gone"
    block = "Original-Recipient: rfc822;ann@buyer.example\nFinal-Recipient: rfc822;ann.private@elsewhere.example\nAction: failed\nStatus: 5.1.1\n"
    copy = f"Content-Type: text/rfc822-headers\n\n{original(name, 'ann@buyer.example')}"
    yield Case(
        "bounces", name, report(headers, [text_part("Failed."), machine + block, copy]), bounced(bounce("hard", "ann@buyer.example", name))
    )

    name = "utf8-address"
    block = "Original-Recipient: utf-8;jos\\x{E9}@buyer.example\nFinal-Recipient: utf-8;jos\\x{E9}@buyer.example\nAction: failed\nStatus: 5.1.1\n"
    part = f"Content-Type: message/global-delivery-status\n\nReporting-MTA: dns; mx.ours.example\n\n{block}"
    copy = f"Content-Type: message/global-headers\n\n{original(name, 'josé@buyer.example')}"
    yield Case("bounces", name, report(headers, [text_part("Failed."), part, copy]), bounced(bounce("hard", "josé@buyer.example", name)))

    name = "delayed-and-failed"
    blocks = [
        "Final-Recipient: rfc822; ann@buyer.example\nAction: delayed\nStatus: 4.4.1\n",
        "Final-Recipient: rfc822; ben@buyer.example\nAction: failed (final)\nStatus: 5.1.1 (bad destination mailbox address)\n",
    ]
    copy = f"Content-Type: text/rfc822-headers\n\n{original(name, 'ann@buyer.example, ben@buyer.example')}"
    yield Case(
        "bounces",
        name,
        report(headers, [text_part("See below."), machine + "\n".join(blocks), copy]),
        bounced(bounce("hard", "ben@buyer.example", name)),
    )

    name = "original-left-out"
    block = "Final-Recipient: rfc822; ann@buyer.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 unknown user\n"
    yield Case("bounces", name, report(headers, [text_part("Failed."), machine + block]), bounced(bounce("hard", "ann@buyer.example")))
