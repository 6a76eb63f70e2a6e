"""A quote that is opened and never closed."""

import csv
import tracemalloc
from pathlib import Path

import pytest

from accountgraph.errors import InvalidValueError
from accountgraph.transfer import records
from accountgraph.transfer.detect import sniff
from accountgraph.transfer.reader import RowReader
from accountgraph.transfer.records import UNCLOSED, Record, Records

from .transfer_files import written

PEOPLE = [f"u{number}@qy.com,N{number}" for number in range(5_000)]


def read(lines: list[str], *, width: int = 2, is_cut: bool = False) -> list[Record]:
    return list(Records(iter([f"{line}\n" for line in lines]), ",", width=width, is_cut=is_cut))


def taken(found: list[Record]) -> list[list[str]]:
    return [cells for _, cells, reason in found if reason is None]


def refused(found: list[Record]) -> list[Record]:
    return [one for one in found if one[2]]


def test_a_quote_that_the_end_of_the_file_closes_costs_its_own_row_only() -> None:
    found = read([*PEOPLE[:10], 'u10@qy.com,"N10', *PEOPLE[11:]])
    assert refused(found) == [(11, ["u10@qy.com", "N10"], UNCLOSED)]
    assert [line for line, _, _ in found] == list(range(1, 5_001))
    assert taken(found)[10] == ["u11@qy.com", "N11"]


def test_a_quote_in_the_last_row_costs_that_row() -> None:
    assert read(["a,b", 'c,"d']) == [(1, ["a", "b"], None), (2, ["c", "d"], UNCLOSED)]


def test_a_quote_that_the_opening_one_of_a_later_row_closes_costs_its_own_row_only() -> None:
    found = read([*PEOPLE[:10], 'u10@qy.com,"N10', *PEOPLE[11:50], 'u50@qy.com,"Nolan, Jo"', *PEOPLE[51:]])
    assert refused(found) == [(11, ["u10@qy.com", "N10"], UNCLOSED)]
    assert ["u50@qy.com", "Nolan, Jo"] in taken(found)
    assert len(taken(found)) == 4_999


def test_two_stray_quotes_take_no_rows_between_them() -> None:
    found = read([*PEOPLE[:10], 'u10@qy.com,"N10', *PEOPLE[11:50], 'u50@qy.com,N50"', *PEOPLE[51:]])
    assert [line for line, _, _ in refused(found)] == [11]
    assert len(taken(found)) == 4_999


def test_rows_without_any_telling_value_are_known_by_their_number() -> None:
    found = read(["a,b,c", 'd,"e,f', "g,h,i", "j,k,l", 'm,n,o"', "p,q,r"], width=3)
    assert refused(found) == [(2, ["d", "e,f"], UNCLOSED)]
    assert [cells[0] for cells in taken(found)] == ["a", "g", "j", "m", "p"]


@pytest.mark.parametrize(
    "notes",
    ["one\ntwo", "Street 5, Berlin\nGate 3, left", "a\n\n\nb", 'he said "no"\nand, "yes"', "Dear Jo,\n\nfine, thanks.\nAnn", "x\n" * 50],
)
def test_a_field_of_several_lines_is_read_as_it_is(notes: str, tmp_path: Path) -> None:
    rows = [["a@b.com", notes], ["c@d.com", "short"]]
    with written(tmp_path, rows).open(newline="") as file:
        assert taken(list(Records(iter(file.readlines()), ",", width=2))) == rows


def test_spaces_behind_a_closing_quote_do_no_harm() -> None:
    assert taken(read(['a@b.com,"one', 'two" ', '"x', 'y" ,c@d.com'])) == [["a@b.com", "one\ntwo "], ["x\ny ", "c@d.com"]]


def test_lines_are_counted_after_a_row_that_was_read_again() -> None:
    assert [line for line, _, _ in read(["a,b", 'c,"d', "e,f", 'g,"h', 'i"', "j,k"])] == [1, 2, 3, 4, 6]


def test_what_goes_on_behind_the_beginning_of_a_file_is_left_out() -> None:
    assert read(["a@b.com,b", 'c@d.com,"Dear Jo,', "fine"], is_cut=True) == [(1, ["a@b.com", "b"], None)]


def test_a_quote_that_swallows_rows_shows_in_the_beginning_of_a_file() -> None:
    found = read([*PEOPLE[:10], 'u10@qy.com,"N10', *PEOPLE[11:50]], is_cut=True)
    assert [line for line, _, _ in refused(found)] == [11]


def test_a_quote_that_opens_in_the_header_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("\n".join(['email,"first name', *PEOPLE]))
    with pytest.raises(InvalidValueError, match="a quote opens in its header and is never closed"):
        sniff(path)


def test_what_is_looked_at_ahead_is_bounded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(records, "FIELD_MAX", 200_000)
    path = written(tmp_path, [["Name", "Notes"], ["Acme", "@"], *([["Acme", "x" * 100]] * 50_000)])
    path.write_bytes(path.read_bytes().replace(b"@", b'"@'))
    found = sniff(path)
    unreadable: list[int] = []
    tracemalloc.start()
    with RowReader(path, found, on_unreadable=lambda line, *_: unreadable.append(line)) as rows:
        count = sum(1 for _ in rows)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    csv.field_size_limit(16 * 1024 * 1024)
    assert (count, unreadable) == (50_000, [2])
    assert peak < 2_000_000


def test_looking_ahead_in_vain_is_not_done_over_and_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "FIELD_MAX", 100_000)
    monkeypatch.setattr(records, "REACH_LEAST", 1_000)
    seen = 0
    lines = ['a",""","""\n'] * 20_000  # each opens a quote, and closes that of the line before

    class Counted(Records):
        def _give_back(self) -> None:
            nonlocal seen
            seen += len(self._held)
            super()._give_back()

    found = list(Counted(iter(lines), ",", width=2))
    assert len(found) == 20_000
    assert seen < 20_000 * 120
