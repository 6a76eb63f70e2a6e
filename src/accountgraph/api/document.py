"""The OpenAPI 3.1 document, made from the operations and from the models' own schemas."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

from accountgraph.api.routes import OPERATIONS, TAGS
from accountgraph.http.problems import PROBLEM_JSON, ProblemDetails

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
    "502": "Another server, which this one had to ask, did not answer as it should.",
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
_HEADERS = {
    "ETag": {
        "description": "The state of what was answered, for If-Match and If-None-Match.",
        "required": True,
        "schema": {"type": "string"},
    },
    "Location": {"description": "Where what was made can be read.", "required": True, "schema": {"type": "string"}},
    "X-Request-Id": {"description": "The request's id, as it stands in logs.", "required": True, "schema": {"type": "string"}},
}
_IN_BRACES = re.compile(r"\{\w+\}")


@cache
def document() -> dict[str, Any]:
    """The document."""
    kinds: dict[Any, None] = {ProblemDetails: None}
    for operation in OPERATIONS:
        kinds |= dict.fromkeys(_kinds(operation))
    schemas, components = msgspec.json.schema_components(kinds, schema_hook=_anything, ref_template=REF)
    schema_of = dict(zip(kinds, schemas, strict=True))
    _plain(components)
    for operation in OPERATIONS:
        if operation.is_sparse and operation.entity:
            components[operation.entity.__name__].pop("required", None)  # `fields` may leave out any
        if (body := getattr(_body(operation), "__name__", None)) in components:
            _with_numbers(components[body])
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
                "Problem": {
                    "description": "Why not.",
                    "headers": {"X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"}},
                    "content": {PROBLEM_JSON: {"schema": schema_of[ProblemDetails]}},
                }
            },
            "headers": _HEADERS,
        },
    }


@cache
def encoded_document() -> bytes:
    """The document as JSON."""
    return msgspec.json.encode(document())


def _anything(kind: type) -> dict[str, Any]:
    """What may be any JSON.

    Raises:
        NotImplementedError: the type is another one that has no schema.
    """
    if kind is object:
        return {}
    raise NotImplementedError(kind)


def _plain(schema: Any) -> None:  # noqa: ANN401 - any part of a schema
    """Defaults that are objects or lists say little, and generators of clients and tests stumble over them."""
    if isinstance(schema, dict):
        if isinstance(schema.get("default"), dict | list) and (
            "type" in schema or "anyOf" in schema or "$ref" in schema or "allOf" in schema
        ):
            del schema["default"]
        for part in schema.values():
            _plain(part)
    elif isinstance(schema, list):
        for part in schema:
            _plain(part)


def _with_numbers(schema: Any) -> None:  # noqa: ANN401 - any part of a schema
    """Money is answered as text, and taken as a number too."""
    if isinstance(schema, dict) and schema.get("format") == "decimal":
        schema["type"] = ["string", "number"]
    for part in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        _with_numbers(part)


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
            if text := " ".join(filter(None, (schema.pop("description", ""), _how_given(operation, field.encode_name)))):
                one["description"] = text
            found.append({**one, "schema": _without_null(schema)})
    if operation.is_keyed:
        found.append(_IDEMPOTENT)
    if operation.method in {"PATCH", "PUT"} and operation.is_guarded:
        found.append(_IF_MATCH)
    return found


def _how_given(operation: Operation, name: str) -> str:
    """How the values of a list are told from each other."""
    if name not in operation.signature.lists:
        return ""
    return "Repeated for each value, in which a comma may be." if name in operation.signature.whole else "Repeated, or with commas."


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter that is not given is None; nobody sends it."""
    options = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    if not options:
        return schema
    return options[0] if len(options) == 1 else {**schema, "anyOf": options}


def _responses(operation: Operation, schema_of: dict[Any, Any]) -> dict[str, Any]:
    good: dict[str, Any] = {"description": operation.summary + ".", "headers": _headers(operation)}
    if links := _links(operation):
        good["links"] = links
    kind = _answer(operation)
    if kind is not None:
        good["content"] = {"application/json": {"schema": schema_of[kind]}}
    elif (media := answer_media(operation)) != ("application/json",):
        good["content"] = {kind: {"schema": {"type": "string"}} for kind in media}
    status = "204" if kind is None and "content" not in good else str(operation.status)
    refused = {code: {"$ref": "#/components/responses/Problem"} for code in _REFUSALS}
    more = {"304": {"description": "It is as it was."}} if operation.method == "GET" and operation.is_tagged else {}
    return {status: good, **more, **refused}


def _headers(operation: Operation) -> dict[str, Any]:
    names = ["X-Request-Id", *(["ETag"] if operation.is_tagged else []), *(["Location"] if operation.location else [])]
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _links(operation: Operation) -> dict[str, Any]:
    """What can be done with the thing that this makes: all that stands at its location, or below it, and asks for its id alone."""
    if operation.location is None or operation.location.count("{") != 1:
        return {}
    place, value = _IN_BRACES.sub("{}", operation.location.removeprefix("/api/v1")), _IN_BRACES.findall(operation.location)[0]
    found: dict[str, Any] = {}
    for other in OPERATIONS:
        names = _IN_BRACES.findall(other.path)
        if len(names) == 1 and f"{_IN_BRACES.sub('{}', other.path)}/".startswith(f"{place}/"):
            found[other.name] = {"operationId": other.name, "parameters": {names[0].strip("{}"): f"$response.body#/{value.strip('{}')}"}}
    return found
