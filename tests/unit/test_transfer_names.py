"""Full names, split in two."""

from pathlib import Path

import pytest

from accountgraph.transfer.detect import sniff
from accountgraph.transfer.fields import is_known_header
from accountgraph.transfer.mapping import Mapping, guess, mapping_rows, with_map
from accountgraph.transfer.names import first_name, last_name

from .transfer_files import written


def derived(mapping: Mapping) -> dict[str, str]:
    return {str(target): template.source for target, template in mapping.derived}


@pytest.mark.parametrize(
    ("full", "first", "last"),
    [
        ("Jo Smith", "Jo", "Smith"),
        ("Jo Ann Smith", "Jo Ann", "Smith"),
        ("Smith, Jo", "Jo", "Smith"),
        ("Ludwig van Beethoven", "Ludwig", "van Beethoven"),
        ("Ursula von der Leyen", "Ursula", "von der Leyen"),
        ("von Braun, Eva", "Eva", "von Braun"),
        ("Dr. Jo Smith", "Jo", "Smith"),
        ("Prof. Dr. Jo Smith", "Jo", "Smith"),
        ("Jo Smith Jr.", "Jo", "Smith"),
        ("Jo Smith, PhD", "Jo", "Smith"),
        ("  Jo   Smith ", "Jo", "Smith"),
        ("Jo", "Jo", ""),
        ("Jo II", "Jo", "II"),
        ("Smith,", "Smith", ""),
        ("", "", ""),
    ],
)
def test_a_full_name_is_split_by_its_last_word(full: str, first: str, last: str) -> None:
    assert (first_name(full), last_name(full)) == (first, last)


@pytest.mark.parametrize("header", ["Full Name", "Name", "Contact Name", "FullName", "Person - Name", "full_name"])
def test_a_column_of_full_names_gives_first_and_last_name(header: str) -> None:
    mapping = guess("contacts", ["Email", header])
    assert derived(mapping) == {"first_name": f"{{{header}|first_name}}", "last_name": f"{{{header}|last_name}}"}
    assert [(row.becomes, row.example) for row in mapping_rows(mapping, [["jo@x.com", "Jo Smith"]])][2:] == [
        ("first_name", "Jo"),
        ("last_name", "Smith"),
    ]


@pytest.mark.parametrize("header", [["Name", "First Name"], ["Last Name", "Full Name"], ["First Name", "Last Name", "Name"]])
def test_a_full_name_is_not_split_where_a_part_has_its_own_column(header: list[str]) -> None:
    assert guess("contacts", header).derived == ()


def test_a_full_name_that_is_to_be_ignored_is_not_split() -> None:
    assert with_map(guess("contacts", ["Email", "Name"]), "Name=ignore").derived == ()


def test_a_part_that_is_given_another_way_is_not_split() -> None:
    assert list(derived(with_map(guess("contacts", ["Email", "Name", "Call me"]), "Call me=first_name"))) == ["last_name"]


def test_the_name_of_a_company_is_not_split() -> None:
    assert guess("companies", ["Name"]).derived == ()


def test_a_full_name_is_known_as_a_header(tmp_path: Path) -> None:
    assert is_known_header("Full Name")
    assert sniff(written(tmp_path, [["Full Name"], ["Jo Smith"]])).has_header
