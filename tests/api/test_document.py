"""The OpenAPI document is one that programs can read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsonschema_rs  # it comes with schemathesis
import pytest

from accountgraph.api.document import document
from accountgraph.api.routes import OPERATIONS, TAGS

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.mark.parametrize("name", document()["components"]["schemas"])
def test_schema_of_a_model_is_a_json_schema(name: str) -> None:
    jsonschema_rs.meta.validate(document()["components"]["schemas"][name])


def test_every_reference_leads_somewhere() -> None:
    for reference in _references(document()):
        place: Any = document()
        for part in reference.removeprefix("#/").split("/"):
            assert part in place, reference
            place = place[part]


def test_names_of_operations_are_used_once() -> None:
    names = [operation.name for operation in OPERATIONS]
    assert len(names) == len(set(names))


def test_method_of_a_path_is_declared_once() -> None:
    ways = [(operation.method, operation.path) for operation in OPERATIONS]
    assert len(ways) == len(set(ways))


def test_every_operation_says_in_a_line_what_it_does_and_where_it_belongs() -> None:
    for operation in OPERATIONS:
        assert operation.summary, operation.name
        assert "\n" not in operation.summary, operation.name
        assert operation.tag in TAGS, operation.name


def test_thing_that_is_made_links_to_what_can_be_done_with_it() -> None:
    made = document()["paths"]["/api/v1/companies"]["post"]["responses"]["201"]
    assert {"get_company", "update_company", "get_account_overview"} <= set(made["links"])
    assert "get_contact" not in made["links"]


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from _references(one)
