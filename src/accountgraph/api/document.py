"""The OpenAPI 3.1 document, made from the operations and from the models' own schemas."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

from accountgraph.api.routes import OPERATIONS, TAGS
from accountgraph.http.problems import PROBLEM_JSON, Problem

if TYPE_CHECKING:
    from accountgraph.api.operation import Operation

REF = "#/components/schemas/{name}"
_REFUSALS = {
    "400": "What was sent cannot be read.",
    "401": "Nobody who is known here asks.",
    "403": "They may not do that.",
    "404": "There is no such thing.",
    "408": "The body did not come in time.",
    "409": "It is there already, or cannot be done now.",
    "412": "It was changed meanwhile.",
    "413": "The body is too large.",
    "415": "The body is of a kind that is not taken.",
    "422": "A field cannot be used; the answer names it, and the cure.",
    "429": "Too many requests.",
    "503": "The database cannot be used at this moment.",
}
_IDEMPOTENT = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "A new UUID for each thing to be done: sent a second time, it is done once, and answered the same.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "description": "The ETag that was read: refused with 412 where others have changed it since.",
    "schema": {"type": "string", "pattern": "^[!-~]+$"},
}


@cache
def document() -> dict[str, Any]:
    """The document."""
    kinds: dict[Any, None] = {Problem: None}
    for operation in OPERATIONS:
        kinds |= dict.fromkeys(_kinds(operation))
    schemas, components = msgspec.json.schema_components(kinds, ref_template=REF)
    schema_of = dict(zip(kinds, schemas, strict=True))
    for operation in OPERATIONS:
        if operation.is_sparse and operation.entity:
            components[operation.entity.__name__].pop("required", None)  # `fields` may leave out any
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(f"/api/v1{operation.path}", {})[operation.method.lower()] = _operation(operation, schema_of)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "AccountGraph",
            "version": "1",
            "description": "Accounts as graphs of people: every question about them, and every action.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"key": []}],
        "tags": [{"name": name, "description": said} for name, said in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "An API key: `accountgraph key create`."}},
            "responses": {
                "Problem": {"description": "Why not.", "content": {PROBLEM_JSON: {"schema": {"$ref": REF.format(name="Problem")}}}}
            },
        },
    }


@cache
def encoded_document() -> bytes:
    """The document as JSON."""
    return msgspec.json.encode(document())


def _kinds(operation: Operation) -> list[Any]:
    signature = operation.signature
    fields = [*msgspec.structs.fields(signature.path), *msgspec.structs.fields(signature.query)]
    return [field.type for field in fields] + [kind for kind in (_answer(operation), _body(operation)) if kind is not None]


def _answer(operation: Operation) -> Any:  # noqa: ANN401 - a type
    answer = operation.signature.answer
    return None if answer is type(None) or operation.status == 204 or answer_media(operation) != ("application/json",) else answer


def _body(operation: Operation) -> Any:  # noqa: ANN401 - a type
    return operation.body or operation.signature.body


def answer_media(operation: Operation) -> tuple[str, ...]:
    """What kinds of content the answer may be; an answer that is no JSON says it itself."""
    found: tuple[str, ...] = getattr(operation.signature.answer, "media", ("application/json",))
    return found


def _operation(operation: Operation, schema_of: dict[Any, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": operation.summary,
        "parameters": _parameters(operation, schema_of),
        "responses": _responses(operation, schema_of),
    }
    needs = f"Needs `{operation.needs}`." if operation.needs else ""
    if description := "\n\n".join(part for part in (operation.description, needs) if part):
        said["description"] = description
    if operation.is_open:
        said["security"] = []
    if (kind := _body(operation)) is not None:
        said["requestBody"] = {"required": True, "content": {operation.media: {"schema": schema_of[kind]}}}
    return said


def _parameters(operation: Operation, schema_of: dict[Any, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for place, struct in (("path", operation.signature.path), ("query", operation.signature.query)):
        for field in msgspec.structs.fields(struct):
            schema = dict(schema_of[field.type])
            one: dict[str, Any] = {"name": field.encode_name, "in": place, "required": field.required}
            if text := schema.pop("description", None):
                one["description"] = text
            found.append({**one, "schema": _without_null(schema)})
    if operation.method == "POST" and operation.writes:
        found.append(_IDEMPOTENT)
    if operation.method in {"PATCH", "PUT"} and operation.is_guarded:
        found.append(_IF_MATCH)
    return found


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter that is not given is None; nobody sends it."""
    options = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    if not options:
        return schema
    return options[0] if len(options) == 1 else {**schema, "anyOf": options}


def _responses(operation: Operation, schema_of: dict[Any, Any]) -> dict[str, Any]:
    good: dict[str, Any] = {"description": operation.summary + "."}
    kind = _answer(operation)
    if kind is not None:
        good["content"] = {"application/json": {"schema": schema_of[kind]}}
    elif (media := answer_media(operation)) != ("application/json",):
        good["content"] = {kind: {"schema": {"type": "string"}} for kind in media}
    status = "204" if kind is None and "content" not in good else str(operation.status)
    refused = {code: {"$ref": "#/components/responses/Problem"} for code in _REFUSALS}
    more = {"304": {"description": "It is as it was."}} if operation.method == "GET" and operation.is_tagged else {}
    return {status: good, **more, **refused}
