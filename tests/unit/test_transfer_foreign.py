"""Values as other systems write them."""

from typing import Any

import msgspec
import pytest

from accountgraph.transfer.convert import Converter, Reject
from accountgraph.transfer.mapping import guess
from accountgraph.transfer.recognised import rank_of, size_of


def converted(entity: str, **cells: str) -> dict[str, Any]:
    converter = Converter(guess(entity, [name.replace("_", " ") if name[0].isupper() else name for name in cells]))
    row = converter.convert(list(cells.values()))
    assert not isinstance(row, Reject), row.reason
    return dict(zip((output.name for output in converter.outputs), row, strict=True))


def attributes(row: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = msgspec.json.decode(row["attributes"] or "{}")
    return found


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("prospecting", ["Lead", "Marketing Qualified Lead", "subscriber", "Prospect"]),
        ("engaged", ["Opportunity", "Sales Qualified Lead"]),
        ("customer", ["customer", "Customer - Direct", "Customer - Channel", "Evangelist"]),
        ("churned", ["Former Customer", "Churned", "ex-customer"]),
    ],
)
@pytest.mark.parametrize("header", ["Lifecycle_Stage", "Type", "account_status"])
def test_a_stage_of_another_system_is_our_status(header: str, status: str, said: list[str]) -> None:
    for text in said:
        assert converted("companies", **{"name": "Acme", header: text})["account_status"] == status


def test_a_stage_that_says_more_than_our_status_stays_as_an_attribute() -> None:
    assert attributes(converted("companies", name="Acme", Type="Customer - Direct")) == {"Type": "Customer - Direct"}
    assert attributes(converted("companies", name="Acme", Type="Customer")) == {}


def test_a_stage_that_we_have_no_status_for_costs_no_row_and_is_counted() -> None:
    converter = Converter(guess("companies", ["name", "Type"]))
    assert converter.convert(["Acme", "Competitor"]) == ["Acme", None, '{"Type":"Competitor"}']
    assert converter.convert(["Globex", "Competitor"]) == ["Globex", None, '{"Type":"Competitor"}']
    reason = "'Competitor' is not known; the field stays empty, the text is kept as an attribute"
    assert converter.set_aside == {("account_status", reason): 2}


@pytest.mark.parametrize(("header", "text"), [("account_status", "Competitor"), ("size", "huge"), ("seniority_level", "wizard")])
def test_a_column_that_is_called_like_our_field_has_our_values_alone(header: str, text: str) -> None:
    entity = "contacts" if header == "seniority_level" else "companies"
    converter = Converter(guess(entity, ["email" if entity == "contacts" else "name", header]))
    assert isinstance(converter.convert(["a@b.com", text]), Reject)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("1-10", "small"),
        ("11-50", "small"),
        ("50", "small"),
        ("51-200", "medium"),
        ("201–500", "medium"),
        ("501-1,000", "large"),
        ("5000", "large"),
        ("5.000", "large"),
        ("5001-10000", "enterprise"),
        ("10,001+", "enterprise"),
        (">5000", "enterprise"),
        ("10000 employees", "enterprise"),
        ("0-10", "small"),
        ("0", None),
        ("many", None),
        ("1-2-3", None),
    ],
)
def test_a_size_is_told_by_the_number_of_employees(text: str, size: str | None) -> None:
    assert size_of(text) == size


@pytest.mark.parametrize("header", ["Number_of_Employees", "Employees", "NumberOfEmployees", "Company_Size"])
def test_the_number_of_employees_stays_beside_the_size(header: str) -> None:
    row = converted("companies", **{"name": "Acme", header: "11-50"})
    assert (row["size"], list(attributes(row).values())) == ("small", ["11-50"])


@pytest.mark.parametrize(
    ("text", "rank"),
    [
        ("Vice President of Sales", "vp"),
        ("Senior Vice-President", "vp"),
        ("VP, Marketing", "vp"),
        ("Chief Revenue Officer", "c-level"),
        ("CTO & Co-Founder", "c-level"),
        ("Co-founder", "c-level"),
        ("President", "c-level"),
        ("Director of IT", "director"),
        ("Head of Data", "director"),
        ("Regional Sales Manager", "manager"),
        ("Assistant to the CEO", None),
        ("Coordinator", None),
    ],
)
def test_a_rank_is_told_by_a_title(text: str, rank: str | None) -> None:
    assert rank_of(text) == rank


@pytest.mark.parametrize(
    "text", ["Ann <Ann@b.com>", '"Ann, B." <Ann@b.com>', "mailto:Ann@b.com", "MAILTO:Ann@b.com?subject=x", "<Ann@b.com>"]
)
def test_an_address_is_found_in_what_mail_programs_write(text: str) -> None:
    row = converted("contacts", email=text)
    assert (row["email"], row["email_key"]) == ("Ann@b.com", "ann@b.com")


@pytest.mark.parametrize(
    ("text", "phone"), [("'+49 30 1", "+49 30 1"), ("'030 1", "030 1"), ("+1 2", "+1 2"), ("'", "'"), ("'tis", "'tis")]
)
def test_the_apostrophe_that_a_spreadsheet_puts_before_a_number_goes(text: str, phone: str) -> None:
    assert converted("contacts", phone=text)["phone"] == phone
