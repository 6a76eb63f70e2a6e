"""Multipart forms, read as they come: fields are small and kept, a file's bytes are handed on."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from accountgraph.api.parameters import invalid
from accountgraph.http.problems import FieldProblem, ProblemError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fastapi import Request

MOST_FIELDS = 1_000
FIELDS_BYTES = 1_000_000  # of all fields
FILE_FIELD = "file"


@dataclass(frozen=True, slots=True)
class Pace:
    """How slowly a body may come: nothing for `idle` seconds, and less than `bytes_a_second` once `grace` seconds are over."""

    idle: float = 30.0
    grace: float = 60.0
    bytes_a_second: int = 16_000


class Sink(Protocol):
    """Takes a file."""

    async def begin(self, file_name: str) -> None:
        """A file of this name comes, as the caller calls it."""
        ...

    async def write(self, data: bytes) -> None:
        """Some of its bytes."""
        ...


@dataclass(slots=True)
class _Part:
    """A part of the form on its way. A file has a name."""

    name: str
    file_name: str | None
    data: bytearray = field(default_factory=bytearray)


async def read_form(request: Request, sink: Sink, *, largest: int, pace: Pace) -> dict[str, list[str]]:
    """Read the form to its end: the file goes to `sink`, the fields come back.

    Args:
        largest: bytes of the file at most.

    Raises:
        ProblemError: 400 it is no form, 408 it comes too slowly, 413 it is too large, 415 it is of another kind, 422 it has
            no file, or more than one.
    """
    form = _Form(_boundary(request), sink, largest)
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > largest + FIELDS_BYTES:
        raise _too_large(largest)
    async for part in _paced(request, pace):
        form.feed(part)
        await form.hand_on()
    form.end()
    return form.fields


class _Form:
    """A form on its way."""

    def __init__(self, boundary: bytes, sink: Sink, largest: int) -> None:
        self._sink, self._largest = sink, largest
        self.fields: dict[str, list[str]] = {}
        self._fields_bytes = self._file_bytes = self._count = 0
        self._happened: list[tuple[str, Any]] = []
        self._header = [bytearray(), bytearray()]
        self._headers: dict[bytes, bytes] = {}
        self._part: _Part | None = None
        self._has_file = self._is_whole = False
        self._parser = MultipartParser(boundary, self._callbacks())  # type: ignore[arg-type] # the callbacks' own types are narrower

    def feed(self, data: bytes) -> None:
        try:
            self._parser.write(data)
        except MultipartParseError as error:
            raise ProblemError(400, "The form cannot be read.", detail=f"body: {error}") from None

    async def hand_on(self) -> None:
        """Give the sink what has come meanwhile."""
        happened, self._happened = self._happened, []
        for kind, what in happened:
            await (self._sink.begin(what) if kind == "begin" else self._sink.write(what))

    def end(self) -> None:
        if not self._is_whole:
            raise ProblemError(400, "The form cannot be read.", detail="body: it ends before its last boundary.")
        if not self._has_file:
            raise invalid([FieldProblem(FILE_FIELD, f"is missing; send the file as a part named {FILE_FIELD!r}, with a file name.")])

    def _callbacks(self) -> dict[str, Any]:
        return {
            "on_part_begin": self._on_part_begin,
            "on_part_data": self._on_part_data,
            "on_part_end": self._on_part_end,
            "on_header_field": lambda data, start, end: self._header[0].extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._header[1].extend(data[start:end]),
            "on_header_end": self._on_header_end,
            "on_headers_finished": self._on_headers_finished,
            "on_end": self._on_end,
        }

    def _on_part_begin(self) -> None:
        self._count += 1
        if self._count > MOST_FIELDS:
            raise ProblemError(413, "The form is too large.", detail=f"It has more than {MOST_FIELDS:,} parts.")
        self._headers.clear()

    def _on_header_end(self) -> None:
        self._headers[bytes(self._header[0]).lower()] = bytes(self._header[1])
        self._header = [bytearray(), bytearray()]

    def _on_headers_finished(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        name = options.get(b"name", b"").decode("utf-8", "replace")
        file_name = options.get(b"filename")
        if file_name is not None and (name != FILE_FIELD or self._has_file):
            raise invalid([FieldProblem(name or "body", f"is a file; one file is taken, named {FILE_FIELD!r}.")])
        self._part = _Part(name, None if file_name is None else file_name.decode("utf-8", "replace"))
        if self._part.file_name is not None:
            self._has_file = True
            self._happened.append(("begin", self._part.file_name))

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        assert self._part is not None  # noqa: S101 - the parser has told its headers
        if self._part.file_name is not None:
            self._file_bytes += end - start
            if self._file_bytes > self._largest:
                raise _too_large(self._largest)
            self._happened.append(("data", data[start:end]))
            return
        self._fields_bytes += end - start
        if self._fields_bytes > FIELDS_BYTES:
            raise ProblemError(413, "The form is too large.", detail=f"Its fields have more than {FIELDS_BYTES:,} bytes.")
        self._part.data += data[start:end]

    def _on_part_end(self) -> None:
        assert self._part is not None  # noqa: S101 - as above
        if self._part.file_name is None:
            try:
                text = self._part.data.decode()
            except UnicodeDecodeError:
                raise invalid([FieldProblem(self._part.name or "body", "is no UTF-8.")]) from None
            self.fields.setdefault(self._part.name, []).append(text)

    def _on_end(self) -> None:
        self._is_whole = True


def _boundary(request: Request) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type", "").encode("latin-1"))
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not 1 <= len(boundary) <= 200:
        raise ProblemError(415, "This takes a form with a file.", detail="Send Content-Type: multipart/form-data with a boundary.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise ProblemError(415, "This takes no compressed form.", detail="Leave Content-Encoding out.")
    return boundary


async def _paced(request: Request, pace: Pace) -> AsyncIterator[bytes]:
    """The body as it comes."""
    clock = asyncio.get_running_loop().time
    until, size = clock() + pace.grace, 0
    parts = request.stream()
    while True:
        left = until + size / pace.bytes_a_second - clock()
        try:
            async with asyncio.timeout(min(pace.idle, left)):
                part = await anext(parts, None)
        except TimeoutError:
            raise ProblemError(408, "The body did not come in time.", detail=f"{size:,} bytes of it came.") from None
        except ClientDisconnect:
            raise ProblemError(400, "The body did not come.") from None  # nobody hears it
        if part is None:
            return
        size += len(part)
        yield part


def _too_large(largest: int) -> ProblemError:
    return ProblemError(413, "The file is too large.", detail=f"{FILE_FIELD}: has more than the {largest:,} bytes that are taken.")
