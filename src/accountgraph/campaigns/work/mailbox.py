"""From which mailbox a person of ours writes to somebody, and whether they may."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from accountgraph.campaigns.facts import CONSOLE
from accountgraph.campaigns.work.errors import WorkStateError
from accountgraph.enums import Channel, ContactStatus
from accountgraph.errors import InvalidValueError
from accountgraph.store.outreach.senders import Sender, SenderRepository
from accountgraph.store.suppressions import SuppressionRepository

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from accountgraph.db import Session


class Addressee(Protocol):
    """Whom a message goes to."""

    @property
    def contact_id(self) -> UUID:
        """Which contact."""

    @property
    def company_id(self) -> UUID | None:
        """Of which account."""

    @property
    def email(self) -> str | None:
        """Where they are written to."""

    @property
    def name(self) -> str | None:
        """What they are called."""

    @property
    def status(self) -> ContactStatus:
        """Whether they can be reached."""

    @property
    def do_not_contact(self) -> bool:
        """Whether they said that they are not to be."""

    @property
    def is_made_up(self) -> bool:
        """Whether they are of the demo, and nobody."""


async def mailbox_of(session: Session, wanted: str | None, kept: UUID | None) -> Sender:
    """The mailbox with the address that is wanted, else the one that wrote before, else the only one there is.

    Raises:
        InvalidValueError: there is none, or several to choose from.
        WorkStateError: it is not in use.
    """
    senders = SenderRepository(session)
    if wanted is not None:
        found = await senders.get_sender_by_address(wanted)
        if found is None:
            raise InvalidValueError("sender", f"there is no mailbox {wanted}; add it first, or name one of `sender list`.")
    else:
        found = await senders.get_sender(kept) if kept else None
    if found is None:
        able = await senders.list_senders(channel=Channel.EMAIL, active_only=True)
        if len(able) != 1:
            raise InvalidValueError("sender", f"say from which mailbox; there are {len(able)} in use.")
        found = able[0]
    if not found.is_active:
        raise WorkStateError(f"{found.address} is not in use; take it into use again, or name another mailbox.")
    return found


async def may_write(session: Session, whom: Addressee, sender: Sender, now: datetime) -> None:
    """Look at what keeps us from writing to somebody by e-mail.

    Raises:
        InvalidValueError: they have no address.
        WorkStateError: they are made up; or naming the suppression or the hold.
    """
    name = whom.name or whom.email or str(whom.contact_id)
    if not whom.email:
        raise InvalidValueError("contact", f"{name} has no e-mail address; record one first.")
    found = await SuppressionRepository(session).get_suppressions(whom.contact_id, Channel.EMAIL)
    if found:
        raise WorkStateError(f"{name} is suppressed ({found[0].channel}: {found[0].reason}); nothing was sent.")
    if whom.is_made_up and sender.transport != CONSOLE:
        raise WorkStateError(f"{name} is made up for the demo, and {sender.address} reaches real mailboxes; nothing was sent.")
    if whom.do_not_contact:
        raise WorkStateError(f"{name} is not to be contacted; nothing was sent.")
    if whom.status is not ContactStatus.ACTIVE:
        raise WorkStateError(f"{name} is marked as {whom.status}; nothing was sent.")
    asked = {"sender_id": sender.id, "company_id": whom.company_id, "contact_id": whom.contact_id, "now": now}
    holds = await session.rows(str, "campaigns.answers.holds", asked)
    if holds:
        raise WorkStateError(f"On hold ({', '.join(holds)}); lift that first. Nothing was sent.")
