"""Many rows at once: COPY into temporary tables, then a few statements for all of them.

A batch is staged, resolved (which stored row does each mean, what does it point at, what stands in its
way), inserted and merged, all in one transaction. Rows with a problem come back and spoil nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, TypeVar
from uuid import UUID

import msgspec

from accountgraph.errors import DuplicateError, InvalidInputError, MissingReferenceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from accountgraph.db import Connectable, Session
    from accountgraph.models import Entity
    from accountgraph.store.given import E

T = TypeVar("T")
Mode = Literal["create", "fill", "overwrite"]
CREATE_ROWS = 5000
_ATTEMPTS = 3
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_KEPT_BY_LOCK = {"contacts", "conversations", "touchpoints"}
_HAS_REPEATED_PAIRS = {"relationships"}


@dataclass(frozen=True, slots=True)
class RowError:
    """Why the row at `position` (from 0) was not taken."""

    position: int
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What `create_many` did. `ids` has one a row given, None where there is an error."""

    created: int
    ids: list[UUID | None]
    errors: list[RowError]


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of `entity` (a table's name) to be merged.

    `columns` are those of the `stage` query that `rows` fill; `keys` are external ids, (place in `rows`, source, key);
    `sources` says for a reference by key which system gave it. `create_companies` makes those that contacts name.
    """

    entity: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Any]]
    keys: Sequence[tuple[int, str, str]] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    create_companies: bool = False
    data: bytes | None = None

    def part(self, start: int, stop: int) -> Batch:
        """The rows from `start` up to `stop`."""
        keys = [(place - start, source, key) for place, source, key in self.keys if start <= place < stop]
        return replace(self, rows=self.rows[start:stop], keys=keys, data=None)


@dataclass(slots=True)
class Merged:
    """What became of a batch; `waiting` are places of rows that point at rows of their own kind that are not there (yet)."""

    created: int = 0
    matched: int = 0
    companies_created: int = 0
    changed: set[UUID] = field(default_factory=set)
    errors: list[RowError] = field(default_factory=list)
    waiting: list[RowError] = field(default_factory=list)

    def add(self, other: Merged, offset: int) -> None:
        """Take over what became of a part that began at `offset`."""
        self.created += other.created
        self.matched += other.matched
        self.companies_created += other.companies_created
        self.changed |= other.changed
        self.errors += [replace(error, position=error.position + offset) for error in other.errors]
        self.waiting += [replace(error, position=error.position + offset) for error in other.waiting]


class _Problem(msgspec.Struct):
    position: int
    field: str
    problem: str
    detail: str | None


class _Waiting(msgspec.Struct):
    position: int
    detail: str | None


async def create_many(db: Connectable, kind: type[E], given: Iterable[Mapping[str, Any] | E], prepare: Callable[[Any], E]) -> BulkResult:
    """Create rows of `kind`, some thousands a statement; `prepare` checks one and raises what is wrong with it."""
    result = BulkResult(0, [], [])
    created = 0
    for chunk in _chunks(given, CREATE_ROWS):
        start = len(result.ids)
        rows, places = _prepared(chunk, prepare, start, result)
        columns = tuple(name for name in kind.__struct_fields__ if name not in kind.derived_fields or name == "email_key")
        values = [[getattr(row, name) for name in columns] for row in rows]
        merged = await _in_transaction(db, Batch(kind.table, columns, values), "create")
        for error in [*merged.errors, *merged.waiting]:
            result.ids[places[error.position]] = None
            result.errors.append(replace(error, position=places[error.position]))
        created += merged.created
    result.errors.sort(key=lambda error: error.position)
    return replace(result, created=created)


def _prepared(chunk: Sequence[Any], prepare: Callable[[Any], E], start: int, result: BulkResult) -> tuple[list[E], list[int]]:
    rows: list[E] = []
    places: list[int] = []
    owners: dict[tuple[str, object], int] = {}
    for place, one in enumerate(chunk, start):
        result.ids.append(None)
        try:
            row = prepare(one)
            keys = list(_unique_values(row))
            taken = next((key for key in keys if key in owners), None)
            if taken:
                raise DuplicateError(taken[0], f"row {owners[taken]} of the same batch has it already.")
        except InvalidInputError as error:
            result.errors.append(RowError(place, error.field, str(error)))
            continue
        owners |= dict.fromkeys(keys, place)
        rows.append(row)
        places.append(place)
        result.ids[place] = row.id
    return rows, places


def _unique_values(row: Entity) -> Iterator[tuple[str, object]]:
    yield "id", row.id
    if email := getattr(row, "email_key", None):
        yield "email", email
    if domain := getattr(row, "domain", None):
        yield "domain", domain


async def _in_transaction(db: Connectable, batch: Batch, mode: Mode) -> Merged:
    return await db.run(lambda session: merge(session, batch, mode))


async def merge(session: Session, batch: Batch, mode: Mode) -> Merged:
    """Merge a batch in the session's transaction; nothing in it can spoil that.

    What only the database finds out (a check of its own, somebody else's row in the same moment) is tried again,
    then looked for by halves, so that the rows around it are taken.

    Raises:
        ConcurrencyError: deadlock or serialization failure; the caller's transaction is over.
        DatabaseError: the disk is full, the connection broke.
    """
    if not batch.rows:
        return Merged()
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return await session.run(lambda inner: _merge(inner, batch, mode))
        except (DuplicateError, MissingReferenceError) as error:
            if attempt == _ATTEMPTS:
                return await _by_halves(session, batch, mode, error)
        except InvalidInputError as error:
            return await _by_halves(session, batch, mode, error)
    raise AssertionError("unreachable")


async def _by_halves(session: Session, batch: Batch, mode: Mode, error: InvalidInputError) -> Merged:
    if len(batch.rows) == 1:
        return Merged(errors=[RowError(0, error.field, str(error).removeprefix(f"{error.field}: "))])
    middle = len(batch.rows) // 2
    merged = Merged()
    for start, stop in ((0, middle), (middle, len(batch.rows))):
        merged.add(await merge(session, batch.part(start, stop), mode), start)
    return merged


async def _merge(session: Session, batch: Batch, mode: Mode) -> Merged:
    before = await session.value("bulk.tune")
    await _stage(session, batch)
    merged = Merged()
    params = {"overwrite": mode == "overwrite", "sources": msgspec.json.encode(batch.sources).decode(), "entity": batch.entity}
    if batch.create_companies:
        merged.companies_created = await session.value("bulk_contacts.create_companies", params)
    left = len(batch.rows)
    while True:
        await _round(session, batch, mode, params, merged)
        waiting = await session.rows(_Waiting, "bulk.waiting") if _may_wait(batch, merged) else []
        if not waiting or len(waiting) == left:
            break
        left = len(waiting)
        await session.affect("bulk.keep_waiting")
        await session.affect("bulk.clear_resolved")
    merged.waiting = [RowError(row.position, *_missing_own(batch, row.detail)) for row in waiting]
    await session.affect("bulk.drop_staged")
    await session.value("bulk.restore", before)
    return merged


def _may_wait(batch: Batch, merged: Merged) -> bool:
    return merged.created + merged.matched + len(merged.errors) < len(batch.rows)


async def _stage(session: Session, batch: Batch) -> None:
    await session.affect(f"bulk_{batch.entity}.stage")
    await session.affect("bulk.stage_keys")
    await session.affect("bulk.stage_resolved")
    names = ", ".join(("position", *batch.columns))
    async with session.copy(f"COPY staged ({names}) FROM STDIN") as copy:
        await copy.write(batch.data if batch.data is not None else copy_text(batch.rows))
    if batch.keys:
        async with session.copy("COPY staged_keys (position, source, key) FROM STDIN") as copy:
            await copy.write(_lines([str(place), source, key] for place, source, key in batch.keys))


async def _round(session: Session, batch: Batch, mode: Mode, params: dict[str, Any], merged: Merged) -> None:
    """Take every row that waits for none."""
    entity = batch.entity
    await session.affect(f"bulk_{entity}.resolve", params)
    await session.affect("bulk.repeat")
    if entity in _HAS_REPEATED_PAIRS:
        await session.affect(f"bulk_{entity}.repeat")
    if mode == "create":
        await session.affect("bulk.must_be_new")
    problems = await session.rows(_Problem, "bulk.problems")
    merged.errors += [RowError(row.position, row.field, _words(entity, row)) for row in problems]
    if entity in _KEPT_BY_LOCK:
        await session.value(f"bulk_{entity}.lock", params)
    matched = await session.value("bulk.matched")
    if matched:
        merged.matched += matched
        merged.changed |= set(await session.rows(UUID, f"bulk_{entity}.update", params))
        if entity == "touchpoints":
            merged.changed |= set(await session.rows(UUID, f"bulk_{entity}.events", params))
    merged.created += await session.affect(f"bulk_{entity}.insert", params)
    if entity == "companies":
        merged.changed |= set(await session.rows(UUID, f"bulk_{entity}.domains"))
    if "do_not_call" in batch.columns:
        merged.changed |= set(await session.rows(UUID, f"bulk_{entity}.suppress_calls"))
    if mode != "create":
        merged.changed |= set(await session.rows(UUID, "bulk.add_keys", params))


_WORDS = {
    "taken": "another row of {entity} has {said} already; find and update that one.",
    "missing": "there is no row, or more than one, that is {said}; create it first or leave the field out.",
    "not_one_open": "{said} has no open conversation, or more than one; name the conversation instead.",
    "different": "the two contacts are {said} already; update that edge or delete it first.",
    "itself": "points at the row itself.",
    "ambiguous": "the keys of this row belong to several {entity}; merge those first.",
    "empty": "is empty.",
}


def _words(entity: str, row: _Problem) -> str:
    return _WORDS[row.problem].format(entity=entity, said=row.detail or "it")


def _missing_own(batch: Batch, detail: str | None) -> tuple[str, str]:
    name = "parent_company_id" if batch.entity == "companies" else "in_reply_to_id"
    return name, f"there is no row that is {detail}; create it first or leave the field out."


def copy_text(rows: Sequence[Sequence[Any]]) -> bytes:
    """Rows as lines of COPY's text format, each behind its place from 0."""
    return _lines([str(place), *map(_text, row)] for place, row in enumerate(rows))


def _lines(rows: Iterable[list[str | None]]) -> bytes:
    lines = []
    for row in rows:
        line = "\t".join(["\\N" if cell is None else cell for cell in row])
        # Most rows hold nothing to be escaped: one look at the whole line tells.
        if line.count("\t") != len(row) - 1 or "\n" in line or "\r" in line or line.count("\\") != row.count(None):
            line = "\t".join(["\\N" if cell is None else cell.translate(_ESCAPES) for cell in row])
        lines.append(line)
    lines.append("")
    return "\n".join(lines).encode()


def _text(value: object) -> str | None:
    kind = type(value)
    if kind is str or value is None:
        return value  # type: ignore[return-value] # it is one of the two
    return _TEXTS[kind](value) if kind in _TEXTS else _json_or_text(value)


def _json_or_text(value: object) -> str:
    return str(value) if isinstance(value, str) else msgspec.json.encode(value).decode()


def _array(items: object) -> str:
    quoted = ('"' + item.replace("\\", "\\\\").replace('"', '\\"') + '"' for item in items)  # type: ignore[attr-defined] # a list of text
    return "{" + ",".join(quoted) + "}"


_TEXTS: dict[type, Callable[[Any], str]] = {
    bool: lambda value: "t" if value else "f",
    int: str,
    Decimal: str,
    UUID: str,
    datetime: datetime.isoformat,
    list: _array,
}


def _chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
