"""Files for the tests of import and export."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path


def written(folder: Path, rows: Iterable[Sequence[str]], *, encoding: str = "utf-8", prefix: str = "") -> Path:
    """A CSV file of `rows` in `folder`."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    path = folder / "rows.csv"
    path.write_bytes((prefix + text.getvalue()).encode(encoding))
    return path
