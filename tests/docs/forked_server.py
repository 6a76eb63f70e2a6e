"""Forks a process for each command, after loading what earlier ones had to load.

    python forked_server.py FOLDER

FOLDER gets a `socket`, and a file `loaded` with the names of modules.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import signal
import socket
import sys
import threading
import time
import traceback
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from accountgraph.cli.main import main


def serve(folder: Path) -> NoReturn:
    """Answer callers until this process is ended."""
    loaded = folder / "loaded"
    loaded.touch()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "socket"))
        listening.listen()
        signal.signal(signal.SIGCHLD, _reap)
        sys.stdout.write("It listens.\n")
        sys.stdout.flush()
        while True:
            caller, _ = listening.accept()
            _load(loaded.read_text(encoding="utf-8").split())
            if not os.fork():
                listening.close()
                _be_the_command(caller, loaded)
            caller.close()


def _reap(*_: object) -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _load(names: list[str]) -> None:
    for name in names:
        if name not in sys.modules:
            with suppress(ImportError):
                import_module(name)
    gc.freeze()


def _be_the_command(caller: socket.socket, loaded: Path) -> NoReturn:
    """Take what the caller was begun with, run, and tell how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _, streams, _, _ = socket.recv_fds(caller, 1, 3)
    with caller, caller.makefile("rw", encoding="utf-8") as stream:
        said: dict[str, Any] = json.loads(stream.readline())
        _stand_as(said, streams)
        before = set(sys.modules)
        code = _ended()
        with loaded.open("a", encoding="utf-8") as names:
            names.write("".join(f"{name}\n" for name in sys.modules.keys() - before))
        stream.write(f"{code}\n")
    os._exit(code)


def _stand_as(said: dict[str, Any], streams: list[int]) -> None:
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin, sys.stdout = _stream(0, "r"), _stream(1, "w")
    sys.stderr = _stream(2, "w", buffering=1, errors="backslashreplace")
    os.environ.clear()
    os.environ.update(said["environment"])
    time.tzset()
    os.chdir(said["folder"])
    sys.argv = ["accountgraph", *said["arguments"]]


def _stream(number: int, mode: str, **options: Any) -> Any:
    return open(number, mode, encoding="utf-8", closefd=False, **options)


def _ended() -> int:
    """Run the command as the interpreter does; gives its exit code."""
    try:
        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - the interpreter ends so, whatever it was
        traceback.print_exc()
        code = 1
    else:
        code = 0
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    return code


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
