"""Every statement of proof.md has its tests, and they are there."""

from __future__ import annotations

import re

import pytest

from tests.docs.pages import ROOT, page, rows

STATEMENTS = rows(page("proof.md"))
TESTS = ROOT / "tests"
_NAMED = re.compile(r"`([\w/]+\.py)::(test_\w+)`")


@pytest.mark.parametrize(("statement", "shown_by"), STATEMENTS, ids=[row[0][:60] for row in STATEMENTS])
def test_statement_names_tests_that_are_there(statement: str, shown_by: str) -> None:
    named = _NAMED.findall(shown_by)
    assert named, f"{statement!r} names no test"
    assert len(named) == shown_by.count("`") // 2, f"{shown_by} names something else"
    for file, name in named:
        assert re.search(rf"^ *(async )?def {name}\(", (TESTS / file).read_text(encoding="utf-8"), re.MULTILINE), f"{file} has no {name}"


def test_every_large_test_proves_a_statement() -> None:
    shown = {name for _, cell in STATEMENTS for _, name in _NAMED.findall(cell)}
    large = {
        name for file in (TESTS / "soak").glob("test_*.py") for name in re.findall(r"def (test_\w+)\(", file.read_text(encoding="utf-8"))
    }
    assert large <= shown
