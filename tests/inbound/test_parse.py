"""What `parse` reads of ordinary mails, of old ones, and of broken ones."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from accountgraph.inbound.mail import Address
from accountgraph.inbound.parse import parse

HEAD = b"From: Ann Lee <ann@buyer.example>\r\nTo: bo@ours.example\r\nDate: Tue, 3 Mar 2026 10:00:00 +0100\r\nSubject: Hello\r\n"


def _with(*headers: str, body: bytes = b"Hi") -> bytes:
    return HEAD + "".join(f"{header}\r\n" for header in headers).encode() + b"\r\n" + body


def test_an_ordinary_mail_is_read_without_a_problem() -> None:
    mail = parse(_with("Message-ID: <1@buyer.example>", "In-Reply-To: <0@ours.example>", "References: <a@x>\r\n <0@ours.example>"))

    assert mail.sender == Address("ann@buyer.example", "Ann Lee")
    assert mail.to == (Address("bo@ours.example"),)
    assert (mail.message_id, mail.in_reply_to, mail.references) == ("1@buyer.example", ("0@ours.example",), ("a@x", "0@ours.example"))
    assert mail.at == datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
    assert (mail.subject, mail.text, mail.html, mail.problems) == ("Hello", "Hi", "", ())


def test_words_and_their_html_twin_are_told_from_attachments() -> None:
    body = (
        b'--o\r\nContent-Type: multipart/alternative; boundary="i"\r\n\r\n'
        b"--i\r\n\r\nplain\r\n--i\r\nContent-Type: text/html\r\n\r\n<p>rich</p>\r\n--i--\r\n"
        b"--o\r\nContent-Type: text/plain; name=notes.txt\r\nContent-Disposition: attachment\r\n\r\nnotes\r\n--o--\r\n"
    )

    mail = parse(_with("Content-Type: multipart/mixed; boundary=o", body=body))

    assert (mail.text, mail.html) == ("plain", "<p>rich</p>")
    assert [(part.type, part.filename) for part in mail.parts] == [("text/plain", None), ("text/html", None), ("text/plain", "notes.txt")]
    assert mail.problems == ()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?UTF-8?B?R3LDvMOfZQ==?= aus =?iso-8859-1?Q?K=F6ln?=", "Grüße aus Köln"),
        ("=?utf-8?q?one?=  =?utf-8?q?two?=", "onetwo"),
        ("=?utf-8?b?4oI=?= =?utf-8?b?rA==?=", "€"),
        ("=?utf-8*de?q?a_b?=", "a b"),
        ("=?nonsense?q?=E9?= x", "é x"),
        ("a =?b", "a =?b"),
    ],
)
def test_encoded_words_are_text(written: str, read: str) -> None:
    assert parse(f"Subject: {written}\n\n".encode()).subject == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ('"Doe, Jane" <J.Doe@X.example>', (Address("j.doe@x.example", "Doe, Jane"),)),
        ("x@y.example (Jane (the) Doe)", (Address("x@y.example", "Jane (the) Doe"),)),
        ("Team: a@b.example, Cy <c@d.example>;", (Address("a@b.example"), Address("c@d.example", "Cy"))),
        ("=?utf-8?q?M=C3=BCller=2C?= Hans <h@m.example>", (Address("h@m.example", "Müller, Hans"),)),
        ("'Bo' <bo@x.example>", (Address("bo@x.example", "Bo"),)),
        ("<@relay.example,@r2.example:x@y.example>", (Address("x@y.example"),)),
        ("undisclosed-recipients:;", ()),
        ("Records Office", (Address("", "Records Office"),)),
        ('"never closed <a@b.example>', (Address("a@b.example", "never closed"),)),
    ],
)
def test_addresses_are_read_as_people_write_them(written: str, read: tuple[Address, ...]) -> None:
    assert parse(f"To: {written}\n\n".encode()).to == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Tue, 3 Mar 2026 10:00:00 +0100 (CET)", datetime(2026, 3, 3, 9, 0, tzinfo=UTC)),
        ("3 Mar 99 10:00 EST", datetime(1999, 3, 3, 15, 0, tzinfo=UTC)),
        ("Tue Mar  3 10:00:00 2026", datetime(2026, 3, 3, 10, 0, tzinfo=UTC)),
        ("Wed, 31 Dec 2016 23:59:60 GMT", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_dates_of_any_age_are_read(written: str, read: datetime) -> None:
    assert parse(f"Date: {written}\n\n".encode()).at == read


@pytest.mark.parametrize("written", ["yesterday", "Tue, 99 Mar 2026 10:00:00 +0100", "31 Dec 9999 23:00:00 -2300", "Jan"])
def test_a_date_that_is_none_is_a_problem(written: str) -> None:
    mail = parse(f"From: a@b.example\nDate: {written}\n\n".encode())

    assert mail.at is None
    assert mail.problems == ("its date cannot be read",)


@pytest.mark.parametrize(
    ("header", "filename"),
    [
        ("attachment; filename*=utf-8''%e2%82%ac%20rates.pdf", "€ rates.pdf"),
        ("attachment; filename*0*=iso-8859-1'de'%e4; filename*1=b; filename*2=c", "äbc"),
        ('attachment; filename="=?utf-8?q?=E2=82=AC=2Epdf?="', "€.pdf"),
        ('attachment; filename="a \\"b\\".txt"; size=1', 'a "b".txt'),
        ("attachment; filename=bare name.txt", "bare name.txt"),
    ],
)
def test_file_names_are_read_in_all_their_forms(header: str, filename: str) -> None:
    body = f"--b\nContent-Disposition: {header}\n\nx\n--b--".encode()

    assert parse(b"Content-Type: multipart/mixed; boundary=b\n\n" + body).parts[0].filename == filename


@pytest.mark.parametrize(
    ("charset", "content", "text"),
    [
        ("iso-8859-1", "Größe €".encode("cp1252"), "Größe €"),
        ("us-ascii", "Größe".encode(), "Größe"),
        ("utf-8", "Größe".encode("cp1252"), "Größe"),
        ("utf-8", "Größe, schöne Grüße".encode() + b"\xc3", "Größe, schöne Grüße\ufffd"),
        ("x-unheard-of", "Größe".encode(), "Größe"),
        ("gb2312", "镕基".encode("gb18030"), "镕基"),
        ("koi8-r", "Спасибо".encode("koi8-r"), "Спасибо"),
        ("iso-2022-jp", "会議".encode("iso-2022-jp"), "会議"),
        ("punycode", "Größe".encode("cp1252"), "Größe"),
    ],
)
def test_charsets_mean_what_mail_programs_mean_by_them(charset: str, content: bytes, text: str) -> None:
    assert parse(_with(f"Content-Type: text/plain; charset={charset}", body=content)).text == text


def test_text_in_another_script_without_a_charset_is_read_in_that_script() -> None:
    words = "Спасибо за письмо, давайте обсудим это в понедельник."

    assert parse(_with(body=words.encode("cp1251"))).text == words


def test_html_that_names_its_charset_itself_is_believed() -> None:
    body = '<html><head><meta http-equiv="Content-Type" content="text/html; charset=iso-8859-2"></head>\u0141\xf3d\u017a</html>'

    assert "Łódź" in parse(_with("Content-Type: text/html", body=body.encode("iso-8859-2"))).html


@pytest.mark.parametrize(
    ("encoding", "content", "text"),
    [
        ("base64", b"SGVsbG8gdGhl\r\ncmU", "Hello there"),
        ("base64", b"SGVs!!bG8=\r\n_____\r\nA list's footer", "Hello"),
        ("quoted-printable", b"a=3Db=\r\nc =ZZ", "a=bc =ZZ"),
        ("x-uuencode", b"begin 644 a\r\n#0V%T\r\n`\r\nend\r\n", "Cat"),
        ("x-nothing", b"as it came", "as it came"),
    ],
)
def test_transfer_encodings_give_what_can_be_had(encoding: str, content: bytes, text: str) -> None:
    assert parse(_with(f"Content-Transfer-Encoding: {encoding}", body=content)).text == text


def test_headers_in_plain_bytes_are_text() -> None:
    assert parse("Subject: Grüße\n\n".encode()).subject == "Grüße"
    assert parse("Subject: Grüße\n\n".encode("latin-1")).subject == "Grüße"


def test_the_line_of_an_mbox_and_empty_lines_before_the_headers_are_none() -> None:
    assert parse(b"\r\nFrom a@b Tue Mar  3 10:00:00 2026\r\n" + _with()).sender == Address("ann@buyer.example", "Ann Lee")


def test_a_body_without_an_empty_line_before_it_is_a_body() -> None:
    mail = parse(b"From: a@b.example\nDate: 3 Mar 2026 10:00 GMT\nhello\nthere")

    assert mail.text == "hello\nthere"
    assert mail.problems == ("its headers end without an empty line",)


def test_a_line_among_the_headers_that_is_none_loses_no_header() -> None:
    mail = parse(b"From: a@b.example\nthis is no header\nDate: 3 Mar 2026 10:00 GMT\nSubject: s\n\nbody")

    assert (mail.subject, mail.text) == ("s", "body")
    assert mail.problems == ("a line among its headers is none, and is left out",)


def test_of_two_headers_that_may_stand_once_the_first_counts() -> None:
    mail = parse(_with("Subject: another"))

    assert mail.subject == "Hello"
    assert mail.all_of("subject") == ["Hello", "another"]
    assert mail.problems == ("it has more than one subject header; the first one is read",)


def test_no_text_holds_a_nul_or_half_a_pair() -> None:
    mail = parse(b"Subject: a\0b\nContent-Type: text/plain; charset=utf-7\n\nx\0y +2AA-z")

    assert (mail.subject, mail.text) == ("a b", "xy z")


def test_old_line_ends_are_read() -> None:
    assert parse(b"Subject: a\r\rhello\rthere").text == "hello\nthere"


def test_a_null_return_path_is_told_from_none() -> None:
    assert parse(b"Return-Path: <>\n\n").return_path == ""
    assert parse(b"Return-Path: <A@b.example>\n\n").return_path == "a@b.example"
    assert parse(b"Subject: x\n\n").return_path is None


def test_whom_it_was_delivered_to_is_gathered_once() -> None:
    mail = parse(b"Delivered-To: a@b.example\nX-Original-To: A@b.example\nEnvelope-To: <c@d.example>\n\n")

    assert mail.delivered_to == ("a@b.example", "c@d.example")


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"", "it is empty"),
        (b"\n\nwords", "its headers end without an empty line"),
        (b"Content-Type: multipart/mixed\n\nx", "a multipart names no boundary; it is read as text"),
        (b"Content-Type: multipart/mixed; boundary=b\n\nx", "its parts cannot be found; it is read as text"),
        (b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx", "it is cut: its last part does not end"),
        (b"Content-Transfer-Encoding: base64\n\nA", "its base64 is broken or cut; what came is read"),
    ],
)
def test_what_is_wrong_is_said(raw: bytes, problem: str) -> None:
    assert problem in parse(raw).problems


def test_a_message_within_the_message_keeps_its_words_to_itself_and_shows_its_headers() -> None:
    body = b"--b\n\nsee below\n--b\nContent-Type: message/rfc822\n\nSubject: inner\nMessage-ID: <i@x>\n\ninner words\n--b--"

    mail = parse(_with("Content-Type: multipart/mixed; boundary=b", body=body))

    assert mail.text == "see below"
    assert mail.original == (("subject", "inner"), ("message-id", "<i@x>"))
    assert mail.parts[1].content.endswith(b"inner words")


def test_headers_that_an_old_server_puts_among_its_words_are_the_originals() -> None:
    body = (
        b"Hi. I could not deliver it.\n\n--- Below this line is a copy of the message.\n\n"
        b"Return-Path: <bo@ours.example>\nReceived: from x\nMessage-ID: <7@ours.example>\nTo: a@b.example\n\nHello"
    )

    mail = parse(b"From: MAILER-DAEMON@x.example\n\n" + body)

    assert dict(mail.original)["message-id"] == "<7@ours.example>"
    assert parse(b"From: ann@buyer.example\n\n" + body).original == ()
