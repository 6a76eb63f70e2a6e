"""The big mail services by the domain of an address, and how their mailboxes are reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from accountgraph.mailboxes.reading.settings import SentCopy

if TYPE_CHECKING:
    from collections.abc import Iterable


class MailService(Struct, frozen=True, kw_only=True):
    """Where a service's servers are, all under TLS. `oauth`: the grant that it gives; `note`: what to set up there before."""

    name: str
    imap: str
    smtp: str
    smtp_port: int = 465
    sent_copy: SentCopy = SentCopy.NONE
    oauth: str | None = None
    note: str

    @property
    def imap_settings(self) -> dict[str, Any]:
        """What a mailbox's settings begin with."""
        return {"host": self.imap, "sent_copy": str(self.sent_copy)}

    @property
    def smtp_settings(self) -> dict[str, Any]:
        """What a sender's settings begin with."""
        return {"host": self.smtp, "port": self.smtp_port, "tls": "implicit" if self.smtp_port == 465 else "starttls"}


_ALLOW = "allow access by IMAP in the settings"
_APP_PASSWORD = "turn two-factor login on, make an app password, and use that"  # noqa: S105 - a sentence
GMAIL = MailService(
    name="Gmail",
    imap="imap.gmail.com",
    smtp="smtp.gmail.com",
    sent_copy=SentCopy.SERVICE,
    oauth="google",
    note=f"{_APP_PASSWORD}, or connect by --oauth",
)
MICROSOFT = MailService(
    name="Microsoft 365",
    imap="outlook.office365.com",
    smtp="smtp.office365.com",
    smtp_port=587,
    sent_copy=SentCopy.SERVICE,
    oauth="microsoft",
    note="passwords are not taken: connect by --oauth, and let an administrator allow authenticated SMTP for the mailbox",
)
_YAHOO = MailService(name="Yahoo", imap="imap.mail.yahoo.com", smtp="smtp.mail.yahoo.com", sent_copy=SentCopy.APPEND, note=_APP_PASSWORD)
_ICLOUD = MailService(
    name="iCloud", imap="imap.mail.me.com", smtp="smtp.mail.me.com", smtp_port=587, sent_copy=SentCopy.APPEND, note=_APP_PASSWORD
)
_FASTMAIL = MailService(name="Fastmail", imap="imap.fastmail.com", smtp="smtp.fastmail.com", sent_copy=SentCopy.APPEND, note=_APP_PASSWORD)
_ZOHO = MailService(
    name="Zoho", imap="imap.zoho.com", smtp="smtp.zoho.com", sent_copy=SentCopy.APPEND, note=f"let IMAP access in, and {_APP_PASSWORD}"
)
_GMX_NET = MailService(name="GMX", imap="imap.gmx.net", smtp="mail.gmx.net", sent_copy=SentCopy.APPEND, note=_ALLOW)
_GMX_COM = MailService(name="GMX", imap="imap.gmx.com", smtp="mail.gmx.com", sent_copy=SentCopy.APPEND, note=_ALLOW)
_WEB_DE = MailService(
    name="web.de",
    imap="imap.web.de",
    smtp="smtp.web.de",
    smtp_port=587,
    sent_copy=SentCopy.APPEND,
    note=_ALLOW,
)
_BY_DOMAIN = {
    **dict.fromkeys(("gmail.com", "googlemail.com"), GMAIL),
    **dict.fromkeys(("outlook.com", "hotmail.com", "live.com", "msn.com", "onmicrosoft.com"), MICROSOFT),
    **dict.fromkeys(("yahoo.com", "ymail.com", "rocketmail.com", "yahoo.co.uk", "yahoo.de", "yahoo.fr"), _YAHOO),
    **dict.fromkeys(("icloud.com", "me.com", "mac.com"), _ICLOUD),
    **dict.fromkeys(("fastmail.com", "fastmail.fm"), _FASTMAIL),
    **dict.fromkeys(("zoho.com", "zohomail.com"), _ZOHO),
    **dict.fromkeys(("gmx.net", "gmx.de", "gmx.at", "gmx.ch"), _GMX_NET),
    "gmx.com": _GMX_COM,
    "web.de": _WEB_DE,
}
_BY_EXCHANGER = {  # who takes a domain's mail is who keeps it
    "google.com": GMAIL,
    "googlemail.com": GMAIL,
    "outlook.com": MICROSOFT,
    "messagingengine.com": _FASTMAIL,
    "zoho.com": _ZOHO,
}


SERVICES = tuple(dict.fromkeys(_BY_DOMAIN.values()))
"""All of them, the biggest first."""


def service_of(address: str, exchangers: Iterable[str] = ()) -> MailService | None:
    """The service of an address by its domain, else by the hosts that take the domain's mail (MX); None: it is not known."""
    domain = address.rpartition("@")[2].lower()
    for known, service in _BY_DOMAIN.items():
        if domain == known or domain.endswith(f".{known}"):
            return service
    for host in exchangers:
        for known, service in _BY_EXCHANGER.items():
            if host.lower().rstrip(".").endswith(f".{known}"):
                return service
    return None
