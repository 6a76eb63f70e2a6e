"""What an operation gave, as a response: whole or the fields that were asked for, with what belongs to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from fastapi import Response

from accountgraph.api.answers import JSON, check_fields, encoded, entity_response, shown, sparse
from accountgraph.api.parameters import invalid
from accountgraph.http.problems import FieldProblem
from accountgraph.listing import Page
from accountgraph.models import Entity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from accountgraph.api.call import Call
    from accountgraph.api.operation import Operation


async def response_of(operation: Operation, call: Call, given: dict[str, Any], answer: Any) -> Response:  # noqa: ANN401 - what the operation gave
    """The response; a response that an operation made itself goes as it is."""
    if isinstance(answer, Response):
        return answer
    if answer is None:
        return Response(status_code=204, headers=call.headers)
    fields: Sequence[str] = given.get("fields") or ()
    if fields and operation.entity:
        check_fields(operation.entity, fields)
    headers = call.headers
    if operation.location:
        headers["Location"] = call.request.scope.get("root_path", "") + operation.location.format_map(_values(answer))
    included = await _included(operation, call, given.get("include") or (), answer)
    if isinstance(answer, Entity):
        body = shown(answer, fields, included) if fields or included else None
        return entity_response(answer, operation.status, headers, body, call.request.headers.get("if-none-match"))
    return Response(_body(answer, fields, included), status_code=operation.status, headers=headers, media_type=JSON)


def _body(answer: Any, fields: Sequence[str], included: dict[str, list[Any]]) -> bytes:  # noqa: ANN401 - as above
    if not isinstance(answer, Page):
        return encoded(answer)
    items = [sparse(item, fields) for item in answer.items] if fields else answer.items
    return encoded({"items": items, "next": answer.next, **({"included": included} if included else {})})


async def _included(operation: Operation, call: Call, names: Sequence[str], answer: Any) -> dict[str, list[Any]]:  # noqa: ANN401 - as above
    """What belongs to the answer's rows: one statement for each kind, however many rows there are."""
    included: dict[str, list[Any]] = {}
    rows = answer.items if isinstance(answer, Page) else [answer]
    for name in dict.fromkeys(names):
        include = operation.includes.get(name)
        if include is None:
            raise invalid([FieldProblem("include", f"there is no {name!r}; there is {', '.join(operation.includes)}.")])
        ids: list[UUID] = list({value for row in rows if (value := getattr(row, include.field)) is not None})
        included[name] = await call.db.rows(include.kind, include.query, {"ids": ids}) if ids else []
    return included


def _values(answer: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    return msgspec.structs.asdict(answer) if isinstance(answer, msgspec.Struct) else dict(answer)
