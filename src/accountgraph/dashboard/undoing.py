"""Taking back what one has just done: all that a transaction of one's own changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from accountgraph.audit import undo_changes
from accountgraph.dashboard.forms import Done, Undo
from accountgraph.http.problems import ProblemError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit
    from accountgraph.db import Session

Outcome = TypeVar("Outcome")


def undo_of(visit: Visit, batch: str | None) -> Undo | None:
    """What takes back all that a transaction of this person's has changed; None: nothing was."""
    return Undo(f"{visit.base}/accounts/undo", {"batch": batch}) if batch else None


async def undoable(visit: Visit, work: Callable[[Session], Awaitable[Outcome]]) -> tuple[Outcome, Undo | None]:
    """Do it, and give what takes all of it back."""

    async def with_batch(session: Session) -> tuple[Outcome, str]:
        return await work(session), await session.batch()

    outcome, batch = await visit.db.run(with_batch)
    return outcome, undo_of(visit, batch)


async def undo(visit: Visit, form: Form) -> Done:
    """Take back what one has just done."""
    batch = form.required("batch", "say what to take back.")
    report = await undo_changes(visit.db, transaction=batch, may_touch=visit.principal.acting())
    if report.refused:
        refused = report.refused[0]
        raise ProblemError(409, "It cannot be taken back.", detail=f"{refused.why} ({refused.detail})" if refused.detail else refused.why)
    return Done("Taken back.")
