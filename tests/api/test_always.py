"""What holds however requests come: in whatever order, however often, whatever they say."""

from __future__ import annotations

import asyncio
import random
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode
from uuid import UUID  # noqa: TC003 - read at run time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta

from accountgraph.api.parameters import FREE_TEXT, Signature
from accountgraph.enums import Channel
from accountgraph.http.problems import ProblemError

if TYPE_CHECKING:
    from tests.api.conftest import Asker

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
RIGHT: dict[str, st.SearchStrategy[str]] = {
    "company_id": st.uuids().map(str),
    "limit": st.integers(1, 1000).map(str),
    "channel": st.sampled_from([str(channel) for channel in Channel]),
    "as_of": st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)).map(lambda at: f"{at.isoformat()}Z"),  # noqa: DTZ001 - the Z is its zone
    "is_open": st.sampled_from(["true", "false"]),
    "text": TEXT,
    "statuses": st.lists(st.sampled_from(["new", "done"]), min_size=1).map(",".join),
}
WRONG = {"company_id": "1", "limit": "0", "channel": "pigeon", "as_of": "17", "is_open": "perhaps"}


async def _asked(
    call: Any,
    *,
    company_id: UUID | None = None,
    limit: Annotated[int, Meta(ge=1, le=1000)] = 10,
    channel: Channel = Channel.EMAIL,
    as_of: Annotated[datetime, Meta(tz=True)] | None = None,
    is_open: bool = True,
    text: str | None = None,
    statuses: list[str] = [],  # noqa: B006 - read by the declaration alone
) -> None:
    raise NotImplementedError


async def _chosen(call: Any, words: list[Annotated[str, Meta(extra=FREE_TEXT)]] = []) -> None:  # noqa: B006 - as above
    raise NotImplementedError


SIGNATURE = Signature(_asked, "/things")
FREE = Signature(_chosen, "/things")


@given(st.fixed_dictionaries({}, optional=RIGHT))
def test_parameters_that_are_right_are_taken_as_they_are_meant(sent: dict[str, str]) -> None:
    values = SIGNATURE.query_values(urlencode(sent).encode())
    assert {name: "" if value is None else value for name, value in values.items()}.keys() == RIGHT.keys()
    assert values["text"] == sent.get("text")
    assert values["limit"] == int(sent.get("limit", "10"))
    assert values["statuses"] == (sent["statuses"].split(",") if "statuses" in sent else [])


@given(st.lists(TEXT.filter(str.strip), max_size=9))
def test_free_text_of_a_list_is_taken_whole_whatever_is_in_it(sent: list[str]) -> None:
    assert FREE.query_values(urlencode({"words": sent}, doseq=True).encode())["words"] == [text.strip() for text in sent]


@given(st.fixed_dictionaries({}, optional=RIGHT), TEXT.filter(lambda name: name not in RIGHT), TEXT)
def test_parameter_that_is_not_known_is_named(sent: dict[str, str], name: str, value: str) -> None:
    assert _refused(urlencode({**sent, name: value})) == name


@given(st.fixed_dictionaries({}, optional=RIGHT), st.sampled_from(sorted(set(RIGHT) - {"statuses"})), st.data())
def test_parameter_that_is_given_twice_is_named(sent: dict[str, str], name: str, data: st.DataObject) -> None:
    pairs = [(one, value) for one, value in sent.items() if one != name] + [(name, data.draw(RIGHT[name])) for _ in range(2)]
    assert _refused(urlencode(data.draw(st.permutations(pairs)))) == name


@given(st.fixed_dictionaries({}, optional=RIGHT), st.sampled_from(sorted(WRONG)))
def test_parameter_that_cannot_be_used_is_named(sent: dict[str, str], name: str) -> None:
    assert _refused(urlencode({**sent, name: WRONG[name]})) == name


@pytest.mark.parametrize("seed", range(4))
async def test_however_requests_are_repeated_each_is_done_once(api: Asker, seed: int) -> None:
    rng = random.Random(seed)
    sent = [f"thing-{number}" for number in range(6) for _ in range(rng.randint(1, 6))]
    rng.shuffle(sent)

    async def send(name: str) -> tuple[str, Any]:
        await asyncio.sleep(rng.random() / 20)
        for _ in range(3):
            answer = await api.post("/companies", {"name": name}, headers={"Idempotency-Key": name})
            assert answer.status_code == 201, answer.text
        return name, answer.json()["id"]

    ids = await asyncio.gather(*(send(name) for name in sent))
    assert len(set(ids)) == len({name for name, _ in ids}) == 6


@pytest.mark.parametrize("people", [2, 8])
async def test_no_update_is_lost_among_those_who_read_change_and_write(api: Asker, people: int) -> None:
    path = f"/companies/{(await api.made('/companies', {'name': 'Acme', 'attributes': {'count': 0}}))['id']}"

    async def add_one() -> None:
        while True:
            read = await api.get(path)
            changed = {"attributes": {"count": read.json()["attributes"]["count"] + 1}}
            written = await api.patch(path, changed, headers={"If-Match": read.headers["etag"]})
            assert written.status_code in {200, 412}
            if written.status_code == 200:
                return

    await asyncio.gather(*(add_one() for _ in range(people)))
    assert (await api.get(path)).json()["attributes"]["count"] == people


def _refused(query: str) -> str:
    with pytest.raises(ProblemError) as refused:
        SIGNATURE.query_values(query.encode())
    return refused.value.errors[0].field
