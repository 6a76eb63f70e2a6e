"""The document describes every operation of outreach, in OpenAPI 3.1."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from accountgraph.api.document import document
from accountgraph.api.routes import OPERATIONS, OUTREACH, TAGS


def _refs(part: Any) -> set[str]:
    if isinstance(part, dict):
        found = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
        return found.union(*(_refs(one) for one in part.values()))
    return set().union(*(_refs(one) for one in part)) if isinstance(part, list) else set()


def test_every_reference_leads_somewhere() -> None:
    whole = document()
    for ref in _refs(whole):
        place: Any = whole
        for name in ref.removeprefix("#/").split("/"):
            place = place[name.replace("~1", "/")]


def test_every_schema_is_json_schema() -> None:
    whole = document()
    for name, schema in whole["components"]["schemas"].items():
        Draft202012Validator.check_schema(schema)
        assert all(sign.isalnum() or sign in "._-" for sign in name)


def test_operations_have_names_of_their_own() -> None:
    names = [operation.name for operation in OPERATIONS]
    assert sorted(names) == sorted(set(names))


def test_no_two_operations_have_one_method_and_path() -> None:
    places = [(operation.method, operation.path) for operation in OPERATIONS]
    assert len(places) == len(set(places))


@pytest.mark.parametrize("operation", OUTREACH, ids=lambda operation: operation.name)
def test_operation_is_said_in_a_line_and_needs_a_permission(operation: Any) -> None:
    said = document()["paths"][f"/api/v1{operation.path}"][operation.method.lower()]
    assert said["tags"] == [operation.tag]
    assert operation.tag in TAGS
    assert 5 < len(operation.summary) < 180
    assert operation.is_open or operation.needs in said["description"]
    assert {parameter["name"] for parameter in said["parameters"] if parameter["in"] == "path"} == {
        part[1:-1] for part in operation.path.split("/") if part.startswith("{")
    }
