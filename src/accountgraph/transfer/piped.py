"""What comes through a pipe, as a file: an import reads its file more than once."""

from __future__ import annotations

import shutil
import sys
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

STANDARD_INPUT = frozenset({"-", "/dev/stdin"})
STANDARD_OUTPUT = frozenset({"-", "/dev/stdout"})


def is_piped(path: Path) -> bool:
    """Whether `path` is standard input, or a pipe or the like, that can be read once."""
    return str(path) in STANDARD_INPUT or (path.exists() and not path.is_file() and not path.is_dir())


@contextmanager
def as_file(path: Path) -> Iterator[Path]:
    """`path` where it is a file; else a copy on disk of what comes through it, gone afterwards. Memory stays flat."""
    if not is_piped(path):
        yield path
        return
    with TemporaryDirectory(prefix="accountgraph-pipe-") as folder:
        copy = Path(folder) / "stdin"
        source = nullcontext(sys.stdin.buffer) if str(path) == "-" else path.open("rb")
        with source as read, copy.open("wb") as written:
            shutil.copyfileobj(read, written)
        yield copy
