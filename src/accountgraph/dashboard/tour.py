"""The first run: where to begin, and a tour of five steps over the real pages that can be left at any of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse

from accountgraph.access import Permission
from accountgraph.demo import DOMAIN
from accountgraph.http.problems import ProblemError
from accountgraph.listing import page_companies
from accountgraph.store.companies import CompanyRepository

if TYPE_CHECKING:
    from starlette.responses import Response

    from accountgraph.dashboard.visits import Visit


@dataclass(frozen=True, slots=True)
class Step:
    """A step. `path`: below the workspace; `{account}` is the id of an account to show."""

    title: str
    text: str
    path: str
    needs: Permission = Permission.GRAPH_READ


STEPS = (
    Step(
        "An account is a company with its people",
        "Each row says how the account is doing, who decides there, and what to do next. Filters stand in the address: a view is a link.",
        "accounts",
    ),
    Step(
        "Every number opens",
        "The map shows who knows whom and whom we have reached. Health opens its parts, and a part the rows behind it. "
        "What a scanner did is grey, and is not counted.",
        "accounts/{account}",
    ),
    Step(
        "A campaign speaks to the whole account",
        "It reads as plain sentences. Simulate it before it starts: the real engine runs over the calendar, and nothing is sent.",
        "campaigns",
        Permission.CAMPAIGNS_READ,
    ),
    Step(
        "Answer, approve, call",
        "Replies, drafts and calls wait here one after another. Who opens one holds it for a while, so that two do not answer one person.",
        "inbox",
        Permission.TASKS_READ,
    ),
    Step(
        "Bring your own data",
        "Drop a file, see what would come of it, and import it. Then connect a mailbox under Settings. "
        "Made-up accounts can be removed again.",
        "imports",
        Permission.IMPORTS_WRITE,
    ),
)


def steps_of(visit: Visit) -> list[Step]:
    """The steps that this person may take."""
    known = {place.path for place in visit.places}
    return [step for step in STEPS if visit.principal.may(step.needs) and step.path.partition("/")[0] in known]


async def start_page(visit: Visit) -> Response:
    """Where to begin."""
    return visit.drawn("start", "Welcome", steps=steps_of(visit), may_import=visit.principal.may(Permission.IMPORTS_WRITE))


async def tour(visit: Visit) -> Response:
    """Lead to the page of a step, which shows the step above it."""
    steps, number = steps_of(visit), visit.request.path_params["step"]
    if not 1 <= number <= len(steps):
        raise ProblemError(404, "The tour has no such step.")
    path = steps[number - 1].path
    if "{account}" in path:
        account = await _account(visit)
        path = path.format(account=account) if account else "accounts"
    return RedirectResponse(f"{visit.base}/{path}?tour={number}", status_code=303)


def step_of(visit: Visit) -> tuple[int, Step, int] | None:
    """The step that a page shows above itself: its number, it, and how many there are; None on a page without."""
    given, steps = visit.asked("tour") or "", steps_of(visit)
    numbered = {str(number): (number, step, len(steps)) for number, step in enumerate(steps, 1)}
    return numbered.get(given)


async def _account(visit: Visit) -> str | None:
    """The made-up account whose numbers are known, else any."""
    found = await CompanyRepository(visit.db).get_company_by_domain(DOMAIN)
    if found is not None:
        return str(found.id)
    first = (await page_companies(visit.db, limit=1)).items
    return str(first[0].id) if first else None
