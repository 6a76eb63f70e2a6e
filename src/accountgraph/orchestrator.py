"""AccountOrchestrator: everything a program asks of campaigns, each call thin over the engine that runs under the worker too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from msgspec import Struct

from accountgraph.campaigns import lifecycle
from accountgraph.campaigns.apply import Applied, Plan, apply, load_version, plan
from accountgraph.campaigns.definition.campaign import CampaignDefinition
from accountgraph.campaigns.engine.deciding import Candidate, facts_of
from accountgraph.campaigns.engine.runner import Done, Runner
from accountgraph.campaigns.enrolment.audience import Selection, choose
from accountgraph.campaigns.enrolment.leads import ProcessedLead, process_lead
from accountgraph.campaigns.messages import Composed, MissingVariableError, compose
from accountgraph.campaigns.messages.preview import Preview, preview
from accountgraph.campaigns.messages.variables import load_for_contact
from accountgraph.campaigns.replay import Replayed, replay
from accountgraph.campaigns.rules.channels import choose_channel
from accountgraph.campaigns.why import Why, why
from accountgraph.channels import Transports
from accountgraph.db import default_database
from accountgraph.drafting.wanted import write_wanted
from accountgraph.errors import NotFoundError
from accountgraph.mailboxes.login.vault import WorkspaceVault
from accountgraph.mailboxes.sent import over_workspace
from accountgraph.simulation import SimulationReport, simulate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from accountgraph.campaigns.definition.policy import Policy
    from accountgraph.campaigns.definition.steps import Step
    from accountgraph.campaigns.lifecycle import Campaign, CampaignStatus, Started
    from accountgraph.campaigns.messages import Variables
    from accountgraph.campaigns.rules.channels import Choice
    from accountgraph.db import Database
    from accountgraph.simulation import Behaviour, Progress


class Conflict(Struct, frozen=True):
    """Something that keeps a campaign from approaching somebody. `kind`: `elsewhere`, `live_thread`, `suppressed` or `hold`."""

    contact_id: UUID
    name: str
    kind: str
    detail: str


class AccountOrchestrator:
    """Campaigns over one workspace.

    Args:
        db: the workspace; None takes the process's default database.
        transports: what carries messages; None takes those of this package.
    """

    def __init__(self, db: Database | None = None, transports: Transports | None = None) -> None:
        self._db = db or default_database()
        self._transports = transports or over_workspace(Transports(self._db.now), self._db)

    async def process_new_lead(self, lead: Mapping[str, Any]) -> ProcessedLead:
        """Find or make the company (never by a free-mail or disposable domain) and the people of a lead, and start its campaign.

        `lead` has the fields of `accountgraph.campaigns.enrolment.leads.Lead`. The same lead again changes nothing.

        Raises:
            InvalidInputError: naming the field.
            NotFoundError, CampaignStateError: no such campaign, or it is not active.
        """
        return await self._db.run(lambda session: process_lead(session, lead, session.now()))

    async def execute_campaign_step(self, campaign: UUID | str) -> Done:
        """Do what is due now in one campaign, within all its caps; the worker does the same for all of them.

        Where a model is to write messages, it does so in between.

        Raises:
            NotFoundError: no such campaign.
        """
        found = await lifecycle.find_campaign(self._db, campaign)
        runner = Runner(self._db, self._transports.transport_for, campaign_id=found.id)
        done = await runner.run_due()
        if await write_wanted(self._db, WorkspaceVault(self._db), campaign_id=found.id):
            done += await runner.run_due()
        return done

    async def select_channel(self, campaign: UUID | str, contact_id: UUID) -> Choice:
        """The channel that the next step of somebody in a campaign takes, and those that gave way with the reason.

        Raises:
            NotFoundError: no such campaign, or they are not under way in it.
        """
        candidate, definition = await self._under_way(campaign, contact_id)
        facts = facts_of(candidate)
        return choose_channel(definition.policy.channels, definition.step(facts.step_key), facts)

    async def generate_message(self, campaign: UUID | str, contact_id: UUID, step_key: str | None = None) -> Composed:
        """What a step (None: the first) says to a contact, enrolled or not; nothing is sent.

        Raises:
            NotFoundError: no such campaign, step or contact.
            MissingVariableError: its template speaks of something that is not known.
        """
        definition, variables = await self._spoken_of(campaign, contact_id)
        return compose(definition, _step(definition, step_key), variables, enrolment_id=contact_id)

    async def generate_colleague_message(
        self, campaign: UUID | str, target: UUID, referring: UUID, step_key: str | None = None
    ) -> Composed:
        """What a step says to `target` with nobody but `referring` to name.

        Raises:
            NotFoundError: no such campaign, step or contact.
            MissingVariableError: `referring` may not be named to them (no relationship, nothing that may be told, or against
                their wishes), or something else is not known.
        """
        definition, variables = await self._spoken_of(campaign, target)
        if not variables.may_name(referring):
            cure = "They need an edge or the same company, a recorded deed that may be told, and no wish against it."
            raise MissingVariableError("colleague", f"the message to {variables.person.name or target}", cure)
        return compose(definition, _step(definition, step_key), variables.naming(referring), enrolment_id=target)

    async def check_conflicts(self, campaign: UUID | str) -> list[Conflict]:
        """What keeps a campaign from approaching people who are under way in it: other campaigns, live threads, suppressions, holds.

        Raises:
            NotFoundError: no such campaign.
        """
        found = await lifecycle.find_campaign(self._db, campaign)
        policy = (await load_version(self._db, found.version_in_force)).policy
        params = {"campaign_id": found.id, "now": self._db.now(), "live_days": policy.exclusions.live_thread_days}
        return await self._db.rows(Conflict, "campaigns.why.conflicts", params)

    async def schedule_next_touchpoint(self, campaign: UUID | str, *, immediate: bool = False) -> datetime | None:
        """When a campaign's next step is due, UTC; None where nothing waits.

        `immediate` makes everything that waits due now; hours, gaps and caps hold all the same.

        Raises:
            NotFoundError: no such campaign.
        """
        found = await lifecycle.find_campaign(self._db, campaign)
        if immediate:
            params = {"campaign_id": found.id, "now": self._db.now()}
            await self._db.run(lambda session: session.affect("campaigns.enrolments.due_again", params))
        return (await lifecycle.get_status(self._db, found.id)).next_due_at

    async def get_campaign_status(self, campaign: UUID | str) -> CampaignStatus:
        """Where a campaign stands: people by state and reason, what was sent, what waits for somebody.

        Raises:
            NotFoundError: no such campaign.
        """
        return await lifecycle.get_status(self._db, campaign)

    async def plan(self, definition: CampaignDefinition) -> Plan:
        """What applying a campaign's text would say and change; nothing is changed."""
        return await plan(self._db, definition)

    async def apply(self, definition: CampaignDefinition, *, source: str | None = None) -> Applied:
        """Keep a campaign's text as its newest version; the same text again changes nothing. `source` names the file in errors.

        Raises:
            DefinitionError: it cannot run, or may not be sent; every problem with its key and the cure.
        """
        return await self._db.run(lambda session: apply(session, definition, source=source))

    async def select_audience(self, campaign: CampaignDefinition | UUID | str) -> Selection:
        """Whom a campaign (by its text, id or name) would enrol now, and why the others of its audience are left out.

        Raises:
            NotFoundError: no such campaign.
        """
        return await choose(self._db, await self._definition(campaign), self._db.now())

    async def preview(self, campaign: CampaignDefinition | UUID | str, contact: UUID | str) -> list[Preview]:
        """Every step and variant as a contact (by id or e-mail address) would get it; nothing is sent, and nobody has to be enrolled.

        Raises:
            NotFoundError: no such campaign or contact.
        """
        return await preview(self._db, await self._definition(campaign), contact, self._db.now())

    async def approve_preview(self, campaign: UUID | str, *, by: str, content_hash: str | None = None) -> Campaign:
        """Somebody has seen what the newest version would send, and lets it go live. `content_hash`: of what they saw.

        Raises:
            NotFoundError: no such campaign.
            CampaignStateError: it is over, or it changed since it was seen.
            InvalidValueError: nobody is named.
        """
        return await self._db.run(lambda session: lifecycle.approve_preview(session, campaign, by=by, content_hash=content_hash))

    async def start(self, campaign: UUID | str, *, live: bool = False) -> Started:
        """Enrol the audience and begin: as a dry run on the console, or live once its preview was approved."""
        return await self._db.run(lambda session: lifecycle.start(session, campaign, live=live))

    async def pause(self, campaign: UUID | str) -> int:
        """Stop after the calls in flight; gives how many people paused."""
        return await self._db.run(lambda session: lifecycle.pause(session, campaign))

    async def resume(self, campaign: UUID | str) -> int:
        """Go on after a pause; gives how many people go on."""
        return await self._db.run(lambda session: lifecycle.resume(session, campaign))

    async def cancel(self, campaign: UUID | str) -> int:
        """End it for everybody; gives how many people ended."""
        return await self._db.run(lambda session: lifecycle.cancel(session, campaign))

    async def finish(self, campaign: UUID | str) -> None:
        """Close it, once nobody is under way."""
        await self._db.run(lambda session: lifecycle.finish(session, campaign))

    async def why(self, contact: UUID | str, *, campaign: UUID | str | None = None) -> Why:
        """Why this person (by id or e-mail address) was or was not written to: every decision with its rule and reason.

        `campaign`: by that one alone; of somebody who was never in it, what its audience says of them.

        Raises:
            NotFoundError: there is no such contact, or no such campaign.
        """
        return await self._db.run(lambda session: why(session, contact, session.now(), campaign=campaign))

    async def replay(self, campaign: UUID | str, other: CampaignDefinition | Policy | None = None) -> Replayed:
        """Decide a campaign's history again: as it was decided, or under another text or policy, with what would have been different.

        Raises:
            NotFoundError: no such campaign.
        """
        return await replay(self._db, campaign, other)

    async def simulate(
        self,
        campaign: CampaignDefinition | UUID | str,
        *,
        start: datetime,
        until: datetime,
        contacts: Sequence[UUID] | None = None,
        behaviour: Behaviour | None = None,
        seed: int = 0,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> SimulationReport:
        """What a campaign would do between two times, on a copy of its people and a virtual clock; see `accountgraph.simulation.simulate`.

        Raises:
            NotFoundError: no such campaign.
            InvalidValueError: the times make no span.
            DefinitionError: the campaign cannot run in this workspace.
        """
        return await simulate(
            self._db,
            campaign,
            start=start,
            until=until,
            contacts=contacts,
            behaviour=behaviour,
            seed=seed,
            on_progress=on_progress,
        )

    async def close(self) -> None:
        """Close the transports' connections; the database is the caller's."""
        await self._transports.close()

    async def _under_way(self, campaign: UUID | str, contact_id: UUID) -> tuple[Candidate, CampaignDefinition]:
        found = await lifecycle.find_campaign(self._db, campaign)
        enrolment = await self._db.value("campaigns.enrolments.under_way", {"campaign_id": found.id, "contact_id": contact_id})
        rows = await self._db.rows(Candidate, "campaigns.facts.of", {"ids": [enrolment], "now": self._db.now()}) if enrolment else []
        if not rows:
            raise NotFoundError(f"Contact {contact_id} is not under way in campaign {found.name}.")
        return rows[0], await load_version(self._db, rows[0].version_id)

    async def _definition(self, campaign: CampaignDefinition | UUID | str) -> CampaignDefinition:
        if isinstance(campaign, CampaignDefinition):
            return campaign
        return await load_version(self._db, (await lifecycle.find_campaign(self._db, campaign)).version_id)

    async def _spoken_of(self, campaign: UUID | str, contact_id: UUID) -> tuple[CampaignDefinition, Variables]:
        found = await lifecycle.find_campaign(self._db, campaign)
        definition = await load_version(self._db, found.version_in_force)
        variables = await load_for_contact(self._db, contact_id, definition.senders, self._db.now())
        if variables is None:
            raise NotFoundError(f"There is no contact {contact_id}.")
        return definition, variables


def _step(definition: CampaignDefinition, key: str | None) -> Step:
    return definition.steps[0] if key is None else definition.step(key)
