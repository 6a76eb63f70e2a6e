from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accountgraph.errors import InvalidInputError, InvalidValueError
from accountgraph.transfer.convert import Converter, Reject
from accountgraph.transfer.fields import MODELS, fields_of
from accountgraph.transfer.mapping import guess, with_derive, with_map, with_set
from accountgraph.transfer.values import DateOrder, converter_for, to_array, to_boolean, to_decimal, to_integer, to_timestamp


def converted(entity: str, **cells: str) -> dict[str, Any]:
    converter = Converter(guess(entity, list(cells)))
    row = converter.convert(list(cells.values()))
    assert not isinstance(row, Reject), row
    return dict(zip((output.name for output in converter.outputs), row, strict=True))


def rejected(entity: str, **cells: str) -> Reject:
    row = Converter(guess(entity, list(cells))).convert(list(cells.values()))
    assert isinstance(row, Reject)
    return row


def test_text_is_trimmed_and_empty_is_nothing() -> None:
    assert converted("companies", name=" Acme\u00a0 ", industry="  ") == {"name": "Acme", "industry": None}


def test_an_address_stays_as_written_beside_its_key() -> None:
    assert converted("contacts", email=" John@Acme.COM") == {"email": "John@Acme.COM", "email_key": "john@acme.com"}


def test_a_row_becomes_typed_values() -> None:
    row = converted(
        "contacts", email="", seniority_level="C-Level", interests="golf; AI |golf", is_champion="Yes", collected_at="2024-01-31"
    )
    assert row == {
        "email": None,
        "email_key": None,
        "seniority_level": "c-level",
        "interests": ["golf", "AI"],
        "is_champion": True,
        "collected_at": datetime(2024, 1, 31, tzinfo=UTC),
    }


def test_what_fits_no_field_becomes_attributes() -> None:
    row = converted("companies", name="Acme", Founded=" 1902 ", Emoji="🚀 \u202eעברית", Nothing=" ")
    assert msgspec.json.decode(row["attributes"]) == {"Founded": "1902", "Emoji": "🚀 \u202eעברית"}
    assert converted("companies", name="Acme", Nothing="")["attributes"] is None


def test_preferences_are_one_value() -> None:
    cells = {"communication_preferences.do_not_contact": "x", "communication_preferences.best_time": "", "Time Zone": "Europe/Berlin"}
    row = converted("contacts", **cells)
    assert msgspec.json.decode(row["communication_preferences"]) == {"do_not_contact": True, "timezone": "Europe/Berlin"}


@pytest.mark.parametrize("header", ["Level", "Seniority", "Job Level", "Seniority Level", "Management Level"])
@pytest.mark.parametrize(
    ("level", "said"),
    [
        ("c-level", ["C-Level", "C Suite", "CXO", "CEO", "Founder", "Owner"]),
        ("vp", ["VP", "V.P.", "VP-Level", "SVP", "Senior Vice President"]),
        ("director", ["Director", "Director-Level", "Senior Director", "Head of"]),
        ("manager", ["Manager", "Manager-Level", "Senior Manager", "Team Lead"]),
        ("individual_contributor", ["Individual Contributor", "IC", "Staff", "Entry Level", "Senior", "Intern"]),
    ],
)
def test_a_column_of_levels_is_the_seniority_in_everybodys_words(header: str, level: str, said: list[str]) -> None:
    converter = Converter(guess("contacts", ["Email", header]))
    place = [output.name for output in converter.outputs].index("seniority_level")
    for text in said:
        row = converter.convert(["a@x.com", text])
        assert not isinstance(row, Reject)
        assert row[place] == level


def test_constants_and_derived_values_are_part_of_the_row() -> None:
    mapping = with_derive(guess("companies", ["Name", "Symbol"]), "domain={Symbol|lower}.placeholder.invalid")
    mapping = with_map(with_set(mapping, "account_tier=Tier 1"), "Symbol=external_id:ticker")
    converter = Converter(mapping)
    assert [(output.name, output.source) for output in converter.outputs] == [
        ("name", None),
        ("external_id", "ticker"),
        ("domain", None),
        ("account_tier", None),
    ]
    assert converter.convert(["3M", "MMM"]) == ["3M", "MMM", "mmm.placeholder.invalid", "tier1"]
    assert converter.convert(["3M", ""]) == ["3M", None, None, "tier1"]


def test_references_say_what_they_point_at_and_whose_key_it_is() -> None:
    converter = Converter(guess("contacts", ["Email", "Account ID", "company_domain"]))
    key, domain = (output for output in converter.outputs if output.reference)
    assert (key.source, key.reference and key.reference.column) == ("salesforce", "company_id")
    assert (domain.source, domain.reference and domain.reference.by) == (None, "domain")


