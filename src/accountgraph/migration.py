"""What a numbered migration is made of: a SQL file, run as one script."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MIGRATIONS = Path(__file__).parent / "sql" / "migrations"


@cache
def newest(lineage: str) -> str:
    """The number of the newest migration of `workspace` or `shared`."""
    return max(path.name[:4] for path in (MIGRATIONS / lineage).glob("[0-9]*.sql"))


def sql_beside(file: str) -> Callable[[], None]:
    """The `upgrade` of a revision file: run the `.sql` file of the same name."""

    def upgrade() -> None:
        from alembic import op  # noqa: PLC0415 - Alembic is loaded by those who migrate, nobody else

        text = Path(file).with_suffix(".sql").read_text(encoding="utf-8")
        context = op.get_context()
        if context.as_sql:
            context.impl.static_output(text)
        else:
            op.get_bind().connection.cursor().execute(text)

    return upgrade
