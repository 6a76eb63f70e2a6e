"""How long it takes until something happens: the command line's own CPU, and the embedded server's first start."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from accountgraph.postgres import EmbeddedServer, binaries
from accountgraph.postgres.account import server_account
from benchmarks.measure import Bench, Figure, ms

if TYPE_CHECKING:
    from collections.abc import Iterator


HELP = "import sys; sys.argv = ['accountgraph', '--help']; from accountgraph.cli.main import main; main()"


async def measure(bench: Bench) -> list[Figure]:
    """CPU of `accountgraph --help` beyond an empty Python; the cold start to initdb + pg_ctl."""
    helps, nothing, ours, plain = [], [], [], []
    for _ in range(bench.rounds):
        helps.append(_cpu([sys.executable, "-c", HELP]))
        nothing.append(_cpu([sys.executable, "-c", "pass"]))
    for _ in range(min(3, bench.rounds)):
        ours.append(_cold_start())
        plain.append(_initdb_and_start())
    more, cold = median(helps) - median(nothing), median(ours) / median(plain)
    detail = f"{ms(median(helps))} of CPU, python -c pass {ms(median(nothing))}"
    return [
        Figure("start", "accountgraph --help, seconds of CPU beyond python -c pass", more, 0.3, True, detail),
        Figure("start", "embedded cold start, to initdb + pg_ctl", cold, 2.0, True, f"{ms(median(ours))}, plain {ms(median(plain))}"),
    ]


def _cpu(command: list[str]) -> float:
    """Seconds of CPU that a command takes."""
    before = getrusage(RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _cold_start() -> float:
    with temporary_home() as home:
        server = EmbeddedServer(home)
        begun = perf_counter()
        server.start()
        took = perf_counter() - begun
        server.stop()
        return took


def _initdb_and_start() -> float:
    """The same programs as the same user, with nothing said but where."""
    with temporary_home() as home:
        account = server_account(home)
        account.make_folder(home / "plain")
        folder = binaries.packages_for(account, binaries.installed(), home / "packages")
        initdb, pg_ctl = binaries.program(folder, "initdb"), binaries.program(folder, "pg_ctl")
        data, socket = home / "plain" / "data", home / "plain"
        begun = perf_counter()
        _check(account.run([initdb, "-D", data]))
        options = f"-c listen_addresses='' -c unix_socket_directories='{socket}'"
        _check(account.run([pg_ctl, "-D", data, "-w", "-l", socket / "log", "-o", options, "start"]))
        took = perf_counter() - begun
        _check(account.run([pg_ctl, "-D", data, "-m", "immediate", "stop"]))
        return took


def _check(done: subprocess.CompletedProcess[str]) -> None:
    if done.returncode:
        raise RuntimeError(done.stdout)


@contextmanager
def temporary_home() -> Iterator[Path]:
    """A folder for one embedded server, removed afterwards; short, for the socket's path has an end."""
    folder = Path(tempfile.mkdtemp(prefix="agb-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