def test_a_shared_domain_matches_no_company_and_is_nobodys_own() -> None:
    assert converted("contacts", company_domain="gmail.com") == {"company_domain": None}
    assert "free-mail" in rejected("companies", name="Acme", domain="gmail.com").reason


@pytest.mark.parametrize(
    ("entity", "cells", "field", "word"),
    [
        ("companies", {"name": " "}, "name", "is empty"),
        ("companies", {"name": "A\0cme"}, "name", "NUL"),
        ("companies", {"name": "Acme", "Notes": "caf\udce9"}, "Notes", "no text in the file's encoding"),
        ("companies", {"name": "x" * 501}, "name", "has 501 characters; at most 500"),
        ("companies", {"name": "Acme", "account_tier": "Teir 1"}, "account_tier", "did you mean 'tier1'?"),
        ("companies", {"name": "Acme", "account_tier": "gold"}, "account_tier", "there are strategic, tier1"),
        ("companies", {"name": "Acme", "research_data": "[1]"}, "research_data", "no JSON object"),
        ("companies", {"name": "Acme", "research_data": '{"a": "\\u0000"}'}, "research_data", "NUL"),
        ("contacts", {"E-mail": "john"}, "email", "(column 'E-mail')"),
        ("contacts", {"collected_at": "1/2/2024"}, "collected_at", "--dates dmy or --dates mdy"),
        ("contacts", {"is_champion": "perhaps"}, "is_champion", "neither yes nor no"),
        ("contacts", {"company_id": "17"}, "company_id", "UUID"),
        ("relationships", {"confidence_score": "1.5"}, "confidence_score", "not between 0 and 1"),
        ("conversations", {"sequence_step": "99999999999"}, "sequence_step", "not between"),
        ("touchpoints", {"call_duration_seconds": "-1"}, "call_duration_seconds", "not between 0"),
    ],
)
def test_a_bad_cell_rejects_its_row_with_field_and_reason(entity: str, cells: dict[str, str], field: str, word: str) -> None:
    reject = rejected(entity, **cells)
    assert reject.field == field
    assert word in reject.reason


def test_a_row_of_another_width_is_rejected_unless_only_empty_cells_are_over() -> None:
    converter = Converter(guess("companies", ["name", "industry"]))
    assert converter.convert(["Acme"]) == Reject("row", "has 1 cells where the header has 2; is a quote or a delimiter missing?")
    assert isinstance(converter.convert(["Acme", "Software", "more"]), Reject)
    assert converter.convert(["Acme", "Software", " "]) == ["Acme", "Software"]


def test_a_row_with_surplus_empty_cells_keeps_its_derived_values() -> None:
    converter = Converter(with_derive(guess("companies", ["name"]), "domain={name|slug}.placeholder.invalid"))
    assert converter.convert(["Acme", ""]) == ["Acme", "acme.placeholder.invalid"]


@pytest.mark.parametrize("said", ["account_tier=gold", "domain=acme.com"])
def test_a_set_value_that_does_not_fit_is_refused_before_the_first_row(said: str) -> None:
    with pytest.raises(InvalidValueError, match=r"^--set: "):
        Converter(with_set(guess("companies", ["name"]), said))


@given(st.sampled_from(list(MODELS)), st.data())
def test_any_row_is_always_converted_or_rejected(entity: str, data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from(list(fields_of(entity))), min_size=1, max_size=6, unique=True))
    cell = st.one_of(
        st.text(max_size=20), st.sampled_from(["1,000", "2024-02-30", "{}", "[", "a@b.co", "1/2/2024", "\ud800", "1e999", "٣"])
    )
    converter = Converter(guess(entity, names))
    row = converter.convert([data.draw(cell) for _ in names])
    assert isinstance(row, Reject) or len(row) == len(converter.outputs)


@pytest.mark.parametrize("entity", list(MODELS))
def test_every_value_of_an_enum_is_always_itself(entity: str) -> None:
    for field in fields_of(entity).values():
        for value in field.values:
            convert = converter_for(field)
            assert convert is not None
            assert convert(value.upper().replace("_", " ")) == value


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", "12"),
        ("-0.875", "-0.875"),
        ("12,5", "12.5"),
        ("0,125", "0.125"),
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1 234 567,5", "1234567.5"),
        ("1'234.5", "1234.5"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("$1,200.00", "1200.00"),
        ("99 €", "99"),
        ("1e3", "1000"),
    ],
)
def test_numbers_are_read_where_they_mean_one_thing(text: str, number: str) -> None:
    assert to_decimal(text) == Decimal(number)


