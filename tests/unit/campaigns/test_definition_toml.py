"""A campaign written as TOML says the same when it is read again."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accountgraph.campaigns.definition.file import from_data, parse
from accountgraph.campaigns.definition.toml import data_as_toml, written_as_toml
from accountgraph.campaigns.examples import NAMES, example

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
NAMES_OF_TABLES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
CONDITIONS = st.fixed_dictionaries({}, optional={"opened": st.booleans(), "engagement_at_least": st.integers(0, 100)})
STEPS = st.fixed_dictionaries(
    {"key": st.from_regex("[a-z][a-z0-9_-]{0,9}", fullmatch=True)},
    optional={
        "channel": st.sampled_from(["email", "call", "linkedin"]),
        "instructions": TEXTS,
        "wait_business_days": st.integers(0, 365),
        "only_if": CONDITIONS,
        "branches": st.lists(st.fixed_dictionaries({"condition": CONDITIONS, "to": st.just("last")}), max_size=2),
    },
)
VARIANTS = st.lists(st.fixed_dictionaries({"key": st.just("a"), "body": TEXTS}, optional={"subject": TEXTS}), max_size=2)
TEMPLATES = st.dictionaries(NAMES_OF_TABLES, st.fixed_dictionaries({}, optional={"subject": TEXTS, "body": TEXTS, "variants": VARIANTS}))
CAMPAIGNS = st.fixed_dictionaries(
    {"name": st.just("any"), "steps": st.lists(STEPS, max_size=4)},
    optional={
        "description": TEXTS,
        "templates": TEMPLATES,
        "audience": st.fixed_dictionaries(
            {},
            optional={"industry": st.lists(TEXTS, max_size=2), "has_attributes": st.dictionaries(TEXTS, st.one_of(TEXTS, st.booleans()))},
        ),
        "policy": st.fixed_dictionaries({}, optional={"is_exclusive": st.booleans(), "pace": st.just({"gaps_business_days": [3, 5]})}),
    },
)


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_campaign_stays_what_it_is(name: str) -> None:
    definition = parse(example(name), "toml")
    assert parse(written_as_toml(definition), "toml") == definition


@given(CAMPAIGNS)
def test_any_campaign_stays_what_it_is(data: dict[str, Any]) -> None:
    definition = from_data(data)
    assert parse(written_as_toml(definition), "toml") == definition


@given(CAMPAIGNS)
def test_any_data_stays_what_it_is(data: dict[str, Any]) -> None:
    assert tomllib.loads(data_as_toml(data)) == data


def test_what_is_none_is_left_out() -> None:
    assert (
        data_as_toml({"name": "one", "description": None, "steps": [{"key": "a", "channel": None}]})
        == 'name = "one"\n\n[[steps]]\nkey = "a"\n'
    )
