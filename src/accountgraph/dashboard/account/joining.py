"""Bringing an account's people into a campaign: which, whom it would take and whom it would leave out, and then doing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from accountgraph.campaigns.apply import load_version
from accountgraph.campaigns.definition.audience import Audience
from accountgraph.campaigns.enrolment.shown import show_audience
from accountgraph.campaigns.lifecycle import find_campaign
from accountgraph.campaigns.work.accounts import enrol_accounts
from accountgraph.dashboard.forms import Done
from accountgraph.dashboard.undoing import undo_of
from accountgraph.dashboard.words import counted
from accountgraph.errors import NotFoundError
from accountgraph.listing.outreach import page_campaigns
from accountgraph.store.companies import CompanyRepository

if TYPE_CHECKING:
    from uuid import UUID

    from starlette.responses import Response

    from accountgraph.campaigns.enrolment.shown import ShownAudience
    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit

MOST = 100  # people that the preview names


async def campaign_page(visit: Visit) -> Response:
    """Which campaign; with `campaign`, whom it would take of this account now."""
    company_id = visit.id_in_path("company_id", "account")
    company = await CompanyRepository(visit.db).get_company_by_id(company_id)
    if company is None:
        raise NotFoundError(f"There is no company {company_id} in this workspace.")
    campaigns = (await page_campaigns(visit.db, status="active")).items
    wanted = visit.asked("campaign")
    chosen = next((one for one in campaigns if str(one.id) == wanted), None)
    return visit.drawn(
        "account/campaign",
        f"Add {company.name} to a campaign",
        company=company,
        campaigns=campaigns,
        chosen=chosen,
        preview=await _preview(visit, chosen.id, company_id) if chosen else None,
        path=f"{visit.base}/accounts/{company_id}",
    )


async def join(visit: Visit, form: Form) -> Done:
    """Enrol the account's people."""
    company_id, campaign = visit.id_in_path("company_id", "account"), form.id("campaign")
    done = await visit.db.run(lambda session: enrol_accounts(session, campaign, [company_id], visit.now))
    count = len(done.people)
    words = f"{counted(count, 'person begins', 'people begin')}." if count else "Nobody of this account can begin there now."
    return Done(words, to=f"{visit.base}/accounts/{company_id}", undo=undo_of(visit, done.batch))


async def _preview(visit: Visit, campaign: UUID, company_id: UUID) -> ShownAudience:
    """Whom the campaign would take, if its audience named this account."""
    found = await find_campaign(visit.db, campaign)
    definition = await load_version(visit.db, found.version_in_force)
    only = Audience(companies=(str(company_id),), most_per_account=definition.audience.most_per_account)
    return await show_audience(visit.db, replace(definition, audience=only), limit=MOST)
