"""Bounces in words for people alone, in the formats of servers that write no part for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.inbound.writer.case import Case, bounce, bounced, original, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

DATE = "Date: Mon, 2 Mar 2026 09:00:03 +0000\n"


def _headers(sender: str, subject: str, more: str = "") -> str:
    return f"From: {sender}\nSubject: {subject}\n{DATE}{more}"


QMAIL = _headers("MAILER-DAEMON@mx3.buyer.example", "failure notice", "Return-Path: <>\n")
EXIM = _headers(
    "Mail Delivery System <Mailer-Daemon@host7.buyer.example>",
    "Mail delivery failed: returning message to sender",
    "Return-Path: <>\nX-Failed-Recipients: {to}\nAuto-Submitted: auto-replied\n",
)
QMAIL_TEXT = """Hi. This is the qmail-send program at mx3.buyer.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{to}>:
{said}

--- Below this line is a copy of the message.

Return-Path: <bo.larsen@ours.example>
{copy}
Hello,
"""
EXIM_TEXT = """This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {to}
    {said}

------ This is a copy of the message, including all the headers. ------

Return-path: <bo.larsen@ours.example>
{copy}
Hello,
"""
GMX_TEXT = """This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of
its recipients. This is a permanent error. The following address
failed:

"{to}":
{said}

--- The header of the original message is following. ---

{copy}
"""
POSTFIX_TEXT = """This is the Postfix program at host relay.ours.example.

I'm sorry to have to inform you that the message returned
below could not be delivered to one or more destinations.

<{to}>: {said}

   ----- Original message -----

{copy}
"""
SENDMAIL_TEXT = """The original message was received at Mon, 2 Mar 2026 10:00:01 +0100
from worker.ours.example [192.0.2.10]

   ----- The following addresses had permanent fatal errors -----
<{to}>

   ----- Transcript of session follows -----
... while talking to mx.buyer.example.:
>>> RCPT To:<{to}>
<<< {said}

   ----- Original message follows -----

{copy}
"""
DOMINO_TEXT = """Your message

  Subject: Packing lines at your second plant

was not delivered to:

  {to}

because:

  {said}

{copy}
"""
EXCHANGE_TEXT = """Your message did not reach some or all of the intended recipients.

      Subject:\tPacking lines at your second plant
      Sent:\t3/2/2026 10:00 AM

The following recipient(s) cannot be reached:

      {to} on 3/2/2026 10:00 AM
            {said}
"""
YAHOO_TEXT = """Sorry, we were unable to deliver your message to the following address.

<{to}>:
{said}

--- Below this line is a copy of the message.

{copy}
"""
ZOHO_TEXT = """This message was created automatically by mail delivery software.
A message that you sent could not be delivered to one or more of its recipients. This is a permanent error.

{to} - {said}

Original message headers:

{copy}
"""
MAILRU_TEXT = """This message was created automatically by mail.ru.

Your message was not delivered to the following recipients. Ваше письмо не доставлено:

{to}
{said}

******************************
Return-Path: <bo.larsen@ours.example>
{copy}
"""
YANDEX_TEXT = """This is the mail system at host yandex.net.

К сожалению, Ваше письмо не может быть доставлено одному или нескольким получателям.

<{to}>: {said}

{copy}
"""
QQ_TEXT = """很抱歉您发送的邮件被退回,以下是该邮件的相关信息:

