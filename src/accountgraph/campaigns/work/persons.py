"""Who did something: a name that is kept with it."""

from __future__ import annotations

from accountgraph.errors import InvalidValueError

LONGEST_NAME = 200


def said_by(by: str) -> str:
    """A person's name as it is kept.

    Raises:
        InvalidValueError: it is blank, too long, or holds a NUL character.
    """
    name = " ".join(by.split())
    if not name or len(name) > LONGEST_NAME or "\0" in name:
        raise InvalidValueError("by", f"say who does it, in 1 to {LONGEST_NAME} characters.")
    return name
