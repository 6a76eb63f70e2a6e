"""Campaign files that are refused: each refusal names the file, the key and the cure."""

from __future__ import annotations

import pytest

from accountgraph.campaigns.definition.check import check, refuse
from accountgraph.campaigns.definition.file import parse
from accountgraph.campaigns.definition.problems import DefinitionError
from accountgraph.campaigns.messages import check_template

STEPS = """
[[steps]]
key = "first"
channel = "email"
template = "mail"
{first}

[[steps]]
key = "second"
template = "mail"
channel = "email"
{second}

[templates.mail]
subject = "Hello"
body = "{body}"
{rest}
"""


def text(*, first: str = "", second: str = "", body: str = "Hello.", rest: str = "", channels: bool = True) -> str:
    steps = STEPS.replace("{first}", first).replace("{second}", second).replace("{body}", body).replace("{rest}", rest)
    return f'name = "spring"\n{steps if channels else steps.replace(chr(10) + "channel = " + chr(34) + "email" + chr(34), "")}'


REFUSED = {
    "a loop": (
        text(second="branches = [{ condition = { clicked = true }, to = 'first' }]"),
        "spring.toml: steps[1].branches[0].to: 'first' stands before 'second': a loop. Branch to a step below.",
    ),
    "a step without a channel": (
        text(channels=False, rest="[policy.channels]\norder = []"),
        "spring.toml: steps[0].channel: is missing, and the policy has no channels to choose from. Give a channel.",
    ),
    "a channel that does not exist": (
        text().replace('"email"', '"emial"', 1),
        "spring.toml: steps[0].channel: Invalid enum value 'emial'. Did you mean 'email'?",
    ),
    "a syntax error in a template": (
        text(body="Hello {{ contact.first_name"),
        "spring.toml: templates.mail.body: line 1: unexpected end of template, expected 'end of print statement'. Close each {{",
    ),
    "a forbidden access in a template": (
        text(body="{{ contact.__class__ }}"),
        "spring.toml: templates.mail.body: line 1: '__class__' cannot be read. Name a field, like contact.first_name.",
    ),
    "a call in a template": (
        text(body="{{ contact.first_name.upper() }}"),
        "spring.toml: templates.mail.body: line 1: nothing can be called; use a filter",
    ),
    "a listed address that is none": (
        text(rest='[audience]\ncontacts = ["ann"]'),
        "spring.toml: audience.contacts[0]: email: 'ann' is not an e-mail address",
    ),
    "an impossible window": (
        text(rest='[policy.schedule.email]\nstart = "17:00"\nend = "09:00"'),
        "spring.toml: policy.schedule.email.end: the window ends at 09:00, not after its start at 17:00. Give an end after the start",
    ),
    "a window that never opens": (
        text(rest="[policy.schedule.email]\ndays = []"),
        "spring.toml: policy.schedule.email.days: no day is open, so nothing would ever be sent. Give weekdays",
    ),
    "an hour that does not exist": (
        text(rest='[policy.schedule.email]\nstart = "25:00"'),
        "spring.toml: policy.schedule.email.start: does not fit. Write a time of day like '09:00', in quotes.",
    ),
    "a policy that contradicts itself": (
        text(rest="[policy.sender]\nper_hour = 40"),
        "spring.toml: policy.sender.per_hour: 40 an hour are more than the 30 a day that per_day allows. Lower it, or raise per_day.",
    ),
    "a key that does not exist": (
        text(rest='[policy.schedule]\ntimezone = "Mars/Olympus"'),
        "spring.toml: policy.schedule.timezone: there is no such key. There are:",
    ),
}


@pytest.mark.parametrize(("given", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_run_is_refused_with_file_key_and_cure(given: str, said: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        refuse("spring.toml", check(parse(given, "toml", source="spring.toml"), check_template))
    assert [line for line in refused.value.lines if line.startswith(said)], refused.value.lines


def test_the_same_file_without_its_mistake_is_taken() -> None:
    refuse("spring.toml", check(parse(text(), "toml"), check_template))


def test_several_mistakes_are_a_line_each() -> None:
    given = text(body="{{ contcat.name }}\\n{{ contact.nmae }}", rest="[policy.sender]\nper_hour = 40")
    with pytest.raises(DefinitionError) as refused:
        refuse("spring.toml", check(parse(given, "toml"), check_template))
    assert [line.split(": ")[1] for line in refused.value.lines] == ["templates.mail.body", "templates.mail.body", "policy.sender.per_hour"]


def test_values_that_do_not_fit_come_all_at_once() -> None:
    rest = '[policy.sender]\nper_hour = 0\n[policy.colleagues]\nsilence_hours = "x"'
    with pytest.raises(DefinitionError) as refused:
        parse(text(rest=rest).replace('"email"', '"emial"', 1).replace('name = "spring"', "name = 7"), "toml")
    keys = [problem.key for problem in refused.value.problems]
    assert keys == ["name", "steps[0].channel", "policy.sender.per_hour", "policy.colleagues.silence_hours"]


def test_a_value_whose_place_has_no_name_is_the_last_that_is_said() -> None:
    with pytest.raises(DefinitionError) as refused:
        parse(text().replace('body = "Hello."', "body = 7"), "toml")
    assert [problem.key for problem in refused.value.problems] == ["templates[...].body"]
