"""Each message as somebody would get it, and the approval that lets a campaign go live."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.access import Permission
from accountgraph.campaigns import lifecycle
from accountgraph.campaigns.apply import load_version
from accountgraph.campaigns.enrolment.shown import show_audience
from accountgraph.campaigns.messages.preview import preview
from accountgraph.dashboard.campaigns import words
from accountgraph.dashboard.campaigns.finding import found_people
from accountgraph.dashboard.campaigns.room import campaign_of, drawn
from accountgraph.dashboard.forms import Done
from accountgraph.http.problems import ProblemError
from accountgraph.store.contacts import ContactRepository

if TYPE_CHECKING:
    from starlette.responses import Response

    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit
    from accountgraph.models import Contact

OFFERED = 8  # people of the audience, for a click


async def messages_page(visit: Visit) -> Response:
    """The messages for `contact`; `q` finds somebody."""
    campaign = await campaign_of(visit)
    definition = await load_version(visit.db, campaign.version_id)
    person = await _person(visit)
    audience = await show_audience(visit.db, definition, limit=OFFERED)
    return drawn(
        visit,
        campaign,
        "messages",
        person=person,
        previews=await preview(visit.db, definition, person.id, visit.now) if person else [],
        q=visit.asked("q"),
        found=await found_people(visit, visit.asked("q")),
        offered=audience.chosen or audience.excluded,
        may_approve=visit.principal.may(Permission.MESSAGES_APPROVE),
        can_be_approved=campaign.status in {"draft", "active", "paused"},
    )


async def approve(visit: Visit, form: Form) -> Done:
    """Approve what was seen, by its hash."""
    campaign = await campaign_of(visit)
    seen = form.required("content_hash", "is missing; look at the preview again, and approve it there.")
    by = visit.principal.name
    approved = await visit.db.run(lambda session: lifecycle.approve_preview(session, campaign.id, by=by, content_hash=seen))
    path = words.address(visit, campaign)
    return Done(f"The preview of version {approved.number} is approved; it may go live.", to=f"{path}/messages")


async def _person(visit: Visit) -> Contact | None:
    if (key := visit.id_in_query("contact", "person")) is None:
        return None
    found = await ContactRepository(visit.db).get_contact_by_id(key)
    if found is None:
        raise ProblemError(404, "There is no such person.", detail="Find them by their name or address.")
    return found
