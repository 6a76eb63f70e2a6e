"""What is done with one account: held, released, edited, and what was done by oneself taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accountgraph.api.tags import tag_of
from accountgraph.audit import undo_changes
from accountgraph.campaigns.work import accounts
from accountgraph.dashboard.account.known import members_of
from accountgraph.dashboard.forms import Done, Undo
from accountgraph.dashboard.words import counted
from accountgraph.enums import AccountStatus, AccountTier
from accountgraph.errors import DuplicateError, InvalidValueError, NotFoundError
from accountgraph.http.problems import ProblemError
from accountgraph.store.companies import CompanyRepository

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from starlette.responses import Response

    from accountgraph.campaigns.work.accounts import BulkChange
    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit
    from accountgraph.db import Session
    from accountgraph.models import Company

FIELDS = ("name", "domain", "account_tier", "account_status", "owner_user_id")
STALE = "Somebody has changed this account since you opened the form. Below is what it says now; look at it, and save what you still want."


def undo_of(visit: Visit, batch: str | None) -> Undo | None:
    """What takes back all that a transaction of this person's has changed; None: nothing was."""
    return Undo(f"{visit.base}/accounts/undo", {"batch": batch}) if batch else None


async def undo(visit: Visit, form: Form) -> Done:
    """Take back what one has just done."""
    batch = form.required("batch", "say what to take back.")
    report = await undo_changes(visit.db, transaction=batch, may_touch=visit.principal.acting())
    if report.refused:
        raise ProblemError(409, "It cannot be taken back.", detail=report.refused[0].why)
    return Done("Taken back.")


async def hold(visit: Visit, form: Form) -> Done:
    """Keep campaigns away from an account."""
    company_id, note = visit.id_in_path("company_id", "account"), form.get("note") or None
    found = await visit.db.run(lambda session: accounts.hold_accounts(session, [company_id], note=note, now=visit.now))
    return Done("Campaigns leave this account alone until you release it.", undo=undo_of(visit, _there(found).batch))


async def release(visit: Visit, form: Form) -> Done:
    """Let campaigns go on with an account."""
    del form
    company_id = visit.id_in_path("company_id", "account")
    found = _there(await visit.db.run(lambda session: accounts.release_accounts(session, [company_id], now=visit.now)))
    people = f"; {counted(len(found.people), 'person goes', 'people go')} on" if found.people else ""
    return Done(f"Campaigns may go on with this account{people}.", undo=undo_of(visit, found.batch))


async def edit_page(visit: Visit) -> Response:
    """The form in which an account is edited."""
    company = await _company(visit)
    return await _drawn(visit, company, {name: getattr(company, name) for name in FIELDS})


async def save(visit: Visit, form: Form) -> Done | Response:
    """Save what was edited, where nobody has changed it meanwhile."""
    company = await _company(visit)
    given: dict[str, Any] = {name: form.get(name) or None for name in FIELDS}
    path = f"{visit.base}/accounts/{company.id}"
    try:
        given["owner_user_id"] = form.id("owner_user_id") if form.get("owner_user_id") else None
        given["name"] = form.required("name", "give the account a name.")
        batch = await visit.db.run(lambda session: _save(session, company.id, given, form.get("state")))
    except (InvalidValueError, DuplicateError) as error:
        return await _drawn(visit, company, given, field=error.field, problem=str(error))
    except _StaleError as error:
        return await _drawn(visit, error.now, {name: getattr(error.now, name) for name in FIELDS}, problem=STALE, status=409)
    return Done("Saved.", to=path, undo=undo_of(visit, batch))


class _StaleError(Exception):
    def __init__(self, now: Company) -> None:
        self.now = now


async def _save(session: Session, company_id: UUID, given: Mapping[str, Any], state: str) -> str | None:
    """Saves under a lock; gives the transaction, or None where nothing is other than it was."""
    await session.rows(object, "requests.lock_company", {"id": company_id})
    repository = CompanyRepository(session)
    current = await repository.get_company_by_id(company_id)
    if current is None:
        raise NotFoundError(f"There is no company {company_id}.")
    if tag_of(current).writable != state:
        raise _StaleError(current)
    changed = {name: value for name, value in given.items() if value != getattr(current, name)}
    if not changed:
        return None
    await repository.update_company(company_id, changed)
    batch: str = await session.value("campaigns.accounts.batch")
    return batch


async def _company(visit: Visit) -> Company:
    company_id = visit.id_in_path("company_id", "account")
    found = await CompanyRepository(visit.db).get_company_by_id(company_id)
    if found is None:
        raise NotFoundError(f"There is no company {company_id} in this workspace.")
    return found


async def _drawn(
    visit: Visit, company: Company, given: Mapping[str, Any], *, field: str | None = None, problem: str | None = None, status: int = 422
) -> Response:
    return visit.drawn(
        "account/edit",
        f"Edit {company.name}",
        status=status if problem else 200,
        company=company,
        given=given,
        field=field,
        problem=problem,
        state=tag_of(company).writable,
        members=await members_of(visit),
        tiers=list(AccountTier),
        statuses=list(AccountStatus),
        path=f"{visit.base}/accounts/{company.id}",
    )


def _there(found: BulkChange) -> BulkChange:
    """What was done; an account that is not there is told."""
    if any(one.reason == "not_found" for one in found.left_out):
        raise NotFoundError("There is no such account in this workspace.")
    return found
