"""Keeping a mail whole where nothing is understood of it: nothing is lost, and a person sees it."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Protocol

import msgspec

from accountgraph.mailboxes.headers import head_of

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from accountgraph.db import Session
    from accountgraph.mailboxes.headers import Head


class Take(Protocol):
    """What is done with each mail, in the transaction that also moves the mailbox's cursor; the same mail again changes nothing.

    `direction`: `inbound`, or `outbound` for what a person of ours sent by hand. What it raises flags the mail, and undoes what it did.
    """

    async def __call__(
        self, session: Session, raw: bytes, *, source: str, sender_id: UUID | None, direction: str, received_at: datetime
    ) -> object:
        """Take one mail; its return value is not looked at."""
        ...


async def flag_mail(
    session: Session, raw: bytes, why: str, *, source: str, sender_id: UUID | None, direction: str, received_at: datetime
) -> None:
    """Keep a mail that could not be taken, with the reason, for a person to look at."""
    said = [f"could not be taken: {why.replace(chr(0), '')[:500]}"]
    await _keep(session, raw, head_of(raw), said, source=source, sender_id=sender_id, direction=direction, received_at=received_at)


async def _keep(
    session: Session,
    raw: bytes,
    head: Head,
    effects: list[str],
    *,
    source: str,
    sender_id: UUID | None,
    direction: str,
    received_at: datetime,
) -> None:
    params = {
        "direction": direction,
        "source": source,
        "sender_id": sender_id,
        "dedupe_key": f"kept:{sha256(raw or f'{source} {received_at}'.encode()).hexdigest()}",
        "message_id": head.message_id,
        "from_email": head.sender,
        "subject": head.subject[:1000] or None,
        "at": head.at or received_at,
        "kind": "manual" if direction == "outbound" else "notice",
        "effects": msgspec.json.encode(effects).decode(),
        "raw": raw,
    }
    await session.value("outreach.mailboxes.keep", params)
