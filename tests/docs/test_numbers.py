"""Numbers on the pages are those of the program."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

import psycopg
import pytest
from psycopg import conninfo

from accountgraph.enums import Actor
from accountgraph.graph import ConversationHealthPolicy, ExpansionPolicy, HealthPolicy, PathPolicy
from tests.docs.pages import page, rows, section


def numbers(policy: Any, prefix: str = "") -> dict[str, float]:
    """The numbers of a policy by name, those inside its parts with a dot."""
    found: dict[str, float] = {}
    for item in fields(policy):
        value = getattr(policy, item.name)
        found |= numbers(value, f"{item.name}.") if is_dataclass(value) else {prefix + item.name: float(value)}
    return found


@pytest.mark.parametrize(
    ("heading", "policy"),
    [
        ("## Expansion targets", ExpansionPolicy()),
        ("## Account health", HealthPolicy()),
        ("## Conversation health", ConversationHealthPolicy()),
        ("## Warm paths", PathPolicy()),
    ],
)
def test_every_default_of_a_policy_stands_in_its_table(heading: str, policy: Any) -> None:
    assert {name: float(default) for name, default, _ in rows(section(page("graph.md"), heading))} == numbers(policy)


def test_weights_are_those_of_a_new_workspace(server_url: str, template: str) -> None:
    with psycopg.connect(conninfo.make_conninfo(server_url, dbname=template)) as connection:
        stored = connection.execute("SELECT kind, detail, points, half_life, most_a_message FROM abm.engagement_weights").fetchall()
    described = [row for row in rows(section(page("graph.md"), "## Engagement")) if len(row) == 5]
    assert sorted(
        (kind, detail, float(points), life, int(most) if most else None) for kind, detail, points, life, most in described
    ) == sorted(stored)


def test_every_actor_is_explained() -> None:
    explained = [row[0].strip("`") for row in rows(section(page("graph.md"), "## Engagement")) if len(row) == 3]
    assert explained == list(Actor)
