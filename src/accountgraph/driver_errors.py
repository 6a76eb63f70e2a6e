"""The driver's errors, said in this package's words."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from psycopg import errors as pg
from psycopg_pool import PoolClosed, PoolTimeout

from accountgraph.errors import (
    AccountGraphError,
    ConcurrencyError,
    DatabaseError,
    DuplicateError,
    InvalidValueError,
    MissingReferenceError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONSTRAINT_KINDS = ("_key", "_fkey", "_check", "_not_null")
_NO_SCHEMA = "The workspace's tables are not there; run `accountgraph migrate`."


@contextmanager
def translated() -> Iterator[None]:
    """Raise this package's error for whatever the driver raises."""
    try:
        yield
    except pg.Error as error:
        raise translation(error) from error
    except PoolTimeout as error:
        raise DatabaseError("No database connection came free in 30 s; ask for more `connections` or hold them shorter.") from error
    except PoolClosed as error:
        raise DatabaseError("The database was closed while it was in use.") from error


def translation(error: pg.Error) -> AccountGraphError:
    """The error that a caller should see for `error`."""
    field = _field(error)
    match error:
        case pg.DeadlockDetected() | pg.SerializationFailure():
            return ConcurrencyError()
        case pg.UniqueViolation():
            return DuplicateError(field, f"another row has this value already ({_detail(error)}).")
        case pg.ForeignKeyViolation():
            return _reference(field, error)
        case pg.NotNullViolation():
            return InvalidValueError(error.diag.column_name or field, "is required.")
        case pg.CheckViolation():
            return InvalidValueError(field, f"does not fit: {error.diag.message_primary}.")
        case pg.DiskFull():
            return DatabaseError("The database's disk is full. Nothing of this transaction was written; free some space and run it again.")
        case pg.UndefinedTable() | pg.InvalidSchemaName() | pg.UndefinedFunction():
            return DatabaseError(f"{_NO_SCHEMA} ({error.diag.message_primary})")
        case pg.InsufficientPrivilege():
            return DatabaseError(f"This connection may not do that: {error.diag.message_primary}.")
        case pg.DataError() | pg.ProgramLimitExceeded():
            return InvalidValueError(field, f"cannot be stored: {error.diag.message_primary or error}.")
        case _:
            return DatabaseError(f"The database said: {error.diag.message_primary or error}")


def _reference(field: str, error: pg.Error) -> AccountGraphError:
    if "still referenced" in (error.diag.message_detail or ""):
        return InvalidValueError("id", f"other rows still point here ({_detail(error)}).")
    return MissingReferenceError(field, f"there is no such row ({_detail(error)}).")


def _field(error: pg.Error) -> str:
    """The column that a constraint named `TABLE_COLUMN_KIND` speaks of."""
    if error.diag.column_name:
        return error.diag.column_name
    name = error.diag.constraint_name or ""
    name = name.removeprefix(f"{error.diag.table_name}_")
    for kind in _CONSTRAINT_KINDS:
        name = name.removesuffix(kind)
    return {"email_key": "email", "pair": "contact_id_2"}.get(name, name) or "value"


def _detail(error: pg.Error) -> str:
    return re.sub(r"\s+", " ", error.diag.message_detail or error.diag.message_primary or "").rstrip(".")[:300]
