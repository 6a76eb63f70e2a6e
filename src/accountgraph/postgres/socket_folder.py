"""Where the server's socket lies: a folder that only its owner may enter, with a path that the system can hold."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from accountgraph.errors import ServerError

if TYPE_CHECKING:
    from accountgraph.postgres.account import ServerAccount

# sockaddr_un holds 104 bytes on macOS and 108 on Linux.
_LONGEST_BYTES = 100
_SOCKET = ".s.PGSQL.5432.lock"
_PREFIX = "accountgraph-"


def socket_folder(beside: Path, previous: Path | None, account: ServerAccount) -> Path | None:
    """The folder for the socket: `beside`/run, or where that is too long a fresh one among the temporary files.

    `previous` is the one used before and is taken again where it is still safe. None on Windows, which has no socket.

    Raises:
        ServerError: no folder for temporary files has a short enough path.
    """
    if sys.platform == "win32":
        return None
    home = beside / "run"
    if _fits(home):
        account.make_folder(home)
        return home
    if previous is not None and is_temporary(previous) and _is_private(previous, account):
        return previous
    # mkdtemp's name cannot be guessed and the folder is ours alone from its first moment on.
    for parent in (tempfile.gettempdir(), "/tmp"):  # noqa: S108
        if _fits(Path(parent, _PREFIX + "x" * 8)) and account.can_enter(Path(parent)):
            folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
            account.give(folder)
            return folder
    raise ServerError(f"The socket path {home / _SOCKET} is longer than {_LONGEST_BYTES} bytes; set ACCOUNTGRAPH_HOME to a shorter folder.")


def is_temporary(folder: Path) -> bool:
    """Whether the folder is one of those made among the temporary files."""
    return folder.name.startswith(_PREFIX)


def _fits(folder: Path) -> bool:
    return len(os.fsencode(folder / _SOCKET)) <= _LONGEST_BYTES


def _is_private(folder: Path, account: ServerAccount) -> bool:
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == account.uid and stat.S_IMODE(found.st_mode) == 0o700
