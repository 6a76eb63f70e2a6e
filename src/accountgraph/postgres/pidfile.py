"""What `postmaster.pid` says, and whether it can be believed."""

from __future__ import annotations

import os
import socket
import sys
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

_ANSWER_SECONDS = 2.0


class Process(Enum):
    """What the process is that a pid file names."""

    OURS = "ours"
    GONE = "gone"
    FOREIGN = "foreign"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PidFile:
    """The lines of `postmaster.pid` that we use; `socket` is a folder, None where the server listens on TCP."""

    pid: int
    data: Path
    port: int
    socket: Path | None
    status: str

    @classmethod
    def read(cls, data: Path) -> PidFile | None:
        """Read the pid file of a cluster; None where there is none, or a half-written one."""
        try:
            lines = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
            folder = Path(lines[4]) if lines[4] else None
            status = lines[7].strip() if len(lines) > 7 else "starting"
            return cls(int(lines[0]), Path(lines[1]), int(lines[3]), folder, status)
        except (OSError, ValueError, IndexError):
            return None

    def is_ready(self, data: Path) -> bool:
        """Whether this is the file of `data` itself (not of a copy of it) and its server takes connections."""
        return self.status == "ready" and self.data == data and self.answers()

    def answers(self) -> bool:
        """Whether somebody listens where the file says; a socket file outlives a killed server."""
        try:
            with _connect(self.socket, self.port):
                return True
        except TimeoutError:
            return True
        except OSError:
            return False

    def process(self, data: Path) -> Process:
        """Tell whether the process is the server of `data`: pids are used again, and a killed one may linger as a zombie."""
        import psutil  # noqa: PLC0415 - the usual start, of a server that runs, does without it

        try:
            found = psutil.Process(self.pid)
            if found.status() == psutil.STATUS_ZOMBIE:
                return Process.GONE
            command = found.cmdline()
            if not command:
                return Process.UNKNOWN
            serves = Path(command[0]).stem == "postgres" and (str(data) in command or Path(found.cwd()) == data)
        except psutil.NoSuchProcess:
            return Process.GONE
        except psutil.AccessDenied:
            return Process.UNKNOWN
        return Process.OURS if serves else Process.FOREIGN


def disown(data: Path) -> None:
    """Put our own pid into the file, for one that is gone, a zombie, or certainly not the server.

    PostgreSQL takes the pid of its parent's parent for stale, then still refuses to start where old
    server processes hold the shared memory named in the file: deleting the file would lose that guard.
    """
    path = data / "postmaster.pid"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([f"{os.getpid()}\n", *lines[1:]]), encoding="utf-8")


def _connect(folder: Path | None, port: int) -> socket.socket:
    if sys.platform == "win32" or folder is None:
        return socket.create_connection(("127.0.0.1", port), _ANSWER_SECONDS)
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(_ANSWER_SECONDS)
    try:
        line.connect(str(folder / f".s.PGSQL.{port}"))
    except BaseException:
        line.close()
        raise
    return line
