"""Search over everything, as one types."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.access.permissions import Permission
from accountgraph.errors import InvalidValueError
from accountgraph.listing.page import MOST
from accountgraph.store.companies import searchable
from accountgraph.store.given import member

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accountgraph.access import Principal
    from accountgraph.db import Connectable

LONGEST = 500  # characters of a term


class FoundKind(StrEnum):
    """What can be found. `mailbox`: any sender, by its address or name; `conversation`: by the person."""

    COMPANY = "company"
    CONTACT = "contact"
    CAMPAIGN = "campaign"
    TASK = "task"
    CONVERSATION = "conversation"
    TOUCHPOINT = "touchpoint"
    TEMPLATE = "template"
    MAILBOX = "mailbox"


_NEEDED = {
    FoundKind.CAMPAIGN: Permission.CAMPAIGNS_READ,
    FoundKind.TEMPLATE: Permission.CAMPAIGNS_READ,
    FoundKind.TASK: Permission.TASKS_READ,
    FoundKind.MAILBOX: Permission.MAILBOXES_READ,
}


def visible(who: Principal, kinds: Iterable[FoundKind] = FoundKind) -> list[FoundKind]:
    """Those of `kinds` that somebody may see."""
    return [kind for kind in kinds if who.may(_NEEDED.get(kind, Permission.GRAPH_READ))]


class Found(Struct, frozen=True, kw_only=True):
    """Something that a search found, and whose it is. `fit`: 3 it is the term, 2 begins with it, 1 a word of it does, 0 it is in it."""

    kind: FoundKind
    id: UUID
    title: str
    detail: str | None
    company_id: UUID | None
    contact_id: UUID | None
    conversation_id: UUID | None
    fit: int


async def search_everything(db: Connectable, text: str, kinds: Iterable[str] | None = None, limit: int = 20) -> list[Found]:
    """What fits best, of all kinds or of these; in any case, literally, every word of `text`.

    Names and addresses are found by any part of them (by one or two letters: where a word begins), subjects and titles by the
    beginnings of their words.

    Raises:
        InvalidValueError: naming `text`, `kinds` or `limit`.
    """
    wanted = [member(FoundKind, "kinds", kind) for kind in kinds] if kinds is not None else list(FoundKind)
    if not 1 <= limit <= MOST:
        raise InvalidValueError("limit", f"{limit} cannot be found at once; ask for 1 to {MOST}.")
    if len(text) > LONGEST:
        raise InvalidValueError("text", f"has {len(text)} characters; search for {LONGEST} at most.")
    try:
        term = searchable(text)
    except InvalidValueError as error:
        raise InvalidValueError("text", str(error).partition(": ")[2]) from None
    return await db.rows(Found, "listing.search.everything", {"term": term, "kinds": wanted, "limit": limit})
