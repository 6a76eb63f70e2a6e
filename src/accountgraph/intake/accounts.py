"""The accounts that something that came in is about: locked all at once, before anything else is."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accountgraph.db import Session


async def lock_accounts(session: Session, companies: Iterable[UUID | None] = (), people: Iterable[UUID | None] = ()) -> None:
    """Lock the accounts of these companies and people with their parents and subsidiaries, the lowest id first.

    A signal locks its own account: who records several would otherwise hold one while they wait for a lower one.
    """
    asked = {"companies": [one for one in companies if one], "people": [one for one in people if one]}
    if asked["companies"] or asked["people"]:
        await session.rows(UUID, "intake.accounts.lock", asked)
