"""What is done with one account: held, released, edited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accountgraph.campaigns.work import accounts
from accountgraph.dashboard.forms import Done
from accountgraph.dashboard.people.editing import ClashError, Drawn, clashes_of, draw, errors_of, version_of
from accountgraph.dashboard.people.fields import COMPANY, FieldErrors, shown, typed, values
from accountgraph.dashboard.undoing import undo_of
from accountgraph.dashboard.words import counted
from accountgraph.errors import InvalidInputError, NotFoundError
from accountgraph.store.companies import CompanyRepository

if TYPE_CHECKING:
    from uuid import UUID

    from starlette.responses import Response

    from accountgraph.campaigns.work.accounts import BulkChange
    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit
    from accountgraph.db import Connectable, Session
    from accountgraph.models import Company


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
    company = await _company(visit.db, visit.id_in_path("company_id", "account"))
    fields = shown(COMPANY, company)
    return await draw(visit, _form_of(visit, company, fields, version_of(fields)))


async def save(visit: Visit, form: Form) -> Done | Response:
    """Save what was edited; with an error, or where somebody else was faster, the form is drawn again as it was typed."""
    company_id, given = visit.id_in_path("company_id", "account"), typed(COMPANY, form)
    try:
        batch = await visit.db.run(lambda session: _save(session, company_id, given, form.get("version")))
    except (FieldErrors, InvalidInputError) as error:
        company = await _company(visit.db, company_id)
        again = _form_of(visit, company, shown(COMPANY, company) | given, form.get("version"), errors=errors_of(error))
        return await draw(visit, again, 422)
    except ClashError as clash:
        company, clashes = await _company(visit.db, company_id), clashes_of(COMPANY, given, clash.current)
        return await draw(visit, _form_of(visit, company, clash.current | given, clash.version, clashes=clashes), 409)
    return Done("Saved." if batch else "Nothing was changed.", to=f"{visit.base}/accounts/{company_id}", undo=undo_of(visit, batch))


async def _save(session: Session, company_id: UUID, given: dict[str, str], version: str) -> str | None:
    """Saves under a lock; gives the transaction, or None where nothing is other than it was."""
    await session.rows(object, "requests.lock_company", {"id": company_id})
    before = shown(COMPANY, await _company(session, company_id))
    if version != version_of(before):
        raise ClashError(before)
    if not (changed := values(COMPANY, given, before)):
        return None
    await CompanyRepository(session).update_company(company_id, changed)
    return await session.batch()


async def _company(db: Connectable, company_id: UUID) -> Company:
    found = await CompanyRepository(db).get_company_by_id(company_id)
    if found is None:
        raise NotFoundError(f"There is no company {company_id} in this workspace.")
    return found


def _form_of(visit: Visit, company: Company, given: dict[str, str], version: str, **more: Any) -> Drawn:  # noqa: ANN401 - as of Drawn
    path = f"{visit.base}/accounts/{company.id}"
    return Drawn(f"Edit {company.name}", f"{path}/edit", path, COMPANY, given, version=version, **more)


def _there(found: BulkChange) -> BulkChange:
    """What was done; an account that is not there is told."""
    if any(one.reason == "not_found" for one in found.left_out):
        raise NotFoundError("There is no such account in this workspace.")
    return found
