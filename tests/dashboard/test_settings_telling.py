"""Settings of telling others: webhooks with their deliveries, notices."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from accountgraph import notices
from accountgraph.notices import NewChannel
from accountgraph.notices.channels import Way
from accountgraph.outgoing import (
    EndpointChanges,
    NewEndpoint,
    Poster,
    create_endpoint,
    get_endpoint,
    list_deliveries,
    list_endpoints,
    send_test,
)
from accountgraph.outgoing.endpoints import update_endpoint
from tests.dashboard.test_accounts import HOSTILE
from tests.dashboard.test_settings import S
from tests.dashboard.test_settings_people import sent
from tests.db.outgoing.conftest import receiver, surroundings
from tests.db.outgoing.receiver import Receiver, Reply

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.db import Database
    from tests.dashboard.conftest import Browser

__all__ = ["receiver", "surroundings"]
HOOK = "https://hooks.example.com/in"
PAGE = f"{S}/webhooks"


def secret_in(text: str) -> str:
    """The signing secret that a page shows."""
    [found] = re.findall(r"<code>(whsec_[^<]+)</code>", text)
    return str(found)


async def an_endpoint(db: Database, url: str = HOOK, description: str = "") -> UUID:
    return (await create_endpoint(db, NewEndpoint(url=url, kinds=("*",), description=description))).endpoint.id


async def test_an_endpoints_secret_is_shown_once_and_rotated(browser: Browser, db: Database) -> None:
    ada = await browser.as_role("admin")
    fields: dict[str, str | list[str]] = {"form": "endpoint", "url": HOOK, "kinds": ["reply.received"], "description": HOSTILE}
    first = secret_in(await sent(ada, PAGE, fields, 201))
    assert first not in (await ada.get(PAGE)).text
    assert HOSTILE in (await ada.page(PAGE)).text
    [endpoint] = await list_endpoints(db)
    path = f"{PAGE}/{endpoint.id}"
    assert secret_in(await sent(ada, f"{path}/rotate", {}, 201, path)) != first
    assert (await get_endpoint(db, endpoint.id)).old_secret_until is not None


@pytest.mark.parametrize(("field", "value"), [("url", "http://127.0.0.1:1/"), ("url", HOSTILE), ("kinds", "cat.meowed")])
async def test_an_endpoint_that_cannot_be_is_refused_at_its_field(
    browser: Browser, field: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ACCOUNTGRAPH_WEBHOOK_NETWORKS", raising=False)
    ada = await browser.as_role("admin")
    fields: dict[str, str | list[str]] = {"form": "endpoint", "url": HOOK, "kinds": ["*"], field: value}
    text = await sent(ada, PAGE, fields, 422)
    assert f'id="endpoint-{field}-error"' in text
    assert "<img src=x" not in text


async def test_an_endpoint_is_told_an_example_and_the_log_says_what_came_of_it(browser: Browser, db: Database, receiver: Receiver) -> None:
    ada, key = await browser.as_role("admin"), await an_endpoint(db, receiver.url)
    path = f"{PAGE}/{key}"
    assert "It was taken: 200." in await sent(ada, f"{path}/test", {}, 200, path)
    receiver.answer = lambda _: Reply(500, HOSTILE.encode())
    text = await sent(ada, f"{path}/test", {}, 200, path)
    assert "It was not taken" in text
    assert "<img src=x" not in text
    shown = await ada.page(f"{S}/deliveries?endpoint={key}")
    assert "was taken" in shown.text
    for one in (await list_deliveries(db)).items:
        detail = await ada.page(f"{S}/deliveries/{one.id}")
        assert '"type": "webhook.test"' in detail.text
    assert "Nothing was told that fits" in (await ada.page(f"{S}/deliveries?kind=reply.received")).text


async def test_an_endpoint_is_changed_paused_resumed_and_removed(browser: Browser, db: Database) -> None:
    ada, key = await browser.as_role("admin"), await an_endpoint(db)
    path = f"{PAGE}/{key}"
    await ada.do(path, {"form": "change", "url": f"{HOOK}2", "kinds": ["reply.received"], "description": "CRM"}, path)
    await ada.do(f"{path}/pause", {}, path)
    found = await get_endpoint(db, key)
    assert (found.url, found.kinds, found.description, found.state) == (f"{HOOK}2", ("reply.received",), "CRM", "paused")
    await ada.do(f"{path}/resume", {}, path)
    assert (await get_endpoint(db, key)).state == "active"
    await ada.do(f"{path}/remove", {}, path)
    assert await list_endpoints(db) == []


async def test_a_delivery_goes_out_again_and_days_are_replayed(browser: Browser, db: Database, receiver: Receiver) -> None:
    ada, key = await browser.as_role("admin"), await an_endpoint(db, receiver.url)
    told = await send_test(db, Poster(db.settings.webhook_networks), key)
    shown = await ada.do(f"{S}/deliveries/{told.delivery.id}/resend", {}, f"{S}/deliveries/{told.delivery.id}")
    assert "waits" in shown.text
    path = f"{PAGE}/{key}"
    days = {"form": "replay", "since": f"{db.now():%Y-%m-%d}", "until": f"{db.now():%Y-%m-%d}"}
    await ada.do(f"{path}/replay", dict(days), path)
    text = await sent(ada, f"{path}/replay", {**days, "until": "2000-01-01"}, 422, path)
    assert 'id="replay-until-error"' in text
    await update_endpoint(db, key, EndpointChanges(is_active=False), db.now())
    await sent(ada, f"{path}/replay", dict(days), 422, path)


@pytest.mark.parametrize("query", ["endpoint=x", "state=x", "after=x", "after=99999999999999999999"])
async def test_a_log_that_is_asked_for_nonsense_says_so(browser: Browser, query: str) -> None:
    await (await browser.as_role("member")).page(f"{S}/deliveries?{query}", 422)


async def test_who_is_told_by_mail_is_added_changed_paused_and_removed(browser: Browser, db: Database) -> None:
    ada, page = await browser.as_role("admin"), f"{S}/notices"
    fields: dict[str, str | list[str]] = {
        "form": "channel",
        "name": HOSTILE,
        "way": "email",
        "address": "ada@ours.com",
        "rhythm": "daily",
        "daily_at": "07:30",
        "kinds": ["reply_waiting"],
        "quiet_from": "20:00",
        "quiet_to": "07:00",
    }
    shown = await ada.do(page, fields, page)
    assert HOSTILE in shown.text
    assert "once a day at 07:30" in shown.text
    [channel] = await notices.list_channels(db)
    await ada.do(f"{page}/{channel.id}", {**fields, "name": "Ada", "rhythm": "hourly", "address": ""}, page)
    [changed] = await notices.list_channels(db)
    assert (changed.name, changed.rhythm, changed.address) == ("Ada", "hourly", "ada@ours.com")
    await ada.do(f"{page}/{channel.id}/pause", {}, page)
    assert not (await notices.get_channel(db, channel.id)).is_active
    await ada.do(f"{page}/{channel.id}/resume", {}, page)
    await ada.do(f"{page}/{channel.id}/remove", {}, page)
    assert await notices.list_channels(db) == []


async def test_a_channels_secret_is_shown_once_and_a_made_up_notice_arrives(browser: Browser, db: Database, receiver: Receiver) -> None:
    ada, page = await browser.as_role("admin"), f"{S}/notices"
    fields: dict[str, str | list[str]] = {
        "form": "channel",
        "name": "ops",
        "way": "webhook",
        "address": receiver.url,
        "kinds": ["*"],
        "rhythm": "hourly",
    }
    secret = secret_in(await sent(ada, page, fields, 201))
    assert secret not in (await ada.get(page)).text
    [channel] = await notices.list_channels(db)
    assert "It was taken" in (await ada.do(f"{page}/{channel.id}/test", {}, page)).text
    assert len(receiver.got) == 1
    receiver.answer = lambda _: Reply(500)
    assert "It was not taken" in (await ada.do(f"{page}/{channel.id}/test", {}, page)).text


async def test_of_slack_only_the_host_is_shown(browser: Browser, db: Database) -> None:
    await notices.create_channel(
        db, NewChannel(name="team", way=Way.SLACK, address="https://hooks.slack.example.com/services/T0/s3cr3t"), db.now()
    )
    text = (await (await browser.as_role("admin")).get(f"{S}/notices")).text
    assert "hooks.slack.example.com" in text
    assert "s3cr3t" not in text


@pytest.mark.parametrize(
    ("field", "value"), [("address", "nobody"), ("rhythm", "often"), ("timezone", "Mars"), ("gap_minutes", "-1"), ("quiet_from", "20:00")]
)
async def test_a_channel_that_cannot_be_is_refused_at_its_field(browser: Browser, field: str, value: str) -> None:
    ada = await browser.as_role("admin")
    fields: dict[str, str | list[str]] = {
        "form": "channel",
        "name": "x",
        "way": "email",
        "address": "ada@ours.com",
        "kinds": ["*"],
        "rhythm": "hourly",
        field: value,
    }
    assert f'id="channel-{field}-error"' in await sent(ada, f"{S}/notices", fields, 422)
