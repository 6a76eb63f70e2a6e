"""The head of a mail is read whatever it holds."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accountgraph.mailboxes.headers import head_of
from accountgraph.mailboxes.setup.domain import Dns
from accountgraph.mailboxes.setup.trial import verified
from tests.mailboxes.conftest import mail

NAMES = [
    "From",
    "To",
    "Cc",
    "Message-ID",
    "References",
    "Date",
    "Subject",
    "Auto-Submitted",
    "Content-Type",
    "Return-Path",
    "DKIM-Signature",
]
HEADERS = st.lists(st.tuples(st.sampled_from(NAMES), st.binary(max_size=60)), max_size=8)


@given(st.binary(max_size=400))
def test_any_bytes_have_a_head(raw: bytes) -> None:
    head_of(raw).subject.encode()


@given(HEADERS)
def test_any_headers_have_a_head_that_can_be_stored(headers: list[tuple[str, bytes]]) -> None:
    head = head_of(b"".join(name.encode() + b": " + value + b"\r\n" for name, value in headers) + b"\r\nx")
    for text in (head.message_id, head.sender, head.subject, *head.recipients, *head.refers_to):
        assert "\0" not in (text or "")
        (text or "").encode()
    assert head.at is None or head.at.tzinfo is not None


@given(HEADERS)
def test_any_signature_is_judged(headers: list[tuple[str, bytes]]) -> None:
    raw = b"".join(name.encode() + b": " + value + b"\r\n" for name, value in headers) + b"\r\nx"
    assert asyncio.run(verified(raw, _Nobody())) == []


class _Nobody(Dns):
    """Knows no name."""

    async def texts(self, name: str) -> list[str] | None:
        return []


@pytest.mark.parametrize(
    ("headers", "is_automatic", "is_report"),
    [
        ({}, False, False),
        ({"Auto_Submitted": "no"}, False, False),
        ({"Auto_Submitted": "auto-replied (vacation)"}, True, True),
        ({"Return_Path": "<>"}, True, True),
        ({"Content_Type": "multipart/report; report-type=delivery-status"}, True, True),
        ({"Precedence": "bulk"}, True, False),
        ({"List_Id": "<news.acme.com>"}, True, False),
    ],
)
def test_machines_are_known_by_their_headers(headers: dict[str, str], is_automatic: bool, is_report: bool) -> None:
    head = head_of(mail(1, **headers))
    assert (head.is_automatic, head.is_report) == (is_automatic, is_report)


def test_a_thousand_recipients_are_read_in_no_time() -> None:
    head = head_of(mail(1, to=", ".join(f"p{number}@acme.com" for number in range(10_000))))
    assert 0 < len(head.recipients) <= 100
