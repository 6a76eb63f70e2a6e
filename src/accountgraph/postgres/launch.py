"""Start and stop the postmaster through pg_ctl, and wait for it while it recovers."""

from __future__ import annotations

import shlex
import socket
import subprocess
import time
from typing import TYPE_CHECKING

from accountgraph.errors import ServerError
from accountgraph.postgres.account import anywhere, environment
from accountgraph.postgres.cluster import explain
from accountgraph.postgres.pidfile import PidFile, Process, disown

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from accountgraph.postgres.cluster import Cluster

PORT = 5432
_RETRY_SECONDS = 15.0
_POLL_SECONDS = 0.1
_NEWS_SECONDS = 3.0
_LOG_BYTES = 10_000_000
# Recovery may take long and must not be cut short; a server that fails ends pg_ctl at once.
_START_SECONDS = 24 * 3600
_IN_THE_WAY = ("lock file", "pre-existing shared memory block", "could not bind")


def launch(cluster: Cluster, socket_folder: Path | None, on_wait: Callable[[str], None]) -> None:
    """Start the server of `cluster` and return when it takes connections; None for the folder means TCP on loopback.

    A server that is just starting or stopping is waited for; what a killed one left is cleared away.

    Raises:
        ServerError: the server does not start; the message carries its own words.
    """
    if (cluster.data / "postmaster.pid").exists():
        on_wait("PostgreSQL was not shut down cleanly; starting it again and recovering what was written.")
    _rotate(cluster.log)
    deadline = time.monotonic() + _RETRY_SECONDS
    while not _settled(cluster, socket_folder, deadline):
        failure = _start(cluster, socket_folder, on_wait)
        if failure is None:
            return
        if time.monotonic() > deadline or not any(sign in failure for sign in _IN_THE_WAY):
            raise ServerError(f"PostgreSQL did not start: {explain(failure)} Its log is {cluster.log}.")
        time.sleep(_POLL_SECONDS)


def _settled(cluster: Cluster, socket_folder: Path | None, deadline: float) -> bool:
    """Whether the server runs after all; before that, whoever the pid file names is waited for or disowned."""
    process = Process.GONE
    while (found := PidFile.read(cluster.data)) is not None:
        if found.is_ready(cluster.data):
            return True
        process = found.process(cluster.data)
        if process in {Process.GONE, Process.FOREIGN}:
            disown(cluster.data)
        if process is not Process.OURS:
            break
        if time.monotonic() > deadline:
            raise ServerError(f"PostgreSQL (process {found.pid}) is '{found.status}' and takes no connections; see {cluster.log}.")
        time.sleep(_POLL_SECONDS)
    if socket_folder is not None and process is not Process.UNKNOWN:
        _clear(socket_folder)
    return False


def _clear(socket_folder: Path) -> None:
    """Remove the socket of a dead server: its lock file holds the dead one's pid too. The folder is this cluster's alone."""
    for name in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
        (socket_folder / name).unlink(missing_ok=True)


def _start(cluster: Cluster, socket_folder: Path | None, on_wait: Callable[[str], None]) -> str | None:
    """Run `pg_ctl start` to its end; what the server said where it failed, None where it runs."""
    command: list[str | Path] = [cluster.program("pg_ctl"), "start", "-s", "-w", "-t", str(_START_SECONDS)]
    command += ["-D", cluster.data, "-l", cluster.log, "-o", _options(socket_folder)]
    said = cluster.log.stat().st_size if cluster.log.exists() else 0
    began = time.monotonic()
    with subprocess.Popen(  # noqa: S603 - a fixed program, no shell
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment(),
        cwd=anywhere(),
        **cluster.account.switch(),
    ) as starting:
        while True:
            try:
                code = starting.wait(_NEWS_SECONDS)
                break
            except subprocess.TimeoutExpired:
                on_wait(f"PostgreSQL is still starting or recovering ({time.monotonic() - began:.0f} s) ...")
    return None if code == 0 else _since(cluster.log, said)


def _options(socket_folder: Path | None) -> str:
    """Where the server listens: a socket of its owner, no network; pg_ctl hands the options to a shell."""
    if socket_folder is None:
        return f"-c listen_addresses=127.0.0.1 -p {_free_port()}"
    options = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={_quoted(socket_folder)}", "-c", "unix_socket_permissions=0700"]
    return shlex.join([*options, "-p", str(PORT)])


def _quoted(folder: Path) -> str:
    """`unix_socket_directories` is a list: a comma or a blank in a path would end the name."""
    return '"{}"'.format(str(folder).replace('"', '""'))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _since(log: Path, offset: int) -> str:
    if not log.exists():
        return f"it wrote no log; is the disk full, or {log.parent} closed to the server's user?"
    with log.open("rb") as file:
        file.seek(offset)
        return file.read().decode(errors="replace")


def _rotate(log: Path) -> None:
    """Keep one old log; a server that runs for years writes little else than errors."""
    if log.exists() and log.stat().st_size > _LOG_BYTES:
        log.replace(log.with_name("server.log.1"))


def halt(cluster: Cluster, *, fast: bool) -> bool:
    """Stop the server; False where none runs. No process is signalled unless it is certainly this server.

    Raises:
        ServerError: it does not stop, or the process cannot be identified.
    """
    found = PidFile.read(cluster.data)
    process = found.process(cluster.data) if found else Process.GONE
    if found is None or process in {Process.GONE, Process.FOREIGN}:
        return False
    if process is Process.UNKNOWN:
        raise ServerError(f"Process {found.pid} may be this PostgreSQL server but cannot be looked at; stop it as the user who started it.")
    mode = "fast" if fast else "smart"
    done = cluster.account.run([cluster.program("pg_ctl"), "stop", "-w", "-D", cluster.data, "-m", mode])
    if done.returncode != 0 and PidFile.read(cluster.data) is not None:
        raise ServerError(f"PostgreSQL (process {found.pid}) did not stop: {explain(done.stdout)}")
    return True
