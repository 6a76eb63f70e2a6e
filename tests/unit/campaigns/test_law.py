from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accountgraph.campaigns.rules.law import Law, law_of, needs_notice
from accountgraph.enums import Channel


@pytest.mark.parametrize(
    ("rule", "has_consent", "is_cold", "expected"),
    [
        ("allow", False, True, Law.ALLOW),
        ("consent", False, True, Law.NO_CONSENT),
        ("consent", True, True, Law.ALLOW),
        ("consent", False, False, Law.ALLOW),
        ("deny", True, False, Law.DENY),
        (None, False, True, Law.UNKNOWN),
        (None, True, True, Law.ALLOW),
    ],
)
def test_the_rule_of_the_country_decides(rule: str | None, has_consent: bool, is_cold: bool, expected: Law) -> None:
    jurisdiction = {"email": rule} if rule else {}
    assert law_of(jurisdiction, Channel.EMAIL, has_consent=has_consent, is_cold=is_cold) == expected


@given(st.dictionaries(st.sampled_from(["sms", "call"]), st.sampled_from(["allow", "consent", "deny"])))
def test_the_rule_of_another_channel_never_decides(jurisdiction: dict[str, str]) -> None:
    assert law_of(jurisdiction, Channel.EMAIL, has_consent=False, is_cold=True) == Law.UNKNOWN


@pytest.mark.parametrize("country", ["DE", "fr", "GB", "NO", None])
def test_a_first_contact_there_says_where_the_address_is_from(country: str | None) -> None:
    assert needs_notice(country, is_first_contact=True, gave_address=False)
    assert not needs_notice(country, is_first_contact=False, gave_address=False)
    assert not needs_notice(country, is_first_contact=True, gave_address=True)


def test_a_first_contact_in_the_united_states_needs_no_notice() -> None:
    assert not needs_notice("US", is_first_contact=True, gave_address=False)
