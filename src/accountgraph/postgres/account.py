"""The operating system user that the server runs as; PostgreSQL refuses to run as root."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from accountgraph.errors import ServerError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_STAND_INS_FOR_ROOT = ("nobody", "daemon", "bin")


class SwitchUser(TypedDict, total=False):
    """Arguments of `subprocess` that make a child run as the server's user."""

    user: int
    group: int
    extra_groups: Iterable[str | int]


@dataclass(frozen=True, slots=True)
class ServerAccount:
    """Who runs the server. `switches` is True where that is not the user of this process."""

    name: str
    uid: int
    gid: int
    switches: bool

    def switch(self) -> SwitchUser:
        """What `subprocess` needs to run something as this user; empty where nothing has to change."""
        return SwitchUser(user=self.uid, group=self.gid, extra_groups=[]) if self.switches else SwitchUser()

    def run(self, command: Sequence[str | Path], *, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run `command` as this user; standard output and error come back together in `stdout`.

        Raises:
            OSError: this user may not run the program.
        """
        # A file and not a pipe: on Windows the server inherits the handle, and a pipe would never end.
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
            done = subprocess.run(  # noqa: S603 - fixed programs, no shell
                command,
                input=stdin,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
                env=environment(),
                cwd=anywhere(),
                **self.switch(),
            )
            output.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, output.read())

    def can_run(self, program: Path) -> bool:
        """Whether this user may enter the program's folder and run it."""
        try:
            return self.run([program, "--version"]).returncode == 0
        except OSError:
            return False

    def can_enter(self, folder: Path) -> bool:
        """Whether this user may enter `folder` and all that is above it."""
        return not self.switches or self.run(["/bin/sh", "-c", 'cd -- "$1"', "sh", folder]).returncode == 0

    def make_folder(self, folder: Path) -> None:
        """Make a folder for this user alone; one that exists stays as it is."""
        if folder.is_dir():
            return
        folder.mkdir(mode=0o700)
        self.give(folder)

    def give(self, path: Path) -> None:
        """Make this user the owner of what this process just made."""
        if self.switches:
            os.chown(path, self.uid, self.gid)


def server_account(cluster: Path) -> ServerAccount:
    """Choose who runs the server of `cluster`: its owner, else this user; for root a user without rights.

    Raises:
        ServerError: the cluster belongs to somebody else, or there is no user to run it.
    """
    if sys.platform == "win32":
        return ServerAccount(name="", uid=-1, gid=-1, switches=False)
    owner = cluster.stat().st_uid if cluster.exists() else None
    if os.geteuid() != 0:
        return _own_account(cluster, owner)
    return _stand_in_for_root(owner or None)


def environment() -> dict[str, str]:
    """A small environment for the server: none of our secrets in it, and messages in English."""
    if sys.platform == "win32":
        return {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def anywhere() -> str | None:
    """A working folder that every user may enter; ours may be closed to the server's user."""
    return None if sys.platform == "win32" else "/"


if sys.platform != "win32":
    import pwd

    def _own_account(cluster: Path, owner: int | None) -> ServerAccount:
        uid = os.geteuid()
        if owner not in {None, uid}:
            raise ServerError(
                f"{cluster} belongs to user id {owner}, not to you ({uid}); run this as its owner, "
                "or set ACCOUNTGRAPH_HOME to a folder of your own."
            )
        return _entry(uid, switches=False)

    def _stand_in_for_root(owner: int | None) -> ServerAccount:
        if owner is not None:
            return _entry(owner, switches=True)
        for name in _STAND_INS_FOR_ROOT:
            try:
                return _entry(pwd.getpwnam(name).pw_uid, switches=True)
            except KeyError:
                continue
        raise ServerError(
            f"PostgreSQL does not run as root, and none of the users {', '.join(_STAND_INS_FOR_ROOT)} exists; "
            "run this as another user, or set DATABASE_URL to a server of your own."
        )

    def _entry(uid: int, *, switches: bool) -> ServerAccount:
        try:
            entry = pwd.getpwuid(uid)
        except KeyError:
            raise ServerError(
                f"User id {uid} has no entry in the system's user list, and PostgreSQL asks for one; "
                "add it to /etc/passwd, or set DATABASE_URL to a server of your own."
            ) from None
        return ServerAccount(entry.pw_name, uid, entry.pw_gid, switches)
