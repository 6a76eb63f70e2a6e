"""One process at a time: a lock that the operating system drops when its holder dies."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_POLL_SECONDS = 0.05
_PATIENCE_SECONDS = 1.0


@contextmanager
def exclusive(path: Path, on_wait: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock of `path` (made where missing); threads of one process exclude each other too."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _wait(descriptor, on_wait)
        yield
    finally:
        os.close(descriptor)


def _wait(descriptor: int, on_wait: Callable[[str], None]) -> None:
    began, said = time.monotonic(), False
    while not _try(descriptor):
        if not said and time.monotonic() - began > _PATIENCE_SECONDS:
            on_wait("Another process is starting or stopping PostgreSQL; waiting for it.")
            said = True
        time.sleep(_POLL_SECONDS)


def _try(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - exists on Windows alone

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - does not exist on Windows

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
