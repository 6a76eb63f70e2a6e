"""The command `accountgraph`, each time in a process of its own, forked from one that has loaded what earlier commands used.

A process that is begun anew spends most of its time on loading modules, and a page runs up to two dozen. Only its beginning is another:
arguments, environment, folder, streams and exit code are those of whoever calls. That the installed program begins is shown by the tests of
`README.md`, of `deploy/` and of the command line.
"""

from __future__ import annotations

import atexit
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent


@cache
def forked_programs() -> Path:
    """A folder for the front of `PATH`, with `accountgraph` in it; what that calls runs as long as the tests do."""
    folder = Path(tempfile.mkdtemp(prefix="ag-"))
    server = subprocess.Popen([sys.executable, "-W", "error", HERE / "forked_server.py", folder], stdout=subprocess.PIPE)
    atexit.register(_stop, server, folder)
    assert server.stdout is not None
    assert server.stdout.readline(), "the server of forked programs did not begin"
    program = folder / "accountgraph"
    caller = (HERE / "forked_caller.py").read_text(encoding="utf-8")
    program.write_text(f"#!{sys.executable} -ISE\n{caller}\n\ncall({str(folder / 'socket')!r})\n", encoding="utf-8")
    program.chmod(0o755)
    return folder


def _stop(server: subprocess.Popen[bytes], folder: Path) -> None:
    server.terminate()
    server.communicate()
    shutil.rmtree(folder)
