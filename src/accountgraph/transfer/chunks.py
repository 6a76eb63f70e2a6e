"""The rows of a file as batches for the database: converted, rows that repeat a key folded into one.

`next_chunk` blocks (it reads, converts and writes COPY's text) and is meant for a thread, while the server merges the
chunk before. Within a chunk no two rows have a key in common, so that all of it can be merged by a few statements.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import msgspec

from accountgraph.enums import AttributeType
from accountgraph.store.bulk import Batch, copy_text
from accountgraph.transfer.convert import Converter, Reject
from accountgraph.transfer.fields import Field
from accountgraph.transfer.values import converter_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence, Set

    from accountgraph.transfer.reader import RowReader

FIRST_ROWS = 2_000  # the first chunk is small, so that the server need not wait long; each is up to four times the one before
CHUNK_ROWS = 20_000
CHUNK_CHARACTERS = 32 * 1024 * 1024
Key = tuple[str, Any]
Origin = tuple[int, list[str]]

_CONVERSATION = ("conversation_id", "conversation_key", "contact_email", "contact_key")
_ENDS = ("contact_1_email", "contact_1_key", "contact_id_1", "contact_2_email", "contact_2_key", "contact_id_2")
# entity -> what tells its rows apart: a kind of key, and the columns that make it; the first must be there
_NATURAL: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "companies": (("id", ("id",)), ("domain", ("domain",))),
    "contacts": (("id", ("id",)), ("email", ("email_key",))),
    "relationships": (("id", ("id",)), ("ends", _ENDS)),
    "conversations": (("id", ("id",)),),
    "touchpoints": (
        ("id", ("id",)),
        ("email_message_id", ("email_message_id", *_CONVERSATION)),
        ("provider_id", ("provider_id", *_CONVERSATION)),
    ),
}
_KINDS = {AttributeType.NUMBER: "decimal", AttributeType.BOOLEAN: "boolean", AttributeType.DATE: "timestamp", AttributeType.LIST: "array"}


@dataclass(slots=True)
class Row:
    """A converted row: its values, its external ids, and where in the file it came from (all of them, where rows were folded)."""

    values: list[Any]
    external_ids: list[tuple[str, str]]
    origins: list[Origin]


@dataclass(slots=True)
class Chunk:
    """Rows to be merged together; `rejected` are (line, field, reason, cells). `read` rows were read for it."""

    rows: list[Row] = field(default_factory=list)
    rejected: list[tuple[int, str, str, list[str]]] = field(default_factory=list)
    read: int = 0
    bytes_read: int = 0
    batch: Batch | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """What the values of converted rows are; `attributes` says what declared attributes are to be."""

    entity: str
    converter: Converter
    overwrite: bool = False
    create_companies: bool = False
    attributes: dict[str, AttributeType] = field(default_factory=dict)

    def batch(self, rows: Sequence[Row]) -> Batch:
        """`rows` for the database."""
        columns = [output.name for output in self.converter.outputs if output.name != "external_id"]
        columns = [name for place, name in enumerate(columns) if name not in columns[:place]]
        sources = {one.name: one.source for one in self.converter.outputs if one.reference and one.source}
        values = [row.values for row in rows]
        keys = [(place, source, key) for place, row in enumerate(rows) for source, key in row.external_ids]
        return Batch(self.entity, tuple(columns), values, keys, sources, self.create_companies, copy_text(values))


class ChunkReader:
    """Chunks of a file, in its order."""

    def __init__(self, reader: RowReader, shape: Shape, unreadable: list[tuple[int, str, list[str]]]) -> None:
        self._reader = reader
        self._unreadable = unreadable
        self._rows = iter(reader)
        self._shape = shape
        self._held: Row | None = None
        self._most = min(FIRST_ROWS, CHUNK_ROWS)
        names = [output.name for output in shape.converter.outputs]
        self._external = [
            (place, output.source or "") for place, output in enumerate(shape.converter.outputs) if output.name == "external_id"
        ]
        self._json_places = [place for place, name in enumerate(names) if name == "attributes"]
        self._kept_places = [place for place, name in enumerate(names) if name != "external_id" and place not in self._json_places[1:]]
        kept = [names[place] for place in self._kept_places]
        self._is_picked = len(kept) != len(names)
        self._natural = [
            (kind, tuple(kept.index(name) for name in columns if name in kept))
            for kind, columns in _NATURAL[shape.entity]
            if columns[0] in kept or kind == "ends"
        ]
        self._json_columns = {place for place, name in enumerate(kept) if name in _JSON_COLUMNS}
        self._attributes_place = kept.index("attributes") if self._json_places else None
        self._preferences_place = kept.index(_PREFERENCES) if _PREFERENCES in kept else None
        self._defaults = {place: DEFAULTS[name] for place, name in enumerate(kept) if name in DEFAULTS}
        self._domains_place = kept.index("domains") if "domains" in kept else None
        self._typed = {name: _attribute_converter(name, kind) for name, kind in shape.attributes.items() if kind in _KINDS}

    def next_chunk(self) -> Chunk | None:
        """The next rows that can be merged together, or None at the end of the file."""
        chunk = Chunk()
        owners: dict[Key, int] = {}
        size = 0
        if self._held:
            self._place(chunk, owners, self._held)
            self._held = None
        for line, cells in self._rows:
            chunk.read += 1
            row = self._converted(line, cells)
            if isinstance(row, Reject):
                chunk.rejected.append((line, row.field, row.reason, cells))
            elif not self._place(chunk, owners, row):
                self._held = row
                break
            size += sum(map(len, cells))
            if len(chunk.rows) >= self._most or chunk.read >= 2 * self._most or size >= CHUNK_CHARACTERS:
                break
        self._most = min(4 * self._most, CHUNK_ROWS)
        return self._finished(chunk)

    def _finished(self, chunk: Chunk) -> Chunk | None:
        chunk.rejected += [(line, "row", reason, cells) for line, reason, cells in self._unreadable]
        chunk.read += len(self._unreadable)
        self._unreadable.clear()
        if not chunk.rows and not chunk.rejected:
            return None
        chunk.rejected.sort(key=lambda one: one[0])
        chunk.bytes_read = self._reader.bytes_read
        chunk.batch = self._shape.batch(chunk.rows)
        return chunk

    def _converted(self, line: int, cells: list[str]) -> Row | Reject:
        values = self._shape.converter.convert(cells)
        if isinstance(values, Reject):
            return values
        external = [(source, key) for place, source in self._external if values[place] for key in _keys_in(values[place])]
        if len(self._json_places) > 1:
            values[self._json_places[0]] = _merged_json(*(values[place] for place in self._json_places))
        if self._is_picked:
            values = [values[place] for place in self._kept_places]
        if self._typed and self._attributes_place is not None and values[self._attributes_place]:
            typed = self._with_types(values[self._attributes_place])
            if isinstance(typed, Reject):
                return typed
            values[self._attributes_place] = typed
        return Row(values, external, [(line, cells)])

    def _with_types(self, attributes: str) -> str | Reject:
        decoded = msgspec.json.decode(attributes)
        for name, convert in self._typed.items():
            if isinstance(decoded.get(name), str):
                try:
                    decoded[name] = convert(decoded[name])
                except ValueError as error:
                    return Reject(f"attributes.{name}", str(error))
        return _encode(decoded).decode()

    def _place(self, chunk: Chunk, owners: dict[Key, int], row: Row) -> bool:
        """Put a row into the chunk; False where it has to wait for the next one."""
        keys = self._keys_of(row)
        if not keys:
            line, cells = row.origins[0]
            chunk.rejected.append((line, "row", _NO_KEY, cells))
            return True
        known = {owners[key] for key in keys if key in owners}
        if not known:
            owners.update(dict.fromkeys(keys, len(chunk.rows)))
            chunk.rows.append(row)
            return True
        first = chunk.rows[min(known)]
        if len(known) > 1 or (self._shape.overwrite and self._moves_key(first, row)):
            return False
        self._fold(first, row)
        owners.update(dict.fromkeys(self._keys_of(first), min(known)))
        return True

    def _keys_of(self, row: Row) -> list[Key]:
        keys: list[Key] = [("external_id", pair) for pair in row.external_ids]
        values = row.values
        for kind, places in self._natural:
            if len(places) == 1:
                if (value := values[places[0]]) is not None:
                    keys.append((kind, value))
            elif values[places[0]] is not None or kind == "ends":
                keys.append((kind, tuple(values[place] for place in places)))
        if self._domains_place is not None:
            keys += [("domain", domain) for domain in values[self._domains_place] or ()]
        return keys

    def _moves_key(self, first: Row, row: Row) -> bool:
        pairs = ((first.values[place], row.values[place]) for _, places in self._natural for place in places)
        return any(before is not None and after is not None and before != after for before, after in pairs)

    def _fold(self, first: Row, row: Row) -> None:
        """Say with the first row what the later one with the same key says, too."""
        for place, value in enumerate(row.values):
            before = first.values[place]
            if value is None:
                continue
            if place in self._json_columns and before is not None:
                merged = _merged_json(before, value) if self._shape.overwrite else _merged_json(value, before)
                first.values[place] = merged if self._shape.overwrite or place != self._preferences_place else _with_wishes(merged, value)
            elif before is None or before is False or self._shape.overwrite or before == self._defaults.get(place):
                first.values[place] = value
        first.external_ids += [pair for pair in row.external_ids if pair not in first.external_ids]
        first.origins += row.origins


def without(shape: Shape, chunk: Chunk, places: Set[int]) -> Chunk:
    """The chunk without the rows at these places, which are rejected."""
    kept = [row for place, row in enumerate(chunk.rows) if place not in places]
    gone = [(line, "row", LEFT_OUT, cells) for place in sorted(places) for line, cells in chunk.rows[place].origins]
    return replace(chunk, rows=kept, rejected=[*chunk.rejected, *gone], batch=shape.batch(kept))


_encode = msgspec.json.Encoder(decimal_format="number").encode
_PREFERENCES = "communication_preferences"
_WISHES = ("do_not_contact", "do_not_reference")
DEFAULTS = {
    "status": "active",
    "account_status": "prospecting",
    "strength": "medium",
}  # what counts as empty, beside a flag that is not set
_JSON_COLUMNS = {"attributes", "metadata", "context", "research_data", "communication_preferences"}
LEFT_OUT = "names somebody who was erased while the file waited; it is left out"
_NO_KEY = "has no key by which a second run could find it again; fill a key column, or say --key COLUMN"


def _keys_in(text: str) -> list[str]:
    """One key, or several as an export writes them: a JSON list of texts."""
    if text[0] == "[":
        try:
            return msgspec.json.decode(text, type=list[str])
        except msgspec.DecodeError:
            return [text]
    return [text]


def _merged_json(*texts: str | None) -> str | None:
    """JSON objects as one; the later has the last word about a key."""
    known = [text for text in texts if text]
    if len(known) < 2:
        return known[0] if known else None
    merged: dict[str, msgspec.Raw] = {}
    for text in known:
        merged |= msgspec.json.decode(text, type=dict[str, msgspec.Raw])
    return msgspec.json.encode(merged).decode()


def _with_wishes(preferences: str | None, later: str) -> str | None:
    """The preferences with what a later row asks for: who wishes to be left alone is, whatever an earlier row says."""
    said = msgspec.json.decode(later)
    wishes = {name: True for name in _WISHES if said.get(name) is True}
    return _merged_json(preferences, _encode(wishes).decode()) if wishes else preferences


def _attribute_converter(name: str, kind: AttributeType) -> Callable[[str], Any]:
    convert = converter_for(Field(name, _KINDS[kind]))  # type: ignore[arg-type] # the values are kinds
    assert convert is not None  # noqa: S101 - only text has none
    if kind != AttributeType.DATE:
        return convert

    def to_date(text: str) -> str:
        return str(convert(text).isoformat()).removesuffix("T00:00:00+00:00")

    return to_date


def again(shape: Shape, rows: Iterator[Row]) -> Iterator[Chunk]:
    """Rows that had to wait, as chunks once more."""
    chunk = Chunk()
    for row in rows:
        chunk.rows.append(row)
        if len(chunk.rows) == CHUNK_ROWS:
            yield replace(chunk, batch=shape.batch(chunk.rows))
            chunk = Chunk()
    if chunk.rows:
        yield replace(chunk, batch=shape.batch(chunk.rows))
