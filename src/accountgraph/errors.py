"""Every error this package raises on purpose; the docstring is the default message."""

from __future__ import annotations


class AccountGraphError(Exception):
    """AccountGraph could not do what was asked."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())

    @property
    def lines(self) -> tuple[str, ...]:
        """What to tell a person: a line a problem."""
        return (" ".join(str(self).split()),)


class ConfigError(AccountGraphError):
    """A setting is missing or cannot be used."""


class InvalidInputError(AccountGraphError):
    """A value cannot be used.

    `field` names what the caller passed (dotted for nested values).
    """

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(f"{field}: {message}")


class UnknownFieldError(InvalidInputError):
    """There is no such field."""


class InvalidValueError(InvalidInputError):
    """The value does not fit its field."""


class DuplicateError(InvalidInputError):
    """Another row already has this value."""


class EdgeExistsError(DuplicateError):
    """The two contacts are already related, in another way."""


class MissingReferenceError(InvalidInputError):
    """The row that this field points at does not exist."""


class NotFoundError(AccountGraphError):
    """No such row in this workspace."""


class DatabaseError(AccountGraphError):
    """The database refused or could not be reached."""


class ConcurrencyError(DatabaseError):
    """Another transaction was in the way (deadlock or serialization failure); the work can be done again."""


class NotAllowedError(DatabaseError):
    """The role of this connection may not do that."""


class SchemaVersionError(DatabaseError):
    """The workspace's schema is not the one this program was made for."""


class ServerError(AccountGraphError):
    """The embedded PostgreSQL server could not do what was asked."""
