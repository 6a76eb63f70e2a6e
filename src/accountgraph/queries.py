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


_paged: dict[str, bytes] = {}


@cache
def query(name: str) -> bytes:
    """The text of the query `FILE.NAME` or `FOLDER.FILE.NAME`, ready for the driver; or what `paged` made."""
    if name in _paged:
        return _paged[name]
    file, _, rest = name.rpartition(".")
    return _file(file)[rest]


@cache
def paged(name: str, conditions: tuple[str, ...], order: str) -> str:
    """The name of a query as `name`, with more conditions, in another order, and at most `limit` rows.

    Its text has a WHERE whose parts are joined by AND, and an ORDER BY at its end. What is given here comes from this program's
    own code alone; values are parameters.
    """
    head, found, _ = query(name).decode().rpartition("\nORDER BY")
    if not found:
        raise ValueError(f"{name} has no ORDER BY on a line of its own")
    made = f"{name} [{' AND '.join(conditions)}] [{order}]"
    _paged[made] = "".join([head, *(f"\n    AND {one}" for one in conditions), f"\nORDER BY {order}\nLIMIT %(limit)s"]).encode()
    return made


@cache
def for_each(name: str, values: str, order: str) -> str:
    """The name of a query that asks what `paged` made once for each of some values, and puts the answers together in their order.

    `values`: a part of a FROM, which the conditions of the page mention; `order`: by the names of the page's columns. So each of some
    values of a column finds its rows by an index in their order, which one look for all of them does not.
    """
    made = f"{name} for each [{values}] [{order}]"
    parts = [
        "SELECT a.* FROM ",
        values,
        "\nCROSS JOIN LATERAL (\n",
        query(name).decode(),
        "\n) AS a\nORDER BY ",
        order,
        "\nLIMIT %(limit)s",
    ]
    _paged[made] = "".join(parts).encode()
    return made


@cache
def beside(name: str, outer: str) -> str:
    """The name of the query `outer` over the rows of what `paged` or `for_each` made.

    It reads them from `page`, where `place` is their order.
    """
    made = f"{name} under {outer}"
    placed = "\n), page AS MATERIALIZED (SELECT l.*, row_number() OVER () AS place FROM listed AS l)\n"
    _paged[made] = "".join(["WITH listed AS MATERIALIZED (\n", query(name).decode(), placed, query(outer).decode()]).encode()
    return made


@cache
def _file(name: str) -> dict[str, bytes]:
    text = (sql_folder() / "queries" / f"{name.replace('.', '/')}.sql").read_text(encoding="utf-8")
    parts = _NAME.split(text)[1:]
    return {key: _COLUMNS.sub(_columns, body).strip().removesuffix(";").encode() for key, body in zip(parts[::2], parts[1::2], strict=True)}


def _columns(found: re.Match[str]) -> str:
    entity = _ENTITIES[found[1]]
    alias = found[2] or entity.table
    return ", ".join(f"{alias}.{column}" for column in entity.__struct_fields__)
