"""Whose server reports: told by the words and addresses that only its reports have."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accountgraph.inbound.mail import Mail

# A mark in what the reporting machine writes of itself: From, Message-ID, its own headers, its own words. Lower case.
_BY_SENDER = (
    ("microsoft365", ("protection.outlook.com", "prod.outlook.com", "microsoftexchange329e71ec88ae4615bbc36ab6ce41109e")),
    ("exchange", ("microsoftexchange",)),
    ("gmail", ("mailer-daemon@googlemail.com", "mailer-daemon@google.com", "mail-noreply@google.com")),
    ("yahoo", ("mailer-daemon@yahoo", "mailer-daemon@aol", "@yahoo.com", "@aol.com", "yahoodns")),
    ("zoho", ("mailer-daemon@mail.zoho", "@zohomail", "zoho.com", "zoho.eu")),
    ("icloud", ("@icloud.com", "@me.com", "mail.me.com")),
    ("gmx", ("@gmx.", "@web.de", "@1und1", "kundenserver", "@ionos", "@1and1", "ui-dialog")),
    ("mailru", ("@corp.mail.ru", "@mail.ru", "mailer-daemon@list.ru")),
    ("yandex", ("@yandex.", "yandex.net")),
    ("qq", ("@qq.com", "@exmail.qq.com", "@tencent")),
    ("netease", ("@163.com", "@126.com", "@netease")),
    ("mimecast", ("mimecast",)),
    ("proofpoint", ("pphosted", "proofpoint")),
    ("barracuda", ("barracuda",)),
)
_BY_WORDS = (
    ("qmail", ("hi. this is the qmail-send program", "this is the qmail")),
    ("postfix", ("this is the mail system at host", "the mail system")),
    ("zoho", ("zoho mail", "zoho.com")),
    ("gmx", ("gmx.net", "web.de", "kundenserver.de", "ionos")),
    ("exim", ("created automatically by mail delivery software", "a message that you sent could not be delivered", "exim")),
    ("sendmail", ("the original message was received at", "transcript of session follows", "permanent fatal errors")),
    ("domino", ("domino directory", "lotus domino", "ibm domino", "hcl domino")),
    ("exchange", ("did not reach some or all of the intended recipients", "generating server", "microsoft exchange")),
    ("qq", ("腾讯", "qq邮箱", "qqmail")),
)
_OWN_HEADERS = ("from", "sender", "message-id", "x-mailer", "reporting-mta")


def provider_of(mail: Mail, words: str, reporting: str | None) -> str | None:
    """A short name (`microsoft365`, `gmail`, `postfix` ...), None where nothing tells. `words`, `reporting`: in lower case."""
    own = " ".join(value for name, value in mail.headers if name in _OWN_HEADERS).lower()
    own = f"{own} {reporting or ''}"
    named = {name for name, _ in mail.headers}
    for provider, marks in _BY_SENDER:
        if any(mark in own for mark in marks):
            return provider
    for provider, marks in _BY_WORDS:
        if any(mark in words for mark in marks):
            return provider
    if "x-failed-recipients" in named:
        return "exim"
    return "exchange" if any(name.startswith("x-ms-exchange") for name in named) else None
