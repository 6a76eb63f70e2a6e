"""Files that are uploaded to be imported: straight into the database, or looked at and dropped."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec

from accountgraph.api.parameters import invalid, said
from accountgraph.api.streams.forms import Pace, read_form
from accountgraph.api.streams.gates import Gate
from accountgraph.errors import InvalidValueError
from accountgraph.http.problems import FieldProblem
from accountgraph.transfer.detect import refuse_non_text
from accountgraph.transfer.uploads import (
    ImportSettings,
    add_chunk,
    api_words,
    begin_upload,
    check_head,
    drop_upload,
    preview_import,
    queue_import,
    safe_name,
)

if TYPE_CHECKING:
    from uuid import UUID

    from fastapi import Response

    from accountgraph.acting import Acting
    from accountgraph.api.call import Call
    from accountgraph.db import Database
    from accountgraph.transfer.importer import ImportPlan
    from accountgraph.transfer.uploads import ImportPreview

CHUNK = 1_000_000  # bytes of a file that are in memory at once, and its beginning that is looked at
LARGEST = 2_000_000_000  # bytes of a file
_LISTS = {"map", "set", "derive"}


@dataclass(frozen=True, slots=True)
class Uploads:
    """What is taken. `largest`: bytes of a file; `most_open`: imports of a workspace that are not over; `gate`: uploads at once."""

    largest: int = LARGEST
    most_open: int = 20
    pace: Pace = field(default_factory=Pace)
    gate: Gate = field(default_factory=lambda: Gate(8, "uploads"))


class Kept:
    """Takes a file into the database, in chunks; `import_id` names it once it has begun."""

    def __init__(self, db: Database, acting: Acting, most_open: int) -> None:
        self._db, self._acting, self._most_open = db, acting, most_open
        self.import_id: UUID | None = None
        self.file_name = ""
        self.size = self._number = 0
        self.head = b""
        self.hashed = sha256()
        self._held = bytearray()

    async def begin(self, file_name: str) -> None:
        """A file of this name comes."""
        self.file_name = file_name
        self.import_id = await begin_upload(self._db, file_name, self._acting, most_open=self._most_open)

    async def write(self, data: bytes) -> None:
        """Some of its bytes.

        Raises:
            InvalidValueError: it is no text.
        """
        self.size += len(data)
        self.hashed.update(data)
        self._held += data
        if self.size >= 8 and self._number == 0:
            refuse_non_text(safe_name(self.file_name), bytes(self._held[:16]))
        while len(self._held) >= CHUNK:
            await self._put(CHUNK)

    async def end(self) -> None:
        """It is here as a whole."""
        if self._held:
            await self._put(len(self._held))

    async def _put(self, size: int) -> None:
        assert self.import_id is not None  # noqa: S101 - it has begun
        content = bytes(self._held[:size])
        self.head = self.head or content
        await add_chunk(self._db, self.import_id, self._number, content)
        self._number += 1
        del self._held[:size]


class _Head:
    """Keeps the beginning of a file, and counts the rest."""

    def __init__(self) -> None:
        self.file_name, self.size = "", 0
        self.head = bytearray()
        self.hashed = sha256()

    async def begin(self, file_name: str) -> None:
        self.file_name = file_name

    async def write(self, data: bytes) -> None:
        self.size += len(data)
        self.hashed.update(data)
        if len(self.head) < CHUNK:
            self.head += data[: CHUNK - len(self.head)]


async def taken(call: Call, uploads: Uploads) -> Response:
    """Take an upload, and have it imported; of one that is refused, or that was taken before under the same key, nothing stays.

    Raises:
        InvalidValueError: the file or the mapping cannot be used.
        ProblemError: as `read_form`; 503, there are as many uploads as fit.
    """
    with uploads.gate.enter():
        kept = Kept(call.database, call.principal.acting(call.request_id), uploads.most_open)
        try:
            fields = await read_form(call.request, kept, largest=uploads.largest, pace=uploads.pace)
            await kept.end()
            settings = settings_of(fields)
            _check(await check_head(settings, kept.file_name, kept.head, is_whole=kept.size == len(kept.head)))
            import_id = kept.import_id
            assert import_id is not None  # noqa: S101 - a form without a file was refused
            return await call.once(_said_by(fields, kept), lambda: queue_import(call.db, import_id, settings, kept.size))
        finally:
            if kept.import_id is not None:  # one that waits for its turn is none that can be dropped
                await drop_upload(call.database, kept.import_id)


def _said_by(fields: dict[str, list[str]], file: Kept | _Head) -> bytes:
    """What stands for a form: its fields, and the file's name and bytes; how it was put into parts is no matter."""
    return msgspec.json.encode([file.file_name, file.hashed.hexdigest(), sorted(fields.items())])


def _check(plan: ImportPlan) -> None:
    if plan.problems:
        raise InvalidValueError("map", api_words("; ".join(plan.problems) + "."))


async def previewed(call: Call, uploads: Uploads) -> Response:
    """Look at the beginning of an upload, and keep nothing.

    Raises:
        InvalidValueError, ProblemError: as `taken`.
    """
    with uploads.gate.enter():
        seen = _Head()
        fields = await read_form(call.request, seen, largest=uploads.largest, pace=uploads.pace)
        is_whole = seen.size == len(seen.head)
        found = await preview_import(call.database, settings_of(fields), seen.file_name, bytes(seen.head), is_whole=is_whole)

        async def given() -> ImportPreview:
            return found

        return await call.once(_said_by(fields, seen), given)


def settings_of(fields: dict[str, list[str]]) -> ImportSettings:
    """What the form's fields say.

    Raises:
        ProblemError: 422, naming the field.
    """
    given: dict[str, Any] = {}
    for name, texts in fields.items():
        if name in _LISTS:
            given[name] = texts
        elif len(texts) > 1:
            raise invalid([FieldProblem(name, "is given twice.")])
        elif texts[0]:
            given[name] = texts[0]
    try:
        return msgspec.convert(given, ImportSettings, strict=False)
    except msgspec.ValidationError as error:
        raise invalid(said(error)) from None
