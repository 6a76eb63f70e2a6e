"""People who were erased while a file waited: their rows are left out, and rejected rows say nothing of them."""

from __future__ import annotations

import csv
import re
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from accountgraph.addresses import email_key, phone_key
from accountgraph.errors import InvalidValueError
from accountgraph.transfer.chunks import LEFT_OUT
from accountgraph.transfer.uploads.models import RejectReason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from uuid import UUID

    from accountgraph.db import Session
    from accountgraph.transfer.chunks import Row

_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"'\\]+@[^\s<>()\[\],;:\"'\\]+")
_UNNAMED = ("row", LEFT_OUT)
_BETWEEN = "\x1f"  # a source and its key


class Erased:
    """Who was erased, by the hashes of their addresses, numbers and external ids."""

    def __init__(self, hashes: Iterable[str]) -> None:
        self._hashes = frozenset(hashes)

    def places(self, rows: list[Row]) -> set[int]:
        """Where rows name one of them."""
        return {place for place, row in enumerate(rows) if self.is_named(row)} if self._hashes else set()

    def is_named(self, row: Row) -> bool:
        """Whether a row, as it was written or as it was understood, names one of them."""
        if any(self._has(f"{source}{_BETWEEN}{key}") for source, key in row.external_ids):
            return True
        cells = [cell for _, cells in row.origins for cell in cells]
        return self.is_named_in([*cells, *(value for value in row.values if isinstance(value, str))])

    def is_named_in(self, texts: list[str]) -> bool:
        """Whether an address among the texts is one of theirs; where there is none, whether a number is."""
        addresses = [found.strip(".") for text in texts if "@" in text for found in _ADDRESS.findall(text)]
        if addresses:
            return any(self._has(_key(email_key, address)) for address in addresses)
        return any(self._has(_key(phone_key, text)) for text in texts)

    def unnamed(self, reasons: list[RejectReason]) -> list[RejectReason]:
        """Why rows were rejected, without saying so of them."""
        return [RejectReason(*_UNNAMED, one.rows) if self.is_named_in([one.reason]) else one for one in reasons]

    def __bool__(self) -> bool:
        return bool(self._hashes)

    def _has(self, key: str | None) -> bool:
        return key is not None and sha256(key.encode("utf-8", "surrogatepass")).hexdigest() in self._hashes


async def erased_of(session: Session, import_id: UUID) -> Erased:
    """Whom an import leaves out; nobody else is erased until the session's transaction ends."""
    await session.value("imports.imports.hold_erasures")
    return Erased(await session.value("imports.imports.erased", {"id": import_id}) or ())


def without_cells(rejects: Path, erased: Erased) -> None:
    """Write the file of rejected rows anew: of a row that names one of them only its line stays."""
    whole = rejects.with_suffix(".whole")
    rejects.replace(whole)
    csv.field_size_limit(2**31 - 1)
    with whole.open(encoding="utf-8", newline="") as read, rejects.open("w", encoding="utf-8", newline="") as written:
        writer: Any = csv.writer(written)
        for row in csv.reader(read):
            writer.writerow([row[0], *_UNNAMED] if erased.is_named_in(row[2:]) else row)
    whole.unlink()


def _key(form: Callable[[str], str], text: str) -> str | None:
    try:
        return form(text.strip())
    except InvalidValueError:
        return None
