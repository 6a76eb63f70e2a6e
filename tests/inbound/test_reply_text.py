"""The words written now, told from quotes and signatures."""

from __future__ import annotations

from accountgraph.inbound.mail import Address, Mail
from accountgraph.inbound.reply import reply_text


def _plain(text: str) -> Mail:
    return Mail(text=text, sender=Address("ann.lee@buyer.example", "Ann Lee"))


def test_quote_and_signature_stand_apart() -> None:
    found = reply_text(
        _plain("Yes, on Monday.\n\nBest regards,\nAnn Lee\nCFO\n\nOn Mon, Mar 9, 2026 at 10:22 AM Bo <bo@ours.example> wrote:\n> Call?\n")
    )

    assert found.text == "Yes, on Monday."
    assert found.signature == "Best regards,\nAnn Lee\nCFO"
    assert found.quoted == "On Mon, Mar 9, 2026 at 10:22 AM Bo <bo@ours.example> wrote:\nCall?"


def test_attribution_may_be_wrapped_over_several_lines() -> None:
    text = "Fine.\n\nAm Montag, den 9. März 2026 um 10:22 Uhr schrieb\nBo Morgan von der Firma\n<bo@ours.example>:\n\n> Und?\n"

    assert reply_text(_plain(text)).text == "Fine."


def test_answers_between_quoted_lines_are_kept() -> None:
    text = "On 9 Mar 2026 10:22, Bo wrote:\n> Price?\n\nToo high.\n\n> Date?\n\nNext week.\n"

    assert reply_text(_plain(text)).text == "Too high.\n\nNext week."


def test_sentence_that_mentions_writing_is_no_attribution() -> None:
    text = "On Monday Bo wrote that the price is 5:00.\nHere is what I think:\n\nIt is too high.\n"

    assert reply_text(_plain(text)).text == text.strip()


def test_postscript_behind_the_signature_is_kept() -> None:
    found = reply_text(_plain("See you there.\n\nRegards,\nAnn Lee\n\nPS: bring the contract\n"))

    assert found.text == "See you there.\n\nPS: bring the contract"


def test_thanks_alone_is_an_answer() -> None:
    assert reply_text(_plain("Thanks!\n")).text == "Thanks!"


def test_comments_styles_and_hidden_words_of_html_are_not_seen() -> None:
    quote = "<div class=gmail_quote>On 1 Jan 2026 x wrote:<br>old</div>"
    html = f"<style>p{{}}</style><!-- a --><p>Yes<span style='display:none'>no</span></p>{quote}"

    found = reply_text(Mail(html=html))

    assert found.text == "Yes"
    assert found.client == "gmail"


def test_mail_that_only_forwards_has_no_words_of_its_own() -> None:
    found = reply_text(_plain("---------- Forwarded message ---------\nFrom: A <a@b.example>\nDate: Mon\nSubject: X\nTo: B\n\nHello\n"))

    assert found.text == ""
    assert found.confidence < 0.5


def test_more_than_is_read_is_said() -> None:
    found = reply_text(_plain("word " * 100_000))

    assert "only the first 200,000 characters were read" in found.evidence
