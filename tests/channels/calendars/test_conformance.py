"""What the webhook of every calendar service does."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accountgraph.channels.calendars import CALENDARS
from accountgraph.channels.providers.event import BookedMeeting, Booking, Told
from accountgraph.channels.providers.known import CALENDAR_WEBHOOKS, webhook_for
from accountgraph.channels.providers.webhooks import Refusal, WebhookRefusedError, WebhookRequest
from tests.channels.calendars.samples import NOW, SAMPLES, SECRETS, URL, Sample, signed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accountgraph.channels.providers.webhooks import Webhook

ALL = [pytest.param(name, one, id=f"{name}-{number}-{one.booking}") for name in SAMPLES for number, one in enumerate(SAMPLES[name])]


@pytest.fixture(params=list(CALENDARS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def _certificates(url: str) -> bytes:
    raise OSError(url)


def hook(name: str) -> Webhook:
    return webhook_for(name, _certificates)


def told(name: str, body: bytes) -> list[Told]:
    return hook(name).events(body, {"content-type": "application/json"})


async def refused(name: str, request: WebhookRequest, secret: str | None = None) -> Refusal:
    with pytest.raises(WebhookRefusedError) as caught:
        await hook(name).verify(request, SECRETS[name] if secret is None else secret)
    return caught.value.reason


def test_every_calendar_is_tried_here() -> None:
    assert set(CALENDARS) == set(CALENDAR_WEBHOOKS) == set(SAMPLES) == set(SECRETS)
    assert all(hook(name).name == name for name in CALENDARS)


async def test_what_the_service_signed_is_believed(name: str) -> None:
    await hook(name).verify(signed(name, SAMPLES[name][0].body), SECRETS[name])
    await hook(name).verify(signed(name, SAMPLES[name][0].body), f"other {SECRETS[name]}")


async def test_without_a_signature_nothing_is_believed(name: str) -> None:
    bare = WebhookRequest(url=URL, headers={}, body=SAMPLES[name][0].body, now=NOW)
    assert await refused(name, bare) is Refusal.MISSING


async def test_a_signature_by_another_secret_is_refused(name: str) -> None:
    assert await refused(name, signed(name, SAMPLES[name][0].body), "other") is Refusal.SIGNATURE


async def test_without_a_secret_of_ours_nothing_is_believed(name: str) -> None:
    assert await refused(name, signed(name, SAMPLES[name][0].body), " ") is Refusal.SETUP


async def test_a_body_that_was_changed_is_refused(name: str) -> None:
    request = signed(name, SAMPLES[name][0].body)
    assert await refused(name, msgspec.structs.replace(request, body=request.body + b" ")) is Refusal.SIGNATURE


async def test_an_old_or_future_time_is_refused_where_there_is_one(name: str) -> None:
    for minutes in (-6, 6):
        request = signed(name, SAMPLES[name][0].body, NOW + timedelta(minutes=minutes))
        if hook(name).abilities.has_timestamp:
            assert await refused(name, request) is Refusal.OLD
        else:
            await hook(name).verify(request, SECRETS[name])


@pytest.mark.parametrize("value", ["", "é", "t=1", "v1=ab", "t=x,v1=y", "t=1,t=2,v1=a", "\udcff", "sha256=", "t=,v1="])
async def test_a_signature_of_nonsense_is_refused(name: str, value: str) -> None:
    request = signed(name, SAMPLES[name][0].body)
    proof = next(header for header in request.headers if "signature" in header)
    broken = msgspec.structs.replace(request, headers={proof: value})
    assert await refused(name, broken) in {Refusal.MISSING, Refusal.SIGNATURE}


@pytest.mark.parametrize(("service", "sample"), ALL)
def test_every_documented_kind_becomes_its_booking(service: str, sample: Sample) -> None:
    (meeting,) = told(service, sample.body)
    assert isinstance(meeting, BookedMeeting)
    assert (meeting.provider, meeting.booking, meeting.at) == (service, sample.booking, NOW)
    assert {name: getattr(meeting, name) for name in sample.fields} == sample.fields
    assert meeting.raw == sample.payload


def test_a_service_tells_of_every_kind(name: str) -> None:
    missing = set(Booking) - {Booking(one.booking) for one in SAMPLES[name]}
    assert missing <= ({Booking.MISSED} if name == "calcom" else set())


def test_the_same_payload_gives_the_same_id_and_another_one_another(name: str) -> None:
    ids = [[one.event_id for sample in SAMPLES[name] for one in told(name, sample.body)] for _ in range(2)]
    assert ids[0] == ids[1]
    later = json.dumps({**SAMPLES[name][0].payload, "created_at": "2026-03-03T09:00:00Z", "createdAt": "2026-03-03T09:00:00Z"}).encode()
    assert told(name, later)[0].event_id not in ids[0]


def test_a_body_that_cannot_be_read_is_refused_clearly(name: str) -> None:
    for body in (b"", b"{", b"\xff\xfe", b"[1]", b"1", b"null", b"[" * 10_000, b'{"a":' * 500 + b"1" + b"}" * 500):
        with pytest.raises(WebhookRefusedError) as caught:
            told(name, body)
        assert caught.value.status == 400


def _otherwise(value: Any) -> Iterator[Any]:
    """The same payload with one value after another replaced by one of another type."""
    for other in (None, 0, -1.5, "", "x", [], {}, [None], {"a": 1}, True, 10**30, "9" * 400, "\0"):
        if isinstance(value, dict):
            for key in value:
                yield {**value, key: other}
                if other is None and isinstance(value[key], dict | list):
                    for inner in _otherwise(value[key]):
                        yield {**value, key: inner}
        elif isinstance(value, list) and value:
            yield [other]
            if other is None:
                for inner in _otherwise(value[0]):
                    yield [inner]


def test_whatever_type_a_value_has_nothing_but_a_refusal_comes_of_it(name: str) -> None:
    for sample in SAMPLES[name]:
        for payload in _otherwise(sample.payload):
            only_refusals(name, json.dumps(payload).encode())


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_the_body_nothing_but_a_refusal_comes_of_it(name: str, data: st.DataObject) -> None:
    body = data.draw(st.sampled_from([one.body for one in SAMPLES[name]]))
    start, length = data.draw(st.integers(0, len(body))), data.draw(st.integers(0, 40))
    only_refusals(name, body[:start] + data.draw(st.binary(max_size=12)) + body[start + length :])


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
async def test_whatever_is_signed_otherwise_is_refused(name: str, data: st.DataObject) -> None:
    request = signed(name, SAMPLES[name][0].body)
    proof = next(header for header in request.headers if "signature" in header)
    value = data.draw(st.text(max_size=120))
    if value.strip().lower() != request.headers[proof]:
        assert await refused(name, msgspec.structs.replace(request, headers={proof: value})) in {Refusal.MISSING, Refusal.SIGNATURE}


def only_refusals(name: str, body: bytes) -> None:
    try:
        events = told(name, body)
    except WebhookRefusedError:
        return
    assert all(one.event_id for one in events)
    msgspec.json.encode(events)  # it can be kept
