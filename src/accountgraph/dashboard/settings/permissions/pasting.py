"""A list that somebody pastes: every address, number and domain in it is suppressed, or none where one cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.access import Permission
from accountgraph.dashboard.forms import Done
from accountgraph.dashboard.settings.permissions.suppressions import suppressions_page, target_of
from accountgraph.dashboard.settings.room import does, to
from accountgraph.errors import InvalidInputError, InvalidValueError
from accountgraph.store.suppressions import SuppressionRepository

if TYPE_CHECKING:
    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit
    from accountgraph.db import Session

MOST = 500  # lines at once; a file is imported at the command line


async def paste(visit: Visit, form: Form) -> Done:
    """Suppress each line; all of them or none."""
    lines = [(number, line.strip()) for number, line in enumerate((form.text("list") or "").split("\n"), 1) if line.strip()]
    if not lines:
        raise InvalidValueError("list", "is empty; write one address, number or domain a line.")
    if len(lines) > MOST:
        raise InvalidValueError("list", f"has {len(lines):,} lines; paste {MOST} at once.")
    reason = form.get("reason") or "manual"

    async def work(session: Session) -> None:
        repository = SuppressionRepository(session)
        for number, line in lines:
            try:
                await _suppress(repository, line, reason)
            except InvalidInputError as error:
                raise InvalidValueError(
                    "list", f"line {number}, {line[:100]!r}: {str(error).partition(': ')[2]} Nothing was added."
                ) from None

    await visit.db.run(work)
    return Done(f"{len(lines)} {'line is' if len(lines) == 1 else 'lines are'} not written to any more.", to=to(visit, "suppressions"))


async def _suppress(repository: SuppressionRepository, line: str, reason: str) -> None:
    target = target_of(line)
    if "phone" in target:
        await repository.suppress_number(target["phone"], reason=reason)
    else:
        await repository.suppress(address=target.get("address"), domain=target.get("domain"), reason=reason)


WAYS = (does("suppressions/paste", Permission.SUPPRESSIONS_WRITE, paste, suppressions_page),)
