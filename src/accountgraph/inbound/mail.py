"""An inbound mail as it was read: what the wire said, nothing concluded."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct


class Address(Struct, frozen=True):
    """Whom a header names. `email` as written, in lower case; empty where the header has a name alone."""

    email: str
    name: str | None = None


class Part(Struct, frozen=True):
    """One leaf of the MIME tree. `content` is decoded from its transfer encoding; `charset` as declared, None where it is not."""

    type: str
    content: bytes
    charset: str | None = None
    filename: str | None = None
    params: dict[str, str] = {}


class Mail(Struct, frozen=True, kw_only=True):
    """A mail, read to the end whatever it holds.

    Header names in `headers` are in lower case, values unfolded and decoded, in the order of the mail. Message-IDs keep no angle
    brackets. `text`: the plain words, `html`: their HTML twin, either may be empty. `at`: its Date in UTC, None where there is
    none to be read. `original`: the headers of the message that it reports on (a bounce, a complaint). `problems`: what was
    wrong with it, in words; what could not be read is left as it came.
    """

    message_id: str | None = None
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    sender: Address | None = None
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    delivered_to: tuple[str, ...] = ()
    return_path: str | None = None
    subject: str = ""
    at: datetime | None = None
    headers: tuple[tuple[str, str], ...] = ()
    text: str = ""
    html: str = ""
    parts: tuple[Part, ...] = ()
    original: tuple[tuple[str, str], ...] = ()
    problems: tuple[str, ...] = ()

    def header(self, name: str) -> str | None:
        """The first header of this name (lower case), None where there is none."""
        for key, value in self.headers:
            if key == name:
                return value
        return None

    def all_of(self, name: str) -> list[str]:
        """Every header of this name (lower case)."""
        return [value for key, value in self.headers if key == name]
