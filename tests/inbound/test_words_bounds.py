"""Whatever is written, understanding ends, soon, and without an error."""

from __future__ import annotations

from datetime import date
from email import message_from_bytes
from email.policy import default
from time import process_time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tools.understanding import CORPUS

from accountgraph.inbound.automatic import automatic
from accountgraph.inbound.findings import ReplyText
from accountgraph.inbound.mail import Address, Mail
from accountgraph.inbound.meaning import meaning
from accountgraph.inbound.parse import parse
from accountgraph.inbound.reply import reply_text

if TYPE_CHECKING:
    from collections.abc import Callable

TODAY = date(2026, 3, 10)
SENDER = Address("bob.smith@buyer.example", "Bob Smith")
PIECES = [
    "> ",
    "\n",
    "On 9 Mar 2026 at 10:22, Bob wrote:",
    "From: a\nSent: b\nTo: c\n",
    "-----Original Message-----",
    "Best regards,\nBob",
    "-- \n",
    "please contact Ann Lee ann@x.example",
    "until 14 March",
    "bis zum 3.4.",
    "05/06",
    "not interested",
    "STOP",
    "<div class='gmail_quote'>",
    "</div>",
    "<blockquote>",
    "<!--",
    "<p style=display:none>",
    "今月3月14日まで",
    "\u0130\u1e9e\ufb01",
    "P.S. x",
    "=",
    "@",
    "\x00",
    "İ",
]


def _understand(mail: Mail) -> None:
    words = reply_text(mail)
    automatic(mail, words, TODAY)
    meaning(words, mail.subject, TODAY)
    whole = ReplyText(text=mail.text or mail.html)
    automatic(mail, whole, TODAY)
    meaning(whole, mail.subject, TODAY)


@settings(max_examples=60)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=20), max_size=40).map("".join), st.booleans(), st.text(max_size=40))
def test_no_text_is_an_error(text: str, is_html: bool, subject: str) -> None:
    _understand(Mail(html=text if is_html else "", text="" if is_html else text, subject=subject, sender=SENDER))


def _spent(text: str, *, is_html: bool) -> float:
    best = 9.0
    for _ in range(3):
        start = process_time()
        _understand(Mail(html=text if is_html else "", text="" if is_html else text, subject=text[:500], sender=SENDER))
        best = min(best, process_time() - start)
    return best


@pytest.mark.parametrize("is_html", [False, True])
@pytest.mark.parametrize(
    "piece",
    [
        ">",
        "> x\n",
        "a.a",
        "@",
        "_",
        "-\n",
        "a:\n",
        "On 2026 wrote:\n",
        "1/",
        "1/1 ",
        "march 3 to ",
        "please contact Bob ",
        " ",
        "\n",
        "\n   ",
        "1",
        "+1 (2) ",
        "From: x\nTo: y\n",
        "<blockquote>",
        "<div class='gmail_quote'>",
        "<",
        "<a ",
        "<!--",
        "<style>",
        "&",
        "Bob ",
        "Bob-",
        "まで",
        "http://",
        "Regards,\nBob\n",
        "until ",
        "not interested please ",
    ],
)
def test_time_grows_with_the_size_and_no_faster(piece: str, is_html: bool) -> None:
    """Eight times the text takes at most twice eight times as much of the processor, where what grows with the square takes 64 times."""
    _understand(Mail(text="warm", sender=SENDER))
    small, large = (_spent(piece * (size // len(piece)), is_html=is_html) for size in (4_000, 32_000))

    assert large <= small * 16 + 0.02


def test_thousands_of_quotes_within_each_other_and_a_line_of_a_megabyte_are_read() -> None:
    for text in (">" * 10_000 + " x\nhello\n", "hello\n" + "x" * 1_000_000):
        assert "hello" in reply_text(Mail(text=text)).text
    assert reply_text(Mail(html="<blockquote>" * 7_000 + "x" + "</blockquote>" * 7_000 + "<p>hello</p>")).text == "hello"


def test_understanding_costs_at_most_five_times_what_the_standard_library_needs_to_parse() -> None:
    mails = [path.read_bytes() for path in sorted(CORPUS.glob("replies/*.eml"))[:60]]
    parsed = [parse(raw) for raw in mails]

    def parsing() -> None:
        for raw in mails:
            message = message_from_bytes(raw, policy=default)
            body = message.get_body(("html", "plain"))
            assert body is not None
            body.get_content()

    def understanding() -> None:
        for mail in parsed:
            words = reply_text(mail)
            automatic(mail, words, TODAY)
            meaning(words, mail.subject, TODAY)

    understanding()
    assert min(_timed(understanding) for _ in range(3)) <= 5 * min(_timed(parsing) for _ in range(3))


def _timed(work: Callable[[], None]) -> float:
    start = process_time()
    work()
    return process_time() - start
