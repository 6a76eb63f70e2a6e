"""The people of a campaign: by state, or by how far they came; brought in, paused, let go on, taken out."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from accountgraph.campaigns.enrolment.leads import process_lead
from accountgraph.campaigns.work.enrolled import add_people, get_enrolment, pause_enrolment, remove_enrolment, resume_enrolment
from accountgraph.dashboard.campaigns import words
from accountgraph.dashboard.campaigns.finding import found_people
from accountgraph.dashboard.campaigns.room import campaign_of, drawn
from accountgraph.dashboard.forms import Done, Undo
from accountgraph.dashboard.words import counted
from accountgraph.errors import NotFoundError
from accountgraph.listing.outreach import ENROLMENT_STATES
from accountgraph.listing.participants import Stage, page_participants

if TYPE_CHECKING:
    from uuid import UUID

    from starlette.responses import Response

    from accountgraph.campaigns.lifecycle import Campaign
    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit

ROWS = 50  # of a page
_LEAD = ("email", "first_name", "last_name", "title", "company", "message")


async def people_page(visit: Visit) -> Response:
    """The table, as its address says; `q` finds whom to bring in."""
    campaign = await campaign_of(visit)
    asked = {name: visit.asked(name) for name in ("state", "reason", "stage", "live")}
    live = {"yes": True, "no": False}.get(asked["live"] or "")
    found, whom = await asyncio.gather(
        page_participants(
            visit.db,
            campaign.id,
            state=asked["state"],
            reason=asked["reason"],
            stage=asked["stage"],
            is_live=live,
            limit=ROWS,
            after=visit.asked("after"),
        ),
        found_people(visit, visit.asked("q")),
    )
    here = {name: value for name, value in asked.items() if value}
    return drawn(
        visit,
        campaign,
        "people",
        found=found,
        asked=asked,
        here=urlencode(here),
        without_reason=urlencode({name: value for name, value in here.items() if name != "reason"}),
        states=ENROLMENT_STATES,
        stages=list(Stage),
        q=visit.asked("q"),
        whom=whom,
        is_later_page=visit.asked("after") is not None,
    )


async def enrol(visit: Visit, form: Form) -> Done:
    """Bring people in by hand; what keeps them out is said."""
    campaign = await campaign_of(visit)
    added = await visit.db.run(lambda session: add_people(session, campaign.id, form.ids("contact"), session.now()))
    path = words.address(visit, campaign, "people")
    if not added.enrolled:
        return Done("Nobody was brought in: they are in the campaign, or were, and its rule of re-entry keeps them out.", to=path)
    said = f"{words.people(len(added.enrolled), 'begins', 'begin')} with the first step."
    if len(added.enrolled) == 1:
        return Done(said, to=path, undo=Undo(f"{path}/{added.enrolled[0].id}/remove", {}, "Take them out again"))
    return Done(said, to=path)


async def lead(visit: Visit, form: Form) -> Done:
    """Somebody who came to us: account, person, what they wrote, and this campaign."""
    campaign = await campaign_of(visit)
    given = {name: value for name in _LEAD if (value := form.text(name))}
    made = await visit.db.run(lambda session: process_lead(session, {**given, "campaign": campaign.name}, session.now()))
    who = form.get("email")
    if not made.enrolments:
        said = f"{who} is known, and in the campaign already, or was."
    else:
        said = f"{who} begins with the first step" + (
            f", and {counted(len(made.enrolments) - 1, 'colleague follows', 'colleagues follow')}." if made.enrolments[1:] else "."
        )
    return Done(said, to=words.address(visit, campaign, "people"))


async def pause(visit: Visit, form: Form) -> Done:
    """Stop for one person."""
    del form
    _, enrolment_id, path = await _one(visit)
    person = await visit.db.run(lambda session: pause_enrolment(session, enrolment_id, session.now()))
    return Done(f"{_who(person.person)} pauses until somebody lets them go on.", undo=Undo(f"{path}/resume"))


async def resume(visit: Visit, form: Form) -> Done:
    """Let one person go on."""
    del form
    _, enrolment_id, path = await _one(visit)
    person = await visit.db.run(lambda session: resume_enrolment(session, enrolment_id, session.now()))
    return Done(f"{_who(person.person)} goes on, within hours, gaps and caps.", undo=Undo(f"{path}/pause"))


async def remove(visit: Visit, form: Form) -> Done:
    """Take one person out for good; their way back is to be brought in anew, where the policy lets them."""
    del form
    campaign, enrolment_id, _ = await _one(visit)
    by = visit.principal.name
    person = await visit.db.run(lambda session: remove_enrolment(session, enrolment_id, by=by, now=session.now()))
    said = f"{_who(person.person)} is out of the campaign. What was sent stays recorded."
    if campaign.status != "active" or person.contact_id is None:
        return Done(said)
    again = Undo(words.address(visit, campaign, "enrol"), {"contact": str(person.contact_id)}, "Bring them in again")
    return Done(said, undo=again)


async def _one(visit: Visit) -> tuple[Campaign, UUID, str]:
    """The campaign, the enrolment in it, and what addresses about it begin with."""
    enrolment_id = visit.id_in_path("enrolment_id", "person in the campaign")
    campaign, enrolment = await asyncio.gather(campaign_of(visit), get_enrolment(visit.db, enrolment_id))
    if enrolment.campaign_id != campaign.id:
        raise NotFoundError(f"This is somebody in campaign {enrolment.campaign}.")
    return campaign, enrolment_id, words.address(visit, campaign, f"people/{enrolment_id}")


def _who(name: str | None) -> str:
    return name or "Somebody who was removed"
