"""The versions of a campaign, what each changed, and the way back to one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.campaigns.apply import apply, load_versions
from accountgraph.campaigns.definition.diff import diff
from accountgraph.campaigns.definition.toml import written_as_toml
from accountgraph.campaigns.listing import version_lines
from accountgraph.dashboard.campaigns import words
from accountgraph.dashboard.campaigns.room import campaign_of, drawn
from accountgraph.dashboard.forms import Done, Undo
from accountgraph.errors import InvalidValueError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from accountgraph.campaigns.listing import VersionLine
    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit


async def versions_page(visit: Visit) -> Response:
    """All of them, and one (`number`, else the newest) against another (`against`, else the one before)."""
    campaign = await campaign_of(visit)
    lines = await version_lines(visit.db, campaign.id)
    shown = _line(lines, visit.asked("number")) or lines[0]
    against = _line(lines, visit.asked("against")) or next((one for one in lines if one.number < shown.number), None)
    definitions = await load_versions(visit.db, [shown.id, *([against.id] if against else [])])
    return drawn(
        visit,
        campaign,
        "versions",
        lines=lines,
        shown=shown,
        against=against,
        changes=diff(definitions[against.id] if against else None, definitions[shown.id]),
        text=written_as_toml(definitions[shown.id]),
        is_newest=shown.number == campaign.number,
        can_be_changed=campaign.status not in {"finished", "cancelled"},
    )


async def restore(visit: Visit, form: Form) -> Done:
    """Make the text of an older version the newest one; nothing that was kept goes."""
    campaign = await campaign_of(visit)
    number = form.number("number")
    line = next((one for one in await version_lines(visit.db, campaign.id) if one.number == number), None)
    if line is None:
        raise InvalidValueError("number", "choose one of the versions.")
    definition = (await load_versions(visit.db, [line.id]))[line.id]
    applied = await visit.db.run(lambda session: apply(session, definition))
    path = words.address(visit, campaign)
    if not applied.is_changed:
        return Done(f"Version {number} says the same as the newest.", to=f"{path}/versions")
    undo = Undo(f"{path}/restore", {"number": str(applied.number - 1)})
    return Done(f"Version {applied.number} says again what version {number} said.", to=f"{path}/versions", undo=undo)


def _line(lines: Sequence[VersionLine], given: str | None) -> VersionLine | None:
    if given is None:
        return None
    found = next((one for one in lines if str(one.number) == given), None)
    if found is None:
        raise NotFoundError(f"The campaign has no version {given}.")
    return found
