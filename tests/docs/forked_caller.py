"""What stands in `PATH` as `accountgraph`: it hands all that a process begins with to the server, and ends as the command ended there."""

from __future__ import annotations

import json
import os
import socket
import sys
from pathlib import Path

KILLED = 137  # what a shell says of a process that was killed


def call(address: str) -> None:
    """Run the command that this process was begun for."""
    with socket.socket(socket.AF_UNIX) as server:
        server.connect(address)
        socket.send_fds(server, [b"."], [0, 1, 2])
        said = {"arguments": sys.argv[1:], "folder": str(Path.cwd()), "environment": dict(os.environ)}
        with server.makefile("rw", encoding="utf-8") as stream:
            stream.write(json.dumps(said) + "\n")
            stream.flush()
            sys.exit(int(stream.readline() or KILLED))
