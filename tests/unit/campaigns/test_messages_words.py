"""What a step says: words, variant, hash, whom it names; and the envelope."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from accountgraph.campaigns.definition import CampaignDefinition, Step, Template, Variant
from accountgraph.campaigns.messages import Composed, MissingVariableError, compose, content_hash, names_colleagues, previewed
from accountgraph.campaigns.messages.compose import variant_of
from accountgraph.campaigns.messages.texts import size_of
from accountgraph.campaigns.messages.variables import Acquaintance, Organisation, Person, Thread, Variables, Writer
from accountgraph.campaigns.rules.references import Deed
from accountgraph.enums import Channel, EventDetail, EventKind

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ENROLMENT = UUID(int=1)
SARAH = Person(id=UUID(int=10), first_name="Sarah", name="Sarah Jones", email="sarah@acme.com", phone="+49301", country="US", source="fair")
WRITER = Writer(id=UUID(int=20), address="ann@ours.com", name="Ann", legal_name="Ours Ltd", postal_address="1 Road\nTown")
KNOWN = Variables(person=SARAH, company=Organisation(name="Acme"), sender=WRITER)
THREAD = Thread(message_id="<2@ours.com>", references="<1@ours.com>", subject="Hello Sarah")
MAIL = Step(key="first", channel=Channel.EMAIL, template="hello")


def campaign(*steps: Step, **fields: Any) -> CampaignDefinition:
    template = Template(subject="Hello {{ contact.first_name }}", body="Dear {{ contact.first_name }}, a word.")
    return CampaignDefinition(name="spring", **{"steps": steps or (MAIL,), "templates": {"hello": template}, **fields})


def words(body: str, variables: Variables = KNOWN, *, step: Step = MAIL, subject: str | None = "Hi") -> Composed:
    definition = campaign(step, templates={"hello": Template(subject=subject, body=body)})
    return compose(definition, step, variables, enrolment_id=ENROLMENT)


def colleague(
    number: int, name: str, kind: EventKind = EventKind.REPLIED, detail: EventDetail | None = EventDetail.POSITIVE
) -> Acquaintance:
    deeds = (Deed(kind=kind, at=NOW, detail=detail),)
    return Acquaintance(id=UUID(int=number), name=name, first_name=name, is_related=True, deeds=deeds)


LISA, TOM = colleague(31, "Lisa"), colleague(32, "Tom", EventKind.MEETING_HELD, None)


def test_a_step_says_its_template_to_the_person() -> None:
    said = compose(campaign(), MAIL, KNOWN, enrolment_id=ENROLMENT)
    assert (said.subject, said.content, said.variant, said.mentions_id) == ("Hello Sarah", "Dear Sarah, a word.", None, None)
    assert said.content_hash == content_hash("Hello Sarah", "Dear Sarah, a word.")


@given(st.text(), st.text(), st.text(), st.text())
def test_another_content_always_has_another_hash(subject: str, content: str, other_subject: str, other: str) -> None:
    one_line, other_line = " ".join(subject.split()), " ".join(other_subject.split())
    same = (one_line, content) == (other_line, other)
    assert (content_hash(one_line, content) == content_hash(other_line, other)) == same


def test_a_subject_is_one_line_whatever_is_known() -> None:
    person = replace(SARAH, first_name="Sarah\r\nBcc: all@acme.com")
    assert words("x", replace(KNOWN, person=person), subject="Hello {{ contact.first_name }}").subject == "Hello Sarah Bcc: all@acme.com"


def test_a_follow_up_takes_the_subject_of_its_thread() -> None:
    assert words("x", replace(KNOWN, thread=THREAD)).subject == "Re: Hello Sarah"
    assert words("x", replace(KNOWN, thread=replace(THREAD, subject="Re: Hello"))).subject == "Re: Hello"


def test_a_step_that_begins_a_thread_keeps_its_own_subject() -> None:
    assert words("x", replace(KNOWN, thread=THREAD), step=replace(MAIL, same_thread=False)).subject == "Hi"


def test_an_e_mail_without_a_subject_refuses_where_there_is_no_thread() -> None:
    with pytest.raises(MissingVariableError, match="subject"):
        words("x", subject=None)


def test_words_that_vanish_refuse() -> None:
    with pytest.raises(MissingVariableError, match="body"):
        words("{% if contact.title %}Hello{% endif %}")


def test_a_call_needs_no_template_and_no_subject() -> None:
    step = Step(key="call", channel=Channel.CALL, instructions="Ask for the budget.")
    said = compose(campaign(step), step, KNOWN, enrolment_id=ENROLMENT)
    assert (said.subject, said.content) == (None, "Ask for the budget.")


def test_a_message_without_a_template_refuses() -> None:
    step = Step(key="any", instructions="Ask.")
    with pytest.raises(MissingVariableError, match="template"):
        compose(campaign(step), step, KNOWN, enrolment_id=ENROLMENT, channel=Channel.SMS)


def test_an_sms_has_no_subject() -> None:
    assert words("Hi {{ contact.first_name }}", step=replace(MAIL, channel=Channel.SMS)).subject is None


VARIANTS = (Variant(key="a", body="A", weight=1), Variant(key="b", body="B", subject="Bee", weight=3))


@given(st.uuids(), st.text(max_size=20))
def test_an_enrolment_always_gets_the_same_variant(enrolment_id: UUID, step_key: str) -> None:
    assert variant_of(VARIANTS, enrolment_id, step_key) is variant_of(VARIANTS, enrolment_id, step_key)


def test_variants_are_drawn_by_their_weights() -> None:
    drawn = Counter(variant.key for number in range(4000) if (variant := variant_of(VARIANTS, UUID(int=number), "first")))
    assert drawn["b"] / drawn.total() == pytest.approx(0.75, abs=0.03)


def test_steps_draw_their_variants_apart() -> None:
    drawn = {tuple(v.key for step in ("one", "two") if (v := variant_of(VARIANTS, UUID(int=number), step))) for number in range(200)}
    assert len(drawn) == 4


def test_a_variant_replaces_body_and_subject_or_leaves_the_subject() -> None:
    template = Template(subject="Base", body="unused", variants=VARIANTS)
    definition = campaign(templates={"hello": template})
    said = {compose(definition, MAIL, KNOWN, enrolment_id=UUID(int=number)) for number in range(20)}
    assert {(one.variant, one.subject, one.content) for one in said} == {("a", "Base", "A"), ("b", "Bee", "B")}


def test_a_message_names_the_colleague_with_the_weightiest_deed() -> None:
    said = words("{{ colleague.name }} {{ colleague.verb }}", replace(KNOWN, candidates=(LISA, TOM)))
    assert (said.content, said.mentions_id) == ("Tom met", TOM.id)


def test_words_that_name_nobody_mention_nobody() -> None:
    known = replace(KNOWN, candidates=(LISA,))
    assert words("Hello", known).mentions_id is None
    assert words("{% if contact.title %}{{ colleague.name }}{% endif %}Hello", known).mentions_id is None


@pytest.mark.parametrize(
    "person",
    [
        replace(LISA, is_withheld=True),
        replace(LISA, has_left=True),
        replace(LISA, is_off_limits=True),
        replace(LISA, is_related=False),
        replace(LISA, deeds=()),
        colleague(31, "Lisa", EventKind.REPLIED, EventDetail.REFUSAL),
    ],
)
def test_who_may_not_be_named_is_not_known_to_templates(person: Acquaintance) -> None:
    known = replace(KNOWN, candidates=(person,), referred_by_id=person.id)
    assert words("{% if colleague or referred_by %}{{ colleague.name }}{% else %}nobody{% endif %}", known).content == "nobody"
    for name in ("colleague", "referred_by"):
        with pytest.raises(MissingVariableError, match=name):
            words(f"{{{{ {name}.name }}}}", known)
    assert not known.may_name(person.id)


def test_who_referred_us_is_the_colleague_to_name() -> None:
    known = replace(KNOWN, candidates=(LISA, TOM), referred_by_id=LISA.id)
    said = words("{{ referred_by.first_name }}, {{ colleague.name }}", known)
    assert (said.content, said.mentions_id) == ("Lisa, Lisa", LISA.id)


def test_one_colleague_can_be_asked_for() -> None:
    known = replace(KNOWN, candidates=(LISA, TOM))
    assert words("{{ colleague.name }}", known.naming(LISA.id)).content == "Lisa"
    assert known.may_name(TOM.id)
    assert not known.may_name(uuid4())


@pytest.mark.parametrize("text", ["{{ colleague.name }}", "{% if referred_by %}x{% endif %}"])
def test_a_campaign_that_may_name_somebody_is_known(text: str) -> None:
    template = Template(subject="x", body="y", variants=(Variant(key="a", body=text),))
    assert names_colleagues(campaign(templates={"hello": template}))
    assert not names_colleagues(campaign())


def test_a_first_message_to_europe_refuses_where_nobody_knows_the_source() -> None:
    known = replace(KNOWN, person=replace(SARAH, country="FR", source=None))
    with pytest.raises(MissingVariableError, match=r"contact\.source"):
        words("Hello", known)
    assert words("Hello", known, step=replace(MAIL, channel=Channel.CALL)).content == "Hello"


def test_a_preview_shows_every_step_and_variant_as_the_person_would_get_it() -> None:
    steps = (MAIL, Step(key="again", template="again"), Step(key="call", channel=Channel.CALL, instructions="Call."))
    again = Template(body="Once more", variants=VARIANTS)
    shown = previewed(campaign(*steps, templates={**campaign().templates, "again": again}), KNOWN)
    assert [(one.step_key, one.variant, one.subject, one.content) for one in shown] == [
        ("first", None, "Hello Sarah", "Dear Sarah, a word."),
        ("again", "a", "Re: Hello Sarah", "A"),
        ("again", "b", "Re: Hello Sarah", "B"),
        ("call", None, None, "Call."),
    ]
    assert all(one.needs_approval and not one.warnings for one in shown)


def test_a_preview_gives_the_notice_only_with_the_first_message() -> None:
    steps = (MAIL, replace(MAIL, key="second"))
    first, second = previewed(campaign(*steps), replace(KNOWN, person=replace(SARAH, country="DE")))
    assert "contact details" in first.footer
    assert "contact details" not in second.footer


def test_a_preview_warns_of_what_is_missing_and_goes_on() -> None:
    known = replace(KNOWN, person=replace(SARAH, first_name=None, email=None), sender=None)
    first, call = previewed(campaign(MAIL, Step(key="call", channel=Channel.CALL, instructions="Call.")), known)
    assert first.content is None
    assert [word for word in ("contact.first_name", "no address", "no sender") if any(word in one for one in first.warnings)] == [
        "contact.first_name",
        "no address",
        "no sender",
    ]
    assert (call.content, call.warnings) == ("Call.", ())


def test_a_preview_says_who_would_be_named_and_that_a_person_approves_it() -> None:
    policy = {"requires_approval": False}
    definition = campaign(templates={"hello": Template(subject="x", body="{{ colleague.name }}")})
    definition = replace(definition, policy=replace(definition.policy, **policy))
    [shown] = previewed(definition, replace(KNOWN, candidates=(LISA,)))
    assert (shown.names, shown.needs_approval) == ("Lisa", True)


def test_a_preview_of_an_sms_says_what_it_costs_with_its_footer() -> None:
    steps = [replace(MAIL, key="text", channel=Channel.SMS), replace(MAIL, key="mail")]
    text, mail = previewed(campaign(*steps), KNOWN)
    assert text.content is not None
    assert text.size == size_of(f"{text.content}\n{text.footer}")
    assert (text.size.segments > 0, mail.size) == (True, None)
