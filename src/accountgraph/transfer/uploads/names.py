"""What a file is called: a name to be shown, never a place."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

LONGEST = 120  # characters
NAMELESS = "upload.csv"
_SEPARATORS = re.compile(r"[/\\]")
_STRANGE = re.compile(r'[<>:"|?*%;]')


def safe_name(given: str) -> str:
    """The last part of a file's name as a caller sends it, without what could be a path, a line end or a trick of direction.

    It is shown, and names the system that gave the keys where none is said. Nothing is ever opened by it.
    """
    last = _SEPARATORS.split(given)[-1]
    plain = "".join("_" if unicodedata.category(sign)[0] == "C" else sign for sign in unicodedata.normalize("NFC", last))
    plain = _STRANGE.sub("_", plain).strip(" .")
    if not plain:
        return NAMELESS
    path = PurePosixPath(plain)
    return path.stem[: LONGEST - len(path.suffix[:10])] + path.suffix[:10]
