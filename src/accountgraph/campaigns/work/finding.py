"""Finding what a person means by an id, or by the beginning of one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from uuid import UUID

from accountgraph.errors import InvalidValueError, NotFoundError

if TYPE_CHECKING:
    from accountgraph.db import Connectable

_FEWEST, _WHOLE = 4, 32  # hex digits
_QUERIES = {
    "approval": "campaigns.approvals.between",
    "draft": "drafting.drafts.between",
    "endpoint": "outgoing.endpoints.between",
    "mail": "intake.mails.between",
    "task": "campaigns.tasks.between",
    "suppression": "suppressions.between",
}


async def find_id(db: Connectable, what: str, said: str) -> UUID:
    """The id of an `approval`, `draft`, `mail`, `task` ... by its id, or by 4 or more of the hex digits that it begins with.

    Raises:
        InvalidValueError: that is no id, or several begin so.
        NotFoundError: none does.
    """
    digits = said.strip().lower().replace("-", "")
    if not re.fullmatch(rf"[0-9a-f]{{{_FEWEST},{_WHOLE}}}", digits):
        raise InvalidValueError(what, f"{said!r} is no id; give the id that the list shows, or {_FEWEST} or more of its first digits.")
    between = {"low": UUID(digits.ljust(_WHOLE, "0")), "high": UUID(digits.ljust(_WHOLE, "f"))}
    found = await db.rows(UUID, _QUERIES[what], between)
    if not found:
        raise NotFoundError(f"There is no {what} {said}; look at the list.")
    if len(found) > 1:
        raise InvalidValueError(what, f"several begin with {said}; give more of the id.")
    return found[0]
