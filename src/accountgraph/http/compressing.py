"""Answers are compressed, as whoever asks can read them: zstd, Brotli or gzip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette_compress import CompressMiddleware, add_compress_type, remove_compress_type

if TYPE_CHECKING:
    from starlette.applications import Starlette

EVENTS = "text/event-stream"
LEAST = 1000  # bytes; what is shorter fits one packet anyway


def compress_answers(app: Starlette, *kinds: str) -> None:
    """Compress what the app answers: texts, and these media types too; no streams of events.

    A compressor for each stream that is open would take megabytes each.
    """
    remove_compress_type(EVENTS)
    for kind in kinds:
        add_compress_type(kind)
    app.add_middleware(CompressMiddleware, minimum_size=LEAST)
