"""Tokens: what was signed comes back for its purpose alone, and whatever else is given is nobody's."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accountgraph.tracking import PublicAddress, Purpose, Ring, Signed, key_number, sign, verified, web_addresses, workspace_in
from accountgraph.tracking.tokens import is_web_address, proof

RING = Ring.new()
INTENT = UUID("11111111-2222-4333-8444-555555555555")
names = st.from_regex(r"[a-z][a-z0-9_]{0,39}", fullmatch=True)
hosts = st.sampled_from(["ours.com", "münchen.de", "[::1]", "ours.com:8443"])
urls = st.builds(
    lambda host, path: f"https://{host}/{path}",
    hosts,
    st.text(st.characters(min_codepoint=0x21, exclude_characters="\\\x7f", exclude_categories=["Cs"]), max_size=200),
)
said = st.builds(Signed, names, st.uuids(), st.none() | urls)


@given(said, st.sampled_from(Purpose))
def test_what_was_signed_always_comes_back(value: Signed, purpose: Purpose) -> None:
    token = sign(RING, purpose, value)
    assert (verified(RING, purpose, token), workspace_in(token), key_number(token)) == (value, value.workspace, 1)


@given(said, st.sampled_from(Purpose), st.sampled_from(Purpose))
def test_a_token_is_always_good_for_one_purpose_alone(value: Signed, made_for: Purpose, used_for: Purpose) -> None:
    assert (verified(RING, used_for, sign(RING, made_for, value)) is not None) == (made_for is used_for)


@given(st.text(max_size=200) | st.text("ABab09-_=", max_size=200))
def test_text_of_any_kind_is_never_a_token(text: str) -> None:
    assert [verified(RING, purpose, text) for purpose in Purpose] == [None] * len(Purpose)
    workspace_in(text)


@given(said, st.data())
def test_a_token_with_one_sign_changed_is_never_believed(value: Signed, data: st.DataObject) -> None:
    token = sign(RING, Purpose.CLICK, value)
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from("ABCXYZabcxyz0189-_=. "))
    changed = token[:at] + other + token[at + 1 :]
    assert (verified(RING, Purpose.CLICK, changed) is None) == (changed != token)


@given(said)
def test_keys_of_another_never_make_a_token(value: Signed) -> None:
    assert verified(RING, Purpose.CLICK, sign(Ring.new(), Purpose.CLICK, value)) is None


def test_old_keys_verify_and_the_newest_signs() -> None:
    value = Signed("abm", INTENT)
    old = sign(RING, Purpose.OPEN, value)
    rotated = RING.rotated()
    assert verified(rotated, Purpose.OPEN, old) == value
    assert verified(RING, Purpose.OPEN, sign(rotated, Purpose.OPEN, value)) is None


def test_a_ring_holds_its_newest_255_keys() -> None:
    ring = RING
    for _ in range(300):
        ring = ring.rotated()
    assert len(ring.keys) == 255
    assert verified(ring, Purpose.OPEN, sign(ring, Purpose.OPEN, Signed("abm", INTENT))) == Signed("abm", INTENT)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "//evil.example",
        "/here",
        "https://",
        "ftp://x.org/",
        "https://x.org/a b",
        "https://x.org/\r\nSet-Cookie: a",
        "https:\\\\x.org",
        "http://[",
        "https://x.org/" + "a" * 2000,
        "data:text/html,x",
    ],
)
def test_nothing_but_a_web_address_is_ever_signed(url: str) -> None:
    assert not is_web_address(url)
    with pytest.raises(ValueError, match="token"):
        sign(RING, Purpose.CLICK, Signed("abm", INTENT, url))


def test_the_ring_never_shows_its_keys() -> None:
    assert repr(RING) == "Ring(1 keys)"
    assert RING.keys[1].hex() not in repr(PublicAddress(url="https://go.ours.com", workspace="abm", ring=RING))


def test_a_pixels_token_is_short() -> None:
    assert len(sign(RING, Purpose.OPEN, Signed("abm", INTENT))) == 51


def test_only_a_holder_of_the_keys_can_prove_it() -> None:
    assert proof(RING, "abm:1") == proof(RING, "abm:1") != proof(Ring.new(), "abm:1")


def test_addresses_lead_to_the_public_address_or_to_the_mailboxs_own_host() -> None:
    address = PublicAddress(url="https://go.ours.com/mail/", workspace="abm", ring=RING)
    assert address.pixel(INTENT).startswith("https://go.ours.com/mail/o/")
    assert address.through(INTENT, "https://x.org/", "links.ours.com").startswith("https://links.ours.com/mail/c/")
    assert address.preferences(INTENT).startswith("https://go.ours.com/mail/u/")


def test_web_addresses_are_found_once_each_and_in_their_order() -> None:
    text = "See https://b.org/x, (http://a.org) and https://b.org/x. Not ftp://c.org."
    assert web_addresses(text) == ("https://b.org/x", "http://a.org")
