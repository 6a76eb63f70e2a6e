"""Settings of sending: mailboxes and senders, identities, the workspace, policy, templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from accountgraph.store.outreach.drafting import DraftingRepository
from accountgraph.store.outreach.mailboxes import MailboxRepository
from accountgraph.store.outreach.senders import SenderRepository
from accountgraph.store.outreach.settings import SettingsRepository
from accountgraph.store.secrets import SecretRepository
from tests.api.outreach.test_sending import Town, town
from tests.dashboard.campaigns import kept, office
from tests.dashboard.test_accounts import HOSTILE
from tests.dashboard.test_settings import S
from tests.dashboard.test_settings_people import sent
from tests.mailboxes.imap_server import PASSWORD, USER

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.db import Database
    from tests.dashboard.conftest import Browser

__all__ = ["town"]


class NoDns:
    """A domain of which nobody says anything."""

    async def texts(self, name: str) -> list[str] | None:
        del name
        return None

    async def exchangers(self, domain: str) -> list[str]:
        del domain
        return []


@pytest.fixture(autouse=True)
def _no_dns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accountgraph.dashboard.settings.sending.mailboxes.Dns", NoDns)


def typed(town: Town, **changes: str) -> dict[str, str | list[str]]:
    """The form that connects the town's mailbox."""
    servers = {f"{name}.{key}": str(value) for name in ("imap", "smtp") for key, value in town.mailbox[name].items()}
    return {"form": "connect", "address": USER, "password": PASSWORD, **servers, **changes}


async def a_sender(db: Database, **fields: Any) -> UUID:
    return (await SenderRepository(db).add_sender({"address": "me@ours.com", **fields})).id


async def test_a_mailbox_is_connected_and_tested_step_by_step(browser: Browser, db: Database, town: Town) -> None:
    ada = await browser.as_role("admin")
    shown = await ada.do(f"{S}/connect", typed(town), f"{S}/connect")
    assert "Both logins work" in shown.text
    [mailbox] = await MailboxRepository(db).list_mailboxes()
    path = f"{S}/senders/{mailbox.sender_id}"
    text = await sent(ada, f"{path}/test", {}, 200, path)
    assert "Reading (IMAP)" in text
    assert "the login works" in text
    assert "nobody answered" in text
    assert PASSWORD not in text


async def test_a_mailbox_whose_login_fails_is_not_kept_and_the_page_says_why(browser: Browser, db: Database, town: Town) -> None:
    ada = await browser.as_role("admin")
    text = await sent(ada, f"{S}/connect", typed(town, password="wrong-password", display_name=HOSTILE), 409)  # noqa: S106 - made up
    assert "wrong-password" not in text
    assert 'class="notice bad"' in text
    assert "<img src=x" not in text
    assert f'value="{USER}"' in text
    assert await SenderRepository(db).list_senders() == []


async def test_a_mailbox_that_stops_working_says_so_in_its_test(browser: Browser, db: Database, town: Town) -> None:
    ada = await browser.as_role("admin")
    await ada.do(f"{S}/connect", typed(town), f"{S}/connect")
    [mailbox] = await MailboxRepository(db).list_mailboxes()
    await MailboxRepository(db).put_mailbox(mailbox.sender_id, "imap", {**mailbox.settings, "port": 1})
    text = await sent(ada, f"{S}/senders/{mailbox.sender_id}/test", {}, 200, f"{S}/senders/{mailbox.sender_id}")
    assert "it fails" in text


async def test_a_test_message_leaves_and_its_outcome_is_said(browser: Browser, db: Database, town: Town) -> None:
    ada = await browser.as_role("admin")
    await ada.do(f"{S}/connect", typed(town), f"{S}/connect")
    [mailbox] = await MailboxRepository(db).list_mailboxes()
    path = f"{S}/senders/{mailbox.sender_id}"
    text = await sent(ada, f"{path}/message", {"form": "message", "recipient": USER}, 200, path)
    assert f"{USER}: sent" in text
    assert len(town.office.taken) == 1
    await sent(ada, f"{path}/message", {"form": "message", "recipient": "nobody"}, 422, path)


