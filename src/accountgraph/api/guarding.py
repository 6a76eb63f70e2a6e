"""Rows that a request names: are they there, and are they as the caller has seen them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from accountgraph.errors import NotFoundError
from accountgraph.listing import Page

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from uuid import UUID

    from accountgraph.api.call import Call
    from accountgraph.models import Entity

T = TypeVar("T")


async def guard(call: Call, what: str, row_id: UUID, read: Callable[[UUID], Awaitable[Entity | None]]) -> None:
    """Where the request has an `If-Match`: hold the row until the transaction ends, and refuse where it is another state.

    `what`: the entity in the singular.

    Raises:
        NotFoundError: no such row.
        ProblemError: 412.
    """
    if call.request.headers.get("if-match") is None:
        return
    await call.session.rows(object, f"requests.lock_{what}", {"id": row_id})
    call.check_unchanged(there(await read(row_id), what, row_id))


def there(found: T | None, what: str, row_id: UUID) -> T:
    """A row that is there.

    Raises:
        NotFoundError: it is not.
    """
    if found is None:
        raise NotFoundError(f"There is no {what} {row_id} in this workspace.")
    return found


async def belonging(items: list[T], what: str, row_id: UUID, read: Callable[[UUID], Awaitable[object | None]]) -> Page[T]:
    """All that belongs to a row. Where that is nothing the row is looked for: what is not there has no list, not even an empty one.

    Raises:
        NotFoundError: there is no such row.
    """
    if not items:
        there(await read(row_id), what, row_id)
    return Page(items=items)
