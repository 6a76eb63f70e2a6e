"""Forms as browsers and providers post them: `application/x-www-form-urlencoded` and `multipart/form-data` (RFC 7578)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from msgspec import Struct

from accountgraph.channels.providers.webhooks import Refusal, WebhookRefusedError
from accountgraph.inbound.wire.limits import Problems
from accountgraph.inbound.wire.parameters import parameters_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_FIELDS = 2000
LARGEST_HEAD = 4_000  # bytes of the headers of one part: two or three lines
LONGEST_SHORT = 1_000  # bytes of a short field with its name
_BINARY = "application/octet-stream"


class FormFile(Struct, frozen=True):
    """A file of a form, or a field whose charset its provider says elsewhere."""

    name: str
    content: bytes
    filename: str | None = None
    type: str = _BINARY


class Form(Struct, frozen=True):
    """The fields by name, the last one where a name comes twice; and the parts as bytes, in their order."""

    fields: dict[str, str]
    parts: tuple[FormFile, ...] = ()

    def part(self, name: str) -> FormFile | None:
        """The part of this name as bytes."""
        return next((one for one in self.parts if one.name == name), None)


def form_of(body: bytes, headers: Mapping[str, str]) -> Form:
    """The form in a body, by its content type; header names in lower case.

    Raises:
        WebhookRefusedError: it is none.
    """
    declared, parameters = parameters_of(headers.get("content-type"), Problems())
    if declared == "multipart/form-data":
        return _multipart(body, parameters.get("boundary", ""))
    return Form(dict(pairs_of(body)))


def fields_of(body: bytes, headers: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
    """As `form_of`, a few short fields alone: of a body that nobody has vouched for yet, the rest is not decoded.

    Raises:
        WebhookRefusedError: it is no form.
    """
    if parameters_of(headers.get("content-type"), Problems())[0] == "multipart/form-data":
        fields = form_of(body, headers).fields
        return {name: fields[name] for name in names if name in fields}
    wanted = {name.encode() for name in names}
    pairs = (pair for pair in body.split(b"&", MOST_FIELDS) if len(pair) <= LONGEST_SHORT and pair.partition(b"=")[0] in wanted)
    return dict(pairs_of(b"&".join(pairs)))


def pairs_of(body: bytes) -> list[tuple[str, str]]:
    """The fields of a url-encoded form in their order.

    Raises:
        WebhookRefusedError: it is none.
    """
    try:
        return [
            (_clean(name), _clean(value))
            for name, value in parse_qsl(
                body.decode("utf-8", "replace"), keep_blank_values=True, strict_parsing=bool(body), max_num_fields=MOST_FIELDS
            )
        ]
    except ValueError:
        raise WebhookRefusedError(Refusal.BODY, "The body is not a form.") from None


def _multipart(body: bytes, boundary: str) -> Form:
    mark = b"\r\n--" + boundary.encode("utf-8", "replace")
    blocks = (b"\r\n" + body).split(mark, MOST_FIELDS)
    if not boundary or len(blocks) < 3 or not blocks[-1].startswith(b"--"):
        raise WebhookRefusedError(Refusal.BODY, "The body is not the multipart form that its content type says.")
    parts = tuple(_part(block) for block in blocks[1:-1])
    fields = {part.name: _clean(part.content.decode("utf-8", "replace")) for part in parts if part.filename is None}
    return Form(fields, parts)


def _part(block: bytes) -> FormFile:
    block = block.lstrip(b" \t").removeprefix(b"\r\n")
    ends = block.find(b"\r\n\r\n", 0, LARGEST_HEAD)
    head, content = (block[:ends], block[ends + 4 :]) if ends >= 0 else (block[:LARGEST_HEAD], b"")
    found = {
        name.strip().lower(): value.strip()
        for name, _, value in (line.partition(":") for line in head.decode("utf-8", "replace").splitlines())
    }
    _, disposition = parameters_of(found.get("content-disposition"), Problems())
    filename = disposition.get("filename")
    return FormFile(
        name=_clean(disposition.get("name", "")),
        content=content,
        filename=_clean(filename) if filename is not None else None,
        type=parameters_of(found.get("content-type"), Problems())[0] or _BINARY,
    )


def _clean(value: str) -> str:
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}")
