"""What people give these commands: a task, a stretch of time, how long a call took."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

import typer

Which = Annotated[str, typer.Argument(metavar="TASK", help="Its id, or 4 or more of its first digits.", show_default=False)]
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def stretch(flag: str, given: str) -> timedelta:
    """A stretch of time: `45m`, `2h`, `3d`, `1w`.

    Raises:
        typer.BadParameter: it is none.
    """
    found = re.fullmatch(r"(\d{1,4})\s*([mhdw])", given.strip().lower())
    if found is None:
        raise typer.BadParameter(f"{given!r} is no stretch of time; write for example 45m, 2h, 3d or 1w.", param_hint=flag)
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def seconds_of(flag: str, given: str | None) -> int | None:
    """How long a call took, in seconds: `4:30`, `1:02:00`, or seconds alone.

    Raises:
        typer.BadParameter: it is none.
    """
    if given is None:
        return None
    found = re.fullmatch(r"(?:(?:(\d{1,2}):)?([0-5]?\d):([0-5]\d)|(\d{1,5}))", given.strip())
    if found is None:
        raise typer.BadParameter(f"{given!r} is no length of a call; write for example 4:30, 1:02:00 or 270.", param_hint=flag)
    if found[4]:
        return int(found[4])
    return int(found[1] or 0) * 3600 + int(found[2]) * 60 + int(found[3])
