"""Saved views are somebody's own, or shared; what they hold is checked on the way in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import msgspec
import pytest

from accountgraph.access import ForbiddenError
from accountgraph.enums import AccountTier
from accountgraph.errors import DuplicateError, InvalidValueError, NotFoundError
from accountgraph.listing.accounts import views
from accountgraph.listing.accounts.views import AccountView, Viewer, ViewSaid, add_view, change_view, get_view, list_views, remove_view
from accountgraph.listing.accounts.wanted import AccountSort, AccountsWanted, Column

if TYPE_CHECKING:
    from accountgraph.db import Database

ANN, BOB = Viewer(id="ann"), Viewer(id="bob")
BIG = AccountsWanted(
    tier=(AccountTier.TIER1,), industry=("Banking",), sort=AccountSort.NAME_DOWN, columns=(Column.HEALTH, Column.NEXT_STEP)
)


async def _add(db: Database, name: str, viewer: Viewer = ANN, **said: Any) -> AccountView:
    return await db.run(lambda session: add_view(session, ViewSaid(name=name, **said), viewer))


async def _change(db: Database, view_id: UUID, viewer: Viewer = ANN, **said: Any) -> AccountView:
    return await db.run(lambda session: change_view(session, view_id, ViewSaid(**said), viewer))


async def _names(db: Database, viewer: Viewer) -> list[str]:
    return [view.name for view in await list_views(db, viewer)]


async def test_view_comes_back_as_it_was_saved(db: Database) -> None:
    made = await _add(db, "  Big   ones ", wanted=BIG)
    assert await get_view(db, made.id, ANN) == made
    assert (made.name, made.wanted, made.is_shared, made.owner_id) == ("Big ones", BIG, False, "ann")


async def test_view_is_nobody_elses_until_it_is_shared(db: Database) -> None:
    made = await _add(db, "Mine")
    with pytest.raises(NotFoundError, match="There is no view"):
        await get_view(db, made.id, BOB)
    await _change(db, made.id, is_shared=True)
    assert (await get_view(db, made.id, BOB)).name == "Mine"
    assert await _names(db, BOB) == ["Mine"]


async def test_views_stand_in_the_order_that_is_given_them(db: Database) -> None:
    for name in ("First", "Second", "Third"):
        await _add(db, name)
    assert await _names(db, ANN) == ["First", "Second", "Third"]
    third = next(view for view in await list_views(db, ANN) if view.name == "Third")
    await _change(db, third.id, position=0)
    assert await _names(db, ANN) == ["First", "Third", "Second"]


async def test_what_is_not_said_stays(db: Database) -> None:
    made = await _add(db, "Mine", wanted=BIG, is_shared=True, position=4)
    renamed = await _change(db, made.id, name="Ours")
    assert (renamed.wanted, renamed.is_shared, renamed.position) == (BIG, True, 4)
    again = await _change(db, made.id, is_shared=False)
    assert (again.name, again.is_shared) == ("Ours", False)


async def test_nobody_has_two_of_a_name_in_any_case(db: Database) -> None:
    await _add(db, "Mine")
    with pytest.raises(DuplicateError):
        await _add(db, "MINE")
    assert (await _add(db, "Mine", BOB)).owner_id == "bob"


@pytest.mark.parametrize("what", ["change", "remove"])
async def test_what_somebody_shares_is_theirs_to_change(db: Database, what: str) -> None:
    made = await _add(db, "Ours", is_shared=True)
    with pytest.raises(ForbiddenError, match="somebody else's"):
        await (_change(db, made.id, BOB, name="Mine") if what == "change" else _remove(db, made.id, BOB))
    assert (await get_view(db, made.id, BOB)).name == "Ours"


async def test_whoever_keeps_the_workspace_may_change_and_delete_what_is_shared_and_nothing_else(db: Database) -> None:
    ours, mine = await _add(db, "Ours", is_shared=True), await _add(db, "Mine")
    admin = Viewer(id="admin", keeps_all=True)
    assert (await _change(db, ours.id, admin, name="Everybody's")).owner_id == "ann"
    await _remove(db, ours.id, admin)
    with pytest.raises(NotFoundError):
        await _remove(db, mine.id, admin)
    assert await _names(db, ANN) == ["Mine"]


async def test_view_that_is_deleted_is_gone(db: Database) -> None:
    made = await _add(db, "Mine")
    await _remove(db, made.id, ANN)
    with pytest.raises(NotFoundError):
        await _remove(db, made.id, ANN)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": None}, "name"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"position": -1}, "position"),
        ({"wanted": AccountsWanted(tier=(AccountTier.TIER1, AccountTier.TIER1))}, "tier"),
        ({"wanted": AccountsWanted(columns=(Column.SIZE, Column.SIZE))}, "columns"),
        ({"wanted": AccountsWanted(q="a\0b")}, "q"),
        ({"wanted": AccountsWanted(tier=(AccountTier.TIER1,), sort=AccountSort.CREATED_AT)}, "sort"),
    ],
)
async def test_what_cannot_be_saved_names_its_field_and_saves_nothing(db: Database, said: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        await _add(db, **{"name": "Mine", **said})
    assert (refused.value.field, await _names(db, ANN)) == (field, [])


@pytest.mark.parametrize("wanted", [{"colour": "red"}, {"sort": "health"}, {"country": ["Germany"]}, {"columns": ["secret"]}, {"q": ""}])
def test_what_the_table_does_not_know_is_no_view(wanted: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(wanted, AccountsWanted)


async def test_one_has_so_many_views_and_no_more(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "MOST", 2)
    await _add(db, "One")
    await _add(db, "Two")
    with pytest.raises(InvalidValueError, match="delete one first"):
        await _add(db, "Three")


async def test_view_that_is_not_there_cannot_be_changed(db: Database) -> None:
    with pytest.raises(NotFoundError):
        await _change(db, uuid4(), name="x")


async def _remove(db: Database, view_id: UUID, viewer: Viewer) -> None:
    await db.run(lambda session: remove_view(session, view_id, viewer))
