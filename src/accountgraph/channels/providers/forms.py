"""Forms as browsers and providers post them: `application/x-www-form-urlencoded` and `multipart/form-data` (RFC 7578)."""

from __future__ import annotations

from email.message import Message
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from msgspec import Struct

from accountgraph.channels.providers.webhooks import Refusal, WebhookRefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_FIELDS = 2000


class FormFile(Struct, frozen=True):
    """A file of a form, or a field whose charset its provider says elsewhere."""

    name: str
    content: bytes
    filename: str | None = None
    type: str = "application/octet-stream"


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
    declared = _header(headers.get("content-type", ""))
    if declared.get_content_type() == "multipart/form-data":
        return _multipart(body, str(declared.get_param("boundary", "")))
    return Form(dict(pairs_of(body)))


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
    head, _, content = block.lstrip(b" \t").removeprefix(b"\r\n").partition(b"\r\n\r\n")
    found = {
        name.strip().lower(): value.strip()
        for name, _, value in (line.partition(":") for line in head.decode("utf-8", "replace").splitlines())
    }
    disposition = _header(found.get("content-disposition", ""))
    filename = disposition.get_param("filename")
    return FormFile(
        name=_clean(str(disposition.get_param("name", ""))),
        content=content,
        filename=_clean(str(filename)) if filename is not None else None,
        type=_header(found.get("content-type", "application/octet-stream")).get_content_type(),
    )


def _header(value: str) -> Message:
    """A header's value with its parameters, read by the library."""
    message = Message()
    message["Content-Type"] = " ".join(value.split())
    return message


def _clean(value: str) -> str:
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}")
