"""What a caller may send for an entity: all that the database does not keep by itself."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from accountgraph.models import Entity


@cache
def new(kind: type[Entity]) -> type[msgspec.Struct]:
    """A new one."""
    fields = [(field.name, field.type) if field.required else (field.name, field.type, _default(field)) for field in _given(kind)]
    made = msgspec.defstruct(f"New{kind.__name__}", fields, kw_only=True, forbid_unknown_fields=True)
    made.__doc__ = f"What a new {kind.__name__.lower()} may have; an `id` of your own where you like."
    return made


@cache
def changes(kind: type[Entity], *, but: frozenset[str] = frozenset()) -> type[msgspec.Struct]:
    """Some fields of one; those that are not sent stay as they are, null empties. `but`: what never changes."""
    fixed = {"id", *but}
    fields = [(field.name, field.type | msgspec.UnsetType, msgspec.UNSET) for field in _given(kind) if field.name not in fixed]
    made = msgspec.defstruct(f"{kind.__name__}Changes", fields, kw_only=True, forbid_unknown_fields=True)
    made.__doc__ = f"The fields of a {kind.__name__.lower()} to be changed; null empties one."
    return made


def _given(kind: type[Entity]) -> list[msgspec.structs.FieldInfo]:
    return [field for field in msgspec.structs.fields(kind) if field.name not in kind.derived_fields]


def _default(field: msgspec.structs.FieldInfo) -> Any:  # noqa: ANN401 - whatever the entity has
    if field.default_factory is not msgspec.NODEFAULT:
        return msgspec.field(default_factory=field.default_factory)
    return field.default
