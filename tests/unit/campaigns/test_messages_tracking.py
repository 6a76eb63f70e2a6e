"""What a message tells of, and how a person is taken off: only where the address is verified and the law allows it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from accountgraph.campaigns.definition.steps import Step
from accountgraph.campaigns.messages import message_of
from accountgraph.campaigns.messages.compose import Composed, content_hash
from accountgraph.campaigns.messages.envelope import below_of
from accountgraph.campaigns.messages.variables import Person, Variables, Writer
from accountgraph.campaigns.rules.law import may_track
from accountgraph.channels.console import shown
from accountgraph.channels.mime import mail_of
from accountgraph.enums import Channel
from accountgraph.tracking import PublicAddress, Purpose, Ring, verified
from tests.factories import START

INTENT = UUID("11111111-2222-4333-8444-555555555555")
ADDRESS = PublicAddress(url="https://go.ours.com", workspace="abm", ring=Ring.new())
WRITER = Writer(
    id=INTENT, address="me@ours.com", legal_name="Ours Ltd", signature="Ann\nOurs", tracks_opens=True, tracks_clicks=True, is_signed=True
)
KNOWN = Variables(
    person=Person(id=INTENT, email="anna@acme.com", country="US", mail_law="allow"),
    sender=WRITER,
    public_url=ADDRESS.url,
    is_first_contact=False,
)
WORDS = "See https://x.org/a and https://x.org/b."
STEP = Step(key="first", channel=Channel.EMAIL, template="hello")


def message(variables: Variables = KNOWN, *, channel: Channel = Channel.EMAIL, public: PublicAddress | None = ADDRESS) -> Any:
    composed = Composed(subject="Hello", content=WORDS, content_hash=content_hash("Hello", WORDS))
    return message_of(composed, variables, intent_id=INTENT, step=STEP, channel=channel, recipient="anna@acme.com", public=public)


def html(made: Any) -> str:
    return mail_of(made, START).content.decode()


def test_the_html_has_pixel_and_signed_links_and_the_plain_text_the_real_ones() -> None:
    import email
    import email.policy

    made = message()
    mail = email.message_from_bytes(mail_of(made, START).content, policy=email.policy.default)
    plain, twin = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
    assert WORDS in plain
    assert "/c/" not in plain
    assert all(f'<a href="{through}">{url}</a>' in twin for url, through in made.links.items())
    assert f'<img src="{made.pixel}" width="1" height="1" alt="">' in twin
    for url, through in made.links.items():
        said = verified(ADDRESS.ring, Purpose.CLICK, through.rpartition("/")[2])
        assert said is not None
        assert (said.intent_id, said.url) == (INTENT, url)


def test_signature_and_footer_stand_below_the_words_and_are_never_led_through_us() -> None:
    made = message(replace(KNOWN, sender=replace(WRITER, signature="Ann\nhttps://ours.com", privacy_url="https://ours.com/privacy")))
    text = shown(made)
    assert text.index(WORDS) < text.index("\n-- \n") < text.index("Ann\nhttps://ours.com") < text.index("Ours Ltd\n")
    assert set(made.links) == {"https://x.org/a", "https://x.org/b"}


@pytest.mark.parametrize(("law", "may"), [("allow", True), ("consent", False), ("deny", False), (None, False)])
def test_nothing_is_told_of_where_the_country_asks_for_consent_or_is_not_known(law: str | None, may: bool) -> None:
    made = message(replace(KNOWN, person=replace(KNOWN.person, mail_law=law)))
    assert (made.pixel is not None, bool(made.links), may_track(law)) == (may, may, may)
    assert made.one_click is not None  # whoever is not watched can still leave by one click


def test_without_a_verified_address_only_the_mailto_is_left() -> None:
    made = message(replace(KNOWN, public_url=None), public=None)
    assert (made.pixel, made.links, made.one_click) == (None, {}, None)
    content = html(made)
    assert "List-Unsubscribe: <mailto:me@ours.com?" in content
    assert "List-Unsubscribe-Post" not in content
    assert "https://go.ours.com" not in made.footer


def test_one_click_stands_beside_the_mailto_where_the_domain_signs() -> None:
    made = message()
    content = html(made).replace("\r\n ", " ")
    assert f"List-Unsubscribe: <{made.one_click}>, <mailto:" in content
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in content


def test_without_a_dkim_signature_there_is_no_one_click_header_but_the_page() -> None:
    made = message(replace(KNOWN, sender=replace(WRITER, is_signed=False)))
    assert "List-Unsubscribe-Post" not in html(made)
    assert "List-Unsubscribe: <mailto:" in html(made)
    assert "Choose what you hear from us: https://go.ours.com/u/" in made.footer


@pytest.mark.parametrize(("opens", "clicks"), [(True, False), (False, True), (False, False)])
def test_each_is_switched_by_itself(opens: bool, clicks: bool) -> None:
    variables = replace(KNOWN, sender=replace(WRITER, tracks_opens=opens, tracks_clicks=clicks))
    made = message(variables)
    assert (made.pixel is not None, bool(made.links)) == (opens, clicks)
    assert below_of(variables, Channel.EMAIL).tracks == (("opens",) if opens else ()) + (("clicks",) if clicks else ())


def test_a_mailboxs_own_host_carries_links_and_pixel_but_not_the_page() -> None:
    made = message(replace(KNOWN, sender=replace(WRITER, tracking_host="links.ours.com")))
    assert made.pixel.startswith("https://links.ours.com/o/")
    assert made.one_click.startswith("https://go.ours.com/u/")


def test_a_text_message_has_none_of_it() -> None:
    made = message(channel=Channel.SMS)
    assert (made.signature, made.pixel, made.links, made.one_click) == ("", None, {}, None)


def test_the_console_shows_where_links_lead() -> None:
    made = message()
    text = shown(made)
    assert f"https://x.org/a leads through {made.links['https://x.org/a']}" in text
    assert f"a pixel from {made.pixel}" in text
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in text


def test_the_hash_of_an_approval_is_of_the_words_alone() -> None:
    made, other = message(), message(replace(KNOWN, sender=replace(WRITER, signature="Ben")))
    assert content_hash(made.subject, made.content) == content_hash(other.subject, other.content)


def test_a_preview_shows_what_would_go_with_the_words() -> None:
    signature, footer, tracks = below_of(KNOWN, Channel.EMAIL)
    assert (signature, tracks) == ("Ann\nOurs", ("opens", "clicks"))
    assert "https://go.ours.com/u/..." in footer
