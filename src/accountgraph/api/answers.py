"""What operations give back, and how that becomes bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from fastapi import Response

from accountgraph.api.parameters import invalid
from accountgraph.api.tags import tag_of
from accountgraph.http.problems import FieldProblem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["JSON", "check_fields", "encoded", "entity_response", "shown", "sparse"]

JSON = "application/json"
_encoder = msgspec.json.Encoder()


def encoded(answer: Any) -> bytes:  # noqa: ANN401 - whatever an operation gives
    """As JSON. Money is text, times are UTC with a Z."""
    return _encoder.encode(answer)


def entity_response(
    entity: msgspec.Struct, status: int, headers: dict[str, str], body: bytes | None, if_none_match: str | None
) -> Response:
    """One entity with its ETag; 304 where the caller has it already. `body`: what is shown of it, None: all."""
    whole = encoded(entity)
    tag = str(tag_of(entity, whole))
    headers = {**headers, "ETag": tag}
    if status == 200 and if_none_match and tag in {one.strip().removeprefix("W/") for one in if_none_match.split(",")}:
        return Response(status_code=304, headers=headers)
    return Response(whole if body is None else body, status_code=status, headers=headers, media_type=JSON)


def shown(entity: Any, fields: Sequence[str], included: Mapping[str, list[Any]] | None = None) -> bytes:  # noqa: ANN401 - a struct
    """An entity with the fields that were asked for, and with what belongs to it."""
    content = sparse(entity, fields) if fields else msgspec.to_builtins(entity, builtin_types=())
    if included:
        content["included"] = included
    return encoded(content)


def sparse(entity: Any, fields: Sequence[str]) -> dict[str, Any]:  # noqa: ANN401 - a struct
    """Its id, and the fields that were asked for."""
    names = entity.__struct_fields__
    return {name: getattr(entity, name) for name in names if name in fields or name == "id"}


def check_fields(kind: type[msgspec.Struct], fields: Sequence[str]) -> None:
    """Refuse fields that there are not.

    Raises:
        ProblemError: 422.
    """
    unknown = [name for name in fields if name not in kind.__struct_fields__]
    if unknown:
        raise invalid([FieldProblem("fields", f"there is no {', '.join(unknown)}; there is {', '.join(kind.__struct_fields__)}.")])
