"""Asking for a simulation, how far it is, and what it found."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from accountgraph.api.simulations import LONGEST, Wanted
from accountgraph.dashboard import reading
from accountgraph.dashboard.campaigns import words
from accountgraph.dashboard.campaigns.room import campaign_of, drawn
from accountgraph.dashboard.campaigns.simulation import charts
from accountgraph.dashboard.campaigns.simulation.calendar import calendar_of, timeline
from accountgraph.dashboard.forms import Done
from accountgraph.errors import InvalidValueError
from accountgraph.http.problems import ProblemError
from accountgraph.simulation import TYPICAL, behaviour_of

if TYPE_CHECKING:
    from starlette.responses import Response

    from accountgraph.api.simulations import SimulationRun
    from accountgraph.campaigns.lifecycle import Campaign
    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit
    from accountgraph.simulation import Behaviour

DAYS = 30  # where nothing else is asked
LINES = 100  # of a page of the timeline
BEHAVIOURS = {
    "typical": "typical: a few answer, some are away, the odd one bounces",
    "silent": "nobody answers",
    "own": "as I write it",
}
_FIELDS = ("start", "days", "seed", "behaviour", "own")


async def simulate_page(visit: Visit) -> Response:
    """The form, and the simulations that are kept."""
    campaign = await campaign_of(visit)
    given = {"start": f"{visit.now:%Y-%m-%d}", "days": str(DAYS), "seed": "1", "behaviour": "typical", "own": ""}
    return _form(visit, campaign, given)


async def begin(visit: Visit, form: Form) -> Done | Response:
    """Begin one; a form that cannot be is drawn again with what was typed."""
    campaign = await campaign_of(visit)
    try:
        wanted = _wanted(visit, campaign, form)
    except InvalidValueError as error:
        given = {name: form.text(name) or "" for name in _FIELDS}
        said = str(error).removeprefix(f"{error.field}: ")
        return _form(visit, campaign, given, field=error.field.partition(".")[0].replace("behaviour", "own"), problem=said)
    run = visit.parts.simulations.begin(wanted, lambda name: visit.parts.workspaces.use(name, as_agent=False))
    return Done("The simulation runs on a copy; nothing here changes.", to=_address(visit, campaign, run))


async def run_page(visit: Visit) -> Response:
    """How far it is, or what it found; `page` of the calendar's people, `line` of the timeline."""
    campaign = await campaign_of(visit)
    run = _run(visit, campaign)
    known: dict[str, Any] = {}
    if run.report is not None:
        lines = timeline(run.report)
        at = reading.page_number(visit.asked("line"))
        known = {
            "calendar": calendar_of(run.report, reading.page_number(visit.asked("page"))),
            "load": charts.load_chart(run.report),
            "put_off": charts.put_off_chart(run.report),
            "endings": charts.endings_chart(run.report),
            "lines": lines[(at - 1) * LINES : at * LINES],
            "line": at,
            "line_pages": max(1, -(-len(lines) // LINES)),
        }
    address = _address(visit, campaign, run)
    return drawn(visit, campaign, "simulated", tab="simulate", run=run, address=address, report=run.report, behaviours=BEHAVIOURS, **known)


async def stop(visit: Visit, form: Form) -> Done:
    """Stop one."""
    del form
    campaign = await campaign_of(visit)
    await visit.parts.simulations.stop(_run(visit, campaign))
    return Done("The simulation is stopped, and its copy is gone.", to=words.address(visit, campaign, "simulate"))


def _form(visit: Visit, campaign: Campaign, given: dict[str, str], *, field: str = "", problem: str = "") -> Response:
    return drawn(
        visit,
        campaign,
        "simulate",
        status=422 if problem else 200,
        given=given,
        field=field,
        problem=problem,
        behaviours=BEHAVIOURS,
        runs=[(one, _address(visit, campaign, one)) for one in visit.parts.simulations.of(visit.principal.workspace, campaign.id)],
    )


def _wanted(visit: Visit, campaign: Campaign, form: Form) -> Wanted:
    start, days, seed = _start(visit, form.get("start")), form.number("days"), form.number("seed") or 0
    days = DAYS if days is None else days
    if not 1 <= days <= LONGEST.days:
        raise InvalidValueError("days", f"simulate 1 to {LONGEST.days} days.")
    name = form.get("behaviour")
    return Wanted(
        workspace=visit.principal.workspace,
        campaign_id=campaign.id,
        version=campaign.number,
        by=visit.principal.name,
        start=start,
        until=start + timedelta(days=days),
        seed=seed,
        behaviour=_behaviour(name, form.text("own")),
        behaviour_name=name,
    )


def _start(visit: Visit, given: str) -> datetime:
    """The beginning of a day, UTC; of today, now."""
    day = reading.day("start", given)
    if day is not None and not 2000 <= day.year <= 2200:
        raise InvalidValueError("start", "choose a day of this century.")
    return visit.now if day in {None, visit.now.date()} else datetime.combine(day, time(), UTC)


def _behaviour(name: str, own: str | None) -> Behaviour | None:
    if name not in BEHAVIOURS:
        raise InvalidValueError("behaviour", "choose one of the list.")
    if name != "own":
        return TYPICAL if name == "typical" else None
    try:
        return behaviour_of(tomllib.loads(own or ""))
    except tomllib.TOMLDecodeError as error:
        raise InvalidValueError("own", f"it is no TOML: {error}.") from None
    except RecursionError:
        raise InvalidValueError("own", "it is nested too deeply; make it simpler.") from None


def _run(visit: Visit, campaign: Campaign) -> SimulationRun:
    run = visit.parts.simulations.get(visit.principal.workspace, campaign.id, visit.request.path_params["key"])
    if run is None:
        raise ProblemError(404, "This simulation is not kept any more.", detail="Simulate again: the same seed gives the same.")
    return run


def _address(visit: Visit, campaign: Campaign, run: SimulationRun) -> str:
    return words.address(visit, campaign, f"simulate/{run.key}")
