"""The reference names everything that is there, and nothing that is not."""

from __future__ import annotations

import re
from typing import Any

import psycopg
import pytest
from psycopg import conninfo
from tools.docs import Catalogue, pages

from accountgraph.models import Company, Contact, Conversation, Entity, Relationship, Touchpoint
from tests.docs.pages import page, rows, section

ENTITIES: list[type[Entity]] = [Company, Contact, Relationship, Conversation, Touchpoint]
FUNCTIONS = """
SELECT p.proname || '(' || array_to_string(ARRAY(
    SELECT u.name FROM unnest(p.proargnames, coalesce(p.proargmodes, array_fill('i'::"char", ARRAY[p.pronargs]))) AS u (name, mode)
    WHERE u.mode = 'i'
), ', ') || ')'
FROM pg_proc AS p WHERE p.pronamespace = 'abm'::regnamespace
"""
COLUMNS = """
SELECT a.attname, replace(format_type(a.atttypid, a.atttypmod), 'timestamp with time zone', 'timestamptz')
    || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
FROM pg_attribute AS a WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""
RELATIONS = """
SELECT c.relname FROM pg_class AS c
WHERE c.relnamespace = %s::regnamespace AND c.relkind IN ('r', 'v', 'm') AND c.relname <> 'alembic_version'
"""


@pytest.fixture(scope="module")
def template_url(server_url: str, template: str) -> str:
    return conninfo.make_conninfo(server_url, dbname=template)


def ask(url: str, statement: str, *values: Any) -> list[Any]:
    with psycopg.connect(url) as connection:
        found = connection.execute(statement.encode(), values or None).fetchall()
    return [row[0] if len(row) == 1 else row for row in found]


def tables() -> str:
    """The pages of tables as one."""
    return page("data-model.md") + page("campaign-tables.md") + page("channel-tables.md") + page("record-tables.md")


def test_every_table_of_a_workspace_has_its_heading_and_no_other_has(template_url: str) -> None:
    headings = set(re.findall(r"^### (\w+)$", tables(), re.MULTILINE))
    assert headings == set(ask(template_url, RELATIONS, "abm"))


def test_every_column_of_a_workspace_is_described_with_its_type(template_url: str) -> None:
    for relation in ask(template_url, RELATIONS, "abm"):
        described = [(row[0], row[1]) for row in rows(section(tables(), f"### {relation}"))]
        assert described == ask(template_url, COLUMNS, f"abm.{relation}"), relation


def test_every_column_that_workspaces_share_is_described_with_its_type(template_url: str) -> None:
    described = [(row[0], row[1]) for row in rows(section(page("data-model.md"), "## Shared by all workspaces"))]
    columns = [
        (f"{relation}.{name}", kind)
        for relation in ask(template_url, RELATIONS, "accountgraph")
        for name, kind in ask(template_url, COLUMNS, f"accountgraph.{relation}")
    ]
    assert sorted(described) == sorted(columns)


@pytest.mark.parametrize("entity", ENTITIES)
def test_columns_said_to_be_the_databases_are_those_that_repositories_refuse(entity: type[Entity]) -> None:
    described = rows(section(page("data-model.md"), f"### {entity.table}"))
    kept = {row[0] for row in described if row[2] == "database"}
    assert kept & set(entity.__struct_fields__) == entity.derived_fields
    assert {row[2] for row in described} == {"you", "database", "both"}


def test_every_column_says_what_it_means() -> None:
    assert all(len(row) == 4 and row[3] for row in rows(tables()))


def test_every_function_is_described_with_its_arguments(template_url: str) -> None:
    described, there = {row[0].strip("`") for row in rows(page("functions.md"))}, set(ask(template_url, FUNCTIONS))
    assert (sorted(there - described), sorted(described - there)) == ([], [])


def test_indexes_of_the_query_patterns_are_there(template_url: str) -> None:
    named = {name for row in rows(section(page("diagram.md"), "## Query patterns")) for name in re.findall(r"`(\w+)`", row[2])}
    assert named <= set(ask(template_url, "SELECT indexname FROM pg_indexes WHERE schemaname = 'abm'"))


def test_generated_parts_are_current(template_url: str) -> None:
    for path, text in pages(Catalogue.read(template_url, "abm")).items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name} is not current; run `python tools/docs.py`."
