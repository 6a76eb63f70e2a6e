"""Answers as tables: a row each, nested parts as columns of their own."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from msgspec import Struct, structs

from accountgraph.transfer.exporter import harmless_cell

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def as_csv(kind: type[Struct], items: Sequence[Struct]) -> str:
    """Rows of one kind as CSV for a spreadsheet, with a line of names; lists within a row are left out.

    A part within a part has both names, `rates_reply_percent`; of an empty answer there is the line of names of its plain columns.
    """
    rows = [dict(_cells(item)) for item in items]
    names = list(rows[0]) if rows else [field.name for field in structs.fields(kind)]
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(names)
    writer.writerows([harmless_cell(row[name]) for name in names] for row in rows)
    return out.getvalue()


def _cells(item: Struct, before: str = "") -> Iterator[tuple[str, Any]]:
    for name in item.__struct_fields__:
        value = getattr(item, name)
        if isinstance(value, Struct):
            yield from _cells(value, f"{before}{name}_")
        elif not isinstance(value, list):
            yield before + name, value
