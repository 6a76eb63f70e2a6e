"""Suppressions: whom not to write to, by address, number, domain or person, on one channel or on all."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.addresses import domain_key, email_key, phone_key
from accountgraph.db import Connectable, default_database
from accountgraph.enums import Channel, SuppressionReason
from accountgraph.errors import ConcurrencyError, InvalidValueError, MissingReferenceError, NotFoundError
from accountgraph.store.consents import without_nul
from accountgraph.store.given import member, page_size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accountgraph.db import Session

NUMBER_CHANNELS = (Channel.CALL, Channel.SMS, Channel.WHATSAPP)
"""What a telephone number is used for."""


class Suppression(Struct, frozen=True, kw_only=True):
    """Not to be written to, on `channel` (`all`: none). `address`, in E.164 a number, is gone after an erasure; its hash still works."""

    id: UUID
    address: str | None
    domain: str | None
    contact_id: UUID | None
    channel: str
    reason: SuppressionReason
    note: str | None
    created_at: datetime


class Suppressed(Struct, frozen=True, kw_only=True):
    """A person whom a suppression is about."""

    id: UUID
    first_name: str | None
    last_name: str | None
    email: str | None

    @property
    def words(self) -> str:
        """The name and the address, as far as they are known."""
        name = " ".join(part for part in (self.first_name, self.last_name) if part)
        return f"{name} <{self.email}>" if name and self.email else name or self.email or f"person {self.id}"


async def people_of(db: Connectable, found: Sequence[Suppression]) -> dict[UUID, str]:
    """The names and addresses of the persons whom suppressions are about, by their ids."""
    ids = [one.contact_id for one in found if one.contact_id]
    return {one.id: one.words for one in await db.rows(Suppressed, "suppressions.people", {"ids": ids})} if ids else {}


class SuppressionRepository:
    """Suppressions. Without an argument it uses the process's default database; each call is a transaction."""

    def __init__(self, db: Connectable | None = None) -> None:
        self._db = db or default_database()

    async def suppress(
        self,
        *,
        address: str | None = None,
        domain: str | None = None,
        contact_id: UUID | None = None,
        phone: str | None = None,
        channel: str = "all",
        reason: str = "manual",
        note: str | None = None,
    ) -> Suppression:
        """Suppress one of an address, a domain (with all below it), a number or a person; it is already: gives the one there is.

        A number, in international form, is suppressed on one of the channels that use it: `suppress_number` takes them all.

        Raises:
            InvalidValueError: none or several of the four, or a value that does not fit.
            MissingReferenceError: no such contact.
        """
        if sum(one is not None for one in (address, domain, contact_id, phone)) != 1:
            raise InvalidValueError("address", "give one of address, domain, phone and contact_id.")
        if phone is not None and channel not in NUMBER_CHANNELS:
            raise InvalidValueError("channel", f"a number is suppressed on one of {', '.join(NUMBER_CHANNELS)}.")
        without_nul(("note", note))
        params = {
            "address_key": _address_key(address, phone),
            "domain": domain_key(domain) if domain is not None else None,
            "contact_id": contact_id,
            "channel": _channel(channel),
            "reason": member(SuppressionReason, "reason", reason),
            "note": note,
        }
        for _ in range(2):  # where somebody else suppressed the same in the same moment, it can be seen the second time
            if found := await self._db.write(Suppression, "suppressions.suppress", params):
                return found
        if contact_id is not None:
            raise MissingReferenceError("contact_id", f"there is no contact {contact_id}.")
        raise ConcurrencyError

    async def suppress_number(self, phone: str, *, reason: str = "manual", note: str | None = None) -> list[Suppression]:
        """Suppress a number on everything that uses one: calls, SMS and WhatsApp. Raises as `suppress`."""

        async def work(session: Session) -> list[Suppression]:
            inner = SuppressionRepository(session)
            return [await inner.suppress(phone=phone, channel=channel, reason=reason, note=note) for channel in NUMBER_CHANNELS]

        return await self._db.run(work)

    async def is_suppressed(self, contact_id: UUID, channel: str) -> bool:
        """Whether a contact must not be written to on `channel`, by person, address, number or domain."""
        return bool(await self.get_suppressions(contact_id, channel))

    async def get_suppressions(self, contact_id: UUID, channel: str) -> list[Suppression]:
        """Why a contact must not be written to on `channel`, the oldest first."""
        return await self._db.rows(Suppression, "suppressions.of_contact", {"contact_id": contact_id, "channel": _channel(channel)})

    async def remove_suppression(self, suppression_id: UUID) -> None:
        """Lift a suppression.

        Raises:
            NotFoundError: no such suppression.
        """
        if await self._db.value("suppressions.remove", {"id": suppression_id}) is None:
            raise NotFoundError(f"There is no suppression {suppression_id}.")

    async def find_suppressions(
        self,
        *,
        address: str | None = None,
        domain: str | None = None,
        contact_id: UUID | None = None,
        phone: str | None = None,
        channel: str | None = None,
    ) -> list[Suppression]:
        """What suppresses just this address, domain, number or person, on a channel or on any; the oldest first."""
        params = {
            "address_key": _address_key(address, phone),
            "domain": domain_key(domain) if domain is not None else None,
            "contact_id": contact_id,
            "channel": _channel(channel) if channel else None,
        }
        return await self._db.rows(Suppression, "suppressions.of_target", params)

    async def list_suppressions(self, *, limit: int = 1000, after: Suppression | None = None) -> list[Suppression]:
        """A page of suppressions, the oldest first; `after` the last one of the page before."""
        params = {"limit": page_size(limit), "after_at": after.created_at if after else None, "after_id": after.id if after else None}
        return await self._db.rows(Suppression, "suppressions.listing", params)


def _address_key(address: str | None, phone: str | None) -> str | None:
    if phone is not None:
        return phone_key(phone)
    return email_key(address) if address is not None else None


def _channel(channel: str) -> str:
    return channel if channel == "all" else member(Channel, "channel", channel)
