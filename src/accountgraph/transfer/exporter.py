"""Export an entity as a file that an import reads: `await export(db, "contacts", path)`.

Nothing is lost on the way through a file into an empty workspace: ids, references, attributes (a JSON object), every
domain of a company, and external ids (a column `external_id:SOURCE` each; several keys of one system are a JSON list).
Three things are not in it: when a row was created, events beyond a touchpoint's times, and the difference between
an empty text and none. `accountgraph db backup` keeps those too.

Cells are written as they are, also those that a spreadsheet would take for a formula (`=1+1`): a mark in front of
them would come back as a part of the value. A file for people to open in a spreadsheet is another one: there
`for_spreadsheet` puts an apostrophe before each such text, by which spreadsheets show it and do not run it.
"""

from __future__ import annotations

import csv
import io
from contextlib import aclosing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TextIO

import msgspec

from accountgraph.errors import InvalidValueError
from accountgraph.models import CommunicationPreferences
from accountgraph.transfer.fields import MODELS

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from accountgraph.db import Database, Session

Format = Literal["csv", "jsonl"]
_EXTRA = {
    "companies": ("domains",),
    "contacts": ("company_domain",),
    "relationships": ("contact_1_email", "contact_2_email"),
    "conversations": ("contact_email", "company_domain"),
    "touchpoints": (),
}
PIECE = 64 * 1024  # characters
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # the last four: the same, full width
_PREFERENCES = tuple(CommunicationPreferences.__struct_fields__)


class Piece(NamedTuple):
    """Some of an export's text, and how many rows are in it."""

    text: str
    rows: int


async def export(db: Database, entity: str, out: Path | TextIO, kind: Format = "csv", *, for_spreadsheet: bool = False) -> int:
    """Write all rows of `entity` (a table's name) to `out`, by id; gives how many. Memory stays flat.

    A file is written beside its place and put there when it is whole. In JSON Lines every row has every key.

    Raises:
        InvalidValueError: no such entity or format, or the file cannot be written.
    """
    pieces = exported(db, entity, kind, for_spreadsheet=for_spreadsheet)
    if not isinstance(out, Path):
        return await _written(pieces, out)
    unfinished = out.with_name(out.name + ".part")
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as file:
            count = await _written(pieces, file)
        unfinished.replace(out)
    except OSError as error:
        raise InvalidValueError(
            "file", f"{out} cannot be written: {error.strerror}; name a file in a folder that is there and yours."
        ) from None
    finally:
        unfinished.unlink(missing_ok=True)
    return count


def exported(db: Database, entity: str, kind: Format = "csv", *, for_spreadsheet: bool = False) -> AsyncGenerator[Piece]:
    """The text of an export, as `export` writes it, piece by piece: all of it is as of one moment, and memory stays flat.

    Raises:
        InvalidValueError: no such entity or format.
    """
    if entity not in MODELS:
        raise InvalidValueError("entity", f"{entity!r} is none of {', '.join(MODELS)}.")
    if kind not in {"csv", "jsonl"}:
        raise InvalidValueError("format", f"{kind!r} is neither csv nor jsonl.")
    if for_spreadsheet and kind != "csv":
        raise InvalidValueError("spreadsheet", "is for csv: spreadsheets do not open JSON Lines.")
    return _pieces(db, entity, kind, for_spreadsheet)


async def _written(pieces: AsyncGenerator[Piece], out: TextIO) -> int:
    count = 0
    async with aclosing(pieces):  # whoever reads may have enough before the end: the transaction ends here, not with the loop
        async for piece in pieces:
            out.write(piece.text)
            count += piece.rows
    return count


async def _pieces(db: Database, entity: str, kind: Format, for_spreadsheet: bool) -> AsyncGenerator[Piece]:
    async with db.transaction(is_snapshot=True) as session:
        columns = _columns(entity, await session.rows(str, "export.sources", {"entity": entity}))
        out = io.StringIO(newline="")
        write = _csv_writer(out, columns, harmless_cell if for_spreadsheet else _cell) if kind == "csv" else _json_writer(out, columns)
        count = 0
        async for row in _rows(session, entity):
            write(row)
            count += 1
            if out.tell() >= PIECE:
                yield Piece(_taken(out), count)
                count = 0
        yield Piece(_taken(out), count)


def _taken(out: io.StringIO) -> str:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text


async def _rows(session: Session, entity: str) -> AsyncGenerator[dict[str, Any]]:
    async for row in session.stream(dict, f"export.{entity}"):
        for source, keys in (row.pop("external_ids") or {}).items():
            row[f"external_id:{source}"] = keys if len(keys) > 1 or keys[0].startswith("[") else keys[0]
        if entity == "contacts":
            preferences = row.pop("communication_preferences")
            row |= {f"communication_preferences.{name}": preferences.get(name) for name in _PREFERENCES}
        yield row


def _columns(entity: str, sources: list[str]) -> list[str]:
    own = [name for name in MODELS[entity].__struct_fields__ if name != "email_key"]
    if entity == "contacts":
        place = own.index("communication_preferences")
        own[place : place + 1] = [f"communication_preferences.{name}" for name in _PREFERENCES]
    return [*own, *_EXTRA[entity], *(f"external_id:{source}" for source in sources)]


def _csv_writer(out: TextIO, columns: list[str], cell: Callable[[object], str]) -> Callable[[dict[str, Any]], None]:
    writer = csv.writer(out)
    writer.writerow(columns)

    def write(row: dict[str, Any]) -> None:
        writer.writerow([cell(row.get(name)) for name in columns])

    return write


def _json_writer(out: TextIO, columns: list[str]) -> Callable[[dict[str, Any]], None]:
    def write(row: dict[str, Any]) -> None:
        out.write(msgspec.json.encode({name: row.get(name) for name in columns}).decode() + "\n")

    return write


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.isoformat()
        case dict() | list():
            return msgspec.json.encode(value).decode() if value else ""
        case _:
            return str(value)


def harmless_cell(value: object) -> str:
    """A cell of CSV that no spreadsheet takes for a formula."""
    text = _cell(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text
