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
    ConfigError,
    DatabaseError,
    DuplicateError,
    InvalidValueError,
    MissingReferenceError,
    NotAllowedError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_CONSTRAINT_KINDS = ("_key", "_fkey", "_check", "_not_null")
_DISK_FULL = "The database's disk is full. Nothing of this transaction was written; free some space and run it again."
_UNREADABLE_URL = re.compile(r"connection info string|connection option|\bURI\b|percent-encoded")
_WRONG_ID = re.compile(r"invalid input syntax for type uuid: (.+)", re.DOTALL)
_NO_SCHEMA = "The workspace's tables are not there; run `accountgraph migrate`."


@contextmanager
def translated() -> Iterator[None]:
    """Raise this package's error for whatever the driver raises."""
    try:
        yield
    except PoolTimeout as error:  # the pool's errors are the driver's too: they come first
        raise DatabaseError(
            "No database connection came free in 30 s. Does the server still run? If so, ask for more `connections` or hold them shorter."
        ) from error
    except PoolClosed as error:
        raise DatabaseError("The database was closed while it was in use.") from error
    except pg.Error as error:
        said = translation(error)
        # A traceback shows the cause too, and an unreadable URL's holds the password.
        raise said from None if isinstance(said, ConfigError) else error


def translation(error: pg.Error) -> AccountGraphError:
    """The error that a caller should see for `error`."""
    if error.sqlstate is None and _UNREADABLE_URL.search(str(error)):
        # What libpq says quotes the URL, password and all.
        return ConfigError(
            "DATABASE_URL: not a connection URL; it looks like postgresql://user:password@host:5432/database,"
            " with %40 for an @ in the password."
        )
    if error.sqlstate is None and isinstance(error, pg.OperationalError):
        reason = " ".join(str(error).split())
        return DatabaseError(f"The database could not be reached ({reason}); check that it runs, and DATABASE_URL.")
    for kinds, said in _SAID:
        if isinstance(error, kinds):
            return said(error)
    return DatabaseError(f"The database said: {error.diag.message_primary or error}")


def _duplicate(error: pg.Error) -> AccountGraphError:
    return DuplicateError(_field(error), f"another row has this value already ({_detail(error)}).")


def _missing(error: pg.Error) -> AccountGraphError:
    return InvalidValueError(error.diag.column_name or _field(error), "is required.")


def _unfit(error: pg.Error) -> AccountGraphError:
    return InvalidValueError(_field(error), f"does not fit: {error.diag.message_primary}.")


def _mistyped(error: pg.Error) -> AccountGraphError | None:
    """A value of another type than what it is compared with: the server has no operator for the two."""
    said = error.diag.message_primary or ""
    if not said.startswith("operator does not exist"):
        return None
    return _no_id(None) if "uuid" in said else InvalidValueError("value", f"has the wrong type: {said}.")


def _no_id(given: str | None) -> AccountGraphError:
    what = f"{given} is no id; " if given else "that is no id; "
    return InvalidValueError("id", f"{what}an id is a UUID, as the `id` of what a list or a search gives.")


def _unstorable(error: pg.Error) -> AccountGraphError:
    if wrong := _WRONG_ID.match(error.diag.message_primary or ""):
        return _no_id(wrong[1])
    return InvalidValueError(_field(error), f"cannot be stored: {error.diag.message_primary or error}.")


def _reference(error: pg.Error) -> AccountGraphError:
    if "still referenced" in (error.diag.message_detail or ""):
        return InvalidValueError("id", f"other rows still point here ({_detail(error)}).")
    return MissingReferenceError(_field(error), f"there is no such row ({_detail(error)}).")


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


# The first that fits is said; the order matters, since the driver's classes inherit from each other.
_SAID: tuple[tuple[tuple[type[pg.Error], ...], Callable[[pg.Error], AccountGraphError]], ...] = (
    ((pg.DeadlockDetected, pg.SerializationFailure), lambda _: ConcurrencyError()),
    ((pg.UniqueViolation,), _duplicate),
    ((pg.ForeignKeyViolation,), _reference),
    ((pg.NotNullViolation,), _missing),
    ((pg.CheckViolation,), _unfit),
    ((pg.DiskFull,), lambda _: DatabaseError(_DISK_FULL)),
    (
        (pg.UndefinedTable, pg.InvalidSchemaName, pg.UndefinedFunction),
        lambda error: _mistyped(error) or DatabaseError(f"{_NO_SCHEMA} ({error.diag.message_primary})"),
    ),
    ((pg.InsufficientPrivilege,), lambda error: NotAllowedError(f"This connection may not do that: {error.diag.message_primary}.")),
    ((pg.DataError, pg.ProgramLimitExceeded), _unstorable),
)
