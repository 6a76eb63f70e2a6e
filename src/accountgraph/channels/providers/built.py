"""A mail built from the fields that a provider gives, so that one parser reads whatever comes in."""

from __future__ import annotations

import re
from email.header import Header
from email.message import EmailMessage
from email.parser import HeaderParser
from email.policy import SMTP
from email.utils import formataddr, getaddresses
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_NAME = re.compile(r"[!-9;-~]{1,76}")
_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*")
_OF_ADDRESSES = frozenset({"from", "sender", "reply-to", "to", "cc", "bcc"})
_OF_BODIES = ("content-", "mime-version")  # these describe the parts as the sender made them, not as we do
_STEERING = re.compile(r"[\x00-\x1f\x7f]+")


class Attachment(Struct, frozen=True):
    """A file that came along."""

    content: bytes
    type: str = "application/octet-stream"
    filename: str | None = None
    content_id: str | None = None


def built_mail(headers: Iterable[tuple[str, str]], text: str, html: str, attachments: Sequence[Attachment] = ()) -> bytes:
    """A MIME message with these headers in their order, and these words. Whatever the values hold, it makes one."""
    body = EmailMessage(policy=SMTP)
    body.set_content(_encodable(text), charset="utf-8", cte="base64")
    if html:
        body.add_alternative(_encodable(html), subtype="html", charset="utf-8", cte="base64")
    for attachment in attachments:
        maintype, subtype = _type(attachment.type)
        body.add_attachment(
            attachment.content,
            maintype=maintype,
            subtype=subtype,
            filename=_line(attachment.filename)[:200] if attachment.filename else None,
            cid=f"<{re.sub(r'[^!-~]|[<>]', '', attachment.content_id)[:200]}>" if attachment.content_id else None,
        )
    for number, part in enumerate(part for part in body.walk() if part.is_multipart()):
        part.set_boundary(f"=_accountgraph_{number}")  # the same fields, the same mail; base64 has no such line
    return "".join(_header(name, value) for name, value in headers if _is_kept(name)).encode() + body.as_bytes()


def headers_in(block: str) -> list[tuple[str, str]]:
    """The headers in a text as they stand in a mail."""
    return [(name, str(value)) for name, value in HeaderParser().parsestr(_encodable(block), headersonly=True).items()]


def _is_kept(name: str) -> bool:
    return _NAME.fullmatch(name) is not None and not name.lower().startswith(_OF_BODIES)


def _header(name: str, value: str) -> str:
    line = _line(value)
    if not line.isascii():
        line = _addresses(line) if name.lower() in _OF_ADDRESSES else Header(line, "utf-8", header_name=name).encode(linesep="\r\n")
    return f"{name}: {line}\r\n"


def _addresses(line: str) -> str:
    """Names beyond ASCII are encoded; addresses stand as they are."""
    parts = []
    for name, address in getaddresses([line]):
        ascii_address = address.encode("ascii", "ignore").decode()
        parts.append(formataddr((name, ascii_address)) if ascii_address == address else Header(f"{name} {address}", "utf-8").encode())
    return ", ".join(_line(part) for part in parts)


def _line(value: str) -> str:
    return _STEERING.sub(" ", _encodable(value)).strip()


def _encodable(value: str) -> str:
    return value.encode("utf-8", "replace").decode()


def _type(given: str) -> tuple[str, str]:
    found = given.partition(";")[0].strip().lower()
    if not _TYPE.fullmatch(found) or found.startswith(("multipart/", "message/")):
        found = "application/octet-stream"
    maintype, _, subtype = found.partition("/")
    return maintype, subtype
