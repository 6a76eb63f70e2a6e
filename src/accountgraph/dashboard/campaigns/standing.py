"""What keeps a campaign from its people: other campaigns, live threads, suppressions, holds; and the holds themselves."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from accountgraph.access import Permission
from accountgraph.campaigns.work.holds import HoldScope, lift_holds, list_holds, set_hold
from accountgraph.dashboard import reading
from accountgraph.dashboard.campaigns import words
from accountgraph.dashboard.campaigns.room import campaign_of, drawn
from accountgraph.dashboard.forms import Done, Undo
from accountgraph.orchestrator import AccountOrchestrator
from accountgraph.store.given import member
from accountgraph.store.outreach.exclusions import ExclusionRepository

if TYPE_CHECKING:
    from uuid import UUID

    from starlette.responses import Response

    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit

SHOWN = 200  # of each kind
KINDS = {"elsewhere": "in another campaign", "live_thread": "a live thread", "suppressed": "suppressed", "hold": "held"}


async def standing_page(visit: Visit) -> Response:
    """The page."""
    campaign = await campaign_of(visit)
    conflicts, holds, exclusions = await asyncio.gather(
        AccountOrchestrator(visit.db).check_conflicts(campaign.id),
        list_holds(visit.db, visit.now),
        ExclusionRepository(visit.db).list_exclusions(),
    )
    return drawn(
        visit,
        campaign,
        "standing",
        conflicts=conflicts[:SHOWN],
        more=max(0, len(conflicts) - SHOWN),
        kinds=KINDS,
        holds=holds[:SHOWN],
        exclusions=exclusions[:SHOWN],
        more_exclusions=max(0, len(exclusions) - SHOWN),
        may_hold=visit.principal.may(Permission.SUPPRESSIONS_WRITE),
    )


async def lift(visit: Visit, form: Form) -> Done:
    """Lift a hold; it can be set again."""
    scope, target, reason = _target(form)
    campaign = await campaign_of(visit)
    lifted = await visit.db.run(lambda session: lift_holds(session, scope, target, reason=reason, now=session.now()))
    said = f"The hold of {lifted.holds[0].target} is lifted; {words.people(lifted.resumed, 'goes', 'go')} on because of it."
    return Done(said, undo=Undo(words.address(visit, campaign, "holds/set"), _fields(form), "Hold again"))


async def hold(visit: Visit, form: Form) -> Done:
    """Set a hold."""
    scope, target, reason = _target(form)
    campaign = await campaign_of(visit)
    made = await visit.db.run(lambda session: set_hold(session, scope, target, reason=reason, now=session.now()))
    said = f"{made.hold.target.capitalize()} is held: what is not being sent at this moment stays."
    return Done(said, undo=Undo(words.address(visit, campaign, "holds/lift"), _fields(form), "Lift it"))


def _target(form: Form) -> tuple[HoldScope, UUID | None, str]:
    scope = HoldScope(member(HoldScope, "scope", form.get("scope")))
    return scope, reading.id_of("target", form.get("target")), form.required("reason", "say why.")


def _fields(form: Form) -> dict[str, str]:
    return {name: form.get(name) for name in ("scope", "target", "reason")}
