"""What would come of an upload, found out by its beginning: nothing is kept."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from accountgraph.errors import InvalidInputError, InvalidValueError
from accountgraph.transfer.detect import SAMPLE_BYTES, detect_encoding
from accountgraph.transfer.importer import import_file, plan_import
from accountgraph.transfer.mapping import mapping_rows
from accountgraph.transfer.uploads.models import RejectReason
from accountgraph.transfer.uploads.names import safe_name

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator

    from accountgraph.db import Database
    from accountgraph.transfer.importer import ImportPlan, ImportReport
    from accountgraph.transfer.uploads.models import ImportSettings

MOST_COLUMNS = 2_000
MOST_REASONS = 20
_FLAG = re.compile(r"--([a-z]+(?:-[a-z]+)*)")


class ColumnPlan(Struct, frozen=True):
    """What a column becomes: a field, `attribute:NAME`, `external_id:SOURCE` or `ignore`; `column` is empty for what every row gets.

    `suggestion`: what it may be instead, which only you can tell.
    """

    column: str
    becomes: str
    why: str
    examples: list[str]
    suggestion: str | None = None


class PreviewOutcome(Struct, frozen=True):
    """What would become of the rows that were looked at. `set_aside`: values of other systems that fit no field and stay as attributes."""

    rows: int
    created: int
    updated: int
    unchanged: int
    repeated: int
    rejected: int
    companies_created: int
    reasons: list[RejectReason]
    set_aside: list[RejectReason] = []


class ImportPreview(Struct, frozen=True):
    """What would come of a file. `problems`: what is missing, and the cure; `outcome` is None where there are any.

    `is_whole`: the outcome is that of the whole file; else of its beginning alone, and a dry run tells the whole.
    """

    kind: str
    encoding: str
    delimiter: str
    has_header: bool
    notes: list[str]
    columns: list[ColumnPlan]
    problems: list[str]
    is_whole: bool
    outcome: PreviewOutcome | None


async def check_head(settings: ImportSettings, file_name: str, head: bytes, *, is_whole: bool) -> ImportPlan:
    """Refuse what cannot be imported by its beginning: a file that is no table, an option that names no column, a mapping with gaps.

    Raises:
        InvalidValueError: naming the option, or `file`.
    """
    with _as_file(settings, file_name, head, is_whole=is_whole) as path, in_api_words():
        plan = await asyncio.to_thread(plan_import, settings.entity, path, settings.options(Path(safe_name(file_name)).stem))
        if len(plan.format.header) > MOST_COLUMNS:
            raise InvalidValueError("file", f"has {len(plan.format.header):,} columns; {MOST_COLUMNS:,} are taken.")
        return plan


async def preview_import(db: Database, settings: ImportSettings, file_name: str, head: bytes, *, is_whole: bool) -> ImportPreview:
    """What the columns become, and what would become of the rows in `head`, the beginning of the file or all of it.

    Raises:
        InvalidValueError: as `check_head`; gaps of the mapping stand in the answer.
    """
    plan = await check_head(settings, file_name, head, is_whole=is_whole)
    outcome = None
    if not plan.problems:
        with _as_file(settings, file_name, head, is_whole=is_whole) as path, in_api_words():
            options = replace(settings, dry_run=True).options(Path(safe_name(file_name)).stem)
            outcome = _outcome(await import_file(db, settings.entity, path, dataclasses.replace(options, is_cut=not is_whole)))
    suggestions = {column.header: column.suggestion for column in plan.mapping.columns}
    columns = [
        ColumnPlan(row.column or "", row.becomes, row.why, _examples(plan, row.column), suggestions.get(row.column or ""))
        for row in mapping_rows(plan.mapping, plan.examples)
    ]
    form = plan.format
    problems = [api_words(problem) for problem in plan.problems]
    notes = [api_words(note) for note in form.notes]
    return ImportPreview(form.kind, form.encoding, form.delimiter, form.has_header, notes, columns, problems, is_whole, outcome)


def reasons_of(report: ImportReport) -> list[RejectReason]:
    """Why rows were rejected, the most frequent first."""
    return _counted(report.reasons)


def _counted(reasons: Counter[tuple[str, str]]) -> list[RejectReason]:
    return [RejectReason(field, api_words(reason), rows) for (field, reason), rows in reasons.most_common(MOST_REASONS)]


@contextmanager
def in_api_words() -> Iterator[None]:
    """Errors that name an option of the command line name the form's field instead."""
    try:
        yield
    except InvalidInputError as error:
        field = error.field.removeprefix("--").replace("-", "_")
        raise InvalidValueError(field, api_words(str(error).removeprefix(f"{error.field}: "))) from None


def api_words(text: str) -> str:
    """A sentence about options of the command line, in the names of the form."""
    return _FLAG.sub(lambda found: found[1].replace("-", "_"), text)


def _outcome(report: ImportReport) -> PreviewOutcome:
    return PreviewOutcome(
        rows=report.rows,
        created=report.created,
        updated=report.updated,
        unchanged=report.unchanged,
        repeated=report.repeated,
        rejected=report.rejected,
        companies_created=report.companies_created,
        reasons=reasons_of(report),
        set_aside=_counted(report.set_aside),
    )


def _examples(plan: ImportPlan, column: str | None) -> list[str]:
    if column not in plan.format.header:
        return []
    place = plan.format.header.index(column)
    found = dict.fromkeys(row[place][:200] for row in plan.examples if place < len(row) and row[place])
    return [text.encode("utf-8", "backslashreplace").decode() for text in list(found)[:3]]


@contextmanager
def _as_file(settings: ImportSettings, file_name: str, head: bytes, *, is_whole: bool) -> Iterator[Path]:
    """The beginning as a file of our own name, up to the end of its last line; only the ending is the caller's."""
    with TemporaryDirectory(prefix="accountgraph-preview-") as folder:
        path = Path(folder) / own_name(file_name)
        path.write_bytes(head if is_whole else head[: _last_end(head, settings.encoding)])
        yield path


def _last_end(head: bytes, encoding: str | None) -> int:
    """Where its last whole line ends; in encodings of several bytes a sign, without half of one."""
    end = head.rfind(b"\n") + 1 or len(head)
    read_as = encoding or detect_encoding(head[:SAMPLE_BYTES], whole=False)[0]
    return end - end % 4 if re.match(r"utf[-_]?(?:16|32)", read_as, re.IGNORECASE) else end


def own_name(file_name: str) -> str:
    """What an uploaded file is called here, by the ending that it came with: JSON Lines are known by theirs."""
    return "upload.jsonl" if file_name.lower().endswith((".jsonl", ".ndjson")) else "upload.csv"
