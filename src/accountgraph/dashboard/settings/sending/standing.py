"""How a sender stands, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from accountgraph.campaigns.work.holds import Hold
    from accountgraph.store.outreach.mailboxes import Mailbox
    from accountgraph.store.outreach.senders import Sender

_IMAP = {"imap": "IMAP", "gmail": "the Gmail API", "graph": "Microsoft Graph"}


@dataclass(frozen=True, slots=True)
class Standing:
    """`mark`: good, attention, bad or nothing; `word`: in a word; `words`: why, and what to do."""

    mark: str
    word: str
    words: str


def standing(sender: Sender, mailbox: Mailbox | None, holds: Sequence[Hold], standard: UUID | None) -> Standing:
    """How a sender stands. `holds`: all of the workspace; `standard`: the identity of who has none of their own."""
    stopped = next((one for one in holds if one.sender_id == sender.id), None)
    if not sender.is_active:
        return Standing("", "paused", "What waits for it stays with it until it is resumed.")
    if stopped is not None:
        return Standing("bad", "stopped", stopped.note or stopped.reason)
    if mailbox is not None and mailbox.failing_since is not None:
        return Standing("bad", "cannot be read", mailbox.error or "Try it to see why.")
    if sender.transport == "console":
        return Standing("", "shows only", "It has no transport: what it would send is shown, and nothing leaves.")
    if sender.legal_identity_id is None and standard is None:
        return Standing("attention", "has no identity", "The law wants a name and a postal address below every message.")
    return Standing("good", "sends", _reading(mailbox))


def _reading(mailbox: Mailbox | None) -> str:
    if mailbox is None:
        return "Its answers are not read here."
    return f"Answers are read by {_IMAP.get(mailbox.protocol, mailbox.protocol)}."


def by_sender(mailboxes: Sequence[Mailbox]) -> Mapping[UUID, Mailbox]:
    """The mailboxes by their senders."""
    return {one.sender_id: one for one in mailboxes}
