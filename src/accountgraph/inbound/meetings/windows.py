"""Windows' names of time zones, as Outlook and Exchange write them (`windows.txt`)."""

from __future__ import annotations

from importlib.resources import files

WINDOWS = dict(
    line.split(" = ")
    for line in files(__package__).joinpath("windows.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
)
