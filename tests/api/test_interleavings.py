"""However requests come between each other: what is sent twice is done once, and nobody writes over what they have not seen."""

from __future__ import annotations

import asyncio
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.db.uploads.looking import value

if TYPE_CHECKING:
    from accountgraph.db import Database
    from tests.api.conftest import Asker

PLAIN = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
NUMBERS = count(1)  # each example has names of its own in the one database
MADE = {"companies": "name", "contacts": "first_name", "conversations": "attributes ->> 'name'"}  # what is made, and where its name stands


class Sent(NamedTuple):
    """A request: which of the things is made, which key it goes under, and after how many thousandths of a second."""

    thing: int
    key: int
    after: int


class Step(NamedTuple):
    """Somebody reads, or adds a word to what they have read."""

    who: int
    writes: bool
    after: int


SENT = st.builds(Sent, st.integers(0, 3), st.integers(0, 3), st.integers(0, 5))
STEPS = st.builds(Step, st.integers(0, 3), st.booleans(), st.integers(0, 5))


@given(
    kinds=st.lists(st.sampled_from(sorted(MADE)), min_size=4, max_size=4),
    waves=st.lists(st.lists(SENT, min_size=1, max_size=6), min_size=1, max_size=4),
)
@PLAIN
async def test_a_key_makes_one_row_of_what_it_was_first_sent_with(
    api: Asker, db: Database, kinds: list[str], waves: list[list[Sent]]
) -> None:
    names = [f"thing {next(NUMBERS)}" for _ in kinds]
    keys = [f"key-{next(NUMBERS)}" for _ in range(4)]
    made: dict[int, tuple[int, str]] = {}  # by key: the thing, and its id

    bodies = [await _body(api, kind, name) for kind, name in zip(kinds, names, strict=True)]

    async def send(sent: Sent) -> tuple[Sent, int, str | None]:
        await asyncio.sleep(sent.after / 1000)
        answer = await api.post(f"/{kinds[sent.thing]}", bodies[sent.thing], headers={"Idempotency-Key": keys[sent.key]})
        return sent, answer.status_code, answer.json().get("id")

    for wave in waves:
        for sent, status, row_id in await asyncio.gather(*(send(sent) for sent in wave)):
            assert status in {201, 422}
            if status == 201:
                assert row_id is not None
                assert made.setdefault(sent.key, (sent.thing, row_id)) == (sent.thing, row_id)
        for sent in wave:
            assert sent.key in made, "of those who were first with a key, one is answered"
    for number, (kind, name) in enumerate(zip(kinds, names, strict=True)):
        rows = await value(db, f"SELECT count(*) FROM {kind} WHERE {MADE[kind]} = '{name}'")
        assert rows == sum(thing == number for thing, _ in made.values())


@given(kind=st.sampled_from(sorted(MADE)), waves=st.lists(st.lists(STEPS, min_size=1, max_size=4), min_size=1, max_size=8))
@PLAIN
async def test_no_update_is_lost_and_none_refused_that_has_seen_the_last(api: Asker, kind: str, waves: list[list[Step]]) -> None:
    path = f"/{kind}/{(await api.made(f'/{kind}', await _body(api, kind, 'Ada')))['id']}"
    seen: dict[int, tuple[list[str], str]] = {}  # by reader: the words, and their ETag
    stored: list[str] = []

    async def do(step: Step) -> tuple[str, bool, bool] | None:
        """Of a write: its word, whether it was done, and whether it knew what is stored."""
        await asyncio.sleep(step.after / 1000)
        if not step.writes:
            seen[step.who] = await _words(api, path)
            return None
        words, etag = seen[step.who]
        word = f"{step.who}: {next(NUMBERS)}"
        answer = await api.patch(path, {"attributes": {"words": [*words, word]}}, headers={"If-Match": etag})
        assert answer.status_code in {200, 412}
        return word, answer.status_code == 200, words == stored

    seen = dict.fromkeys(range(4), await _words(api, path))
    for wave in waves:
        writes = [one for one in await asyncio.gather(*(do(step) for step in wave)) if one]
        before, stored = stored, (await _words(api, path))[0]
        assert stored[: len(before)] == before
        assert sorted(stored[len(before) :]) == sorted(word for word, is_done, _ in writes if is_done)
        if any(is_done or knew for _, is_done, knew in writes):
            assert len(stored) > len(before), "of those who had seen the last, one is let"


async def _words(api: Asker, path: str) -> tuple[list[str], str]:
    answer = await api.get(path)
    return (answer.json()["attributes"] or {}).get("words", []), answer.headers["etag"]


async def _body(api: Asker, kind: str, name: str) -> dict[str, Any]:
    """What makes a row of this name."""
    if kind == "conversations":
        return {"contact_id": (await api.made("/contacts", {"first_name": "Ada"}))["id"], "attributes": {"name": name}}
    return {MADE[kind]: name}
