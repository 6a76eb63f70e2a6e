"""How a file is written: `sniff(path)` gives encoding, delimiter and header from its first 256 KiB.

Every guess can be overruled by the caller, and what is doubtful stands in `FileFormat.notes`.
CSV (comma, semicolon, tab, bar) and JSON Lines (one object a line) are known.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Literal

import msgspec

from accountgraph.errors import InvalidValueError
from accountgraph.transfer.fields import is_known_header
from accountgraph.transfer.records import DATA, Records

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SAMPLE_BYTES = 256 * 1024
SAMPLE_ROWS = 200
DELIMITERS = ",;\t|"

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_NOT_TEXT = (
    (b"PK\x03\x04", "is a zip archive or an Excel workbook; save the sheet as CSV"),
    (b"\xd0\xcf\x11\xe0", "is an old Excel workbook; save the sheet as CSV"),
    (b"\x1f\x8b", "is compressed; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "is compressed; unpack it first"),
    (b"\xfd7zXZ\x00", "is compressed; unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "is an archive; unpack it first"),
    (b"Rar!\x1a\x07", "is an archive; unpack it first"),
    (b"%PDF", "is a PDF; export the table as CSV"),
)
# Codecs that are no encodings of files: some expand what they read, some take a time that grows with its square.
_NO_ENCODINGS = {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "unicode-escape", "raw-unicode-escape"}
FEWEST_LETTERS = 8
FEWEST_STRANGE = 16
_NON_LATIN = ["cp1251", "koi8_r", "cp1253", "cp1255", "cp1256", "cp932", "gb18030", "big5", "euc_kr"]


@dataclass(frozen=True, slots=True)
class FileFormat:
    """How to read a file.

    `header` has one distinct, non-empty name a column, also where the file has none (`column_1`, ...).
    `preamble` counts the lines before the first record (Excel's `sep=;`). `notes` are sentences for the user.
    """

    kind: Literal["csv", "jsonl"]
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    has_header: bool
    newline: str
    preamble: int = 0
    notes: tuple[str, ...] = ()


def sniff(path: Path, *, encoding: str | None = None, delimiter: str | None = None, has_header: bool | None = None) -> FileFormat:
    """How the file at `path` is written; what the caller states is not guessed.

    Raises:
        InvalidValueError: the file is empty, is no text, or an argument cannot be used.
    """
    with path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES)
        whole = not file.read(1)
    refuse_non_text(path.name, sample)
    if encoding is None:
        encoding, notes = detect_encoding(sample, whole=whole)
    else:
        notes = ()
    text = _decode(path, sample, encoding, whole=whole)
    _refuse_control_characters(path, text)
    if not text.strip("\ufeff\r\n\t \0"):
        raise InvalidValueError("file", f"{path.name} is empty")
    if delimiter is None and _is_json_lines(path, text):
        return _sniff_json_lines(path, text, encoding, notes, whole=whole)
    return _sniff_csv(text, encoding, delimiter, has_header, notes, whole=whole)


def refuse_non_text(name: str, sample: bytes) -> None:
    """Refuse what its first bytes show to be no text: archives, compressed files, workbooks.

    Raises:
        InvalidValueError: with the cure.
    """
    for magic, advice in _NOT_TEXT:
        if sample.startswith(magic):
            raise InvalidValueError("file", f"{name} {advice}")


def _refuse_control_characters(path: Path, text: str) -> None:
    """A text has a stray NUL at most; a program, a picture or an archive is full of them."""
    strange = sum(text.count(sign) for sign in "\0\1\2\3\4\5\6")
    if strange > max(FEWEST_STRANGE, len(text) // 20):
        raise InvalidValueError("file", f"{path.name} is no text; export the table as CSV")


def detect_encoding(sample: bytes, *, whole: bool) -> tuple[str, tuple[str, ...]]:
    """The Python codec that reads `sample`, and what is doubtful about it.

    `whole` says that the file ends with the sample; otherwise a character may be cut at its end.
    """
    for bom, name in _BOMS:
        if sample.startswith(bom):
            return name, ()
    if utf16 := _evident_utf16(sample):
        return utf16, ()
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample, final=whole)
    except UnicodeDecodeError:
        return _eight_bit(sample)
    return "utf-8", ()


def _evident_utf16(sample: bytes) -> str | None:
    """UTF-16 without a mark shows by the zero half of its ASCII characters."""
    pairs = len(sample) // 2
    low, high = sample[0::2].count(0), sample[1::2].count(0)
    if high >= max(2, pairs * 0.2) and low * 10 < high:
        return "utf-16-le"
    if low >= max(2, pairs * 0.2) and high * 10 < low:
        return "utf-16-be"
    return None


def _eight_bit(sample: bytes) -> tuple[str, tuple[str, ...]]:
    high = sum(count for byte, count in Counter(sample).items() if byte >= 0x80)
    ascii_letters = len(re.findall(rb"[A-Za-z]", sample))
    # Western text is mostly ASCII letters. A statistical guess is right about other scripts, and
    # only about them: between the Western code pages it is a coin toss, so there the common one is taken.
    # Text in another script has many different letters; a few that repeat are a Western word, or a line drawn with one.
    if high >= 30 and high > ascii_letters and len({byte for byte in sample if byte >= 0x80}) >= FEWEST_LETTERS:
        from charset_normalizer import from_bytes  # noqa: PLC0415  (slow to import, seldom needed)

        if best := from_bytes(sample, cp_isolation=_NON_LATIN).best():
            return best.encoding, (f"read as {best.encoding}, by its letters; say --encoding if that is wrong",)
    return "cp1252", ("not UTF-8, read as Windows-1252; say --encoding if names look wrong",)


def _decode(path: Path, sample: bytes, encoding: str, *, whole: bool) -> str:
    try:
        known = codecs.lookup(encoding)
        if not known._is_text_encoding or known.name in _NO_ENCODINGS:
            raise LookupError  # noqa: TRY301 - said below, as for one that there is not
        decoder = codecs.getincrementaldecoder(encoding)("surrogateescape")
    except (LookupError, ValueError, UnicodeError):
        raise InvalidValueError("--encoding", f"{encoding!r} is not known; utf-8, utf-16 and cp1252 are usual ones") from None
    try:
        return decoder.decode(sample, final=whole)
    except UnicodeDecodeError as error:
        raise InvalidValueError(
            "file", f"{path.name} does not hold {encoding}: {error.reason}; say --encoding, or save it as UTF-8"
        ) from None


def _is_json_lines(path: Path, text: str) -> bool:
    if path.suffix.lower() in {".jsonl", ".ndjson"}:
        return True
    first = text.lstrip("\ufeff\r\n ").partition("\n")[0]
    try:
        return first.startswith("{") and isinstance(msgspec.json.decode(first), dict)
    except msgspec.DecodeError:
        return False


def _sniff_json_lines(path: Path, text: str, encoding: str, notes: tuple[str, ...], *, whole: bool) -> FileFormat:
    lines = [line for line in text.lstrip("\ufeff").split("\n") if line.strip()]
    names: dict[str, None] = {}
    for line in lines if whole or len(lines) == 1 else lines[:-1]:
        try:
            names.update(dict.fromkeys(name for name in msgspec.json.decode(line, type=dict[str, msgspec.Raw]) if "\0" not in name))
        except (msgspec.DecodeError, UnicodeEncodeError):
            continue  # the reader reports it with its line
    if not names:
        raise InvalidValueError("file", f"{path.name} has no JSON object in its first lines; JSON Lines has one object a line")
    return FileFormat("jsonl", encoding, "", tuple(names), has_header=True, newline="\n", notes=notes)


def _sniff_csv(
    text: str, encoding: str, delimiter: str | None, has_header: bool | None, notes: tuple[str, ...], *, whole: bool
) -> FileFormat:
    preamble = 0
    if declared := re.match(r'"?sep=(.)"?(?:\r\n|\r|\n)', text):
        preamble, text = 1, text[declared.end() :]
        delimiter = delimiter or declared[1]
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
        raise InvalidValueError("--delimiter", f"{delimiter!r} cannot separate columns; give one character, like ';'")
    delimiter = delimiter or _best_delimiter(text, whole=whole)
    records = _records(text, delimiter, whole=whole)
    if not records:
        raise InvalidValueError("file", "has no rows in it")
    if has_header is None:
        has_header = _looks_like_header(records)
        if not has_header:
            notes = (*notes, "the first row looks like data, so columns are named column_1, ...; say --header if it is a header")
    first = records[0] if has_header else [""] * max(map(len, records))
    if has_header and _is_unclosed(text, delimiter, len(first)):
        raise InvalidValueError("file", "a quote opens in its header and is never closed; close it, or leave it out")
    header, renamed = _distinct(first)
    newline = match[0] if (match := re.search(r"\r\n|\r|\n", text)) else "\n"
    return FileFormat("csv", encoding, delimiter, header, has_header, newline, preamble, notes + renamed)


def _records(text: str, delimiter: str, *, whole: bool) -> list[list[str]]:
    """The sample's first complete records, without empty lines."""
    csv.field_size_limit(SAMPLE_BYTES)
    try:
        rows = list(islice(filter(None, csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)), SAMPLE_ROWS + 1))
    except csv.Error:
        return []
    cut = not whole and 1 < len(rows) <= SAMPLE_ROWS
    return rows[:-1] if cut else rows[:SAMPLE_ROWS]


