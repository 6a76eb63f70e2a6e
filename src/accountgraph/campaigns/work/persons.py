"""Who did something, or is to do it: a name that is kept with it."""

from __future__ import annotations

from uuid import UUID

from accountgraph.errors import InvalidValueError

LONGEST_NAME = 200


def said_by(by: str, field: str = "by") -> str:
    """A person's name as it is kept; `field`: what the caller calls it.

    Raises:
        InvalidValueError: it is blank, too long, or holds a NUL character.
    """
    name = " ".join(by.split())
    if not name or len(name) > LONGEST_NAME or "\0" in name:
        raise InvalidValueError(field, f"say who does it, in 1 to {LONGEST_NAME} characters.")
    return name


def owner_of(owner: str) -> tuple[str | None, UUID | None]:
    """Who is to do something: by name, or as a user by id; one of both. Raises as `said_by`."""
    name = said_by(owner, "owner")
    try:
        return None, UUID(name)
    except ValueError:
        return name, None
