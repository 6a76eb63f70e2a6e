"""What the server's own mails say: plain text, a link, and for how long it works. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from msgspec import Struct

if TYPE_CHECKING:
    from datetime import datetime

    from accountgraph.access.people.invitations import NewInvitation
    from accountgraph.access.people.resets import Reset

JOIN, PASSWORD = "/app/join", "/app/password"
_NOT_YOU = "If you did not expect this, do nothing: without the link nobody comes in, and it ends by itself."


class Letter(Struct, frozen=True, kw_only=True):
    """A mail to be sent. It holds a token, and is shown nowhere."""

    recipient: str
    subject: str
    content: str

    def __repr__(self) -> str:
        return f"Letter({self.subject!r})"


def link(site: str, path: str, token: str) -> str:
    """Where a token is used. `site`: the server's address as people know it."""
    return f"{site.rstrip('/')}{path}?token={quote(token, safe='')}"


def invitation(given: NewInvitation, site: str) -> Letter:
    """To somebody who is invited."""
    one = given.invitation
    asked = f"{one.invited_by} invites you to the workspace {one.workspace} of AccountGraph, as {one.role}."
    return _letter(one.email, f"Your invitation to {one.workspace}", asked, link(site, JOIN, given.token), one.expires_at)


def reset(given: Reset, site: str) -> Letter:
    """To somebody who forgot their password."""
    asked = "Somebody, perhaps you, asked for another password of your login at AccountGraph."
    return _letter(given.email, "Another password", asked, link(site, PASSWORD, given.token), given.expires_at)


def _letter(recipient: str, subject: str, asked: str, url: str, until: datetime) -> Letter:
    works = f"The link works once, until {until:%Y-%m-%d %H:%M} UTC, and is for you alone."
    return Letter(recipient=recipient, subject=subject, content="\n\n".join([asked, url, works, _NOT_YOU]) + "\n")
