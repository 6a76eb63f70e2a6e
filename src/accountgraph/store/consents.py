"""Consents: on what basis a contact may be written to."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from accountgraph.db import Connectable, default_database
from accountgraph.enums import Channel, ConsentBasis
from accountgraph.errors import InvalidValueError, MissingReferenceError
from accountgraph.store.given import HOLDS_NUL, member, moment


class Consent(Struct, frozen=True, kw_only=True):
    """That a contact may be written to on `channel`; `wording` is what was agreed to, `evidence` where that shows."""

    id: UUID
    contact_id: UUID
    channel: Channel
    basis: ConsentBasis
    wording: str | None
    evidence: str | None
    captured_at: datetime
    revoked_at: datetime | None


class ConsentRepository:
    """Consents. Without an argument it uses the process's default database; each call is a transaction."""

    def __init__(self, db: Connectable | None = None) -> None:
        self._db = db or default_database()

    async def record_consent(
        self,
        contact_id: UUID,
        channel: str,
        basis: str,
        *,
        wording: str | None = None,
        evidence: str | None = None,
        captured_at: datetime | None = None,
    ) -> Consent:
        """Record a consent as of `captured_at` (with its offset; now, where none is given).

        Raises:
            MissingReferenceError: no such contact.
            InvalidValueError: no such channel or basis, a text with NUL, or a time without its offset.
        """
        without_nul(("wording", wording), ("evidence", evidence))
        params = {
            "contact_id": contact_id,
            "channel": member(Channel, "channel", channel),
            "basis": member(ConsentBasis, "basis", basis),
            "wording": wording,
            "evidence": evidence,
            "captured_at": moment("captured_at", captured_at),
        }
        recorded = await self._db.write(Consent, "consents.record", params)
        if recorded is None:
            raise MissingReferenceError("contact_id", f"there is no contact {contact_id}.")
        return recorded

    async def revoke_consent(self, contact_id: UUID, channel: str | None = None, *, at: datetime | None = None) -> list[Consent]:
        """End what stands, on one channel or on all; gives what was ended. The record of it stays."""
        params = {"contact_id": contact_id, "channel": member(Channel, "channel", channel) if channel else None, "at": moment("at", at)}
        return await self._db.rows(Consent, "consents.revoke", params)

    async def get_consents(self, contact_id: UUID, channel: str | None = None, *, include_revoked: bool = False) -> list[Consent]:
        """The consents of a contact that stand, the latest first."""
        wanted = member(Channel, "channel", channel) if channel else None
        params = {"contact_id": contact_id, "channel": wanted, "include_revoked": include_revoked}
        return await self._db.rows(Consent, "consents.of_contact", params)


def without_nul(*texts: tuple[str, str | None]) -> None:
    """Check (field, text) pairs.

    Raises:
        InvalidValueError: a text holds a NUL character.
    """
    for name, text in texts:
        if text and "\0" in text:
            raise InvalidValueError(name, HOLDS_NUL)
