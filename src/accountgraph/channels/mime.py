"""A message as an e-mail: plain text and a simple HTML twin, headers that cannot be injected into, threads that hold."""

from __future__ import annotations

import re
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from accountgraph.addresses import email_key
from accountgraph.inbound.ours import INTENT_HEADER
from accountgraph.tracking.links import LINK

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from accountgraph.campaigns.engine.transport import Message

_HEADER_NAME = re.compile(r"[!-9;-~]+")  # RFC 5322: printable ASCII but the colon
_PARAGRAPH = re.compile(r"\n\s*\n")


class _Ids(UnstructuredHeader):
    """Message-IDs and URLs: one a line, however long, for the library would encode a long one as if it were text."""

    max_count = 1

    def fold(self, *, policy: Any) -> str:  # noqa: ANN401 - as the base has it
        folded = f"{policy.linesep} ".join(str(self).split())
        return f"{self.name}: {folded}{policy.linesep}"  # type: ignore[attr-defined]


_headers = HeaderRegistry()
for _name in ("message-id", "in-reply-to", "references", "list-unsubscribe"):
    _headers.map_to_type(_name, _Ids)  # type: ignore[arg-type] # the library makes a header of it
_POLICY = EmailPolicy(linesep="\r\n", cte_type="7bit", header_factory=_headers)


class Mail(NamedTuple):
    """What goes over the wire: the envelope's addresses, the bytes with CRLF, and whether SMTPUTF8 has to carry them."""

    sender: str
    recipient: str
    content: bytes
    needs_utf8: bool


def mail_of(message: Message, now: datetime) -> Mail:
    """The e-mail of a message, dated `now` (UTC).

    Raises:
        ValueError: a header with a line break, an address that is none, or characters that no mail can hold.
    """
    sender, recipient = _bare(message.sender), _bare(message.recipient)
    reply_to = _bare(message.reply_to) if message.reply_to else None
    needs_utf8 = not all((address or "").isascii() for address in (sender, recipient, reply_to))
    mail = EmailMessage(policy=_POLICY.clone(utf8=needs_utf8))
    mail["From"] = _address(sender, message.sender_name)
    mail["To"] = _address(recipient, message.recipient_name)
    if reply_to:
        mail["Reply-To"] = _address(reply_to, None)
    for name, value in _headers_of(message, now).items():
        mail[name] = value
    mail.set_content(_plain(message), charset="utf-8")
    mail.add_alternative(_html(message), subtype="html", charset="utf-8")
    return Mail(sender, recipient, mail.as_bytes(), needs_utf8)


class Written(NamedTuple):
    """The same e-mail for a service that takes its parts and makes the mail itself.

    `headers` has everything beyond whom it is from and to, and its subject, ours and the message's own: Message-ID, the thread,
    List-Unsubscribe, the intent. Header values hold no line breaks; addresses are in their ASCII form where there is one.
    """

    sender: str
    recipient: str
    reply_to: str | None
    subject: str
    headers: dict[str, str]
    text: str
    html: str


def written_of(message: Message, now: datetime) -> Written:
    """The parts of a message's e-mail; everything that could not be mailed is refused, as `mail_of` does.

    Raises:
        ValueError: as `mail_of`.
    """
    mail = mail_of(message, now)
    headers = _headers_of(message, now)
    subject = headers.pop("Subject")
    del headers["Date"]
    reply_to = _bare(message.reply_to) if message.reply_to else None
    return Written(mail.sender, mail.recipient, reply_to, subject, headers, _plain(message), _html(message))


def _headers_of(message: Message, now: datetime) -> dict[str, str]:
    headers = {
        "Subject": message.subject or "",
        "Date": format_datetime(now),
        "Message-ID": message.message_id,
        "In-Reply-To": message.in_reply_to,
        "References": " ".join(message.references),
        **ways_off(message),
        INTENT_HEADER: str(message.intent_id),
    }
    for name in message.headers:
        if not _HEADER_NAME.fullmatch(name):
            raise ValueError(f"{name!r} cannot be the name of a header")
    # A subject may be empty; the others are left out then.
    found = {name: value for name, value in {**headers, **message.headers}.items() if value or name == "Subject"}
    for name, value in found.items():  # the library lets a value pass that is a line break and nothing else: it would end the headers
        if value and ("\r" in value or "\n" in value):
            raise ValueError(f"the header {name} may not contain a line break")
    return found  # type: ignore[return-value]


def ways_off(message: Message) -> dict[str, str]:
    """The headers by which a mail program takes a person off: by a POST (RFC 8058) where that works, and by mail (RFC 2369)."""
    ways = ", ".join(f"<{way}>" for way in (message.one_click, message.unsubscribe) if way)
    headers = {"List-Unsubscribe": ways} if ways else {}
    return headers | ({"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if message.one_click else {})


def below(message: Message) -> str:
    """What stands below the words in plain text: the signature, and the legal footer."""
    return "\n\n".join(part for part in (message.signature.strip(), message.footer.strip()) if part).replace("\r\n", "\n")


def _bare(address: str) -> str:
    """The address for the envelope; a domain beyond ASCII is written in its ASCII form."""
    local, at, domain = address.rpartition("@")
    if not (local and at and domain) or any(sign.isspace() or not sign.isprintable() for sign in address):
        raise ValueError(f"{address!r} is no e-mail address")
    return address if domain.isascii() else f"{local}@{email_key(address).rpartition('@')[2]}"


def _address(address: str, name: str | None) -> Address:
    local, _, domain = address.rpartition("@")
    return Address(name or "", local, domain)


def _plain(message: Message) -> str:
    parts = [message.content.strip()]
    if under := below(message):
        parts.append(f"-- \n{under}")  # what follows "-- " is a signature: mail programs do not quote it
    return "\n\n".join(parts).replace("\r\n", "\n") + "\n"


def _html(message: Message) -> str:
    words, signature = (text.replace("\r\n", "\n").strip() for text in (message.content, message.signature))
    paragraphs = [f"<p>{_marked(part, message.links)}</p>" for part in _PARAGRAPH.split(words)]
    if signature:
        paragraphs.append(f"<p>{_marked(signature)}</p>")
    if message.footer:
        style = "margin-top:2em;font-size:smaller;color:#666"
        paragraphs.append(f'<p style="{style}">{_marked(message.footer.strip())}</p>')
    if message.pixel:
        paragraphs.append(f'<img src="{escape(message.pixel)}" width="1" height="1" alt="">')
    body = "\n".join(paragraphs)
    return f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head><body>\n{body}\n</body></html>\n'


def _marked(text: str, links: Mapping[str, str] | None = None) -> str:
    """Text as HTML: escaped, its lines broken, its links to follow; `links`: where each leads, if not to itself."""
    parts: list[str] = []
    at = 0
    for link in LINK.finditer(text):
        leads_to = escape((links or {}).get(link[0], link[0]))
        parts += [escape(text[at : link.start()]), f'<a href="{leads_to}">{escape(link[0])}</a>']
        at = link.end()
    return "".join([*parts, escape(text[at:])]).replace("\n", "<br>\n")
