"""Starting, pausing, resuming and ending a campaign; what will happen is said before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.api.routes.sending_by import transports_over
from accountgraph.campaigns import lifecycle
from accountgraph.campaigns.apply import load_version
from accountgraph.campaigns.enrolment.shown import show_audience
from accountgraph.campaigns.requirements import live_requirements, requirements, usable_senders
from accountgraph.dashboard.campaigns import words
from accountgraph.dashboard.campaigns.room import campaign_of, drawn
from accountgraph.dashboard.forms import Done, Undo
from accountgraph.errors import InvalidValueError
from accountgraph.orchestrator import AccountOrchestrator

if TYPE_CHECKING:
    from starlette.responses import Response

    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit


async def start_page(visit: Visit) -> Response:
    """What a start would do, as a dry run and live, and what is in the way of each."""
    campaign = await campaign_of(visit)
    definition = await load_version(visit.db, campaign.version_id)
    audience = await show_audience(visit.db, definition, limit=1)
    lacks = [one for one in await requirements(visit.db, definition) if not one.is_note]
    senders = await usable_senders(visit.db, definition)
    return drawn(
        visit,
        campaign,
        "start",
        tab="start",
        audience=audience,
        is_nobody=definition.audience.is_nobody,
        lacks=lacks,
        lacks_live=live_requirements(senders),
        senders=senders,
        may_start=campaign.status in {"draft", "active"},
    )


async def start(visit: Visit, form: Form) -> Done:
    """Begin: live only where the form says so in so many words."""
    campaign = await campaign_of(visit)
    how = form.get("how")
    if how not in {"dry", "live"}:
        raise InvalidValueError("how", "choose a dry run, or live.")
    if how == "live" and not form.is_on("sure"):
        raise InvalidValueError("sure", "tick that messages will really leave.")
    started = await visit.db.run(lambda session: lifecycle.start(session, campaign.id, live=how == "live"))
    path = words.address(visit, campaign)
    ran = "live: its messages really leave" if how == "live" else "as a dry run: nothing leaves"
    said = f"{campaign.name} runs {ran}. {words.people(started.enrolled)} began."
    return Done(said, to=path, undo=Undo(f"{path}/pause", label="Pause it"))


async def pause(visit: Visit, form: Form) -> Done:
    """Stop after the calls in flight."""
    del form
    campaign = await campaign_of(visit)
    stopped = await visit.db.run(lambda session: lifecycle.pause(session, campaign.id))
    path = words.address(visit, campaign)
    said = f"{campaign.name} is paused: {words.people(stopped, 'waits', 'wait')}. What was being sent at that moment still leaves."
    return Done(said, to=path, undo=Undo(f"{path}/resume", label="Resume"))


async def resume(visit: Visit, form: Form) -> Done:
    """Go on."""
    del form
    campaign = await campaign_of(visit)
    went_on = await visit.db.run(lambda session: lifecycle.resume(session, campaign.id))
    path = words.address(visit, campaign)
    said = f"{campaign.name} goes on with {words.people(went_on)}; what was due meanwhile is due now, within hours and caps."
    return Done(said, to=path, undo=Undo(f"{path}/pause", label="Pause it again"))


async def end_page(visit: Visit) -> Response:
    """What ending it for good would do."""
    campaign = await campaign_of(visit)
    status = await lifecycle.get_status(visit.db, campaign.id)
    return drawn(visit, campaign, "end", tab="end", status_=status, may_end=campaign.status in {"draft", "active", "paused"})


async def end(visit: Visit, form: Form) -> Done:
    """End it for everybody, for good; its name is typed, since nothing brings it back."""
    campaign = await campaign_of(visit)
    if form.get("name") != campaign.name:
        raise InvalidValueError("name", f"type {campaign.name}, the campaign's name: nothing brings it back.")
    ended = await visit.db.run(lambda session: lifecycle.cancel(session, campaign.id))
    said = f"{campaign.name} is over for {words.people(ended)}. What was sent stays recorded."
    return Done(said, to=words.address(visit, campaign))


async def close(visit: Visit, form: Form) -> Done:
    """Close one whose people have all come to an end."""
    del form
    campaign = await campaign_of(visit)
    await visit.db.run(lambda session: lifecycle.finish(session, campaign.id))
    return Done(f"{campaign.name} is closed.", to=words.address(visit, campaign))


async def run(visit: Visit, form: Form) -> Done:
    """Do what is due now, as a worker does by itself."""
    del form
    campaign = await campaign_of(visit)
    async with transports_over(visit.db) as transports:
        done = await AccountOrchestrator(visit.db, transports).execute_campaign_step(campaign.id)
    parts = [f"{done.sent:,} done"]
    parts += [f"{done.asked:,} wait for one of us"] if done.asked else []
    parts += [f"of {done.unknown:,} nobody knows whether they left"] if done.unknown else []
    said = f"Of what was due, {done.decided:,} steps were decided: {', '.join(parts)}." if done.decided else "Nothing was due."
    return Done(said, to=words.address(visit, campaign))
