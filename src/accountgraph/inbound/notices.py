"""Mail that nobody has to act on, told by its form: receipts (RFC 8098), a list's mail, reports on DMARC."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accountgraph.inbound.mail import Mail

_RECEIPT = "message/disposition-notification"


def notice_of(mail: Mail) -> tuple[float, tuple[str, ...]] | None:
    """How sure it is that a mail is a mere notice, and why; None where nothing says so."""
    if any(part.type == _RECEIPT for part in mail.parts):
        return 0.99, ("it has a disposition-notification part", _disposition(mail))
    type_ = (mail.header("content-type") or "").lower()
    if "disposition-notification" in type_:
        return 0.9, ("its type says that it is a receipt",)
    if mail.subject.lower().startswith("report domain:") and any(part.type != "text/plain" for part in mail.parts):
        return 0.95, ("its subject is that of a DMARC report",)
    # A person who answers within a list names what they answer; a list's own mail does not.
    listed = next((name for name in ("list-id", "list-unsubscribe", "list-post") if mail.header(name)), None)
    if listed and not mail.in_reply_to and not mail.references:
        return 0.85, (f"it has {listed}, and answers nothing",)
    return None


def _disposition(mail: Mail) -> str:
    content = next(part.content for part in mail.parts if part.type == _RECEIPT)[:4096].lower()
    return "it was deleted unread" if b"deleted" in content else "it was shown"
