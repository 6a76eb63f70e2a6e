"""Import a file: `plan_import` says what would become of its columns, `import_file` does it.

    plan = plan_import("contacts", path, ImportOptions(map=("Mail=email",)))
    report = await import_file(db, "contacts", path, ImportOptions(map=("Mail=email",)))

A row is found again by `id`, external id, or its natural key (a company's domains, a contact's e-mail address, the pair
of a relationship, a touchpoint's message id). By default only empty fields are filled; a default value that a column
has by itself (status `active`, a flag that is not set) counts as empty, JSON is filled key by key, and an empty
cell never erases. Each chunk of rows is one transaction: after a crash the same command completes the import.
"""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING

from accountgraph.errors import InvalidValueError
from accountgraph.store.attributes import AttributeRepository
from accountgraph.store.bulk import Merged, Mode, merge
from accountgraph.transfer.chunks import Chunk, ChunkReader, Row, Shape, again, without
from accountgraph.transfer.convert import Converter
from accountgraph.transfer.detect import FileFormat, sniff
from accountgraph.transfer.fields import MODELS
from accountgraph.transfer.mapping import Mapping, guess, problems, with_derive, with_key, with_map, with_set
from accountgraph.transfer.reader import RejectsWriter, RowReader
from accountgraph.transfer.waiting import Spool

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Set
    from pathlib import Path

    from accountgraph.db import Connectable, Database, Session
    from accountgraph.transfer.values import DateOrder

EXAMPLE_ROWS = 20
_COMPANY_FIELDS = {"company_domain", "company_key", "company_name"}
_COMPANY_WORDS = {"company_domain", "company_name"}  # of which a company can be made; a key alone makes none


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """What the user said. `encoding`, `delimiter`, `has_header` overrule what is found out about the file.

    `map`, `set` and `derive` are as `mapping` describes; `key` is the column of external ids, `source` the system that
    gave them (where none is said: Salesforce, if the keys are Salesforce's, or else the file's name without ending; `name` instead of
    that, where the file came under another). `overwrite` replaces what is there; `create_companies`
    makes the companies that contacts name; `dry_run` leaves nothing but the report. `rejects` is where rejected rows
    go (`FILE.rejects.csv` beside the file, where none is said). `on_progress(bytes_done, bytes_total, rows)` hears of each chunk.
    `on_chunk(session, report, bytes_done)` is called in the transaction of each chunk, with the report as it will be once that is
    committed; what it raises undoes the chunk and ends the import. `left_out(session, rows)` is asked at the beginning of that
    transaction which rows are not to be taken, by their places. With `is_cut` the file is the beginning of one, for a preview: a last
    row that goes on behind it is left out.
    """

    encoding: str | None = None
    delimiter: str | None = None
    has_header: bool | None = None
    map: tuple[str, ...] = ()
    set: tuple[str, ...] = ()
    derive: tuple[str, ...] = ()
    key: str | None = None
    source: str | None = None
    name: str | None = None
    dates: DateOrder | None = None
    overwrite: bool = False
    create_companies: bool = False
    dry_run: bool = False
    rejects: Path | None = None
    is_cut: bool = False
    on_progress: Callable[[int, int, int], None] | None = None
    on_chunk: Callable[[Session, ImportReport, int], Awaitable[None]] | None = None
    left_out: Callable[[Session, list[Row]], Awaitable[Set[int]]] | None = None


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """How a file would be imported; `problems` are sentences about what is missing, and the cure."""

    format: FileFormat
    mapping: Mapping
    examples: tuple[tuple[str, ...], ...]
    problems: tuple[str, ...]


@dataclass(slots=True)
class ImportReport:
    """What an import did. `rows` = created + updated + unchanged + repeated + rejected.

    `repeated` rows had a key in common with one just before and were merged with it. `reasons` counts rejects
    by (field, reason); `rejects` is the file they are in, None where there are none. `set_aside` counts likewise the values of other
    systems that fit no field of ours and stay as attributes.
    """

    entity: str
    is_dry_run: bool = False
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    repeated: int = 0
    rejected: int = 0
    companies_created: int = 0
    rejects: Path | None = None
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    set_aside: Counter[tuple[str, str]] = field(default_factory=Counter)


class _DryRunOverError(Exception):
    """Rolls a dry run back."""


