"""Where the links and the pixel of a message lead: to the public address of the workspace, with a token."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec import Struct

from accountgraph.tracking.tokens import Purpose, Ring, Signed, is_web_address, sign

if TYPE_CHECKING:
    from uuid import UUID

LINK = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]}']")
"""A web address in plain text, without the sign that ends the sentence around it."""


def web_addresses(text: str) -> tuple[str, ...]:
    """The web addresses that a text names and a token can hold, each once, in their order."""
    return tuple(dict.fromkeys(url for url in LINK.findall(text) if is_web_address(url)))


class PublicAddress(Struct, frozen=True, kw_only=True):
    """The public address of a workspace, seen to answer over HTTPS, and the keys that sign what leads there."""

    url: str
    workspace: str
    ring: Ring

    def pixel(self, intent_id: UUID, host: str | None = None) -> str:
        """The picture that tells of an open. `host`: the mailbox's own, where it has one."""
        return f"{self._at(host)}/o/{self._token(Purpose.OPEN, intent_id)}.gif"

    def through(self, intent_id: UUID, url: str, host: str | None = None) -> str:
        """The link that tells of a click and goes on to `url`."""
        return f"{self._at(host)}/c/{self._token(Purpose.CLICK, intent_id, url)}"

    def preferences(self, intent_id: UUID) -> str:
        """The page where a person chooses what they hear; a POST there takes them off (RFC 8058)."""
        return f"{self._at(None)}/u/{self._token(Purpose.PREFERENCES, intent_id)}"

    def _at(self, host: str | None) -> str:
        base = self.url.rstrip("/")
        return f"https://{host}{urlsplit(base).path}" if host else base

    def _token(self, purpose: Purpose, intent_id: UUID, url: str | None = None) -> str:
        return sign(self.ring, purpose, Signed(self.workspace, intent_id, url))
