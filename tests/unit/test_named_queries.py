"""The files of queries hold what is asked, and nothing else."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import accountgraph

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(str(accountgraph.__file__)).parent
_DECLARED = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


def declared(queries: Path) -> list[str]:
    """The full names of all queries."""
    found = []
    for path in sorted(queries.rglob("*.sql")):
        file = ".".join(path.relative_to(queries).with_suffix("").parts)
        found += [f"{file}.{name}" for name in _DECLARED.findall(path.read_text(encoding="utf-8"))]
    return found


def texts() -> Iterator[ast.Constant | ast.JoinedStr]:
    """All texts of the package's programs, and the f-strings that make some."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
                yield node


def test_every_query_is_asked_by_its_name_or_by_one_that_is_put_together_of_known_words() -> None:
    said: set[str] = set()
    made: set[re.Pattern[str]] = set()
    for node in texts():
        if isinstance(node, ast.Constant):
            said.add(str(node.value))
        else:
            made.add(
                re.compile("".join(re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"(\w+)" for part in node.values))
            )
    unasked = [
        name
        for name in declared(PACKAGE / "sql" / "queries")
        if name not in said and not any((found := one.fullmatch(name)) and said.issuperset(found.groups()) for one in made)
    ]
    assert unasked == []
