"""Cases that were written when the code was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.inbound.writer.case import Case


def cases() -> Iterator[Case]:
    yield from ()
