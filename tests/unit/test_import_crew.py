"""The crew that runs imports ends when it is told to."""

from __future__ import annotations

import asyncio

from accountgraph.transfer.uploads.crew import ended


async def test_task_that_passes_over_a_cancel_is_cancelled_again() -> None:
    passed_over = 0

    async def stubborn() -> None:
        nonlocal passed_over
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                if passed_over:
                    raise
                passed_over += 1

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    await ended(task, again_after=0.01)
    assert (task.cancelled(), passed_over) == (True, 1)


async def test_nothing_is_waited_for_where_there_is_nothing() -> None:
    await ended()
