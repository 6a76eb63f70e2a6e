"""Saved views of the table of accounts."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from accountgraph.access import Permission
from accountgraph.api.call import Call
from accountgraph.api.guarding import guard
from accountgraph.api.operation import Routes
from accountgraph.listing import Page
from accountgraph.listing.accounts.views import AccountView, Viewer, ViewSaid, add_view, change_view, get_view, list_views, remove_view
from accountgraph.listing.accounts.wanted import AccountsWanted

account_views = Routes("companies")
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Place = Annotated[int, Meta(ge=0, le=1_000_000)]


class NewAccountView(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A view to be saved. `position`: in the list of views; without one behind the others."""

    name: Name
    wanted: AccountsWanted = AccountsWanted()
    is_shared: bool = False
    position: Place | None = None


class AccountViewChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What changes of a view; what is not sent stays."""

    name: Name | None = None
    wanted: AccountsWanted | None = None
    is_shared: bool | None = None
    position: Place | None = None


@account_views.get("/account-views", needs=Permission.SETTINGS_READ)
async def list_account_views(call: Call) -> Page[AccountView]:
    """Your own saved views of the table of accounts, and those that are shared, in their order."""
    return Page(items=await list_views(call.db, _viewer(call)))


@account_views.post("/account-views", needs=Permission.VIEWS_WRITE, status=201, location="/api/v1/account-views/{id}")
async def create_account_view(call: Call, body: NewAccountView) -> AccountView:
    """Save a view of the table of accounts: which, in which order and columns."""
    said = ViewSaid(name=body.name, wanted=body.wanted, is_shared=body.is_shared, position=body.position)
    return await add_view(call.session, said, _viewer(call))


@account_views.get("/account-views/{view_id}", needs=Permission.SETTINGS_READ)
async def get_account_view(call: Call, view_id: UUID) -> AccountView:
    """One view, your own or a shared one."""
    return await get_view(call.db, view_id, _viewer(call))


@account_views.patch("/account-views/{view_id}", needs=Permission.VIEWS_WRITE)
async def update_account_view(call: Call, view_id: UUID, body: AccountViewChanges) -> AccountView:
    """Change a view of your own: its name, what it shows, whether it is shared, its place.

    Whoever may change settings may change what others share.
    """
    viewer = _viewer(call)
    await guard(call, "account_view", view_id, lambda key: get_view(call.db, key, viewer))
    said = ViewSaid(name=body.name, wanted=body.wanted, is_shared=body.is_shared, position=body.position)
    return await change_view(call.session, view_id, said, viewer)


@account_views.delete("/account-views/{view_id}", needs=Permission.VIEWS_WRITE)
async def delete_account_view(call: Call, view_id: UUID) -> None:
    """Delete a view of your own; whoever may change settings, also what others share."""
    await remove_view(call.session, view_id, _viewer(call))


def _viewer(call: Call) -> Viewer:
    return Viewer(id=str(call.principal.id), keeps_all=call.principal.may(Permission.SETTINGS_WRITE))
