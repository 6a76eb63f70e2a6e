import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accountgraph.transfer.reader import REJECT_COLUMNS, RejectsWriter


def test_without_rejects_there_is_no_file(tmp_path: Path) -> None:
    with RejectsWriter(tmp_path / "rejects.csv", ["name"]) as rejects:
        pass
    assert rejects.count == 0
    assert list(tmp_path.iterdir()) == []


def test_the_file_appears_whole_when_the_import_ends(tmp_path: Path) -> None:
    path = tmp_path / "rejects.csv"
    with RejectsWriter(path, ["name", "email"]) as rejects:
        rejects.add(7, "email", "is not an e-mail address", ["Acme, Inc.", "x"])
        rejects.add(9, "row", "a field is too long")
        assert not path.exists()
    with path.open(newline="") as file:
        assert list(csv.reader(file)) == [
            [*REJECT_COLUMNS, "name", "email"],
            ["7", "email", "is not an e-mail address", "Acme, Inc.", "x"],
            ["9", "row", "a field is too long"],
        ]
    assert list(tmp_path.iterdir()) == [path]


def test_what_was_collected_survives_an_error(tmp_path: Path) -> None:
    path = tmp_path / "rejects.csv"
    rejects = RejectsWriter(path, ["name"])
    rejects.add(2, "name", "is empty", [""])
    with pytest.raises(ZeroDivisionError), rejects:
        _ = 1 / 0
    assert "is empty" in path.read_text()


@given(st.lists(st.text(st.characters()), max_size=5))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_cell_ever_stops_the_rejects(tmp_path: Path, cells: list[str]) -> None:
    with RejectsWriter(tmp_path / "rejects.csv", ["name"]) as rejects:
        rejects.add(2, "name", "is empty", cells)
    assert rejects.count == 1
