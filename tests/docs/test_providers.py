"""The page of providers: every provider, every setting, and the table of what they declare."""

from __future__ import annotations

import re

import pytest
from tools.docs import provider_features

from accountgraph.channels.calendars import CALENDARS
from accountgraph.channels.providers.features import features
from accountgraph.channels.providers.settings import KeySettings, TrackedSettings
from accountgraph.channels.providers.transports import TRANSPORTS
from tests.docs.pages import page, rows, section

OF_ALL = {*TrackedSettings.__struct_fields__}


def settings_in(text: str) -> set[str]:
    return {name for row in rows(text) for name in re.findall(r"`(\w+)`", row[0])}


def test_the_table_of_providers_is_current() -> None:
    assert f"<!-- begin features -->\n{provider_features()}\n<!-- end features -->" in page("providers.md")


def test_settings_of_all_are_described() -> None:
    assert settings_in(section(page("providers.md"), "## Settings of all")) == OF_ALL


@pytest.mark.parametrize("name", list(TRANSPORTS))
def test_every_provider_is_set_up_in_steps_that_say_where_its_webhook_goes(name: str) -> None:
    text = section(page("providers.md"), f"## {TRANSPORTS[name].provider.title}")
    assert re.findall(r"^(\d)\. ", text, re.MULTILINE)[:3] == ["1", "2", "3"]
    assert f"/hooks/WORKSPACE/{name}" in text
    assert f"--transport {name} " in text


@pytest.mark.parametrize("name", list(TRANSPORTS))
def test_every_setting_of_a_provider_is_described(name: str) -> None:
    text = section(page("providers.md"), f"## {TRANSPORTS[name].provider.title}")
    assert settings_in(text) == set(TRANSPORTS[name].settings_type.__struct_fields__) - OF_ALL


@pytest.mark.parametrize("name", list(TRANSPORTS))
def test_a_provider_that_has_no_api_key_or_switches_no_tracking_is_said_to(name: str) -> None:
    kind = TRANSPORTS[name].settings_type
    assert issubclass(kind, KeySettings) == (name not in {"ses", "twilio", "vonage"})
    assert issubclass(kind, TrackedSettings) == next(one.tracking for one in features() if one.name == name)


@pytest.mark.parametrize("name", list(CALENDARS))
def test_every_calendar_is_set_up_in_steps_that_say_where_its_webhook_goes(name: str) -> None:
    text = section(page("providers.md"), f"## {CALENDARS[name]}")
    assert re.findall(r"^(\d)\. ", text, re.MULTILINE) == ["1", "2", "3"]
    assert f"/hooks/WORKSPACE/{name}" in text
