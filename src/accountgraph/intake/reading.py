"""What came in, for people to look at."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.errors import NotFoundError

if TYPE_CHECKING:
    from accountgraph.db import Connectable


class MailState(StrEnum):
    """What became of a mail. `ambiguous`: a person is asked where it belongs. `ignored`: there was nothing to act on."""

    MATCHED = "matched"
    AMBIGUOUS = "ambiguous"
    UNMATCHED = "unmatched"
    IGNORED = "ignored"


class CameIn(Struct, frozen=True, kw_only=True):
    """A mail that came in, or that was sent by hand (`direction`), and what it did, in words."""

    id: UUID
    direction: str
    at: datetime
    kind: str
    state: MailState
    matched_by: str | None
    from_email: str | None
    subject: str | None
    source: str
    effects: list[str]


async def list_mails(db: Connectable, *, state: MailState | None = None, limit: int = 20) -> list[CameIn]:
    """Mails, the latest first."""
    return await db.rows(CameIn, "intake.mails.listing", {"state": state, "limit": limit})


async def raw_mail(db: Connectable, mail_id: UUID) -> bytes:
    """A mail as it came.

    Raises:
        NotFoundError: there is none with this id.
    """
    raw: bytes | None = await db.value("intake.mails.raw", {"id": mail_id})
    if raw is None:
        raise NotFoundError(f"There is no mail {mail_id}.")
    return bytes(raw)
