"""Campaign files: read, refused with the cure, written back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accountgraph.campaigns.definition import Audience, Branch, CampaignDefinition, Condition, Policy, Step, Template, Variant
from accountgraph.campaigns.definition.file import parse, read, written
from accountgraph.campaigns.definition.policy import ChannelRule, Channels, Pace, Schedule, SenderLimits, Window
from accountgraph.campaigns.definition.problems import DefinitionError
from accountgraph.campaigns.definition.reactions import AccountAction, Reaction, Reactions
from accountgraph.campaigns.definition.steps import Track
from accountgraph.enums import AccountTier, Channel

if TYPE_CHECKING:
    from pathlib import Path

TOML = """
name = "spring"
[[steps]]
key = "hello"
template = "hello"
[templates.hello]
subject = "Hello"
body = "Dear you"
"""
YAML = """
name: spring
steps:
  - {key: hello, template: hello}
templates:
  hello: {subject: Hello, body: Dear you}
"""
SPRING = CampaignDefinition(
    name="spring", steps=(Step(key="hello", template="hello"),), templates={"hello": Template(subject="Hello", body="Dear you")}
)


@pytest.mark.parametrize(("text", "name"), [(TOML, "spring.toml"), (YAML, "spring.yaml"), (YAML, "spring.YML")])
def test_toml_and_yaml_say_the_same(tmp_path: Path, text: str, name: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert read(tmp_path / name) == SPRING


def refusal(text: str, kind: str = "toml") -> str:
    with pytest.raises(DefinitionError) as caught:
        parse(text, kind, source="spring.toml")
    return str(caught.value)


def test_every_unknown_key_is_named_with_the_nearest_known_one() -> None:
    assert refusal(TOML.replace("key =", "kye =").replace("body", "boddy")).splitlines() == [
        "spring.toml: steps[0].kye: there is no such key. Did you mean 'key'?",
        "spring.toml: templates.hello.boddy: there is no such key. Did you mean 'body'?",
    ]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("[policy]\nreentry = 'onec'", "policy.reentry: Invalid enum value 'onec'. Did you mean 'once'? It is one of once,"),
        ("[policy.sender]\nper_day = 'many'", "policy.sender.per_day: Expected `int`, got `str`"),
        ("[policy.schedule.email]\nstart = '9'", "policy.schedule.email.start: does not fit. Write a time of day like '09:00'"),
        ("[policy.schedule.email]\nstart = 9", "policy.schedule.email.start: Expected `str`, got `int`. Put it in quotes."),
        ("[audience]\nindustry = 'Retail'", "audience.industry: Expected `array`, got `str`. Put it in brackets"),
        ("[audience]\nsilent_for_days = 0", "audience.silent_for_days: Expected `int` >= 1"),
        ("[[policy.channels.order]]\nfirst = 1", "policy.channels.order[0].channel: is missing."),
    ],
)
def test_a_value_that_does_not_fit_is_named_with_its_cure(more: str, said: str) -> None:
    assert f"spring.toml: {said}" in refusal(TOML + more)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: x\nname: y", "the key 'name' is there twice"),
        ("name: &x spring\ndescription: *x", "aliases are not taken"),
        (f"{YAML}\naudience: {{country: [NO]}}", "audience.country[0]: Expected `str`, got `bool`. Put it in quotes."),
        (
            f"{YAML}\npolicy: {{schedule: {{email: {{end: 17:00}}}}}}",
            "policy.schedule.email.end: Expected `str`, got `int`. Put it in quotes.",
        ),
        ("- a list", "is no campaign."),
        ("{", "is not YAML"),
    ],
)
def test_yaml_that_would_mean_something_else_is_refused(text: str, said: str) -> None:
    assert said in refusal(text, "yaml")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("spring.json", "{}", "Name it .toml, .yaml or .yml"),
        ("spring.toml", "name = ", "is not TOML"),
        ("spring.toml", None, "no such file"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, name: str, text: str | None, said: str) -> None:
    if text is not None:
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError, match=said):
        read(tmp_path / name)


words = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="\ufeff"), min_size=1, max_size=20) | st.just(
    "two\nlines\n"
)
keys = st.from_regex(r"\A[a-z][a-z0-9_-]{0,10}\Z")
windows = st.builds(Window, days=st.lists(st.integers(1, 7)).map(tuple), start=st.just("08:30"), end=st.just("24:00"))
conditions = st.builds(Condition, opened=st.none() | st.booleans(), engagement_at_least=st.none() | st.integers(0, 100))
steps = st.builds(
    Step,
    key=keys,
    track=st.sampled_from(Track),
    wait_business_days=st.none() | st.integers(0, 365),
    channel=st.none() | st.sampled_from(Channel),
    template=st.none() | words,
    same_thread=st.booleans(),
    branches=st.lists(st.builds(Branch, condition=conditions, to=keys), max_size=2).map(tuple),
    needs_approval=st.none() | st.booleans(),
)
rules = st.lists(st.builds(ChannelRule, channel=st.sampled_from(Channel), first=st.integers(1, 9)), max_size=2)
policies = st.builds(
    Policy,
    schedule=st.builds(Schedule, email=windows, sms=windows, skip_holidays=st.booleans()),
    pace=st.builds(Pace, gaps_business_days=st.lists(st.integers(0, 30)).map(tuple)),
    channels=st.builds(Channels, order=rules.map(tuple)),
    sender=st.builds(SenderLimits, hold_bounce_percent=st.floats(0.1, 100)),
    reactions=st.builds(Reactions, reply=st.builds(Reaction, rest=st.sampled_from(AccountAction), suppress=st.none() | words)),
)
audiences: st.SearchStrategy[Any] = st.builds(
    Audience,
    account_tier=st.lists(st.sampled_from(AccountTier)).map(tuple),
    has_attributes=st.dictionaries(words, words | st.booleans() | st.floats(allow_nan=False, allow_infinity=False), max_size=2),
    is_decision_maker=st.none() | st.booleans(),
)
templates = st.builds(
    Template, subject=st.none() | words, body=words, variants=st.lists(st.builds(Variant, key=keys, body=words), max_size=2).map(tuple)
)


@given(
    st.builds(
        CampaignDefinition,
        name=keys,
        steps=st.lists(steps, max_size=3).map(tuple),
        audience=audiences,
        policy=policies,
        templates=st.dictionaries(words, templates, max_size=2),
    )
)
def test_what_is_written_is_always_read_as_the_same_campaign(definition: CampaignDefinition) -> None:
    assert parse(written(definition), "yaml") == definition


def test_what_is_as_by_default_is_not_written() -> None:
    assert written(SPRING).splitlines() == [
        "name: spring",
        "steps:",
        "- key: hello",
        "  template: hello",
        "templates:",
        "  hello:",
        "    subject: Hello",
        "    body: Dear you",
    ]
