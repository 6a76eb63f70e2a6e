"""The ledger of a campaign: what was decided to be sent or done, what became of it, and why."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from accountgraph.access import Permission
from accountgraph.campaigns.desk.resolving import resolve
from accountgraph.campaigns.enrolment.audience import named
from accountgraph.campaigns.why import decided_about
from accountgraph.campaigns.work.ledger import attempts_of, get_entry
from accountgraph.dashboard.campaigns import words
from accountgraph.dashboard.campaigns.room import campaign_of, drawn
from accountgraph.dashboard.forms import Done
from accountgraph.errors import InvalidValueError, NotFoundError
from accountgraph.listing import page_intents
from accountgraph.listing.ledger import INTENT_STATES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from starlette.responses import Response

    from accountgraph.campaigns.lifecycle import Campaign
    from accountgraph.campaigns.work.ledger import Entry
    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit

ROWS = 50  # of a page


async def ledger_page(visit: Visit) -> Response:
    """The newest first; `state` narrows it."""
    campaign = await campaign_of(visit)
    state = visit.asked("state")
    found = await page_intents(visit.db, campaign_id=campaign.id, state=state, sort="-planned_at", limit=ROWS, after=visit.asked("after"))
    ids = {one.contact_id for one in found.items if one.contact_id}
    return drawn(
        visit,
        campaign,
        "ledger",
        found=found,
        names=await named(visit.db, ids) if ids else {},
        state=state,
        states=INTENT_STATES,
        may_work=visit.principal.may(Permission.TASKS_WORK),
        is_later_page=visit.asked("after") is not None,
    )


async def intent_page(visit: Visit) -> Response:
    """One, with the decisions behind it, their rules and inputs, and every call that was made."""
    campaign, entry = await _one(visit)
    decisions, attempts = await asyncio.gather(decided_about(visit.db, entry.enrolment_id, entry.step_key), attempts_of(visit.db, entry.id))
    return drawn(
        visit,
        campaign,
        "intent",
        tab="ledger",
        entry=entry,
        decisions=[(one, list(_flat(one.looked_at)), list(_flat(one.facts))) for one in decisions],
        attempts=attempts,
        may_work=visit.principal.may(Permission.TASKS_WORK),
    )


async def found_out(visit: Visit, form: Form) -> Done:
    """A person found out whether a message left of which nobody knew."""
    campaign, entry = await _one(visit)
    said = form.get("left")
    if said not in {"yes", "no"}:
        raise InvalidValueError("left", "say that it was sent, or that it was not.")
    intent_id, by, note = entry.id, visit.principal.name, form.text("note")
    closed = await visit.db.run(lambda session: resolve(session, intent_id, left=said == "yes", by=by, note=note, now=session.now()))
    told = "; ".join(closed.effects) if closed.is_new else "it was said before, and nothing changes"
    return Done(f"Written down: {told}.", to=words.address(visit, campaign, f"ledger/{intent_id}"))


async def _one(visit: Visit) -> tuple[Campaign, Entry]:
    """The campaign, and the step of it that the address names."""
    intent_id = visit.id_in_path("intent_id", "step in the ledger")
    campaign, entry = await asyncio.gather(campaign_of(visit), get_entry(visit.db, intent_id))
    if entry.campaign != campaign.name:
        raise NotFoundError(f"This is a step of campaign {entry.campaign}.")
    return campaign, entry


def _flat(data: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Nested facts as names and values; what is not known is left out."""
    for name, value in data.items():
        here = f"{before}{name}"
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{here}, ")
        elif value not in (None, [], {}, ""):
            yield here, value