async def test_a_mailbox_is_read_no_more_and_goes_on_sending(browser: Browser, db: Database, town: Town) -> None:
    ada = await browser.as_role("admin")
    await ada.do(f"{S}/connect", typed(town), f"{S}/connect")
    [mailbox] = await MailboxRepository(db).list_mailboxes()
    await ada.do(f"{S}/senders/{mailbox.sender_id}/leave", {}, f"{S}/senders/{mailbox.sender_id}")
    assert await MailboxRepository(db).list_mailboxes() == []
    assert len(await SenderRepository(db).list_senders(active_only=True)) == 1


async def test_a_sender_is_paused_and_resumed_by_its_undo(browser: Browser, db: Database) -> None:
    ada, key = await browser.as_role("admin"), await a_sender(db)
    shown = await ada.do(f"{S}/senders/{key}/pause", {}, f"{S}/senders/{key}")
    assert "paused" in shown.text
    assert await SenderRepository(db).list_senders(active_only=True) == []
    await ada.do(f"{S}/senders/{key}/resume", {}, f"{S}/senders/{key}")
    assert len(await SenderRepository(db).list_senders(active_only=True)) == 1


async def test_a_senders_limits_and_identity_are_changed(browser: Browser, db: Database) -> None:
    ada, key = await browser.as_role("admin"), await a_sender(db)
    identity = await SettingsRepository(db).add_legal_identity({"name": "Ours Ltd", "postal_address": "1 Road"})
    fields: dict[str, str | list[str]] = {
        "form": "change",
        "per_day": "20",
        "legal_identity_id": str(identity.id),
        "warmup": "yes",
        "signature": f"Yours,\r\n{HOSTILE}",
        "tracks_clicks": "yes",
    }
    shown = await ada.do(f"{S}/senders/{key}", fields, f"{S}/senders/{key}")
    assert HOSTILE in shown.text
    sender = await SenderRepository(db).get_sender(key)
    assert sender is not None
    assert (sender.per_day, sender.legal_identity_id, sender.tracks_clicks, sender.tracks_opens) == (20, identity.id, True, False)
    assert sender.signature == f"Yours,\n{HOSTILE}"
    assert sender.warmup_started_at is not None


@pytest.mark.parametrize(("field", "value"), [("timezone", "Mars/Olympus"), ("per_day", "many"), ("per_hour", "0")])
async def test_a_senders_wrong_value_is_refused_at_its_field(browser: Browser, db: Database, field: str, value: str) -> None:
    ada, key = await browser.as_role("admin"), await a_sender(db)
    text = await sent(ada, f"{S}/senders/{key}", {"form": "change", field: value}, 422, f"{S}/senders/{key}")
    assert f'id="change-{field}-error"' in text


async def test_a_number_is_added_and_settings_of_the_machine_are_refused(browser: Browser, db: Database) -> None:
    ada = await browser.as_role("admin")
    fields: dict[str, str | list[str]] = {"form": "sender", "address": "+4915112345678", "channel": "sms", "transport": "console"}
    await ada.do(f"{S}/senders", fields, f"{S}/senders")
    [made] = await SenderRepository(db).list_senders()
    assert (made.channel, made.address) == ("sms", "+4915112345678")
    bad = {**fields, "address": "x@ours.com", "channel": "email", "transport": "postmark", "settings": "api_key_env = HOME"}
    assert "names something of the machine" in await sent(ada, f"{S}/senders", bad, 422)


async def test_the_list_says_how_each_sender_stands(browser: Browser, db: Database) -> None:
    await a_sender(db, display_name=HOSTILE)
    await a_sender(db, address="smtp@ours.com", transport="smtp", settings={"host": "mail.ours.com", "password": "secret:x"})
    await a_sender(db, address="off@ours.com", is_active=False)
    shown = await (await browser.as_role("viewer")).page(f"{S}/senders")
    assert all(words in shown.text for words in ("shows only", "has no identity", "paused", HOSTILE))


async def test_a_viewer_sees_a_sender_without_secrets_and_without_buttons(browser: Browser, db: Database) -> None:
    key = await a_sender(db, transport="smtp", settings={"host": HOSTILE[:40], "my_key": "hunter2"})
    eve = await browser.as_role("viewer")
    await eve.page(f"{S}/senders/{key}")
    text = (await eve.get(f"{S}/senders/{key}")).text
    assert "hunter2" not in text
    assert 'method="post"' not in text[text.index("<main") : text.index("</main>")]


