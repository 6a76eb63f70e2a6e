"""What a campaign would do, on a copy of its people and a virtual clock."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

from accountgraph.access import Permission
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.api.routes.campaigns.given import LARGEST, CampaignKey, Text, which, written_in
from accountgraph.api.routes.campaigns.given import CampaignText as Written
from accountgraph.api.simulations import LONGEST, MOST_PEOPLE, USUAL
from accountgraph.campaigns.definition.campaign import CampaignDefinition
from accountgraph.errors import InvalidValueError
from accountgraph.simulation import Behaviour, behaviour_of, simulate
from accountgraph.simulation.report import SimulationReport

simulating = Routes("campaigns")
Time = Annotated[datetime, Meta(tz=True)]


class Simulated(SimulationReport, frozen=True, kw_only=True):
    """What a simulation found. `states`: how many people ended where; `reasons`: how many were left out for which reason."""

    states: dict[str, int]
    reasons: dict[str, int]


class SimulationWanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to simulate: between two times a year apart at most (now, and 90 days later, where none are given), with 1,000 people at most.

    `definition` or `text`: another text of the campaign, that need not have been applied. `contacts`: these people, in this order,
    instead of the audience. `behaviour`: what people do; or the word `typical`; None: nobody answers. `seed`: of everything that is
    drawn; the same gives the same.
    """

    definition: CampaignDefinition | None = None
    text: Text | None = None
    format: Literal["toml", "yaml"] = "toml"
    start: Time | None = None
    until: Time | None = None
    contacts: Annotated[list[UUID], Meta(max_length=MOST_PEOPLE)] | None = None
    behaviour: Behaviour | Literal["typical"] | None = None
    seed: int = 0


class _Wanted(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    start: Time | None = None
    until: Time | None = None
    contacts: Annotated[list[UUID], Meta(max_length=MOST_PEOPLE)] | None = None
    behaviour: dict[str, Any] | Literal["typical"] | None = None
    seed: int = 0


@simulating.post("/campaigns/{campaign}/simulate", needs=Permission.CAMPAIGNS_WRITE, body=SimulationWanted, writes=False, largest=LARGEST)
async def simulate_campaign(call: Call, campaign: CampaignKey, body: _Wanted) -> Simulated:
    """Show what a campaign would do: who gets what and when, what is put off and why, what each mailbox carries.

    The real engine runs on a copy of the people in a workspace that is thrown away. It may take minutes.
    """
    start = body.start or call.now
    until = body.until or start + USUAL
    if until - start > LONGEST:
        raise InvalidValueError("until", "is a year after start at most; simulate more at the command line.")
    has_text = body.definition is not None or body.text is not None
    wanted = written_in(body) if has_text else which(campaign)
    with call.parts.simulations.enter():
        found = await simulate(
            call.database,
            wanted,
            start=start,
            until=until,
            contacts=body.contacts,
            behaviour=_behaviour(body.behaviour),
            seed=body.seed,
            most_people=MOST_PEOPLE,
        )
    return Simulated(**found.facts())


def _behaviour(given: dict[str, Any] | str | None) -> Behaviour | None:
    if given is None:
        return None
    return behaviour_of({"typical": True} if isinstance(given, str) else given)
