"""The bytes of an e-mail."""

from __future__ import annotations

import email
import email.policy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from accountgraph.channels.mime import mail_of
from tests.channels.conftest import NOW, message

if TYPE_CHECKING:
    from email.message import EmailMessage


def parsed(**fields: Any) -> EmailMessage:
    return email.message_from_bytes(mail_of(message(**fields), NOW).content, policy=email.policy.default)


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_an_e_mail_has_a_plain_text_and_an_html_that_say_the_same() -> None:
    mail = parsed(content="One & two.\n\nThree.")
    assert mail.get_content_type() == "multipart/alternative"
    assert body(mail, "plain").startswith("One & two.\n\nThree.\n\n-- \nOurs Ltd")
    assert "<p>One &amp; two.</p>\n<p>Three.</p>" in body(mail, "html")


def test_a_signature_stands_below_the_words_in_both() -> None:
    mail = parsed(content="A word.", signature="Ann <3\nSales", footer="Ours Ltd")
    assert body(mail, "plain") == "A word.\n\n-- \nAnn <3\nSales\n\nOurs Ltd\n"
    assert "<p>A word.</p>\n<p>Ann &lt;3<br>\nSales</p>\n<p style" in body(mail, "html")


def test_words_never_become_markup() -> None:
    html = body(parsed(content="<script>x</script>", footer="<b>"), "html")
    assert "<script>" not in html
    assert "<b>" not in html


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("See https://x.org/a?b=1&c=2.", '<a href="https://x.org/a?b=1&amp;c=2">https://x.org/a?b=1&amp;c=2</a>.'),
        ("(http://x.org)", '(<a href="http://x.org">http://x.org</a>)'),
        ('https://x.org/"onclick="y', '<a href="https://x.org/">https://x.org/</a>&quot;onclick=&quot;y'),
        ("javascript:x", "javascript:x"),
    ],
)
def test_web_addresses_are_links_in_the_html(text: str, linked: str) -> None:
    assert linked in body(parsed(content=text), "html")


def test_the_date_is_the_one_given() -> None:
    assert parsed()["Date"] == "Mon, 02 Mar 2026 09:00:00 +0000"


def test_long_message_ids_are_never_encoded_or_broken() -> None:
    ids = tuple(f"<{'a' * 150}.{number}@ours.com>" for number in range(20))
    away = "mailto:me@ours.com?subject=" + "u" * 120
    content = mail_of(message(message_id=ids[0], in_reply_to=ids[-1], references=ids, unsubscribe=away), NOW).content.decode()
    assert f"\r\nMessage-ID: {ids[0]}\r\n" in content
    assert f"\r\nIn-Reply-To: {ids[-1]}\r\n" in content
    assert "\r\nReferences: " + "\r\n ".join(ids) + "\r\n" in content
    assert f"\r\nList-Unsubscribe: <{away}>\r\n" in content


def test_no_line_is_longer_than_mail_allows() -> None:
    content = mail_of(message(content="word " * 5000, subject="Grüße " * 200, references=("<a@x>",) * 100), NOW).content
    assert all(len(line) <= 998 for line in content.split(b"\r\n"))


def test_an_address_beyond_ascii_asks_for_smtputf8() -> None:
    mail = mail_of(message(recipient="jörg@acme.com"), NOW)
    assert (mail.needs_utf8, mail.recipient) == (True, "jörg@acme.com")
    assert "jörg@acme.com".encode() in mail.content


def test_a_domain_beyond_ascii_is_written_in_its_ascii_form() -> None:
    mail = mail_of(message(recipient="sarah@münchen.de"), NOW)
    assert (mail.needs_utf8, mail.recipient) == (False, "sarah@xn--mnchen-3ya.de")


def test_headers_of_our_own_go_out_as_they_are() -> None:
    assert parsed(headers={"X-Campaign": "spring"})["X-Campaign"] == "spring"


@pytest.mark.parametrize("name", ["X-One: y\r\nBcc", "", "X One", "Ünï"])
def test_a_header_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="header"):
        mail_of(message(headers={name: "x"}), NOW)


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=100))
@example("", "\r", "")
@example("", "\n", "")
def test_whatever_the_words_no_header_is_added(content: str, subject: str, name: str) -> None:
    try:
        mail = parsed(content=content, subject=subject, sender_name=name)
    except ValueError:
        return
    expected = {"From", "To", "Subject", "Date", "Message-ID", "X-AccountGraph-Intent", "MIME-Version", "Content-Type"}
    assert set(mail.keys()) == expected
    assert len(mail.keys()) == len(expected)