def plan_import(entity: str, path: Path, options: ImportOptions | None = None) -> ImportPlan:
    """What the columns of a file would become.

    Raises:
        InvalidValueError: the file cannot be read, or an option names no column or field of it.
    """
    said = options or ImportOptions()
    if entity not in MODELS:
        raise InvalidValueError("entity", f"{entity!r} is none of {', '.join(MODELS)}.")
    if said.create_companies and entity != "contacts":
        raise InvalidValueError("--create-companies", "is for contacts.")
    file_format = _sniffed(path, said)
    with RowReader(path, file_format, on_unreadable=lambda *_: None) as reader:
        examples = tuple(tuple(cells) for _, cells in islice(reader, EXAMPLE_ROWS))
    mapping = guess(entity, file_format.header, examples=examples, source=said.source, name=said.name or path.stem)
    for one in said.map:
        mapping = with_map(mapping, one)
    if said.key:
        mapping = with_key(mapping, said.key, source=said.source)
    for one in said.set:
        mapping = with_set(mapping, one)
    for one in said.derive:
        mapping = with_derive(mapping, one)
    return ImportPlan(file_format, mapping, examples, tuple(problems(mapping)))


def _sniffed(path: Path, said: ImportOptions) -> FileFormat:
    try:
        return sniff(path, encoding=said.encoding, delimiter=said.delimiter, has_header=said.has_header)
    except OSError as error:
        raise InvalidValueError(
            "file", f"{path} cannot be read: {error.strerror}; name a CSV or JSON Lines file that you may read."
        ) from None


async def import_file(db: Database, entity: str, path: Path, options: ImportOptions | None = None) -> ImportReport:
    """Import the file at `path` into `entity` (a table's name); memory does not grow with the file.

    Raises:
        InvalidValueError: the mapping is not complete (the message says what to add), or as `plan_import`.
        DatabaseError: the database is gone or its disk is full; the chunks before stay, and the same import completes it.
    """
    said = options or ImportOptions()
    plan = await asyncio.to_thread(plan_import, entity, path, said)
    if plan.problems:
        raise InvalidValueError("file", "; ".join(plan.problems) + ".")
    declared = await AttributeRepository(db).list_attributes(entity)
    converter = Converter(plan.mapping, dates=said.dates, is_exact=is_own_export(plan.format.header))
    shape = Shape(entity, converter, said.overwrite, said.create_companies, {one.name: one.type for one in declared})
    report = ImportReport(entity, said.dry_run, set_aside=converter.set_aside)
    unreadable: list[tuple[int, str, list[str]]] = []
    rejects = RejectsWriter(said.rejects or path.with_suffix(".rejects.csv"), plan.format.header)
    with rejects, RowReader(path, plan.format, on_unreadable=lambda *one: unreadable.append(one), is_cut=said.is_cut) as reader:
        run = _Run(shape, report, rejects, said, reader.bytes_total)
        chunks = ChunkReader(reader, shape, unreadable)
        if said.dry_run:
            await _undone(db, run, chunks)
        else:
            await run.everything(db, chunks)
    report.rejects = rejects.path if rejects.count else None
    return report


async def _undone(db: Database, run: _Run, chunks: ChunkReader) -> None:
    """All in one transaction that is rolled back: later rows see the earlier ones, and nothing stays."""
    try:
        async with db.transaction() as session:
            await run.everything(session, chunks)
            raise _DryRunOverError  # noqa: TRY301 - the transaction has to see it
    except _DryRunOverError:
        return


def is_own_export(header: tuple[str, ...]) -> bool:
    """Whether our exporter wrote this file: then spaces around a value belong to it."""
    return header[:1] == ("id",) and {"attributes", "created_at", "updated_at"} <= set(header)


