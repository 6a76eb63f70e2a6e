"""Saved views of the table: kept, taken away, and brought back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from accountgraph.dashboard.accounts.page import viewer_of
from accountgraph.dashboard.accounts.words import view_address
from accountgraph.dashboard.forms import Done, Undo
from accountgraph.errors import InvalidValueError
from accountgraph.listing.accounts.views import ViewSaid, add_view, get_view, remove_view
from accountgraph.listing.accounts.wanted import AccountsWanted

if TYPE_CHECKING:
    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit


async def keep(visit: Visit, form: Form) -> Done:
    """Save the table as it stands: the form carries the query of its address, as a view knows it."""
    name, wanted = form.required("name", "give the view a name."), _wanted(form.get("wanted"))
    said = ViewSaid(name=name, wanted=wanted, is_shared=form.is_on("is_shared"))
    view = await visit.db.run(lambda session: add_view(session, said, viewer_of(visit)))
    undo = Undo(f"{visit.base}/accounts/views/{view.id}/remove")
    return Done(f"The view {view.name} is saved.", to=view_address(view, visit.base), undo=undo)


async def remove(visit: Visit, form: Form) -> Done:
    """Take a view away."""
    del form
    view_id, viewer = visit.id_in_path("view_id", "view"), viewer_of(visit)
    view = await get_view(visit.db, view_id, viewer)
    await visit.db.run(lambda session: remove_view(session, view_id, viewer))
    fields = {"name": view.name, "wanted": msgspec.json.encode(view.wanted).decode(), "is_shared": "yes" if view.is_shared else ""}
    undo = Undo(f"{visit.base}/accounts/views", fields) if view.owner_id == viewer.id else None
    return Done(f"The view {view.name} is gone.", to=f"{visit.base}/accounts", undo=undo)


def _wanted(given: str) -> AccountsWanted:
    try:
        return msgspec.json.decode(given, type=AccountsWanted)
    except msgspec.DecodeError:
        raise InvalidValueError("wanted", "is no table that a page of ours shows; load the page again.") from None