被退回邮件 主题:Packing lines at your second plant
无法发送到 {to}
退信原因 {said}
建议解决方案 请联系您的收件人确认
"""
GMAIL_HTML = """<html><head><style>* {{ font-family: Roboto }}</style></head><body><h2>{title}</h2>
<p>Your message wasn't delivered to <a href="mailto:{to}"><b>{to}</b></a> because {said}</p>
<p>The response was:</p><p>{response}</p></body></html>"""
OFFICE_HTML = """<html><body><table><tr><td><b>Your message to <a href="mailto:{to}">{to}</a> couldn't be delivered.</b></td></tr>
<tr><td>{said}</td></tr><tr><td>bo.larsen</td><td>Office&nbsp;365</td><td>{who}</td></tr></table></body></html>"""

# name, headers, text, what the server says, kind, and whether the message comes back
ROWS: list[tuple[str, str, str, str, str, bool]] = [
    ("qmail-no-mailbox", QMAIL, QMAIL_TEXT, "Sorry, no mailbox here by that name. (#5.1.1)", "hard", True),
    ("qmail-over-quota", QMAIL, QMAIL_TEXT, "User is over the quota. You can try again later.", "soft", True),
    ("qmail-remote-spam", QMAIL, QMAIL_TEXT, "203.0.113.5 failed after I sent the message.\nRemote host said: 554 5.7.1 This message has been blocked because it contains spam content", "policy", True),
    ("qmail-no-host", QMAIL, QMAIL_TEXT, "Sorry, I couldn't find any host named gone.example. (#5.1.2)", "hard", True),
    ("qmail-not-in-rcpthosts", QMAIL, QMAIL_TEXT, "Remote host said: 553 sorry, that domain isn't in my list of allowed rcpthosts; relaying denied (#5.7.1)", "policy", True),
    ("exim-unrouteable", EXIM, EXIM_TEXT, "Unrouteable address", "hard", True),
    ("exim-mailbox-full", EXIM, EXIM_TEXT, "mailbox is full: retry timeout exceeded", "soft", True),
    ("exim-smtp-unknown", EXIM, EXIM_TEXT, "SMTP error from remote mail server after RCPT TO:<{to}>:\n    host mx.buyer.example [203.0.113.5]: 550 Unknown user", "hard", True),
    ("exim-sender-verify", EXIM, EXIM_TEXT, "SMTP error from remote mail server after RCPT TO:<{to}>:\n    550 Sender verify failed", "policy", True),
    ("exim-rbl", EXIM, EXIM_TEXT, "SMTP error from remote mail server after initial connection:\n    550 rejected because 192.0.2.10 is in a black list at dnsbl.example", "policy", True),
    ("exim-retry-timeout", EXIM, EXIM_TEXT, "all hosts for 'buyer.example' have been failing for a long time: Connection refused", "soft", True),
    ("gmx-unknown", _headers('"GMX Mailer Daemon" <mailer-daemon@gmx.example>', "Mail delivery failed: returning message to sender"), GMX_TEXT, "SMTP error from remote server for RCPT TO command, host: mx.buyer.example\nreason: 550 5.1.1 User unknown", "hard", True),
    ("webde-full", _headers("MAILER-DAEMON@web.example (WEB.DE Mailer Daemon)", "Mail delivery failed: returning message to sender"), GMX_TEXT, "SMTP error from remote server after transfer of mail text, host: mx.buyer.example\nreason: 552 mailbox quota exceeded", "soft", True),
    ("ionos-reputation", _headers("Mail Delivery System <mailer-daemon@kundenserver.example>", "Mail delivery failed: returning message to sender"), GMX_TEXT, "SMTP error from remote server in greeting, host: mx.buyer.example\nreason: 554 Bad DNS PTR resource record, no PTR for 192.0.2.10", "policy", True),
    ("postfix-old-unknown", _headers("MAILER-DAEMON@relay.ours.example (Mail Delivery System)", "Undelivered Mail Returned to Sender"), POSTFIX_TEXT, "unknown user: \"ann\"", "hard", True),
    ("postfix-old-refused", _headers("MAILER-DAEMON@relay.ours.example (Mail Delivery System)", "Undelivered Mail Returned to Sender"), POSTFIX_TEXT, "host mx.buyer.example[203.0.113.5] said: 554 5.7.1 Access denied by policy", "policy", True),
    ("sendmail-old-unknown", _headers("Mail Delivery Subsystem <MAILER-DAEMON@relay.ours.example>", "Returned mail: User unknown"), SENDMAIL_TEXT, "550 5.1.1 User unknown", "hard", True),
    ("sendmail-old-host", _headers("Mail Delivery Subsystem <MAILER-DAEMON@relay.ours.example>", "Returned mail: Host unknown"), SENDMAIL_TEXT, "550 5.1.2 Host unknown (Name server: gone.example: host not found)", "hard", True),
    ("domino-not-listed", _headers("Postmaster <postmaster@notes.buyer.example>", "DELIVERY FAILURE: User ann not listed in Domino Directory"), DOMINO_TEXT, "User {to} not listed in Domino Directory", "hard", True),
    ("domino-full", _headers("Postmaster <postmaster@notes.buyer.example>", "DELIVERY FAILURE: Database disk quota exceeded"), DOMINO_TEXT, "Unable to deliver message because recipient's mail file has exceeded its database quota", "soft", True),
    ("exchange2003-no-account", _headers("System Administrator <postmaster@buyer.example>", "Undeliverable: Packing lines"), EXCHANGE_TEXT, "The e-mail account does not exist at the organization this message was sent to.\n            <ex01.buyer.example #5.1.1>", "hard", False),
    ("exchange2003-no-permission", _headers("System Administrator <postmaster@buyer.example>", "Undeliverable: Packing lines"), EXCHANGE_TEXT, "You do not have permission to send to this recipient.\n            <ex01.buyer.example #5.7.1>", "policy", False),
    ("exchange2003-size", _headers("System Administrator <postmaster@buyer.example>", "Undeliverable: Packing lines"), EXCHANGE_TEXT, "This message is larger than the current system limit. message too large <ex01.buyer.example #5.2.3>", "soft", False),
    ("yahoo-no-account", _headers("MAILER-DAEMON@yahoo.example", "Failure Notice"), YAHOO_TEXT, "554: delivery error: dd Not a valid recipient - atlas101.free.mail.example", "hard", True),
    ("aol-disabled", _headers("MAILER-DAEMON@aol.example", "Failure Notice"), YAHOO_TEXT, "554: delivery error: dd This account has been disabled or discontinued [#102].", "hard", True),
    ("yahoo-over-quota", _headers("MAILER-DAEMON@yahoo.example", "Failure Notice"), YAHOO_TEXT, "552: 1 Requested mail action aborted, mailbox not found: user over quota", "soft", True),
    ("zoho-invalid", _headers("mailer-daemon@mail.zoho.example", "Undelivered Mail Returned to Sender"), ZOHO_TEXT, "Error Code: 550 5.1.1, invalid recipient", "hard", True),
    ("zoho-policy", _headers("mailer-daemon@mail.zoho.example", "Undelivered Mail Returned to Sender"), ZOHO_TEXT, "Email Security policy violation, Unusual sending activity detected", "policy", True),
    ("mailru-no-user", _headers("mailer-daemon@corp.mail.ru.example", "Mail failure."), MAILRU_TEXT, "550 Message was not accepted -- invalid mailbox. Local mailbox is unavailable: user not found", "hard", True),
    ("mailru-full", _headers("mailer-daemon@corp.mail.ru.example", "Mail failure."), MAILRU_TEXT, "почтовый ящик переполнен", "soft", True),
    ("yandex-no-user", _headers("mailer-daemon@yandex.example", "=?utf-8?b?0J3QtdC00L7RgdGC0LDQstC70LXQvdC90L7QtSDRgdC+0L7QsdGJ0LXQvdC40LU=?="), YANDEX_TEXT, "550 5.7.1 No such user!", "hard", True),
    ("qq-no-user", _headers("PostMaster@qq.example", "=?utf-8?b?57O757uf6YCA5L+h?="), QQ_TEXT, "收件人邮件地址({to})不存在,邮件无法送达。", "hard", False),
    ("qq-full", _headers("PostMaster@qq.example", "=?utf-8?b?57O757uf6YCA5L+h?="), QQ_TEXT, "收件人邮箱空间不足。邮箱已满", "soft", False),
    ("qq-rejected-as-spam", _headers("PostMaster@qq.example", "=?utf-8?b?57O757uf6YCA5L+h?="), QQ_TEXT, "邮件内容被判断为垃圾邮件,被对方服务器拒绝", "policy", False),
]  # fmt: skip


def cases() -> Iterator[Case]:
    for name, headers, text, says, kind, comes_back in ROWS:
        to = f"{name.replace('-', '.')}@buyer.example"
        said = says.replace("{to}", to)
        copy = original(name, to)
        # Gmail's and others' copies are quoted whole; a server that keeps the message back names its thread at best.
        content = plain(headers.format(to=to), text.format(to=to, said=said, copy=copy))
        yield Case("bounces", f"words-{name}", content, bounced(bounce(kind, to, name if comes_back else None)))
    yield from _html()


def _html() -> Iterator[Case]:
    gmail = _headers(
        "Mail Delivery Subsystem <mailer-daemon@googlemail.com>", "Delivery Status Notification (Failure)", "Return-Path: <>\n"
    )
    rows = [
        (
            "gmail-address-not-found",
            "Address not found",
            "the address couldn't be found, or is unable to receive mail.",
            "550 5.1.1 does not exist",
            "hard",
        ),
        (
            "gmail-message-blocked",
            "Message blocked",
            "it was blocked. See technical details below.",
            "550 5.7.1 blocked for policy reasons",
            "policy",
        ),
        (
            "gmail-inbox-full",
            "Recipient inbox full",
            "their inbox is full, or getting too much mail right now.",
            "452 4.2.2 over quota",
            "soft",
        ),
    ]
    for name, title, said, response, kind in rows:
        to = f"{name.replace('-', '.')}@buyer.example"
        text = GMAIL_HTML.format(title=title, to=to, said=said, response=response)
        yield Case("bounces", f"html-{name}", plain(gmail, text, type_="text/html"), bounced(bounce(kind, to)))
    office = _headers("Microsoft Outlook <postmaster@buyer.example>", "Undeliverable: Packing lines", "Return-Path: <>\n")
    for name, said, who, kind in [
        ("office365-not-found", "ann wasn't found at buyer.example.", "Unknown To address", "hard"),
        (
            "office365-only-members",
            "Only people in its organization may write to this group; your message was rejected.",
            "Action Required",
            "policy",
        ),
        ("office365-full", "The recipient's mailbox is full and can't accept messages now.", "Mailbox full", "soft"),
    ]:
        to = f"{name.replace('-', '.')}@buyer.example"
        yield Case(
            "bounces",
            f"html-{name}",
            plain(office, OFFICE_HTML.format(to=to, said=said, who=who), type_="text/html"),
            bounced(bounce(kind, to)),
        )
    two = """The following addresses failed. This message was created automatically by mail delivery software.

  ann@buyer.example
    550 User unknown
  ben@buyer.example
    552 mailbox is full
"""
    headers = EXIM.format(to="ann@buyer.example, ben@buyer.example")
    yield Case(
        "bounces", "words-exim-two", plain(headers, two), bounced(bounce("hard", "ann@buyer.example"), bounce("soft", "ben@buyer.example"))
    )
