"""Who opened something that waits for people is at it for a while: others see who and until when, and leave it alone.

What happens meanwhile still counts: what comes in, and what the engine or an agent makes of it, asks nobody.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.campaigns.work.errors import WorkStateError
from accountgraph.campaigns.work.persons import said_by
from accountgraph.errors import InvalidValueError, NotFoundError

if TYPE_CHECKING:
    from accountgraph.db import Session

OPENED = timedelta(minutes=10)  # so long it stays with who opened it; whoever has it open says so again before
LONGEST = timedelta(hours=12)


class ItemKind(StrEnum):
    """What one can be at. Something in the inbox is a task."""

    TASK = "task"
    APPROVAL = "approval"


class Claim(Struct, frozen=True, kw_only=True):
    """Who is at something. `is_yours` False: somebody else is, until `held_until`; or, after it was left, nobody (`held_by` None)."""

    kind: ItemKind
    id: UUID
    is_yours: bool
    held_by: str | None
    held_until: datetime | None


class _Held(Struct, frozen=True):
    waits: bool
    held_by: str | None
    held_until: datetime | None


async def claim(session: Session, kind: ItemKind, item_id: UUID, *, by: str, hold: timedelta = OPENED, take_over: bool = False) -> Claim:
    """Be at something for a while, by the database's clock, or longer; of two who ask at once one is. Never shorter than it was.

    `take_over`: even where somebody else is at it.

    Raises:
        NotFoundError: there is no such thing.
        WorkStateError: it waits for nobody any more.
        InvalidValueError: nobody asks, or the hold is not between a minute and 12 hours.
    """
    name = said_by(by)
    if not timedelta(minutes=1) <= hold <= LONGEST:
        raise InvalidValueError("hold", "it is held for 1 minute to 12 hours.")
    wanted = {"id": item_id, "by": name, "hold": hold, "take_over": take_over}
    await session.affect(f"campaigns.claiming.{kind}", wanted)
    held = await _held(session, kind, item_id)
    if not held.waits:
        raise WorkStateError(f"{kind.capitalize()} {item_id} waits for nobody any more; look at what came of it.")
    return _claim(kind, item_id, name, held)


async def leave(session: Session, kind: ItemKind, item_id: UUID, *, by: str) -> Claim:
    """Be at something no more; where somebody else is, they stay.

    Raises:
        NotFoundError: there is no such thing.
        InvalidValueError: nobody leaves.
    """
    name = said_by(by)
    await session.affect(f"campaigns.claiming.leave_{kind}", {"id": item_id, "by": name})
    return _claim(kind, item_id, name, await _held(session, kind, item_id))


def _claim(kind: ItemKind, item_id: UUID, name: str, held: _Held) -> Claim:
    is_yours = held.held_by is not None and held.held_by.lower() == name.lower()
    return Claim(kind=kind, id=item_id, is_yours=is_yours, held_by=held.held_by, held_until=held.held_until)


async def _held(session: Session, kind: ItemKind, item_id: UUID) -> _Held:
    found = await session.row(_Held, f"campaigns.claiming.{kind}_held", {"id": item_id})
    if found is None:
        raise NotFoundError(f"There is no {kind} {item_id}.")
    return found
