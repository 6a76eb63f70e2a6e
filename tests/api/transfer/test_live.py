"""What happens in the workspace, told as it is committed."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import pytest

from accountgraph.api.streams import events
from accountgraph.api.streams.events import Streams
from tests.api.conftest import opened
from tests.api.transfer.events import reading
from tests.db.uploads.looking import value

if TYPE_CHECKING:
    from accountgraph.db import Database, Session
    from tests.api.conftest import Asker


async def message(api: Asker) -> dict[str, Any]:
    """A touchpoint of a conversation, to which nothing happened yet."""
    contact = await api.made("/contacts", {"email": "ada@acme.com"})
    talk = await api.made("/conversations", {"contact_id": contact["id"]})
    return await api.made("/touchpoints", {"conversation_id": talk["id"], "channel": "email", "subject": "Hello"})


async def happened(api: Asker, touchpoint: dict[str, Any], kind: str, at: str = "2026-01-05T10:00:00Z") -> None:
    await api.made("/events", {"items": [{"touchpoint_id": touchpoint["id"], "kind": kind, "at": at}]})


async def test_event_is_told_once_it_is_committed(api: Asker) -> None:
    touchpoint = await message(api)
    async with reading(api, "/changes") as stream:
        await _followed(api)
        await happened(api, touchpoint, "sent")
        seen = await stream.next()
    assert seen is not None
    assert (seen.event, seen.data["touchpoint_id"]) == ("message.sent", touchpoint["id"])
    assert seen.data["contact_id"]


async def test_nothing_is_left_out_and_nothing_told_twice_by_who_comes_back(api: Asker) -> None:
    touchpoint = await message(api)
    async with reading(api, "/changes") as stream:
        await _followed(api)
        for minute in range(5):
            await happened(api, touchpoint, "delivered", f"2026-01-05T10:0{minute}:00Z")
        before = await stream.take(3)
    for minute in range(5):
        await happened(api, touchpoint, "delivered", f"2026-01-05T11:0{minute}:00Z")
    async with reading(api, "/changes", after=before[-1].id) as stream:
        rest = await stream.take(7)
    times = [one.data["at"] for one in before + rest]
    assert len(set(times)) == 10
    assert times == sorted(times)


async def test_tasks_are_told_to_who_may_see_them(api: Asker, db: Database) -> None:
    agent = await api.as_role("agent")
    async with reading(api, "/changes?kinds=task.created,task.closed") as stream, reading(agent, "/changes") as also:
        await _followed(api, 2)
        await value(db, "INSERT INTO tasks (kind, title, due_at) VALUES ('call', 'Call Ada', now()) RETURNING 1")
        await value(db, "UPDATE tasks SET state = 'done', closed_at = now(), closed_by = 'me' RETURNING 1")
        assert [one.event for one in await stream.take(2)] == ["task.created", "task.closed"]
        seen = await also.take(2)
    assert [one.data["state"] for one in seen] == ["open", "done"]
    assert "Call Ada" not in str(seen)


async def test_imports_are_not_told_to_who_may_not_import(api: Asker) -> None:
    touchpoint = await message(api)
    viewer = await api.as_role("viewer")
    async with reading(viewer, "/changes") as stream, reading(api, "/changes") as mine:
        await _followed(api, 2)
        await api.post("/imports", files={"file": ("a.csv", b"email\nbob@acme.com\n")}, data={"entity": "contacts"})
        assert [one.event for one in await mine.take(2)] == ["import.started", "import.finished"]
        await happened(api, touchpoint, "sent")
        seen = await stream.next()
    assert seen is not None
    assert seen.event == "message.sent"


async def test_what_is_committed_late_is_not_left_out(api: Asker, db: Database) -> None:
    """A transaction that began before and commits after another is told, too."""
    touchpoint = await message(api)
    async with reading(api, "/changes") as stream:
        await _followed(api)
        async with db.transaction() as late:
            await _task(late)
            await happened(api, touchpoint, "sent")
            await asyncio.sleep(1.2)  # a look meanwhile
        assert {one.event for one in await stream.take(2)} == {"task.created", "message.sent"}


async def _task(session: Session) -> None:
    await session.execute("INSERT INTO tasks (kind, title, due_at) VALUES ('call', 'Call', now())")


async def test_one_look_serves_all(api: Asker) -> None:
    touchpoint = await message(api)
    async with AsyncExitStack() as stack:
        streams = [await stack.enter_async_context(reading(api, "/changes")) for _ in range(30)]
        await _followed(api, 30)
        assert len(api.parts.streams._feeds) == 1
        await happened(api, touchpoint, "sent")
        seen = await asyncio.gather(*(stream.next() for stream in streams))
    assert {one.event for one in seen if one} == {"message.sent"}
    assert len({one.id for one in seen if one}) == 1


async def test_silent_stream_shows_that_it_is_alive(api: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "TICK", 0.002)
    async with reading(api, "/changes") as stream:
        async with asyncio.timeout(5):
            waiting = asyncio.create_task(stream.next())
            while stream.comments < 2:  # noqa: ASYNC110 - what is counted is in the stream
                await asyncio.sleep(0.01)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)


async def test_stream_ends_after_its_time_and_goes_on_where_it_was(url: str) -> None:
    async with opened(url, streams=Streams(longest=0.5)) as api:
        async with reading(api, "/changes") as stream:
            assert await stream.rest() == []
        assert api.parts.streams._each.total() == 0


async def test_who_has_too_many_streams_is_refused(url: str) -> None:
    async with opened(url, streams=Streams(most_each=2)) as api, reading(api, "/changes"), reading(api, "/changes"):
        await _followed(api, 2)
        assert (await api.get("/changes")).status_code == 429
        async with reading(await api.as_role("admin"), "/changes"):
            pass


@pytest.mark.parametrize("cursor", ["x", "1-2", "1-0-1'--", "9" * 50 + "-0-0", "-1-0-0"])
async def test_what_is_no_cursor_is_refused(api: Asker, cursor: str) -> None:
    answer = await api.get("/changes", headers={"Last-Event-ID": cursor})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "Last-Event-ID"


async def test_kind_that_there_is_not_is_refused(api: Asker) -> None:
    assert (await api.get("/changes?kinds=message.snet")).json()["errors"][0]["field"] == "kinds"


async def test_cursor_of_another_server_begins_with_what_comes(api: Asker) -> None:
    touchpoint = await message(api)
    async with reading(api, "/changes", after="999999999999-0-1") as stream:
        await _followed(api)
        await happened(api, touchpoint, "sent")
        seen = await stream.next()
    assert seen is not None
    assert seen.event == "message.sent"


async def test_slow_reader_is_dropped_and_goes_on_where_it_was(api: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "MOST_QUEUED", 3)
    touchpoint = await message(api)
    request = api.client.build_request("GET", "/api/v1/changes", headers={"Authorization": f"Bearer {api.key}"})
    async with reading(api, "/changes") as stream:
        await _followed(api)
        reader = next(iter(feed for feed in api.parts.streams._feeds.values()))._followers
        slow = next(iter(reader))
        blocked = asyncio.Event()
        sending = slow._send  # type: ignore[attr-defined]

        async def hang(message: Any) -> None:
            await blocked.wait()
            await sending(message)

        slow._send = hang  # type: ignore[attr-defined] # its connection takes nothing more
        for minute in range(6):
            await happened(api, touchpoint, "delivered", f"2026-01-05T10:0{minute}:00Z")
        async with asyncio.timeout(10):
            while api.parts.streams._each.total():  # noqa: ASYNC110 - the server's own count
                await asyncio.sleep(0.02)
        blocked.set()
    del request, stream


async def _followed(api: Asker, count: int = 1) -> None:
    """Wait until so many streams follow."""
    async with asyncio.timeout(10):
        while sum(len(feed._followers) for feed in api.parts.streams._feeds.values() if feed.position) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