def _is_unclosed(text: str, delimiter: str, width: int) -> bool:
    """Whether a quote in the header swallows rows below it."""
    first = next(filter(lambda record: record[1], Records(iter(io.StringIO(text, newline="")), delimiter, width=width)), None)
    return first is not None and first[2] is not None


def _best_delimiter(text: str, *, whole: bool) -> str:
    """The one with which the most rows are as wide as the first; the wider where two are equal."""

    def merit(delimiter: str) -> tuple[float, int]:
        records = _records(text, delimiter, whole=whole)
        width = len(records[0]) if records else 0
        if width < 2:
            return 0.0, 0
        return sum(len(record) == width for record in records) / len(records), width

    best = max(DELIMITERS, key=merit)
    return best if merit(best)[0] >= 0.5 else ","


def _looks_like_header(records: list[list[str]]) -> bool:
    first = [cell.strip() for cell in records[0]]
    if any(map(is_known_header, first)):
        return True
    if any(map(DATA.fullmatch, first)) or not any(first):
        return False
    below = records[1:]
    return not any(cell and cell == record[index].strip() for record in below for index, cell in enumerate(first[: len(record)]))


def _distinct(names: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """`names` made non-empty and distinct, and the sentences that say which were changed."""
    taken: dict[str, None] = {}
    notes = []
    # Names become keys of attributes, where the database takes neither NUL nor bytes that are no text.
    wanted = [re.sub("[\0\ud800-\udfff]", "\ufffd", name.lstrip("\ufeff")).strip() for name in names]
    reserved = set(wanted)
    for position, name in enumerate(wanted, 1):
        base = name or f"column_{position}"
        distinct, again = base, 1
        while distinct in taken or (again > 1 and distinct in reserved):
            again += 1
            distinct = f"{base} ({again})"
        taken[distinct] = None
        if distinct != base:
            notes.append(f"column {position} is a second {base!r}; it is called {distinct!r} here")
    return tuple(taken), tuple(notes)