@pytest.mark.parametrize("text", ["12,000", "$12,000", "abc", "1,2,3", "NaN", "Infinity", "1_000", "1e999999", "12%", "1,23,456", ""])
def test_other_numbers_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a number|could be a fraction"):
        to_decimal(text)


@pytest.mark.parametrize(("text", "number"), [("12", 12), ("1,234", 1234), ("1.234", 1234), ("-5", -5), ("12.0", 12), ("1 234", 1234)])
def test_thousands_are_plain_where_a_number_is_whole(text: str, number: int) -> None:
    assert to_integer(text) == number


@pytest.mark.parametrize("text", ["1.5", "x"])
def test_a_fraction_is_no_whole_number(text: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        to_integer(text)


@given(st.integers(-(10**15), 10**15), st.sampled_from(["{}", "{:,}.5", "{}.25"]))
def test_a_number_written_with_separators_is_always_itself(number: int, form: str) -> None:
    text = form.format(number)
    assert to_decimal(text) == Decimal(text.replace(",", ""))


@pytest.mark.parametrize(
    ("text", "order", "moment"),
    [
        ("2024-01-31", None, datetime(2024, 1, 31, tzinfo=UTC)),
        ("2024-01-31 17:30", None, datetime(2024, 1, 31, 17, 30, tzinfo=UTC)),
        ("2024-01-31T17:30:00Z", None, datetime(2024, 1, 31, 17, 30, tzinfo=UTC)),
        ("2024-01-31T17:30:00.000+0100", None, datetime(2024, 1, 31, 17, 30, tzinfo=timezone(timedelta(hours=1)))),
        ("2024/1/31", None, datetime(2024, 1, 31, tzinfo=UTC)),
        ("1/31/2024 5:30 PM", None, datetime(2024, 1, 31, 17, 30, tzinfo=UTC)),
        ("31/01/2024", None, datetime(2024, 1, 31, tzinfo=UTC)),
        ("3/3/2024", None, datetime(2024, 3, 3, tzinfo=UTC)),
        ("1.2.2024", None, datetime(2024, 2, 1, tzinfo=UTC)),
        ("1/2/2024", "dmy", datetime(2024, 2, 1, tzinfo=UTC)),
        ("1/2/2024", "mdy", datetime(2024, 1, 2, tzinfo=UTC)),
        ("Jan 31, 2024", None, datetime(2024, 1, 31, tzinfo=UTC)),
        ("31-Jan-2024", None, datetime(2024, 1, 31, tzinfo=UTC)),
        ("31 January 2024 12:05 am", None, datetime(2024, 1, 31, 0, 5, tzinfo=UTC)),
        ("Wed, 31 Jan 2024 17:30:00 -0500", None, datetime(2024, 1, 31, 17, 30, tzinfo=timezone(-timedelta(hours=5)))),
    ],
)
def test_dates_are_read_where_they_mean_one_day(text: str, order: DateOrder | None, moment: datetime) -> None:
    assert to_timestamp(text, order) == moment


@pytest.mark.parametrize(
    ("text", "order", "word"),
    [
        ("1/2/2024", None, "--dates"),
        ("31/1/2024", "mdy", "no day of the calendar"),
        ("2024-02-30", None, "not a date"),
        ("30.2.2024", None, "no day of the calendar"),
        ("1902", None, "not a date"),
        ("1/31/24", None, "not a date"),
        ("yesterday", None, "not a date"),
        ("1.2.2024 25:00", None, "does not exist"),
        ("1.2.2024 13:00 pm", None, "twelve-hour"),
    ],
)
def test_other_dates_are_refused_with_the_cure(text: str, order: DateOrder | None, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        to_timestamp(text, order)


@given(
    st.datetimes(min_value=datetime.fromisoformat("1000-01-01")),
    st.sampled_from(["%d.%m.%Y %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%d %b %Y %H:%M:%S"]),
)
def test_a_time_written_unambiguously_is_always_read_back(moment: datetime, form: str) -> None:
    assert to_timestamp(moment.strftime(form)) == moment.replace(microsecond=0, tzinfo=UTC)


@pytest.mark.parametrize(("text", "value"), [("Yes", True), ("x", True), ("1", True), ("FALSE", False), ("no", False), ("0", False)])
def test_yes_and_no_have_many_spellings(text: str, value: bool) -> None:
    assert to_boolean(text) is value


@pytest.mark.parametrize(("text", "items"), [("a;b| c ;;a", ["a", "b", "c"]), ('["x;y", "z"]', ["x;y", "z"]), ("a, b", ["a, b"])])
def test_lists_are_split_at_semicolons_and_bars(text: str, items: list[str]) -> None:
    assert to_array(text) == items


def test_every_refusal_of_a_value_is_one_that_rows_are_rejected_for() -> None:
    assert issubclass(InvalidValueError, InvalidInputError)
