"""What is said with an upload, and what is told of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

from accountgraph.acting import Acting
from accountgraph.errors import InvalidValueError
from accountgraph.transfer.importer import ImportOptions

EntityName = Literal["companies", "contacts", "relationships", "conversations", "touchpoints"]
State = Literal["uploading", "pending", "running", "done", "failed", "cancelled"]
LONGEST_TEXT = 2_000  # characters of one option
MOST_TEXTS = 500
Text = Annotated[str, Meta(max_length=LONGEST_TEXT)]
Texts = Annotated[list[Text], Meta(max_length=MOST_TEXTS)]


class ImportSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """How a file is to be imported: the options of `accountgraph import`. `map`, `set` and `derive` may be given several times.

    `entity`: what the rows are. `map`: COLUMN=FIELD; `set`: FIELD=VALUE; `derive`: FIELD=TEMPLATE; `key`: the column of external
    ids; `source`: the system that gave them [the file's name]; `overwrite` replaces what is there, instead of only filling what is
    empty; `create_companies` makes the companies that contacts name; `dry_run` does everything, reports, and undoes it;
    `delimiter`, `encoding` and `header` overrule what is found out about the file; `dates` says how 1/2/2024 is read.
    """

    entity: EntityName
    map: Texts = []
    set: Texts = []
    derive: Texts = []
    key: Text | None = None
    source: Text | None = None
    overwrite: bool = False
    create_companies: bool = False
    dry_run: bool = False
    delimiter: Annotated[str, Meta(max_length=10)] | None = None
    encoding: Annotated[str, Meta(max_length=50)] | None = None
    header: bool | None = None
    dates: Literal["dmy", "mdy"] | None = None

    def options(self, name: str) -> ImportOptions:
        """As the importer takes them. `name`: what the file is called, without its ending."""
        if any("\0" in text for text in (*self.map, *self.set, *self.derive, self.key or "", self.source or "")):
            raise InvalidValueError("map", "holds a NUL character; remove it.")
        return ImportOptions(
            map=tuple(self.map),
            set=tuple(self.set),
            derive=tuple(self.derive),
            key=self.key or None,
            source=self.source or None,
            name=name,
            overwrite=self.overwrite,
            create_companies=self.create_companies,
            dry_run=self.dry_run,
            delimiter={"\\t": "\t", "tab": "\t"}.get(self.delimiter or "", self.delimiter) or None,
            encoding=self.encoding or None,
            has_header=self.header,
            dates=self.dates,
        )


class RejectReason(Struct, frozen=True):
    """Why so many rows were rejected."""

    field: str
    reason: str
    rows: int


class ImportRun(Struct, frozen=True, kw_only=True):
    """An import, and how far it is.

    `rows` were read: `created`, `updated`, `unchanged`, `repeated` (they had a key in common with one just before) or `rejected`.
    Of a dry run, they would have been. `step` grows with each change; `tries`: how often it was taken up.
    """

    id: UUID
    entity: EntityName
    file_name: str
    options: dict[str, Any]
    is_dry_run: bool
    state: State
    is_cancelled: bool
    error: str | None
    started_by: str
    bytes_total: int
    bytes_done: int
    rows: int
    created: int
    updated: int
    unchanged: int
    repeated: int
    rejected: int
    companies_created: int
    reasons: list[RejectReason]
    step: int
    tries: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it."""
        return self.finished_at is not None


class Earlier(Struct, frozen=True):
    """What runs that were broken off had done already: their rows are found unchanged now."""

    created: int = 0
    updated: int = 0
    companies_created: int = 0


class Claimed(Struct, frozen=True):
    """An import that this process runs."""

    id: UUID
    entity: EntityName
    file_name: str
    options: ImportSettings
    acting: Acting
    lease: UUID
    earlier: Earlier
    is_cancelled: bool
