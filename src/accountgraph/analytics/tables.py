"""Answers as tables: a row each, nested parts as columns of their own."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, get_args, get_origin

from msgspec import Struct, structs

from accountgraph.transfer.exporter import harmless_cell

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Path = tuple[str, ...]


def as_csv(kind: type[Struct], items: Sequence[Struct]) -> str:
    """Rows of one kind as CSV for a spreadsheet, with a line of names; lists within a row are left out.

    A part within a part has both names: `rates_reply_percent`.
    """
    paths = list(_paths(kind))
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["_".join(path) for path in paths])
    writer.writerows([harmless_cell(_value(item, path)) for path in paths] for item in items)
    return out.getvalue()


def _paths(kind: type[Struct]) -> Iterator[Path]:
    """The names that lead to each plain value."""
    for field in structs.fields(kind):
        inner = next((one for one in (field.type, *get_args(field.type)) if isinstance(one, type) and issubclass(one, Struct)), None)
        if get_origin(field.type) is list:
            continue
        if inner is None:
            yield (field.name,)
        else:
            yield from ((field.name, *path) for path in _paths(inner))


def _value(item: Any, path: Path) -> object:  # noqa: ANN401 - a struct, or a value of one
    for name in path:
        item = None if item is None else getattr(item, name)
    return item
