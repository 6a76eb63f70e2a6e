"""Free days of one's own, beside the public holidays of where people are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.access import Permission
from accountgraph.dashboard.forms import Done, Undo
from accountgraph.dashboard.settings.room import Typed, does, drawn, shows, to
from accountgraph.store.outreach.free_days import FreeDayRepository

if TYPE_CHECKING:
    from starlette.responses import Response

    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit


async def holidays_page(visit: Visit, typed: Typed) -> Response:
    """The page."""
    with_past = visit.asked("past") == "yes"
    days = await FreeDayRepository(visit.db).list_free_days(None if with_past else visit.now.date())
    return drawn(visit, "permissions/holidays", "Free days", "holidays", typed, days=days, with_past=with_past)


async def add(visit: Visit, form: Form) -> Done:
    """Nothing leaves on this day."""
    day, region = form.day("day"), form.get("region").upper() or None
    added = await FreeDayRepository(visit.db).add_free_day(day, form.required("name", "say what day it is."), region)
    undo = Undo(to(visit, "holidays/remove"), {"day": str(day), "region": region or ""})
    return Done(
        f"Nothing leaves on {added.day:%d %b %Y}{f' to people in {region}' if region else ''}.", to=to(visit, "holidays"), undo=undo
    )


async def remove(visit: Visit, form: Form) -> Done:
    """It is a day like any other again."""
    day, region, repository = form.day("day"), form.get("region") or None, FreeDayRepository(visit.db)
    name = next((one.name for one in await repository.list_free_days() if (one.day, one.region) == (day, region)), "")
    await repository.remove_free_day(day, region)
    undo = Undo(to(visit, "holidays"), {"day": str(day), "region": region or "", "name": name})
    return Done(f"{day:%d %b %Y} is a day like any other.", to=to(visit, "holidays"), undo=undo)


WAYS = (
    shows("holidays", Permission.SETTINGS_READ, holidays_page),
    does("holidays", Permission.SETTINGS_WRITE, add, holidays_page),
    does("holidays/remove", Permission.SETTINGS_WRITE, remove),
)
