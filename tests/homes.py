"""Where the servers of tests live: in memory where there is room, for making a database is making six hundred files."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from accountgraph.postgres import EmbeddedServer

if TYPE_CHECKING:
    from collections.abc import Iterator

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of a name of its own is made there
ROOM = 4 << 30


@contextmanager
def scratch_home() -> Iterator[Path]:
    """A folder with a short path that the server's user may enter, unlike pytest's own; its server is stopped at the end."""
    folder = Path(tempfile.mkdtemp(prefix="ag-", dir=_memory()))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        EmbeddedServer(folder).stop()
        shutil.rmtree(folder)


def _memory() -> Path | None:
    """The file system in memory, where programs may be run from it; else None, the usual place."""
    if not os.access(MEMORY, os.W_OK | os.X_OK):
        return None
    found = os.statvfs(MEMORY)
    return MEMORY if found.f_bavail * found.f_frsize >= ROOM and not found.f_flag & os.ST_NOEXEC else None