async def test_the_first_identity_is_everybodys_and_another_takes_its_place(browser: Browser, db: Database) -> None:
    ada, settings = await browser.as_role("admin"), SettingsRepository(db)
    for name in ("Ours Ltd", HOSTILE):
        shown = await ada.do(
            f"{S}/identities", {"form": "identity", "name": name, "postal_address": "1 Road\r\nTown", "country": "de"}, f"{S}/identities"
        )
    assert HOSTILE in shown.text
    found = {one.name: one for one in await settings.list_legal_identities()}
    assert (await settings.get_settings()).legal_identity_id == found["Ours Ltd"].id
    assert (found[HOSTILE].country, found[HOSTILE].postal_address) == ("DE", "1 Road\nTown")
    await ada.do(f"{S}/identities/{found[HOSTILE].id}/use", {}, f"{S}/identities")
    assert (await settings.get_settings()).legal_identity_id == found[HOSTILE].id


async def test_an_identity_is_changed_and_a_blank_address_refused(browser: Browser, db: Database) -> None:
    ada, settings = await browser.as_role("admin"), SettingsRepository(db)
    made = await settings.add_legal_identity({"name": "Ours Ltd", "postal_address": "1 Road"})
    form = f"identity-{made.id}"
    await ada.do(f"{S}/identities/{made.id}", {"form": form, "name": "Ours", "postal_address": "2 Road"}, f"{S}/identities")
    assert [one.name for one in await settings.list_legal_identities()] == ["Ours"]
    text = await sent(ada, f"{S}/identities/{made.id}", {"form": form, "name": "Ours", "postal_address": " "}, 422, f"{S}/identities")
    assert f'id="{form}-postal_address-error"' in text


async def test_the_workspace_is_changed_and_wrong_values_are_refused(browser: Browser, db: Database) -> None:
    ada = await browser.as_role("admin")
    fields: dict[str, str | list[str]] = {
        "form": "workspace",
        "timezone": "Europe/Berlin",
        "country": "de",
        "public_url": "https://go.ours.com/",
    }
    await ada.do(f"{S}/workspace", fields, f"{S}/workspace")
    settings = await SettingsRepository(db).get_settings()
    assert (settings.timezone, settings.country, settings.public_url) == ("Europe/Berlin", "DE", "https://go.ours.com")
    for field, value in (("timezone", "Mars"), ("country", "Germany"), ("public_url", HOSTILE)):
        text = await sent(ada, f"{S}/workspace", {**fields, field: value}, 422)
        assert f'id="workspace-{field}-error"' in text
        assert "<img src=x" not in text


async def test_topics_the_model_and_secrets_are_put_and_taken_away(browser: Browser, db: Database) -> None:
    ada = await browser.as_role("admin")
    page = f"{S}/workspace"
    shown = await ada.do(f"{page}/topics", {"form": "topic", "key": "news", "name": HOSTILE}, page)
    assert HOSTILE in shown.text
    await ada.do(f"{page}/secrets", {"form": "secret", "name": "writer", "secret_value": " s3cr3t "}, page)
    fields: dict[str, str | list[str]] = {"form": "model", "model": "openai:gpt-4o", "key": "secret:writer", "drafts_per_day": "7"}
    shown = await ada.do(f"{page}/model", fields, page)
    assert "openai:gpt-4o writes, 7 messages a day" in shown.text
    assert "s3cr3t" not in (await ada.get(page)).text
    await ada.do(f"{page}/model/remove", {}, page)
    assert await DraftingRepository(db).get_settings() is None
    await ada.do(f"{page}/secrets/forget", {"name": "writer"}, page)
    assert await SecretRepository(db).list_secrets() == []


async def test_what_a_new_variant_is_called_is_kept_where_its_words_are_refused(browser: Browser, db: Database) -> None:
    await office(db)
    await kept(db)
    ada, path = await browser.as_role("admin"), f"{S}/templates/plain/hello"
    seen = (await ada.page(path)).hidden["seen"]
    fields: dict[str, str | list[str]] = {"form": "words", "seen": seen, "body": "Hello", "variant.new.body": "Hi {{", "new_key": "short"}
    text = await sent(ada, path, fields, 422)
    assert 'value="short"' in text
