"""The named queries: all SQL that the package runs stands in `sql/queries/*.sql`.

A file holds one entity; a query begins with `-- name: NAME` and a line that says its purpose, and is
called `FILE.NAME`, or `FOLDER.FILE.NAME`. `{contact}` stands for the columns of that entity (`{contact:c}` with alias c).
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from accountgraph import models

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)
_COLUMNS = re.compile(r"\{(\w+)(?::(\w+))?\}")
_ENTITIES: dict[str, type[models.Entity]] = {
    "company": models.Company,
    "contact": models.Contact,
    "relationship": models.Relationship,
    "conversation": models.Conversation,
    "touchpoint": models.Touchpoint,
}


def sql_folder() -> Traversable:
    """The package's folder of SQL files."""
    return files("accountgraph") / "sql"


@cache
def query(name: str) -> bytes:
    """The text of the query `FILE.NAME` or `FOLDER.FILE.NAME`, ready for the driver."""
    file, _, rest = name.rpartition(".")
    return _file(file)[rest]


@cache
def _file(name: str) -> dict[str, bytes]:
    text = (sql_folder() / "queries" / f"{name.replace('.', '/')}.sql").read_text(encoding="utf-8")
    parts = _NAME.split(text)[1:]
    return {key: _COLUMNS.sub(_columns, body).strip().removesuffix(";").encode() for key, body in zip(parts[::2], parts[1::2], strict=True)}


def _columns(found: re.Match[str]) -> str:
    entity = _ENTITIES[found[1]]
    alias = found[2] or entity.table
    return ", ".join(f"{alias}.{column}" for column in entity.__struct_fields__)
