"""Senders, mailboxes, secrets and settings over HTTP; no answer ever holds a secret."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import pytest

from tests.mailboxes.conftest import mail
from tests.mailboxes.imap_server import PASSWORD, USER, ImapServer
from tests.mailboxes.test_commands import Office

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.api.conftest import Asker


class Town:
    """A mail service on this machine."""

    def __init__(self) -> None:
        self.imap, self.office = ImapServer(), Office()
        self.office.imap = self.imap

    @property
    def mailbox(self) -> dict[str, Any]:
        """As it is connected."""
        servers = {name: {"host": "127.0.0.1", "port": one.port, "tls": "none"} for name, one in self.servers.items()}
        return {"address": USER, "password": PASSWORD, **servers}

    @property
    def servers(self) -> dict[str, Any]:
        return {"imap": self.imap, "smtp": self.office}


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    town = Town()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(town.imap.open())
        await stack.enter_async_context(town.office.open(auth_require_tls=False))
        yield town


async def test_mailbox_is_tried_before_it_is_kept_and_its_password_is_never_shown(api: Asker, town: Town) -> None:
    refused = await api.post("/mailboxes", {**town.mailbox, "password": "wrong-password"})
    assert refused.status_code == 409
    assert "wrong-password" not in refused.text
    assert (await api.get("/mailboxes")).json()["items"] == []
    assert (await api.get("/senders")).json()["items"] == []
    made = await api.post("/mailboxes", town.mailbox)
    assert made.status_code == 201
    read = await api.client.get(made.headers["location"], headers={"Authorization": f"Bearer {api.key}"})
    assert read.json()["settings"]["password"] == f"secret:mailbox {USER}"
    secrets = await api.get("/secrets")
    assert [one["name"] for one in secrets.json()["items"]] == [f"mailbox {USER}"]
    senders = await api.get("/senders")
    for answer in (made, read, secrets, senders, await api.get("/mailboxes")):
        assert PASSWORD not in answer.text


async def test_mailbox_takes_what_is_new_and_is_left_alone_in_the_end(api: Asker, town: Town) -> None:
    made = await api.made("/mailboxes", town.mailbox)
    path = f"/mailboxes/{made['sender_id']}"
    await api.made(f"{path}/sync", None)
    town.imap.arrive(mail(7))
    assert (await api.made(f"{path}/sync", None))["done"]["passed"] + (await api.get(path)).json()["lag_seconds"] >= 0
    assert (await api.get(path)).json()["failing_since"] is None
    town.imap.refuses_logins = True
    assert (await api.post(f"{path}/sync")).status_code == 409
    assert (await api.get("/mailboxes?is_failing=true")).json()["items"][0]["address"] == USER
    assert (await api.delete(path)).status_code == 204
    assert (await api.get(path)).status_code == 404


async def test_test_mail_leaves_through_a_sender(api: Asker, town: Town) -> None:
    made = await api.made("/mailboxes", town.mailbox)
    tried = await api.made(f"/senders/{made['sender_id']}/test", {"recipient": USER})
    assert (tried["outcome"], len(town.office.taken)) == ("sent", 1)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"address": "me@ours.com"}, "password"),
        ({"address": "me@ours.com", "password": "x", "imap": {"host": "a b"}}, "imap.host"),
        ({"address": "me@ours.com", "password": "x", "imap": {"ca_file": "/etc/passwd"}}, "imap.ca_file"),
        ({"address": "me@ours.com", "password": "x", "password_env": "HOME"}, "password_env"),
    ],
)
async def test_mailbox_is_described_by_what_is_known(api: Asker, body: dict[str, Any], field: str) -> None:
    answer = await api.post("/mailboxes", body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


@pytest.mark.parametrize(
    ("sender", "field"),
    [
        (
            {"transport": "smtp", "settings": {"host": "mx.evil.com", "username": "x", "password_env": "DATABASE_URL"}},
            "settings.password_env",
        ),
        ({"transport": "smtp", "settings": {"host": "mx.ours.com", "ca_file": "/etc/passwd"}}, "settings.ca_file"),
        ({"transport": "smtp", "settings": {"host": "mx.ours.com", "username": "x", "password": "hunter2"}}, "settings"),
        ({"transport": "ses", "settings": {"region": "eu-west-1", "base_url": "https://evil.com"}}, "settings.key"),
        ({"transport": "postmark", "settings": {"api_key_env": "HOME"}}, "settings.api_key_env"),
        ({"transport": "pigeon"}, "transport"),
        ({"transport": "smtp", "settings": {}}, "settings"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"channel": "pigeon"}, "channel"),
    ],
)
async def test_sender_reaches_for_nothing_of_the_machine(api: Asker, sender: dict[str, Any], field: str) -> None:
    answer = await api.post("/senders", {"address": "me@ours.com", **sender})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert "hunter2" not in answer.text
    plain = await api.made("/senders", {"address": "me@ours.com"})
    if "channel" not in sender:
        changed = await api.patch(f"/senders/{plain['id']}", sender)
        assert (changed.status_code, changed.json()["errors"][0]["field"]) == (422, field)


async def test_sender_is_changed_by_who_has_seen_it(api: Asker) -> None:
    made = await api.post("/senders", {"address": "Me@Ours.com"})
    path, tag = f"/senders/{made.json()['id']}", made.headers["etag"]
    assert (await api.patch(path, {"per_day": 10}, headers={"If-Match": tag})).status_code == 200
    assert (await api.patch(path, {"per_day": 20}, headers={"If-Match": tag})).status_code == 412
    assert (await api.made(f"{path}/pause", None))["is_active"] is False
    assert (await api.made(f"{path}/resume", None))["is_active"] is True
    assert (await api.post("/senders", {"address": "me@ours.com"})).status_code == 409


async def test_secret_goes_in_and_never_comes_out(api: Asker) -> None:
    put = await api.send("PUT", "/secrets/postmark", json={"value": "s3cr3t-value"})
    assert put.json() == {"name": "postmark", "reference": "secret:postmark"}
    made = await api.made("/senders", {"address": "me@ours.com", "transport": "postmark", "settings": {"api_key": "secret:postmark"}})
    assert made["settings"]["api_key"] == "secret:postmark"
    assert "s3cr3t" not in (await api.get("/secrets")).text
    assert (await api.delete("/secrets/postmark")).status_code == 204
    assert (await api.delete("/secrets/postmark")).status_code == 404


async def test_settings_change_field_by_field(api: Asker) -> None:
    identity = await api.made("/legal-identities", {"name": "Ours Ltd", "postal_address": "1 Road"})
    changed = (await api.patch("/settings", {"timezone": "Europe/Berlin", "legal_identity_id": identity["id"]})).json()
    assert changed["timezone"] == "Europe/Berlin"
    assert (await api.get("/settings")).json() == changed
    assert (await api.patch("/settings", {"timezone": "Mars"})).json()["errors"][0]["field"] == "timezone"
    assert (await api.patch("/settings", {"tiemzone": "UTC"})).status_code == 422
    moved = await api.patch(f"/legal-identities/{identity['id']}", {"postal_address": "2 Road"})
    assert moved.json()["postal_address"] == "2 Road"
    assert (await api.post("/legal-identities", {"name": "Ours Ltd", "postal_address": "1 Road"})).status_code == 409


async def test_model_that_writes_gets_a_stored_key_alone(api: Asker) -> None:
    assert (await api.get("/settings/model")).status_code == 404
    assert (await api.patch("/settings/model", {"model": "openai:gpt", "key_env": "HOME"})).json()["errors"][0]["field"] == "model.key_env"
    assert (await api.patch("/settings/model", {"model": "openai:gpt", "key": "sk-123"})).json()["errors"][0]["field"] == "key"
    await api.send("PUT", "/secrets/model", json={"value": "sk-123"})
    assert (await api.patch("/settings/model", {"model": "openai:gpt", "key": "secret:model"})).json()["key"] == "secret:model"
    assert (await api.delete("/settings/model")).status_code == 204


async def test_what_can_carry_messages_is_listed(api: Asker) -> None:
    assert {"console", "smtp", "postmark"} <= set((await api.get("/transports")).json()["names"])
    assert "twilio" in [one["name"] for one in (await api.get("/providers")).json()["items"]]
    assert "calendly" in [one["name"] for one in (await api.get("/calendars")).json()["items"]]
