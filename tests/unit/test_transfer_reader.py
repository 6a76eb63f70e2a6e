import csv
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accountgraph.transfer import records
from accountgraph.transfer.detect import FileFormat, sniff
from accountgraph.transfer.reader import RowReader

from .transfer_files import written

any_cell = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
reuse = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def never(line: int, reason: str, _cells: list[str]) -> None:
    raise AssertionError(f"line {line}: {reason}")


def read(path: Path, file_format: FileFormat | None = None) -> tuple[list[tuple[int, list[str]]], list[tuple[int, str]]]:
    unreadable: list[tuple[int, str]] = []
    found = file_format or sniff(path, has_header=True)
    with RowReader(path, found, on_unreadable=lambda line, reason, _: unreadable.append((line, reason))) as rows:
        return list(rows), unreadable


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@given(rows=st.lists(st.lists(any_cell, min_size=3, max_size=3), max_size=8))
@reuse
def test_what_a_csv_writer_wrote_is_always_read_back(encoding: str, rows: list[list[str]], tmp_path: Path) -> None:
    path = written(tmp_path, [["Name", "Domain", "Notes"], *rows], encoding=encoding)
    read_back, unreadable = read(path, FileFormat("csv", encoding, ",", ("Name", "Domain", "Notes"), has_header=True, newline="\r\n"))
    assert [cells for _, cells in read_back] == rows
    assert unreadable == []


@given(rows=st.lists(st.lists(st.text('a\n\r",é', max_size=6), min_size=2, max_size=2), min_size=1, max_size=6))
@reuse
def test_the_line_is_always_where_the_record_begins(rows: list[list[str]], tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    begins = []
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(["Name", "Notes"])
        for row in rows:
            file.flush()
            begins.append(path.read_text(encoding="utf-8").count("\n") + 1)  # read_text makes every line end one \n
            writer.writerow(row)
    read_back, _ = read(path, FileFormat("csv", "utf-8", ",", ("Name", "Notes"), has_header=True, newline="\r\n"))
    assert read_back == list(zip(begins, rows, strict=True))


def test_empty_lines_are_left_out_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "gaps.csv"
    path.write_text("\nName\n\n\nAcme\n\nGlobex\n")
    assert read(path) == ([(5, ["Acme"]), (7, ["Globex"])], [])


def test_a_file_without_header_begins_with_its_first_row(tmp_path: Path) -> None:
    path = written(tmp_path, [["Acme", "acme.com"]])
    assert read(path, sniff(path)) == ([(1, ["Acme", "acme.com"])], [])


def test_lines_are_counted_after_excels_sep_line(tmp_path: Path) -> None:
    path = tmp_path / "excel.csv"
    path.write_text("sep=;\nName;Notes\nAcme;a,b\n")
    assert read(path) == ([(3, ["Acme", "a,b"])], [])


def test_rows_of_another_width_come_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "ragged.csv"
    path.write_text("Name,Domain\nAcme\nGlobex,globex.com,more\n")
    assert [cells for _, cells in read(path)[0]] == [["Acme"], ["Globex", "globex.com", "more"]]


def test_nul_and_broken_bytes_stop_nothing(tmp_path: Path) -> None:
    path = tmp_path / "broken.csv"
    path.write_bytes(b"Name,Notes\nA\0cme,x\n" + b"Gl\xff,y\nLast,z\n")
    rows, unreadable = read(path, FileFormat("csv", "utf-8", ",", ("Name", "Notes"), has_header=True, newline="\n"))
    assert [cells[0] for _, cells in rows] == ["A\0cme", "Gl\udcff", "Last"]
    assert unreadable == []


def test_a_field_beyond_the_limit_costs_its_row_only(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    with path.open("w") as file:
        file.write("Name,Notes\nAcme," + "x" * (records.FIELD_MAX + 1) + "\nGlobex,y\n")
    rows, unreadable = read(path)
    assert rows == [(3, ["Globex", "y"])]
    assert unreadable == [(2, "a field is longer than 16 MB; is a closing quote missing?")]


def test_a_field_of_ten_megabytes_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, [["Name", "Notes"], ["Acme", "é" * 10_000_000]])
    assert len(read(path)[0][0][1][1]) == 10_000_000


def test_bytes_read_reach_the_size_of_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, [["Name"], *([["Acme"]] * 10_000)])
    with RowReader(path, sniff(path), on_unreadable=never) as rows:
        seen = [rows.bytes_read for _ in rows]
    assert seen == sorted(seen)
    assert 0 < seen[0] < seen[-1] == rows.bytes_total == path.stat().st_size


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, [["Name", "Notes"], *([["Acme", "x" * 100]] * 50_000)])
    found = sniff(path)
    tracemalloc.start()
    with RowReader(path, found, on_unreadable=never) as rows:
        for _ in rows:
            pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert path.stat().st_size > 5_000_000
    assert peak < 1_000_000


def test_json_lines_give_cells_in_the_headers_order(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"name": "Acme", "value": 12.50}\n\n{"value": null, "name": "Gl\\u00f6b", "tags": ["a"], "more": {"b": true}}\n')
    rows, unreadable = read(path)
    assert rows == [(1, ["Acme", "12.50", "", ""]), (3, ["Glöb", "", '["a"]', '{"b": true}'])]
    assert unreadable == []


def test_a_broken_json_line_costs_itself_only(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"name": "Acme"}\n{"name": \n[1]\n{"name": "Globex"}\n')
    rows, unreadable = read(path)
    assert [line for line, _ in rows] == [1, 4]
    assert [line for line, _ in unreadable] == [2, 3]


def test_a_json_name_that_the_sample_does_not_have_is_not_lost_silently(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"name": "Acme"}\n{"name": "Globex", "late": 1}\n')
    found = FileFormat("jsonl", "utf-8", "", ("name",), has_header=True, newline="\n")
    rows, unreadable = read(path, found)
    assert len(rows) == 1
    assert unreadable[0][0] == 2
    assert "'late'" in unreadable[0][1]
