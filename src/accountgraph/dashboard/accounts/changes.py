"""What is done to accounts in the table: to one in its row, or to all that are ticked. Each is taken back as one."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from accountgraph.campaigns.work import accounts
from accountgraph.dashboard.forms import Done
from accountgraph.dashboard.undoing import undo_of
from accountgraph.dashboard.words import counted, plain
from accountgraph.errors import NotFoundError
from accountgraph.http.problems import ProblemError
from accountgraph.store.companies import CompanyRepository

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from uuid import UUID

    from accountgraph.campaigns.work.accounts import BulkChange
    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit
    from accountgraph.db import Session

FIRST = 3  # reasons that are told


async def set_tiers(visit: Visit, form: Form) -> Done:
    """Say how much the ticked accounts matter."""
    ids, tier = form.ids("ids"), form.get("tier") or None
    return _told(visit, await visit.db.run(lambda session: accounts.set_tier(session, ids, tier)), "The tier was changed of {}")


async def set_statuses(visit: Visit, form: Form) -> Done:
    """Say where the ticked accounts stand."""
    ids, status = form.ids("ids"), form.required("status", "choose a stage.")
    return _told(visit, await visit.db.run(lambda session: accounts.set_status(session, ids, status)), "The stage was changed of {}")


async def hold(visit: Visit, form: Form) -> Done:
    """Keep campaigns away from the ticked accounts."""
    ids = form.ids("ids")
    return _told(visit, await visit.db.run(lambda session: accounts.hold_accounts(session, ids, now=visit.now)), "Campaigns leave {} alone")


async def release(visit: Visit, form: Form) -> Done:
    """Let campaigns go on with the ticked accounts."""
    ids = form.ids("ids")
    return _told(
        visit, await visit.db.run(lambda session: accounts.release_accounts(session, ids, now=visit.now)), "Campaigns may go on with {}"
    )


async def join(visit: Visit, form: Form) -> Done:
    """Enrol the people of the ticked accounts."""
    ids, campaign = form.ids("ids"), form.id("campaign")
    done = await visit.db.run(lambda session: accounts.enrol_accounts(session, campaign, ids, visit.now))
    return _told(visit, done, f"{counted(len(done.people), 'person', 'people')} of {{}} {'begins' if len(done.people) == 1 else 'begin'}")


async def set_one_tier(visit: Visit, form: Form) -> Done:
    """Say in its row how much an account matters, where it is still as it was seen."""
    company_id = visit.id_in_path("company_id", "account")
    tier = form.get("value") or None
    return await _one(visit, form, company_id, "account_tier", lambda session: accounts.set_tier(session, [company_id], tier))


async def set_one_status(visit: Visit, form: Form) -> Done:
    """Say in its row where an account stands, where it is still as it was seen."""
    company_id = visit.id_in_path("company_id", "account")
    status = form.required("value", "choose a stage.")
    return await _one(visit, form, company_id, "account_status", lambda session: accounts.set_status(session, [company_id], status))


async def _one(visit: Visit, form: Form, company_id: UUID, field: str, change: Callable[[Session], Awaitable[BulkChange]]) -> Done:
    async def work(session: Session) -> tuple[str, BulkChange]:
        await session.rows(object, "requests.lock_company", {"id": company_id})
        found = await CompanyRepository(session).get_company_by_id(company_id)
        if found is None:
            raise NotFoundError(f"There is no company {company_id} in this workspace.")
        if (getattr(found, field) or "") != form.get("was"):
            raise ProblemError(409, "Somebody has changed it meanwhile.", detail="Load the page again, and look at it before you choose.")
        return found.name, await change(session)

    name, done = await visit.db.run(work)
    return Done(f"{name} is changed.", undo=undo_of(visit, done.batch))


def _told(visit: Visit, done: BulkChange, words: str) -> Done:
    """What was done, and how many were left out for which reasons."""
    count = len(done.changed)
    said = f"{words.format(f'{count} account' if count == 1 else f'{count} accounts')}." if count else "Nothing was to be changed."
    reasons = Counter(plain(one.reason) for one in done.left_out).most_common(FIRST)
    if reasons:
        said += f" Left out: {', '.join(f'{number} {reason}' for reason, number in reasons)}."
    return Done(said, undo=undo_of(visit, done.batch))
