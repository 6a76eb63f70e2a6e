"""Handing over what is new: whose it is, whether anybody wants it, and what became of it. The same however a mailbox is read."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from accountgraph.errors import ConcurrencyError
from accountgraph.mailboxes.headers import Head
from accountgraph.mailboxes.keeping import flag_mail
from accountgraph.mailboxes.reading.folders import Role
from accountgraph.mailboxes.reading.history import note_people, people_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from accountgraph.db import Database, Session
    from accountgraph.mailboxes.keeping import Take
    from accountgraph.store.outreach.mailboxes import Mailbox


class Synced(Struct, frozen=True, kw_only=True):
    """What a run did with the mails that were new.

    `taken`: handed over; `by_hand`: of these, sent by people of ours; `ours`: messages of the engine, passed over; `passed`: known from
    before or of no interest; `flagged`: kept for a person, for they could not be taken; `cut`: of those taken, too long to be read whole;
    `history`: heads read of the time before.
    """

    taken: int = 0
    by_hand: int = 0
    ours: int = 0
    passed: int = 0
    flagged: int = 0
    cut: int = 0
    history: int = 0

    def __add__(self, other: Synced) -> Synced:
        return Synced(**{name: getattr(self, name) + getattr(other, name) for name in self.__struct_fields__})


class New(Struct, frozen=True, kw_only=True):
    """A mail that is to be taken. `place`: the folder, as people know it; `refused`: why it cannot be read, None: it can."""

    place: str
    role: Role
    head: Head
    received_at: datetime
    raw: bytes
    refused: str | None = None
    is_cut: bool = False


class Known(Struct, frozen=True):
    """Message-IDs that are known: of messages that left through us, and of mails that were there before."""

    ours: frozenset[str]
    before: frozenset[str]


class Taking:
    """The mails of one mailbox on their way to whoever takes them."""

    def __init__(self, db: Database, mailbox: Mailbox, take: Take) -> None:
        self._db, self._mailbox, self._take = db, mailbox, take
        self.own: AbstractSet[str] = frozenset()

    async def begin(self) -> None:
        """Look up who we are."""
        self.own = frozenset(await self._db.rows(str, "outreach.mailboxes.own_addresses"))

    async def known(self, heads: Iterable[Head], *, is_again: bool, with_answers: bool = False) -> Known:
        """What is known of these mails. `is_again`: also by their having been here before. `with_answers`: also of what they refer to."""
        found = list(heads)
        ids = {head.message_id for head in found if head.message_id}
        answered = {one for head in found for one in head.refers_to} if with_answers else set()
        ours = await self._db.rows(str, "outreach.mailboxes.ours", {"message_ids": list(ids | answered)})
        before = {"sender_id": self._mailbox.sender_id, "message_ids": list(ids)}
        known = await self._db.rows(str, "outreach.mailboxes.known_before", before) if is_again else []
        return Known(frozenset(ours), frozenset(known))

    def is_wanted(self, role: Role, head: Head, known: Known) -> bool:
        """Whether a mail is taken; of junk, bounces and answers to our messages alone."""
        if head.is_ours or head.message_id in known.ours or head.message_id in known.before:
            return False
        if role is Role.JUNK:
            return head.is_report or any(one in known.ours for one in head.refers_to)
        return role is not Role.INBOX or head.sender != self._mailbox.address

    async def hand_over(self, session: Session, new: New) -> Synced:
        """Take a mail, in the transaction that also moves the cursor; what cannot be taken is kept for a person."""
        is_outbound = new.role is Role.SENT or new.head.sender == self._mailbox.address
        about: dict[str, Any] = {
            "source": f"mailbox {self._mailbox.address}: {new.place}"[:500],
            "sender_id": self._mailbox.sender_id,
            "direction": "outbound" if is_outbound else "inbound",
            "received_at": new.received_at,
        }
        why = new.refused or await self._failure(session, new.raw, about)
        if why is not None:
            await flag_mail(session, new.raw, why, **about)
            return Synced(flagged=1)
        await note_people(session, self._mailbox.sender_id, people_of(new.head, new.role, self.own, new.received_at))
        return Synced(taken=1, by_hand=int(is_outbound), cut=int(new.is_cut))

    async def _failure(self, session: Session, raw: bytes, about: dict[str, Any]) -> str | None:
        """Hand a mail over; why that failed, None: it did not."""
        try:
            await session.run(lambda inner: self._take(inner, raw, **about))
        except ConcurrencyError:
            raise
        except Exception as error:  # noqa: BLE001 - one mail's failure is its own and keeps no other from being taken
            return f"{type(error).__name__}: {error}"
        return None


def passed_over(head: Head, known: Known) -> Synced:
    """What is said of a mail that nobody wants. The ledger knows ours where the mark was lost on the way."""
    return Synced(ours=1) if head.is_ours or head.message_id in known.ours else Synced(passed=1)