class _Run:
    """One import on its way."""

    def __init__(self, shape: Shape, report: ImportReport, rejects: RejectsWriter, said: ImportOptions, total: int) -> None:
        self._shape = shape
        self._report = report
        self._rejects = rejects
        self._on_progress, self._on_chunk, self._left_out = said.on_progress, said.on_chunk, said.left_out
        self._total = total
        told = {one.name for one in shape.converter.outputs}
        self._offers_companies = shape.entity == "contacts" and not shape.create_companies and bool(told & _COMPANY_WORDS)
        # What another system's keys name; a row of the same file needs no advice.
        self._sources = {one.name: one.source for one in shape.converter.outputs if one.reference and one.source}
        self._mode: Mode = "overwrite" if shape.overwrite else "fill"

    async def everything(self, db: Connectable, chunks: ChunkReader) -> None:
        """All chunks, then the rows that had to wait."""
        with ExitStack() as files:
            files.enter_context(_quick_switches())
            waiting = files.enter_context(closing(Spool()))
            await self._take_all(db, chunks, waiting)
            while waiting.count:
                still = files.enter_context(closing(Spool()))
                if not await self._take_waiting(db, waiting, still):
                    break
                waiting = still

    async def _take_all(self, db: Connectable, chunks: ChunkReader, waiting: Spool) -> None:
        """The next chunk is read and converted in a thread while the server merges the one before."""
        ahead = asyncio.create_task(asyncio.to_thread(chunks.next_chunk))
        try:
            while (chunk := await ahead) is not None:
                ahead = asyncio.create_task(asyncio.to_thread(chunks.next_chunk))
                self._report.rows += chunk.read
                await self._take(db, chunk, waiting)
                self._progress(chunk.bytes_read)
        finally:
            await asyncio.wait([ahead])  # a thread cannot be stopped, and the file is its

    async def _take_waiting(self, db: Connectable, waiting: Spool, still: Spool) -> bool:
        """Rows that point at others of their kind, once those are there; False where nothing more comes of it."""
        for chunk in again(self._shape, (row for row, _ in waiting.rows())):
            await self._take(db, chunk, still)
        if still.count < waiting.count:
            return True
        for row, error in still.rows():
            self._reject(row, error.field, error.message)
        return False

    async def _take(self, db: Connectable, chunk: Chunk, waiting: Spool) -> None:
        if chunk.rows or self._on_chunk:
            chunk, merged = await db.run(lambda session: self._merged(session, chunk))
        else:
            merged = Merged()
        _count(self._report, chunk, merged)
        for line, name, reason, cells in chunk.rejected:
            self._refuse(line, name, reason, cells)
        for error in merged.errors:
            self._reject(chunk.rows[error.position], error.field, error.message)
        for error in merged.waiting:
            waiting.add(chunk.rows[error.position], error)

    async def _merged(self, session: Session, chunk: Chunk) -> tuple[Chunk, Merged]:
        """Merge a chunk; whoever wants to hears of it in its transaction. Gives it without what was left out."""
        if self._left_out and (places := await self._left_out(session, chunk.rows)):
            chunk = without(self._shape, chunk, places)
        assert chunk.batch is not None  # noqa: S101 - every chunk that leaves its maker has one
        merged = await merge(session, chunk.batch, self._mode)
        if self._on_chunk:
            report = replace(self._report)
            _count(report, chunk, merged)
            report.rejected += len(chunk.rejected) + sum(len(chunk.rows[error.position].origins) for error in merged.errors)
            await self._on_chunk(session, report, chunk.bytes_read)
        return chunk, merged

    def _reject(self, row: Row, name: str, reason: str) -> None:
        if self._offers_companies and name in _COMPANY_FIELDS:
            reason = reason.rstrip(".") + "; --create-companies makes it."
        if source := self._sources.get(name):
            reason = reason.rstrip(".") + f"; the file of those rows is imported with --source {source!r}."
        for line, cells in row.origins:
            self._refuse(line, name, reason, cells)

    def _refuse(self, line: int, name: str, reason: str, cells: list[str]) -> None:
        self._rejects.add(line, name, reason, cells)
        self._report.rejected += 1
        if len(self._report.reasons) < 1000:
            self._report.reasons[name, reason] += 1

    def _progress(self, bytes_done: int) -> None:
        if self._on_progress:
            self._on_progress(bytes_done, self._total, self._report.rows)


def _count(report: ImportReport, chunk: Chunk, merged: Merged) -> None:
    """Add what became of a chunk, but for its rejects."""
    report.created += merged.created
    report.updated += len(merged.changed)
    report.unchanged += merged.matched - len(merged.changed)
    report.companies_created += merged.companies_created
    left = {error.position for error in (*merged.errors, *merged.waiting)}
    report.repeated += sum(len(row.origins) - 1 for place, row in enumerate(chunk.rows) if place not in left)


@contextmanager
def _quick_switches() -> Iterator[None]:
    """Let the loop that feeds the server take the interpreter from the busy thread in half a millisecond instead of five."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.0005)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
