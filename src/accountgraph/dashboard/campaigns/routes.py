"""Where each page and each action of campaigns is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.access import Permission
from accountgraph.dashboard.campaigns import acting, audience, ledger, listed, messages, one, people, standing, variants, versions
from accountgraph.dashboard.campaigns.editor import pages as editor
from accountgraph.dashboard.campaigns.simulation import pages as simulation

if TYPE_CHECKING:
    from starlette.routing import Route

    from accountgraph.dashboard.visits import Doing, Drawing, Visits

LARGEST = 1_000_000  # bytes of an editor's form
READ, WRITE, RUN = Permission.CAMPAIGNS_READ, Permission.CAMPAIGNS_WRITE, Permission.CAMPAIGNS_RUN

_PAGES: tuple[tuple[str, Permission, Drawing], ...] = (
    ("", READ, listed.campaigns_page),
    ("/new", WRITE, listed.new_page),
    ("/new/edit", WRITE, editor.new_page),
    ("/{campaign_id}", READ, one.campaign_page),
    ("/{campaign_id}/edit", WRITE, editor.edit_page),
    ("/{campaign_id}/start", RUN, acting.start_page),
    ("/{campaign_id}/end", RUN, acting.end_page),
    ("/{campaign_id}/people", READ, people.people_page),
    ("/{campaign_id}/audience", READ, audience.audience_page),
    ("/{campaign_id}/messages", READ, messages.messages_page),
    ("/{campaign_id}/simulate", READ, simulation.simulate_page),
    ("/{campaign_id}/simulate/{key}", READ, simulation.run_page),
    ("/{campaign_id}/ledger", READ, ledger.ledger_page),
    ("/{campaign_id}/ledger/{intent_id}", READ, ledger.intent_page),
    ("/{campaign_id}/variants", READ, variants.variants_page),
    ("/{campaign_id}/standing", READ, standing.standing_page),
    ("/{campaign_id}/versions", READ, versions.versions_page),
)
_ACTIONS: tuple[tuple[str, Permission, Doing], ...] = (
    ("/new/edit", WRITE, editor.edit_new),
    ("/{campaign_id}/edit", WRITE, editor.edit),
    ("/{campaign_id}/restore", WRITE, versions.restore),
    ("/{campaign_id}/start", RUN, acting.start),
    ("/{campaign_id}/pause", RUN, acting.pause),
    ("/{campaign_id}/resume", RUN, acting.resume),
    ("/{campaign_id}/end", RUN, acting.end),
    ("/{campaign_id}/close", RUN, acting.close),
    ("/{campaign_id}/run", RUN, acting.run),
    ("/{campaign_id}/approve", Permission.MESSAGES_APPROVE, messages.approve),
    ("/{campaign_id}/enrol", RUN, people.enrol),
    ("/{campaign_id}/lead", RUN, people.lead),
    ("/{campaign_id}/people/{enrolment_id}/pause", RUN, people.pause),
    ("/{campaign_id}/people/{enrolment_id}/resume", RUN, people.resume),
    ("/{campaign_id}/people/{enrolment_id}/remove", RUN, people.remove),
    ("/{campaign_id}/simulate", WRITE, simulation.begin),
    ("/{campaign_id}/simulate/{key}/stop", WRITE, simulation.stop),
    ("/{campaign_id}/ledger/{intent_id}/resolve", Permission.TASKS_WORK, ledger.found_out),
    ("/{campaign_id}/holds/lift", Permission.SUPPRESSIONS_WRITE, standing.lift),
    ("/{campaign_id}/holds/set", Permission.SUPPRESSIONS_WRITE, standing.hold),
)


def routes(visits: Visits) -> list[Route]:
    """All of them; a fixed word stands before a campaign's id."""
    pages = [visits.shows(f"/campaigns{path}", needs, draw) for path, needs, draw in _PAGES]
    return pages + [visits.does(f"/campaigns{path}", needs, do, largest=LARGEST) for path, needs, do in _ACTIONS]
