"""Holds, the kill switches: of the workspace, a mailbox, an account or a person. What is not being called at that moment stays."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from msgspec import Struct

from accountgraph.campaigns.engine.onward import go_on
from accountgraph.errors import InvalidValueError, NotFoundError
from accountgraph.store.consents import without_nul

if TYPE_CHECKING:
    from accountgraph.db import Connectable, Session

BY_HAND = "stop"  # the reason of a hold that a person sets, unless they give another
_LONGEST = 200


class HoldScope(StrEnum):
    """What is held."""

    WORKSPACE = "workspace"
    SENDER = "sender"
    ACCOUNT = "account"
    CONTACT = "contact"


class Hold(Struct, frozen=True, kw_only=True):
    """A stop. `target` in words; `until` None: until it is lifted."""

    id: UUID
    scope: HoldScope
    sender_id: UUID | None
    company_id: UUID | None
    contact_id: UUID | None
    target: str
    reason: str
    note: str | None
    until: datetime | None
    created_at: datetime
    lifted_at: datetime | None


class SetHold(Struct, frozen=True, kw_only=True):
    """A hold that stands. `is_new` False: it stood already."""

    hold: Hold
    is_new: bool


class Lifted(Struct, frozen=True, kw_only=True):
    """What was lifted, and how many people go on because of it."""

    holds: list[Hold]
    resumed: int


class _Set(Struct, frozen=True):
    id: UUID
    is_new: bool


async def set_hold(
    session: Session,
    scope: HoldScope,
    target_id: UUID | None = None,
    *,
    reason: str = BY_HAND,
    note: str | None = None,
    until: datetime | None = None,
    now: datetime,
) -> SetHold:
    """Stop everything that is not being called at this moment. `target_id`: of a sender, company or contact, by `scope`.

    It stands until it is lifted, or `until` (with its offset). The same for the same reason stands once, with the newer end.
    Who becomes due under the hold of an account or a person is paused.

    Raises:
        InvalidValueError: the target does not go with the scope, there is no reason, or the end is not ahead.
        MissingReferenceError: there is no such target.
    """
    params = _target(scope, target_id)
    params |= {"reason": checked_hold(reason, note, until, now), "note": note, "until": until, "now": now}
    made = await session.write(_Set, "campaigns.holds.set", params)
    assert made is not None  # noqa: S101 - an upsert gives its row
    return SetHold(hold=(await _listed(session, now, [made.id]))[0], is_new=made.is_new)


def checked_hold(reason: str, note: str | None, until: datetime | None, now: datetime) -> str:
    """The reason of a hold as it is kept.

    Raises:
        InvalidValueError: there is none, or the end is not ahead.
    """
    without_nul(("reason", reason), ("note", note))
    if not 1 <= len(reason.strip()) <= _LONGEST:
        raise InvalidValueError("reason", f"has 1 to {_LONGEST} characters.")
    if until is not None and (until.tzinfo is None or until <= now):
        raise InvalidValueError("until", "is a time ahead, with its offset, for example 2031-05-02T09:00:00Z.")
    return reason.strip()


async def lift_holds(
    session: Session, scope: HoldScope, target_id: UUID | None = None, *, reason: str | None = None, now: datetime
) -> Lifted:
    """Lift what stands of a target, for one reason or for all. Whom it had paused goes on, unless another hold is in the way.

    Raises:
        InvalidValueError: the target does not go with the scope.
        NotFoundError: nothing stands.
    """
    target = _target(scope, target_id)
    await session.value("campaigns.holds.lock_account", target)
    lifted = await session.rows(UUID, "campaigns.holds.lift", {**target, "reason": reason, "now": now})
    if not lifted:
        because = f" for the reason {reason!r}" if reason else ""
        raise NotFoundError(f"No hold of this {scope} stands{because}; look with `hold list`.")
    released = await session.rows(UUID, "campaigns.holds.released", {**target, "now": now})
    return Lifted(holds=await _listed(session, now, lifted), resumed=len(await go_on(session, released, now)))


async def list_holds(db: Connectable, now: datetime, *, everything: bool = False) -> list[Hold]:
    """The holds that stand, or all that there ever were; the oldest first."""
    return await _listed(db, now, None, everything=everything)


async def _listed(db: Connectable, now: datetime, ids: list[UUID] | None, *, everything: bool = False) -> list[Hold]:
    return await db.rows(Hold, "campaigns.holds.listing", {"ids": ids, "everything": everything, "now": now})


def _target(scope: HoldScope, target_id: UUID | None) -> dict[str, Any]:
    if (scope is HoldScope.WORKSPACE) != (target_id is None):
        raise InvalidValueError("target", "a workspace has none." if target_id else f"say which {scope}.")
    column = {HoldScope.SENDER: "sender_id", HoldScope.ACCOUNT: "company_id", HoldScope.CONTACT: "contact_id"}.get(scope)
    return {"scope": scope, "sender_id": None, "company_id": None, "contact_id": None, **({column: target_id} if column else {})}
