"""What the webhook of every provider does."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accountgraph.channels.providers import NAMES
from accountgraph.channels.providers.event import ProviderEvent, ProviderEventKind, Told
from accountgraph.channels.providers.known import WEBHOOKS, UnknownProviderError, webhook_for
from accountgraph.channels.providers.sendgrid.webhooks import SIGNATURE as SENDGRID_SIGNATURE
from accountgraph.channels.providers.transports import TRANSPORTS
from accountgraph.channels.providers.webhooks import Refusal, WebhookRefusedError, WebhookRequest
from tests.channels.providers.samples import SAMPLES
from tests.channels.providers.sampling import AT, INTENT, Sample
from tests.channels.providers.signing import FORM, JSON, NOW, another_key, certificates, secret, signed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from accountgraph.channels.providers.webhooks import Webhook

ALL = [
    pytest.param(name, one, id=f"{name}-{one.fields.get('name', number)}-{one.kind}")
    for name in NAMES
    for number, one in enumerate(SAMPLES[name])
]
UNTIMED = {"twilio"}  # its callbacks hold no time
WITHOUT_INTENT = {"twilio"}  # it stands in the address


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def hook(name: str) -> Webhook:
    return webhook_for(name, certificates)


def first(name: str, **more: Any) -> WebhookRequest:
    sample = SAMPLES[name][0]
    return signed(name, sample.body, content_type=sample.content_type, **more)


async def refused(name: str, request: WebhookRequest, secret_: str | None = None) -> Refusal:
    with pytest.raises(WebhookRefusedError) as caught:
        await hook(name).verify(request, secret(name) if secret_ is None else secret_)
    assert str(caught.value)
    return caught.value.reason


def told(name: str, sample: Sample, body: bytes | None = None) -> list[Told]:
    request = signed(name, sample.body, content_type=sample.content_type)
    return hook(name).events(request.body if body is None else body, request.headers)


def test_every_provider_sends_and_tells_and_is_tried_here() -> None:
    assert set(NAMES) == set(WEBHOOKS) == set(TRANSPORTS) == set(SAMPLES)
    assert all(hook(name).name == name == TRANSPORTS[name].name for name in NAMES)


def test_a_provider_that_is_unknown_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownProviderError, match="Did you mean 'sendgrid'"):
        hook("sendgird")


async def test_what_the_provider_signed_is_believed(name: str) -> None:
    await hook(name).verify(first(name), secret(name))


async def test_one_of_two_secrets_is_enough_while_one_replaces_the_other(name: str) -> None:
    other = another_key() if name == "sendgrid" else "whsec_b3RoZXI="
    await hook(name).verify(first(name), f"{other} {secret(name)}")


async def test_without_a_signature_nothing_is_believed(name: str) -> None:
    sample = SAMPLES[name][0]
    request = WebhookRequest(url=first(name).url, headers={"content-type": sample.content_type}, body=sample.body, now=NOW)
    assert await refused(name, request) is Refusal.MISSING


async def test_a_signature_by_another_secret_is_refused(name: str) -> None:
    other = another_key() if name == "sendgrid" else "whsec_b3RoZXI="
    assert await refused(name, first(name), other) is Refusal.SIGNATURE


async def test_without_a_secret_of_ours_nothing_is_believed(name: str) -> None:
    for empty in ("", "  "):
        assert await refused(name, first(name), empty) is Refusal.SETUP


async def test_a_body_that_was_changed_is_refused_where_it_is_signed(name: str) -> None:
    if hook(name).abilities.is_signed:
        request = first(name)
        changed = msgspec.structs.replace(request, body=request.body.replace(b"s", b"S"))
        assert await refused(name, changed) is not Refusal.SETUP


async def test_an_old_or_future_time_is_refused_where_there_is_one(name: str) -> None:
    for days in (-2, 2):
        request = first(name, at=NOW + timedelta(days=days))
        if hook(name).abilities.has_timestamp:
            assert await refused(name, request) is Refusal.OLD
        else:
            await hook(name).verify(request, secret(name))


async def test_a_retry_some_minutes_later_is_believed(name: str) -> None:
    await hook(name).verify(first(name, at=NOW - timedelta(minutes=4)), secret(name))


async def test_a_signature_of_nonsense_is_refused(name: str) -> None:
    request = first(name)
    proofs = {"authorization", "x-twilio-signature", "svix-signature", "signature", SENDGRID_SIGNATURE} & set(request.headers)
    for header in proofs:
        for value in ("", "é", "Basic", "Bearer a.b", "v1,", "AAAA", "\udcff", "Bearer W10.W10.W10"):
            broken = msgspec.structs.replace(request, headers={**request.headers, header: value})
            assert await refused(name, broken) in {Refusal.MISSING, Refusal.SIGNATURE}


@pytest.mark.parametrize(("provider", "sample"), ALL)
def test_every_documented_kind_becomes_its_event(provider: str, sample: Sample) -> None:
    (event,) = told(provider, sample)
    assert isinstance(event, ProviderEvent)
    assert (event.provider, event.kind) == (provider, sample.kind)
    assert {name: getattr(event, name) for name in sample.fields} == sample.fields
    assert event.intent_id == (None if provider in WITHOUT_INTENT else UUID(INTENT))
    assert event.at is None if provider in UNTIMED else event.at is not None and int(event.at.timestamp()) == AT
    assert event.raw


def test_there_is_a_sample_of_every_kind_that_a_provider_could_tell(name: str) -> None:
    missing = set(ProviderEventKind) - {ProviderEventKind(one.kind) for one in SAMPLES[name]}
    rare = {ProviderEventKind.RESUBSCRIBED}
    if name in {"twilio", "vonage"}:
        rare |= {ProviderEventKind.DEFERRED, ProviderEventKind.CLICKED, ProviderEventKind.COMPLAINED, ProviderEventKind.UNSUBSCRIBED}
    if name == "postmark":
        rare |= {ProviderEventKind.SENT, ProviderEventKind.FAILED}
    if name == "mailjet":
        rare |= {ProviderEventKind.SENT}
    assert missing <= rare


def test_the_same_payload_gives_the_same_ids(name: str) -> None:
    for sample in SAMPLES[name]:
        ids = [[one.event_id for one in told(name, sample)] for _ in range(2)]
        assert ids[0] == ids[1]
        assert all(ids[0])


def test_other_events_have_other_ids(name: str) -> None:
    if name not in {"ses", "resend", "mailgun"}:  # these get their id from outside of what differs here
        ids = [one.event_id for sample in SAMPLES[name] if not sample.fields.get("event_id") for one in told(name, sample)]
        assert len(set(ids)) == len(ids)


def test_a_batch_gives_its_events_in_their_order(name: str) -> None:
    if name in {"sendgrid", "mailjet", "sparkpost", "brevo"}:
        parts = [json.loads(sample.body) for sample in SAMPLES[name]]
        batch = [one for part in parts for one in (part if isinstance(part, list) else [part])]
        events = hook(name).events(json.dumps(batch).encode(), {"content-type": JSON})
        assert [one.kind for one in events if isinstance(one, ProviderEvent)] == [sample.kind for sample in SAMPLES[name]]


def test_a_payload_is_kept_whole(name: str) -> None:
    sample = SAMPLES[name][0]
    if isinstance(sample.payload, dict):
        payload = {**sample.payload, "new_field": {"a": ["\u0000", 1]}}
        if "event-data" in payload:
            payload = {"event-data": {**payload["event-data"], "new_field": {"a": ["\u0000", 1]}}}
        (event,) = told(name, Sample(payload, sample.kind))
        assert event.raw["new_field"] == {"a": ["\N{REPLACEMENT CHARACTER}", 1]}  # no database column takes NUL


def test_a_body_that_cannot_be_read_is_refused_clearly(name: str) -> None:
    deep = (b"[" * 10_000, b'{"a":' * 500 + b"1" + b"}" * 500)
    for body in (b"", b"{", b"\xff\xfe", b"[1]", b"1", b'"x"', b"null", b"[NaN]", *deep):
        with pytest.raises(WebhookRefusedError) as caught:
            hook(name).events(body, {"content-type": JSON})
        assert (caught.value.reason, caught.value.status) == (Refusal.BODY, 400)


def _mutations(body: bytes) -> st.SearchStrategy[bytes]:
    """A body that is cut, or holds other bytes or other JSON somewhere."""

    def changed(parts: tuple[int, int, bytes]) -> bytes:
        start, length, inserted = parts
        return body[: start % (len(body) + 1)] + inserted + body[start % (len(body) + 1) + length :]

    values = st.sampled_from(
        [b"null", b"[]", b"{}", b"-1", b'"\\u0000"', b"1e308", b"true", b'"' + b"9" * 400 + b'"', b"%00", b"&", b"=", b"\r\n"]
    )
    return st.tuples(st.integers(0, 10_000), st.integers(0, 40), values | st.binary(max_size=12)).map(changed)


def _json_like(value: Any) -> Iterator[Any]:
    """The same payload with one value after another replaced by one of another type."""
    for other in (None, 0, -1.5, "", "x", [], {}, [None], {"a": 1}, True, 10**30, "9" * 400):
        if isinstance(value, dict):
            for key in value:
                yield {**value, key: other}
                for inner in _json_like(value[key]) if isinstance(value[key], (dict, list)) and other is None else ():
                    yield {**value, key: inner}
        elif isinstance(value, list) and value:
            yield [other]
            for inner in _json_like(value[0]) if other is None else ():
                yield [inner]


def test_whatever_type_a_value_has_nothing_but_a_refusal_comes_of_it(name: str) -> None:
    for sample in SAMPLES[name]:
        if not isinstance(sample.payload, bytes):
            for payload in _json_like(sample.payload):
                for one in (payload, {"Type": "Notification", "Message": json.dumps(payload)}):
                    assert_only_refusals(name, json.dumps(one).encode(), {"content-type": JSON})


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_the_body_nothing_but_a_refusal_comes_of_it(name: str, data: st.DataObject) -> None:
    sample = data.draw(st.sampled_from(SAMPLES[name]))
    body = data.draw(_mutations(sample.body) | st.binary(max_size=200))
    kind = data.draw(
        st.sampled_from([sample.content_type, JSON, FORM, "multipart/form-data; boundary=x", "multipart/form-data", "\udcff", ""])
    )
    assert_only_refusals(name, body, {"content-type": kind})


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
async def test_whatever_comes_along_nothing_but_a_refusal_comes_of_checking_it(name: str, data: st.DataObject) -> None:
    request = first(name)
    header = data.draw(st.sampled_from(sorted(request.headers)))
    headers = {**request.headers, header: data.draw(st.text(max_size=60))}
    body = data.draw(st.just(request.body) | _mutations(request.body))
    try:
        await hook(name).verify(msgspec.structs.replace(request, headers=headers, body=body), secret(name))
    except WebhookRefusedError:
        return
    if hook(name).abilities.is_signed:  # then it says the same, however it is written
        assert meant(name, body, headers) == meant(name, request.body, request.headers)


def meant(name: str, body: bytes, headers: Mapping[str, str]) -> list[Told]:
    return [msgspec.structs.replace(one, raw={}) for one in hook(name).events(body, headers)]


def assert_only_refusals(name: str, body: bytes, headers: dict[str, str]) -> None:
    try:
        events = hook(name).events(body, headers)
    except WebhookRefusedError:
        return
    assert all(one.event_id for one in events)
    msgspec.json.encode(events)  # it can be kept
