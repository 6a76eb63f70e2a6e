"""What can be imported: the fields of each entity, taken from `accountgraph.models`, and how they are called elsewhere.

Beside a table's own columns an entity has references, which name a row by what a file knows of it:
`company_domain`, `company_key` (external id), `company_name` (refused where two companies share it), `company_id`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from msgspec import Meta, Struct
from msgspec.structs import fields as struct_fields

from accountgraph.models import (
    CommunicationPreferences,
    Company,
    Contact,
    Conversation,
    Entity,
    Relationship,
    Touchpoint,
)
from accountgraph.transfer.synonyms import FULL_NAMES, HEADERS

Kind = Literal["text", "email", "domain", "domains", "enum", "integer", "decimal", "boolean", "timestamp", "array", "json", "uuid"]
ReferenceBy = Literal["domain", "email", "external_id", "name", "id"]

MODELS: dict[str, type[Entity]] = {model.table: model for model in (Company, Contact, Relationship, Conversation, Touchpoint)}

_COMPANY: tuple[ReferenceBy, ...] = ("domain", "external_id", "name", "id")
_CONTACT: tuple[ReferenceBy, ...] = ("email", "external_id", "id")
_KEY: tuple[ReferenceBy, ...] = ("external_id", "id")

# entity -> (prefix of the field, column it fills, entity it points at, by what)
_REFERENCES: dict[str, tuple[tuple[str, str, str, tuple[ReferenceBy, ...]], ...]] = {
    "companies": (("parent_company", "parent_company_id", "companies", _COMPANY),),
    "contacts": (("company", "company_id", "companies", _COMPANY),),
    "relationships": (
        ("contact_1", "contact_id_1", "contacts", _CONTACT),
        ("contact_2", "contact_id_2", "contacts", _CONTACT),
    ),
    "conversations": (
        ("contact", "contact_id", "contacts", _CONTACT),
        ("company", "company_id", "companies", _COMPANY),
    ),
    # A touchpoint that names a contact instead of a conversation goes to that contact's one open conversation.
    "touchpoints": (
        ("conversation", "conversation_id", "conversations", _KEY),
        ("contact", "conversation_id", "contacts", ("email", "external_id")),
        ("in_reply_to", "in_reply_to_id", "touchpoints", _KEY),
    ),
}
_REFERENCE_KIND: dict[ReferenceBy, Kind] = {"domain": "domain", "email": "email", "external_id": "text", "name": "text", "id": "uuid"}

_KINDS: dict[object, Kind] = {
    str: "text",
    int: "integer",
    Decimal: "decimal",
    float: "decimal",
    bool: "boolean",
    datetime: "timestamp",
    UUID: "uuid",
    list: "array",
}

KEY_MAX = 500
# A model can bound no Decimal (msgspec knows bounds of int and float alone), so these are said here.
_BOUNDS = {"confidence_score": (0, 1)}


@dataclass(frozen=True, slots=True)
class Reference:
    """The row of `entity` that a value names; its id goes to `column`."""

    entity: str
    column: str
    by: ReferenceBy


@dataclass(frozen=True, slots=True)
class Field:
    """One importable field. `low` and `high` are inclusive; `max_length` is in characters."""

    name: str
    kind: Kind
    values: tuple[str, ...] = ()
    low: int | float | None = None
    high: int | float | None = None
    max_length: int | None = None
    required: bool = False
    reference: Reference | None = None


@cache
def fields_of(entity: str) -> dict[str, Field]:
    """The importable fields of `entity` (a table's name), by name."""
    model = MODELS[entity]
    references = {field.name: field for field in _references(entity)}
    filled = {field.reference.column for field in references.values() if field.reference}
    own = _own_fields(model, without=model.derived_fields | filled | {"attributes", "communication_preferences"})
    if entity == "contacts":
        own |= _own_fields(CommunicationPreferences, prefix="communication_preferences.")
        own["do_not_call"] = Field("do_not_call", "boolean")  # kept as a suppression of the person's calls
    if entity == "companies":
        own["domains"] = Field("domains", "domains")  # further domains, beside the main one
    own["attributes"] = Field("attributes", "json")
    return own | references


def derived_fields(entity: str) -> frozenset[str]:
    """Names of the columns that the database keeps; an import ignores them."""
    return MODELS[entity].derived_fields


def _references(entity: str) -> list[Field]:
    made = []
    for prefix, column, target, ways in _REFERENCES[entity]:
        for by in ways:
            name = {"id": column, "external_id": f"{prefix}_key"}.get(by, f"{prefix}_{by}")
            limit = KEY_MAX if by in {"external_id", "name"} else None
            made.append(Field(name, _REFERENCE_KIND[by], max_length=limit, reference=Reference(target, column, by)))
    return made


def _own_fields(model: type[Struct], *, prefix: str = "", without: frozenset[str] = frozenset()) -> dict[str, Field]:
    hints = get_type_hints(model, include_extras=True)
    return {
        prefix + info.name: _field(prefix + info.name, hints[info.name], required=info.required)
        for info in struct_fields(model)
        if info.name not in without
    }


def _field(name: str, hint: object, *, required: bool) -> Field:
    kind, meta = _unwrapped(hint)
    if name in {"email", "domain"}:
        return Field(name, "email" if name == "email" else "domain", required=required)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return Field(name, "enum", values=tuple(member.value for member in kind), required=required)
    low, high = (meta.ge, meta.le) if meta else _BOUNDS.get(name, (None, None))
    return Field(
        name,
        _KINDS.get(kind, "json"),
        low=low,
        high=high,
        max_length=meta.max_length if meta else None,
        required=required,
    )


def _unwrapped(hint: object) -> tuple[object, Meta | None]:
    """The type itself without `| None` and `Annotated`, and the bounds that stood in it."""
    if isinstance(hint, UnionType) or get_origin(hint) is Union:
        return _unwrapped(next(part for part in get_args(hint) if part is not NoneType))
    if get_origin(hint) is Annotated:
        kind, *extras = get_args(hint)
        return kind, next((extra for extra in extras if isinstance(extra, Meta)), None)
    return get_origin(hint) or hint, None


def plain(header: str) -> str:
    """`header` in the form in which headers are compared: `AccountName__c`, `account-name` -> `account name`."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", header.strip().removesuffix("__c"))
    words = " ".join(re.findall(r"[^\W_]+|#", spaced.lower()))
    return re.sub(r"\blinked in\b", "linkedin", words)  # the brand's own spelling is no two words


@cache
def _known_headers() -> frozenset[str]:
    own = {plain(name) for entity in MODELS for name in fields_of(entity)}
    return frozenset(own.union(FULL_NAMES, *HEADERS.values()))


def is_known_header(text: str) -> bool:
    """Whether some export calls a column like this."""
    return plain(text) in _known_headers()
