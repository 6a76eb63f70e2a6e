"""Templates: what they may use, and what is refused, with its line."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accountgraph.campaigns.messages import MissingVariableError, TemplateRefusedError, check_template
from accountgraph.campaigns.messages.grammar import MOST_TEMPLATE, VARIABLES
from accountgraph.campaigns.messages.sandbox import MOST_OUTPUT, Known, render


def said(text: str, **contact: Any) -> str:
    known = {"contact": Known("contact", contact), "conversation": Known("conversation", {"topics": ["one", "two"]})}
    return render(text, known, "templates.hello.body")


def test_a_template_says_what_is_known() -> None:
    assert said("Dear {{ contact.first_name }},", first_name="Sarah") == "Dear Sarah,"


@pytest.mark.parametrize("contact", [{}, {"first_name": ""}, {"first_name": "  "}, {"first_name": None}, {"first_name": []}])
def test_a_variable_that_is_missing_or_empty_refuses_and_is_named(contact: dict[str, Any]) -> None:
    with pytest.raises(MissingVariableError) as refused:
        said("Dear {{ contact.first_name }},", **contact)
    assert (refused.value.variable, refused.value.template) == ("contact.first_name", "templates.hello.body")
    assert "default" in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "{{ contact.first_name | default('there') }}",
        "{{ contact.attributes.nick.name | default('there') }}",
        "{{ company.name | default('there') }}",
        "{{ contact.interests | first | upper | default('there') }}",
        "{{ contact.interests | join(', ') | default('there') }}",
        "{% if contact.first_name %}{{ contact.first_name }}{% else %}there{% endif %}",
        "{{ contact.first_name if contact.first_name else 'there' }}",
        "{% if contact.country == 'DE' or 'x' in contact.interests %}Guten Tag{% else %}there{% endif %}",
    ],
)
def test_what_may_be_missing_can_be_asked_for(text: str) -> None:
    assert said(text, first_name="") == "there"


@pytest.mark.parametrize(
    "text",
    [
        "{{ contact.first_name | upper }}",
        "{{ 'Dear ' ~ contact.first_name }}",
        "{% for one in contact.interests %}{{ one }}{% endfor %}",
        "{{ contact.interests | join(', ') }}",
        "{{ contact.attributes.a.b }}",
        "{{ contact['first_name'] }}",
    ],
)
def test_nothing_missing_is_said_by_a_way_around(text: str) -> None:
    with pytest.raises(MissingVariableError):
        said(text)


def test_lists_can_be_gone_through_and_cut() -> None:
    text = "{% for one in conversation.topics %}{{ loop.index }} {{ one }}{% if not loop.last %}, {% endif %}{% endfor %}"
    assert said(text) == "1 one, 2 two"
    assert said("{{ conversation.topics[:1] | join(', ') }}") == "one"


def test_words_of_a_person_are_never_a_template() -> None:
    assert said("{{ contact.title }}", title="{{ contact.email }} {% x %}") == "{{ contact.email }} {% x %}"


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("Hello\n{{ contact.first_name", "line 2: unexpected end of template"),
        ("Hello\n\n{% endif %}", "line 3: "),
        ("{{ contact.firstname }}", "line 1: contact has no 'firstname'. Did you mean 'first_name'?"),
        ("{{ contcat.first_name }}", "line 1: there is no variable 'contcat'. Did you mean 'contact'?"),
        ("{{ contact.first_name | uper }}", "line 1: there is no filter 'uper'. Did you mean 'upper'?"),
        ("{{ contact.first_name is odd }}", "line 1: there is no test 'odd'."),
        ("a\n{{ contact.__class__ }}", "line 2: '__class__' cannot be read."),
        ("{{ contact['__class__'] }}", "line 1: '__class__' cannot be read."),
        ("{{ conversation.topics.__len__() }}", "line 1: nothing can be called"),
        ("{{ contact.first_name.upper() }}", "line 1: nothing can be called"),
        ("{{ contact.first_name.format(contact) }}", "line 1: nothing can be called"),
        ("{{ lipsum() }}", "line 1: nothing can be called"),
        ("{{ contact | attr('__class__') }}", "line 1: there is no filter 'attr'."),
        ("{{ self }}", "line 1: there is no variable 'self'."),
        ("{% set x = 'a' %}", "line 1: assign is not for templates"),
        ("{{ 'a' * 1000000000 }}", "line 1: mul is not for templates"),
        ("{{ '%1000000000d' % 1 }}", "line 1: mod is not for templates"),
        ("{{ 9 ** 9 ** 9 }}", "line 1: pow is not for templates"),
        ("{% include 'x' %}", "line 1: include is not for templates"),
        ("{% import 'x' as y %}", "line 1: import is not for templates"),
        ("{% macro x() %}{% endmacro %}", "line 1: macro is not for templates"),
        ("{% block x %}{% endblock %}", "line 1: block is not for templates"),
        ("{{ contact }}", "line 1: contact has many fields; name one of them, like contact.first_name."),
        ("{% for x in range(2) %}{{ loop.cycle }}{% endfor %}", "line 1: loop has no 'cycle'."),
        ("{{ contact[company.name] }}", "line 1: a field of contact is named"),
        (
            "{% for a in range(9) %}{% for b in range(9) %}{% for c in range(9) %}x{% endfor %}{% endfor %}{% endfor %}",
            "line 1: loops stand",
        ),
        ("x" * (MOST_TEMPLATE + 1), "has 20,001 characters"),
        ("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", "is nested too deeply"),
    ],
)
def test_what_templates_may_not_do_is_found_before_they_run(text: str, trouble: str) -> None:
    found = check_template(text)
    assert found
    assert found[0].startswith(trouble)
    with pytest.raises(TemplateRefusedError):
        said(text)


def test_all_troubles_are_found_at_once() -> None:
    assert len(check_template("{{ contact.nick }}\n{{ x }}\n{{ company.name | y }}")) == 3


@pytest.mark.parametrize(
    "text",
    [
        "{% for x in range(1000000) %}x{% endfor %}",
        "{% for x in range(100) %}{% for y in range(100) %}{{ contact.title }}{% endfor %}{% endfor %}",
        "{{ contact.attributes }}",
        "{{ conversation.topics | join(contact.research) }}",
        "{% for a, b in conversation.topics %}{{ a }}{% endfor %}",
        "{{ 'x' | round }}",
    ],
)
def test_what_only_shows_when_it_runs_is_refused_in_words(text: str) -> None:
    with pytest.raises(TemplateRefusedError, match=r"templates\.hello\.body"):
        said(text, title="x" * (MOST_OUTPUT // 1000), attributes={"a": 1}, research={"a": 1})


def test_a_template_reads_no_attribute_of_what_it_is_given() -> None:
    class Secret:
        word = "hunter2"

    with pytest.raises(MissingVariableError):
        render("{{ contact.attributes.word }}", {"contact": Known("contact", {"attributes": {"x": 1}, "secret": Secret()})}, "t")
    with pytest.raises((MissingVariableError, TemplateRefusedError)):
        said("{% for one in contact.interests %}{{ one.word }}{% endfor %}", interests=[Secret()])


def test_a_loop_gives_its_counts_and_nothing_else() -> None:
    with pytest.raises(MissingVariableError):
        said("{% for x in range(2) %}{% for y in [loop] %}{{ y.cycle }}{% endfor %}{% endfor %}")


@given(st.text(alphabet="{}% contact.first_nameifor|()[]'\"_=~+x1\n", max_size=80))
def test_whatever_is_written_is_rendered_or_refused_in_words(text: str) -> None:
    try:
        said(text, first_name="Sarah")
    except (MissingVariableError, TemplateRefusedError):
        return
    assert check_template(text) == []


@given(st.sampled_from([f"{name}.{field}" for name, fields in VARIABLES.items() for field in fields]))
def test_every_variable_passes_the_check(path: str) -> None:
    assert check_template(f"{{{{ {path} }}}}") == []
