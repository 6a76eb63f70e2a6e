"""How large these tests are: small in the ordinary suite, large under `make soak`."""

from __future__ import annotations

import os

IS_SOAK = bool(os.environ.get("ACCOUNTGRAPH_SOAK"))


def size(small: int, large: int) -> int:
    """The number for this run."""
    return large if IS_SOAK else small
