"""The campaigns that come with the package."""

from __future__ import annotations

import re
from importlib.resources import files
from uuid import UUID

import pytest

from accountgraph.campaigns import examples
from accountgraph.campaigns.definition.check import check
from accountgraph.campaigns.definition.file import parse, written
from accountgraph.campaigns.messages import check_template
from accountgraph.campaigns.messages.preview import previewed
from accountgraph.campaigns.messages.variables import Organisation, Person, Variables, Writer


@pytest.mark.parametrize("name", examples.NAMES)
def test_a_shipped_campaign_has_no_problem(name: str) -> None:
    definition = parse(examples.example(name), "toml", source=f"{name}.toml")
    assert definition.name == name
    assert [str(problem) for problem in check(definition, check_template) if not problem.is_note] == []


@pytest.mark.parametrize("name", examples.NAMES)
def test_a_shipped_campaign_has_words_for_who_is_known_by_address_and_company_alone(name: str) -> None:
    person = Person(id=UUID(int=1), email="ann@acme.com", gave_address=True)
    sender = Writer(id=UUID(int=2), address="me@ours.com", legal_name="Ours Ltd", postal_address="1 Road, Town")
    variables = Variables(person=person, company=Organisation(name="Acme"), sender=sender)
    shown = previewed(parse(examples.example(name), "toml"), variables)
    assert {one.step_key for one in shown if one.content is None} <= {"colleague-interested"}  # that one is about a colleague


@pytest.mark.parametrize("name", examples.NAMES)
def test_a_shipped_campaign_is_the_same_written_as_yaml(name: str) -> None:
    definition = parse(examples.example(name), "toml")
    assert parse(written(definition), "yaml").content_hash == definition.content_hash


def test_every_shipped_file_is_listed() -> None:
    found = {file.name.removesuffix(".toml") for file in files(examples).iterdir() if file.name.endswith(".toml")}
    assert found == set(examples.NAMES)


@pytest.mark.parametrize("name", examples.NAMES)
def test_each_paragraph_of_a_mail_is_one_line_so_that_no_reader_sees_it_broken_twice(name: str) -> None:
    templates = parse(examples.example(name), "toml").templates.values()
    bodies = [template.body for template in templates] + [variant.body for template in templates for variant in template.variants]
    lines = [re.sub(r"{%.*?%}", "", line).strip() for body in bodies for line in body.splitlines()]
    assert not [line for line in lines if line and line[-1] not in ".,?!:}"]
