"""Saved views of the table of accounts: somebody's own, or shared with everybody of the workspace."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads it
from typing import TYPE_CHECKING, ClassVar

import msgspec
from msgspec import Struct

from accountgraph.access import ForbiddenError
from accountgraph.errors import InvalidValueError, NotFoundError
from accountgraph.listing.accounts.wanted import AccountsWanted, checked
from accountgraph.models import Entity
from accountgraph.store.consents import without_nul

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.db import Connectable, Session

MOST = 200  # that one has
LONGEST_NAME = 200
_PLACES = 1_000_000


class AccountView(Entity, frozen=True, kw_only=True):
    """The table of accounts as somebody saved it. `owner_id`: of the user (or key) whose it is; others see it where it `is_shared`.

    `position`: in the list of views, the lowest first.
    """

    table: ClassVar[str] = "account_views"
    derived_fields: ClassVar[frozenset[str]] = frozenset({"owner_id", "created_at", "updated_at"})

    owner_id: str
    name: str
    wanted: AccountsWanted = AccountsWanted()
    is_shared: bool = False
    position: int = 0
    created_at: datetime
    updated_at: datetime


class ViewSaid(Struct, frozen=True, kw_only=True):
    """What somebody says of a view; None: of a new one nothing (and the place behind the others), of one that is there as it is."""

    name: str | None = None
    wanted: AccountsWanted | None = None
    is_shared: bool | None = None
    position: int | None = None


class Viewer(Struct, frozen=True, kw_only=True):
    """Who looks. `id`: of the user in the registry, or of the key. `keeps_all`: may change what others share."""

    id: str
    keeps_all: bool = False


async def list_views(db: Connectable, viewer: Viewer) -> list[AccountView]:
    """One's own views and those that are shared, in their order."""
    return await db.rows(AccountView, "listing.views.listing", {"owner": viewer.id, "id": None})


async def get_view(db: Connectable, view_id: UUID, viewer: Viewer) -> AccountView:
    """One view.

    Raises:
        NotFoundError: there is none, or it is somebody else's and not shared.
    """
    found = await db.row(AccountView, "listing.views.listing", {"owner": viewer.id, "id": view_id})
    if found is None:
        raise NotFoundError(f"There is no view {view_id}.")
    return found


async def add_view(session: Session, said: ViewSaid, viewer: Viewer) -> AccountView:
    """Save a view.

    Raises:
        InvalidValueError: naming the field; or there are as many as one may have.
        DuplicateError: one has a view of this name, in any case.
    """
    if said.name is None:
        raise InvalidValueError("name", "give the view a name.")
    if await session.value("listing.views.count", {"owner": viewer.id}) >= MOST:
        raise InvalidValueError("name", f"{MOST} views are as many as one has; delete one first.")
    params = {**_params(said), "owner": viewer.id, "is_shared": bool(said.is_shared)}
    if said.wanted is None:
        params["wanted"] = "{}"
    made = await session.write(AccountView, "listing.views.add", params)
    assert made is not None  # noqa: S101 - an insert gives its row
    return made


async def change_view(session: Session, view_id: UUID, said: ViewSaid, viewer: Viewer) -> AccountView:
    """Change a view: its name, what it shows, whether it is shared, its place.

    Raises:
        NotFoundError: as of `get_view`.
        ForbiddenError: it is somebody else's.
        InvalidValueError, DuplicateError: as of `add_view`.
    """
    await _own(session, view_id, viewer)
    changed = await session.write(AccountView, "listing.views.change", {**_params(said), "id": view_id})
    assert changed is not None  # noqa: S101 - it is locked
    return changed


async def remove_view(session: Session, view_id: UUID, viewer: Viewer) -> None:
    """Delete a view. Raises NotFoundError, ForbiddenError as `change_view`."""
    await _own(session, view_id, viewer)
    await session.affect("listing.views.remove", {"id": view_id})


async def _own(session: Session, view_id: UUID, viewer: Viewer) -> None:
    await session.rows(object, "requests.lock_account_view", {"id": view_id})
    found = await get_view(session, view_id, viewer)
    if found.owner_id != viewer.id and not viewer.keeps_all:
        raise ForbiddenError(f"The view {found.name!r} is somebody else's; save one of your own.")


def _params(said: ViewSaid) -> dict[str, object]:
    without_nul(("name", said.name))
    name = " ".join(said.name.split()) if said.name is not None else None
    if name is not None and not 1 <= len(name) <= LONGEST_NAME:
        raise InvalidValueError("name", f"has 1 to {LONGEST_NAME} characters.")
    if said.position is not None and not 0 <= said.position <= _PLACES:
        raise InvalidValueError("position", f"is 0 to {_PLACES:,}.")
    wanted = msgspec.json.encode(checked(said.wanted)).decode() if said.wanted is not None else None
    return {"name": name, "wanted": wanted, "is_shared": said.is_shared, "position": said.position}
