"""What comes of a call to a provider, whatever it or the network does."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING, Any

import msgspec

from accountgraph.campaigns.engine.transport import Sent
from tests.channels.conftest import NOW, message, sms
from tests.channels.providers.service import Said

if TYPE_CHECKING:
    import pytest

    from tests.channels.conftest import ProviderBench

SWITCHES = {"sendgrid", "mailgun", "postmark", "mailjet", "sparkpost", "mailersend"}

_ODD = '{"errors": [{"code": [1]}], "ErrorCode": [1], "code": [1], "name": [1], "Messages": [{"Errors": [{"StatusCode": [1]}]}]}'


async def test_nobody_listening_is_tried_again(provider: ProviderBench) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        provider.settings["base_url"] = f"http://127.0.0.1:{free.getsockname()[1]}"
    result = await provider.transport.send(provider.message())
    assert (result.outcome, result.is_sender_trouble) == (Sent.RETRY, False)


async def test_a_host_that_does_not_exist_is_tried_again(provider: ProviderBench) -> None:
    provider.settings["base_url"] = "https://nowhere.invalid"
    assert (await provider.transport.send(provider.message())).outcome is Sent.RETRY


async def test_a_request_that_was_written_and_not_answered_is_unknown(provider: ProviderBench) -> None:
    provider.service.hangs_up = True
    result = await provider.transport.send(provider.message())
    assert (result.outcome, len(provider.service.asked)) == (Sent.UNKNOWN, 1)


async def test_a_server_that_goes_silent_leaves_it_unknown(provider: ProviderBench) -> None:
    provider.service.hangs = True
    provider.settings["timeout_seconds"] = 0.1
    assert (await provider.transport.send(provider.message())).outcome is Sent.UNKNOWN


async def test_throttling_is_tried_again_when_the_provider_says(provider: ProviderBench) -> None:
    provider.service.instead = Said(429, {"message": "Too many requests"}, {"Retry-After": "90"})
    result = await provider.transport.send(provider.message())
    assert (result.outcome, result.is_sender_trouble, result.retry_after_seconds) == (Sent.RETRY, False, 90)


async def test_retry_after_may_be_a_date(provider: ProviderBench) -> None:
    provider.service.instead = Said(503, headers={"Retry-After": "Mon, 02 Mar 2026 09:02:00 GMT"})
    result = await provider.transport.send(provider.message())
    assert (result.outcome, result.retry_after_seconds) == (Sent.RETRY, 120)


async def test_a_retry_after_that_is_none_is_passed_over_or_bounded(provider: ProviderBench) -> None:
    for value in ["soon", "", "-5", "9" * 400, "Mon, 99 Xxx 9999"]:
        provider.service.instead = Said(429, headers={"Retry-After": value})
        result = await provider.transport.send(provider.message())
        assert result.outcome is Sent.RETRY
        assert result.retry_after_seconds in {None, 86_400}


async def test_an_error_of_a_server_that_may_have_taken_it_is_unknown(provider: ProviderBench) -> None:
    for status in (500, 502, 504):
        provider.service.instead = Said(status, {"message": "internal error"})
        assert (await provider.transport.send(provider.message())).outcome is Sent.UNKNOWN


async def test_no_access_is_the_senders_trouble(provider: ProviderBench) -> None:
    for number, status in enumerate((401, 403, 404, 302), 1):
        provider.service.instead = Said(status, {"message": "no"}, {"Location": f"{provider.service.url}/elsewhere"})
        result = await provider.transport.send(provider.message())
        assert (result.outcome, result.is_sender_trouble, len(provider.service.asked)) == (Sent.RETRY, True, number)


async def test_a_wrong_key_is_the_senders_trouble(provider: ProviderBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROVIDER_KEY", "wr0ng")
    result = await provider.transport.send(provider.message())
    assert (result.outcome, result.is_sender_trouble, provider.count) == (Sent.RETRY, True, 0)
    assert "wr0ng" not in (result.detail or "") + str(result.raw)


async def test_a_key_that_no_header_can_hold_is_the_senders_trouble(provider: ProviderBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROVIDER_KEY", "kéy\r\nX-Other: 1\u20ac")
    result = await provider.transport.send(provider.message())
    assert (result.outcome, result.is_sender_trouble, provider.count) == (Sent.RETRY, True, 0)


async def test_a_refusal_of_the_recipient_is_refused(provider: ProviderBench) -> None:
    provider.service.instead = provider.fake.refusal
    result = await provider.transport.send(provider.message())
    assert (result.outcome, result.is_sender_trouble) == (Sent.REFUSED, False)
    assert result.raw["status"] == provider.fake.refusal.status


async def test_a_refusal_of_the_sender_is_the_senders_trouble_and_fails_nobody(provider: ProviderBench) -> None:
    provider.service.instead = provider.fake.sender_refusal
    result = await provider.transport.send(provider.message())
    assert (result.outcome, result.is_sender_trouble) == (Sent.RETRY, True)


async def test_a_yes_in_other_words_is_still_a_yes(provider: ProviderBench) -> None:
    for text in ("", "<html>", "[[[", "null", "[]", '{"id": {"a": 1}}', "[" * 5000):
        provider.service.instead = Said(200, text=text)
        assert (await provider.transport.send(provider.message())).outcome is Sent.SENT


async def test_a_no_in_other_words_is_still_a_no(provider: ProviderBench) -> None:
    for text in ("", "<html>", "null", "[]", '{"errors": 1, "Messages": 2, "message": [3]}', _ODD):
        provider.service.instead = Said(400, text=text)
        assert (await provider.transport.send(provider.message())).outcome in {Sent.REFUSED, Sent.RETRY}
        assert provider.count == 0


async def test_settings_that_cannot_be_used_are_the_senders_trouble_and_named(provider: ProviderBench) -> None:
    addresses = ("http://api.example.com", "https://me:secret@api.example.com", "ftp://127.0.0.1", "http://127.0.0.1:port")
    for setting, value in [*(("base_url", address) for address in addresses), ("timeout_seconds", 0), ("api_kee", "x")]:
        message = msgspec.structs.replace(provider.message(), settings={**provider.settings, setting: value})
        result = await provider.transport.send(message)
        assert (result.outcome, result.is_sender_trouble, provider.service.asked) == (Sent.RETRY, True, [])
        assert setting in (result.detail or "")


async def test_a_secret_that_is_not_set_is_named(provider: ProviderBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROVIDER_KEY")
    result = await provider.transport.send(provider.message())
    assert (result.outcome, result.is_sender_trouble) == (Sent.RETRY, True)
    assert "PROVIDER_KEY" in (result.detail or "")


class Stored:
    """A vault whose secrets have the names of variables."""

    async def secret(self, name: str) -> str:
        return os.environ[name]

    async def access_token(self, name: str, refused: str | None = None) -> str:
        raise AssertionError(name)


def stored(settings: dict[str, Any]) -> dict[str, Any]:
    """The same settings by stored secrets."""
    return {name.removesuffix("_env"): f"secret:{value}" if name.endswith("_env") else value for name, value in settings.items()}


async def test_a_stored_secret_does_as_well_as_a_variable(provider: ProviderBench) -> None:
    transport = type(provider.transport)(lambda: NOW, Stored())  # type: ignore[call-arg]
    sent = await transport.send(msgspec.structs.replace(provider.message(), settings=stored(provider.settings)))
    await transport.close()
    assert (sent.outcome, provider.count) == (Sent.SENT, 1)


async def test_a_stored_secret_that_cannot_be_had_is_the_senders_trouble(provider: ProviderBench) -> None:
    result = await provider.transport.send(msgspec.structs.replace(provider.message(), settings=stored(provider.settings)))
    assert (result.outcome, result.is_sender_trouble, provider.service.asked) == (Sent.RETRY, True, [])
    assert "PROVIDER_" in (result.detail or "")


async def test_a_secret_is_named_in_one_way(provider: ProviderBench) -> None:
    both = {**provider.settings, **stored(provider.settings)}
    result = await provider.transport.send(msgspec.structs.replace(provider.message(), settings=both))
    assert (result.is_sender_trouble, "give one of them" in (result.detail or "")) == (True, True)


async def test_a_message_of_another_channel_is_not_sent(provider: ProviderBench) -> None:
    other = (message if provider.message().channel.value == "sms" else sms)(settings=provider.settings)
    result = await provider.transport.send(other)
    assert (result.outcome, provider.service.asked) == (Sent.RETRY, [])


async def test_the_intent_travels_along(provider: ProviderBench) -> None:
    sent = provider.message()
    await provider.transport.send(sent)
    assert [one.intent for one in provider.fake.went] == [str(sent.intent_id)]


async def test_the_provider_gives_its_id(provider: ProviderBench) -> None:
    result = await provider.transport.send(provider.message())
    assert result.provider_id == provider.fake.went[0].id


async def test_the_same_message_sent_twice_goes_out_once_where_the_provider_promises_it(provider: ProviderBench) -> None:
    first, second = [await provider.transport.send(provider.message()) for _ in range(2)]
    assert provider.abilities is not None
    assert (provider.count == 1) == (provider.abilities.idempotency is not None)
    assert (first.provider_id == second.provider_id) == (provider.count == 1 or provider.transport.name == "mailgun")  # its id is ours


async def test_tracking_is_off_unless_it_is_asked_for(provider: ProviderBench) -> None:
    assert provider.abilities is not None
    assert provider.abilities.tracking == (provider.transport.name in SWITCHES)
    if not provider.abilities.tracking:
        return
    await provider.transport.send(provider.message())
    provider.settings |= {"track_opens": True, "track_clicks": True}
    await provider.transport.send(provider.message())
    off, on = (tracking_of(one.raw) for one in provider.fake.went)
    assert (off, on) == ((False, False), (True, True))


def tracking_of(raw: Any) -> tuple[bool, bool]:
    """Whether opens and clicks are tracked, by what the provider was told."""
    if "tracking_settings" in raw:
        told = raw["tracking_settings"]
        return told["open_tracking"]["enable"], told["click_tracking"]["enable"]
    if "o:tracking" in raw:
        return raw["o:tracking-opens"] == "yes", raw["o:tracking-clicks"] == "yes"
    if "TrackLinks" in raw:
        return raw["TrackOpens"], raw["TrackLinks"] != "None"
    if "TrackOpens" in raw:
        return raw["TrackOpens"] == "enabled", raw["TrackClicks"] == "enabled"
    if "options" in raw:
        return raw["options"]["open_tracking"], raw["options"]["click_tracking"]
    return raw["settings"]["track_opens"], raw["settings"]["track_clicks"]


async def test_a_search_that_is_not_answered_says_nothing(provider: ProviderBench) -> None:
    for said in (Said(403, {"errors": []}), Said(500), Said(200, text="<html>"), Said(429)):
        if provider.transport.abilities.search:
            provider.service.instead = said
            found = await provider.transport.find(provider.message().message_id, settings=provider.settings, since=NOW)
            assert found is not None
            assert found.outcome is Sent.UNKNOWN


async def test_a_search_for_an_id_that_is_not_ours_never_raises(provider: ProviderBench) -> None:
    if provider.transport.abilities.search:
        found = await provider.transport.find("<x@elsewhere>", settings=provider.settings, since=NOW)
        assert found is None or found.outcome is Sent.UNKNOWN
