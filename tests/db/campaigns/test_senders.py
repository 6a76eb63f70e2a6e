"""Senders, their legal identities, and the workspace's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from accountgraph.errors import (
    DuplicateError,
    InvalidInputError,
    InvalidValueError,
    MissingReferenceError,
    NotFoundError,
    UnknownFieldError,
)
from accountgraph.store.outreach.senders import SenderRepository
from accountgraph.store.outreach.settings import SettingsRepository, WorkspaceSettings

if TYPE_CHECKING:
    from accountgraph.db import Database

IDENTITY = {"name": "Acme Ltd", "postal_address": "1 Road, Town", "country": "GB"}


async def test_a_sender_comes_back_as_it_was_added(db: Database) -> None:
    senders = SenderRepository(db)
    added = await senders.add_sender({"address": "Ann@Ours.com", "transport": "smtp", "settings": {"host": "mail"}, "per_day": 20})
    assert await senders.get_sender(added.id) == added
    assert (added.address, added.channel, added.settings, added.next_free_at) == ("ann@ours.com", "email", {"host": "mail"}, None)


@pytest.mark.parametrize(
    ("channel", "address", "same"), [("email", "a@ours.com", " A@OURS.com "), ("sms", "+49 170 (123)-45", "+4917012345")]
)
async def test_an_address_is_found_and_refused_twice_however_it_is_written(db: Database, channel: str, address: str, same: str) -> None:
    senders = SenderRepository(db)
    added = await senders.add_sender({"channel": channel, "address": address})
    assert await senders.get_sender_by_address(same, channel=channel) == added
    with pytest.raises(DuplicateError, match="is there already"):
        await senders.add_sender({"channel": channel, "address": same})


@pytest.mark.parametrize(
    ("fields", "error", "said"),
    [
        ({"addres": "a@ours.com"}, UnknownFieldError, "did you mean 'address'"),
        ({"address": "ours.com"}, InvalidValueError, "is not an e-mail address"),
        ({"address": "a@ours.com", "timezone": "Mars/Base"}, InvalidValueError, "timezone: 'Mars/Base' is no time zone"),
        ({"address": "a@ours.com", "settings": {"Password": "x"}}, InvalidValueError, "environment variable"),
        ({"address": "a@ours.com", "per_hour": 0}, InvalidValueError, "per_hour"),
        ({"address": "a@ours.com", "legal_identity_id": str(uuid4())}, MissingReferenceError, "add it first"),
    ],
)
async def test_a_sender_that_cannot_be_is_refused_by_its_field(
    db: Database, fields: dict[str, Any], error: type[InvalidInputError], said: str
) -> None:
    with pytest.raises(error, match=said):
        await SenderRepository(db).add_sender(fields)


async def test_only_the_fields_that_are_given_change(db: Database) -> None:
    senders = SenderRepository(db)
    added = await senders.add_sender({"address": "a@ours.com", "display_name": "Ann", "per_day": 20})
    changed = await senders.update_sender(added.id, {"per_day": None, "is_active": False})
    assert (changed.display_name, changed.per_day, changed.is_active) == ("Ann", None, False)
    assert await senders.list_senders(active_only=True) == []


async def test_a_change_is_checked_like_a_new_sender(db: Database) -> None:
    senders = SenderRepository(db)
    first, second = [await senders.add_sender({"address": f"{name}@ours.com"}) for name in "ab"]
    with pytest.raises(DuplicateError):
        await senders.update_sender(second.id, {"address": "A@ours.com"})
    with pytest.raises(InvalidValueError, match="timezone"):
        await senders.update_sender(first.id, {"timezone": "here"})
    with pytest.raises(NotFoundError):
        await senders.update_sender(uuid4(), {"per_day": 1})


async def test_a_new_workspace_has_settings_and_they_change_field_by_field(db: Database) -> None:
    settings = SettingsRepository(db)
    assert await settings.get_settings() == WorkspaceSettings()
    identity = await settings.add_legal_identity(IDENTITY)
    await settings.update_settings({"legal_identity_id": identity.id})
    assert await settings.update_settings({"timezone": "Europe/Berlin"}) == WorkspaceSettings(
        timezone="Europe/Berlin", legal_identity_id=identity.id
    )


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"timezone": "CEST"}, "no time zone"),
        ({"country": "Germany"}, "two letters"),
        ({"legal_identity_id": str(uuid4())}, "add it first"),
    ],
)
async def test_settings_that_cannot_be_are_refused(db: Database, fields: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInputError, match=said):
        await SettingsRepository(db).update_settings(fields)


@pytest.mark.parametrize(("name", "value"), [("postal_address", "  "), ("privacy_url", "ours.com/privacy"), ("country", "gb")])
async def test_a_legal_identity_says_who_and_where(db: Database, name: str, value: str) -> None:
    with pytest.raises(InvalidValueError, match=name):
        await SettingsRepository(db).add_legal_identity({**IDENTITY, name: value})


async def test_a_legal_identity_is_there_once_and_can_change(db: Database) -> None:
    settings = SettingsRepository(db)
    added = await settings.add_legal_identity(IDENTITY)
    with pytest.raises(DuplicateError, match="Acme Ltd"):
        await settings.add_legal_identity(IDENTITY)
    changed = await settings.update_legal_identity(added.id, {"postal_address": "2 Road, Town"})
    assert await settings.list_legal_identities() == [changed]
    with pytest.raises(NotFoundError):
        await settings.update_legal_identity(uuid4(), {"name": "x"})
