import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from accountgraph.errors import InvalidValueError
from accountgraph.transfer.detect import SAMPLE_BYTES, detect_encoding, sniff

from .transfer_files import written

cells = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)
western = st.text("abcXYZäöüßéèñçøÅ€“”–", min_size=1, max_size=12).map(lambda text: f"name {'e'.join(text)}")  # mostly ASCII, as words are
reuse = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be-bom", "utf-32"])
@given(header=st.lists(cells, min_size=1, max_size=6, unique=True))
@reuse
def test_unicode_headers_are_always_read_in_the_encoding_they_were_written_in(codec: str, header: list[str], tmp_path: Path) -> None:
    assume(header[0][0] not in "{\ufeff" and not header[0].startswith("sep=") and not header[0].startswith("PK"))
    bom = "\ufeff" if codec == "utf-16-be-bom" else ""
    path = written(tmp_path, [header], encoding=codec.removesuffix("-bom"), prefix=bom)
    assert sniff(path, has_header=True, delimiter=",").header == tuple(header)


@given(header=st.lists(western, min_size=1, max_size=6, unique=True))
@reuse
def test_western_headers_in_windows_1252_are_always_read_as_such(header: list[str], tmp_path: Path) -> None:
    path = written(tmp_path, [header], encoding="cp1252")
    try:
        path.read_bytes().decode()
        assume(False)
    except UnicodeDecodeError:
        pass
    found = sniff(path, has_header=True, delimiter=",")
    assert (found.encoding, found.header) == ("cp1252", tuple(name.strip() for name in header))
    assert "Windows-1252" in found.notes[0]


@given(st.lists(st.text("abcdef,;é", max_size=8), min_size=2, max_size=5), st.sampled_from(["utf-16-le", "utf-16-be"]))
def test_utf_16_without_a_mark_is_always_known_by_its_ascii(lines: list[str], codec: str) -> None:
    text = "Name;Domain\n" + "\n".join(lines)
    assert detect_encoding(text.encode(codec), whole=True) == (codec, ())


def test_a_character_cut_at_the_end_of_the_sample_is_still_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes(b"Name\n" + b"x" * (SAMPLE_BYTES - 6) + "é\nmore\n".encode())
    assert sniff(path).encoding == "utf-8"


def test_another_script_is_guessed_by_its_letters(tmp_path: Path) -> None:
    rows = [["Компания", "Страна"], *([["Газпром нефть", "Россия"]] * 10)]
    found = sniff(written(tmp_path, rows, encoding="cp1251"))
    assert (found.encoding, found.header) == ("cp1251", ("Компания", "Страна"))


@pytest.mark.parametrize("delimiter", list(",;\t|"))
@given(width=st.integers(2, 6), body=st.data())
@reuse
def test_the_delimiter_is_always_found_where_cells_are_quoted(delimiter: str, width: int, body: st.DataObject, tmp_path: Path) -> None:
    cell = st.text("ab ,;|\t\n\"'", max_size=8)
    rows = body.draw(st.lists(st.lists(cell, min_size=width, max_size=width), max_size=8))
    path = tmp_path / "quoted.csv"
    with path.open("w", newline="") as file:
        csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([[f"Column {n}" for n in range(width)], *rows])
    assert sniff(path).delimiter == delimiter


def test_decimal_commas_do_not_hide_the_semicolon(tmp_path: Path) -> None:
    path = tmp_path / "german.csv"
    path.write_text("Firma;Ort;Umsatz\nMüller, Meier & Co;Köln;1,5\nAcme;Bonn;2,5\n")
    assert sniff(path).header == ("Firma", "Ort", "Umsatz")


def test_excels_sep_line_is_obeyed_and_skipped(tmp_path: Path) -> None:
    path = tmp_path / "excel.csv"
    path.write_text("sep=;\r\nName;Notes\r\nAcme;a,b\r\n")
    found = sniff(path)
    assert (found.delimiter, found.header, found.preamble, found.newline) == (";", ("Name", "Notes"), 1, "\r\n")


def test_one_column_of_names_with_commas_stays_one_column(tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_text("Name\nAcme\nGlobex\n")
    assert sniff(path).header == ("Name",)


@pytest.mark.parametrize(
    "rows",
    [
        [["Acme", "acme.com", "12"], ["Globex", "globex.com", "14"]],
        [["John", "john@acme.com"], ["Jane", "jane@acme.com"]],
        [["Acme", "Software", "Berlin"], ["Globex", "Software", "Paris"]],
    ],
)
def test_a_file_without_header_gets_column_names_and_says_so(rows: list[list[str]], tmp_path: Path) -> None:
    found = sniff(written(tmp_path, rows))
    assert found.header == tuple(f"column_{n}" for n in range(1, len(rows[0]) + 1))
    assert "--header" in found.notes[0]


def test_a_header_can_be_stated(tmp_path: Path) -> None:
    path = written(tmp_path, [["2023", "2024"], ["1", "2"]])
    assert not sniff(path).has_header
    assert sniff(path, has_header=True).header == ("2023", "2024")


def test_second_names_and_missing_names_are_made_distinct_and_said(tmp_path: Path) -> None:
    found = sniff(written(tmp_path, [["Name", "Name", "", "Name (2)", "Name"]]))
    assert found.header == ("Name", "Name (3)", "column_3", "Name (2)", "Name (4)")
    assert len(found.notes) == 2


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\r\n\r\n", "is empty"),
        (b"PK\x03\x04rest", "save the sheet as CSV"),
        (b"\x1f\x8brest", "unpack it"),
    ],
)
def test_what_is_no_table_is_refused_with_the_cure(content: bytes, word: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(InvalidValueError, match=word):
        sniff(path)


@pytest.mark.parametrize(("encoding", "delimiter"), [("klingon", None), (None, '"'), (None, "ab")])
def test_an_impossible_statement_is_refused(encoding: str | None, delimiter: str | None, tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match=r"--encoding|--delimiter"):
        sniff(written(tmp_path, [["Name"]]), encoding=encoding, delimiter=delimiter)


def test_json_lines_have_the_names_of_all_objects_of_the_sample(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"name": "Acme"}\n{"domain": "acme.com", "name": "Acme"}\nbroken\n')
    found = sniff(path)
    assert (found.kind, found.header) == ("jsonl", ("name", "domain"))


@given(st.binary(max_size=400))
@reuse
def test_any_bytes_are_always_a_format_or_a_clear_refusal(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(content)
    try:
        found = sniff(path)
    except InvalidValueError:
        return
    assert len(set(found.header)) == len(found.header) > 0
    assert all(found.header)


@pytest.mark.parametrize("content", [b"\xff\xfee\0m\0a", b"\xff\xfea\0\x00\xd8"], ids=["half a character", "half a pair"])
def test_a_broken_utf_16_is_refused_with_its_name_and_the_cure(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(InvalidValueError, match=r"^file: a\.csv does not hold utf-16: .*--encoding"):
        sniff(path)


def test_a_program_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"\x7fELF\x02\x01\x01" + bytes(range(7)) * 40)
    with pytest.raises(InvalidValueError, match="is no text"):
        sniff(path)
