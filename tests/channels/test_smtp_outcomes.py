"""What comes of a call over SMTP, whatever the server or the network does."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Any

import pytest

from accountgraph.campaigns.engine.transport import Result, Sent
from tests.channels.conftest import message
from tests.channels.post_office import PostOffice

if TYPE_CHECKING:
    from accountgraph.channels import SmtpTransport


async def send(smtp: SmtpTransport, office: PostOffice, *, settings: dict[str, Any] | None = None, **fields: Any) -> Result:
    return await smtp.send(message(settings={"host": "127.0.0.1", "port": office.port, "tls": "none", **(settings or {})}, **fields))


async def test_an_accepted_message_is_sent_with_the_servers_id(smtp: SmtpTransport, office: PostOffice) -> None:
    result = await send(smtp, office)
    assert (result.outcome, result.provider_id, result.raw["code"]) == (Sent.SENT, "A1B2", 250)


async def test_nobody_listening_is_tried_again(smtp: SmtpTransport) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    result = await smtp.send(message(settings={"host": "127.0.0.1", "port": port, "tls": "none"}))
    assert (result.outcome, result.is_sender_trouble) == (Sent.RETRY, False)
    assert f"127.0.0.1:{port}" in (result.detail or "")


async def test_a_host_that_does_not_exist_is_tried_again(smtp: SmtpTransport) -> None:
    assert (await smtp.send(message(settings={"host": "nowhere.invalid", "tls": "none"}))).outcome is Sent.RETRY


@pytest.mark.parametrize("place", ["GREETING", "MAIL", "RCPT", "DATA"])
async def test_a_server_that_hangs_up_before_the_message_is_tried_again(smtp: SmtpTransport, office: PostOffice, place: str) -> None:
    office.hangs_up = place
    result = await send(smtp, office)
    assert (result.outcome, result.is_sender_trouble, office.taken) == (Sent.RETRY, False, [])


@pytest.mark.parametrize("place", ["EHLO", "MAIL", "RCPT", "DATA"])
async def test_a_server_that_goes_silent_before_the_message_is_tried_again(smtp: SmtpTransport, office: PostOffice, place: str) -> None:
    office.hangs = place
    assert (await send(smtp, office, settings={"timeout_seconds": 0.2})).outcome is Sent.RETRY


async def test_a_server_that_hangs_up_in_the_middle_of_the_message_is_tried_again(smtp: SmtpTransport, office: PostOffice) -> None:
    office.hangs_up = "BODY"
    result = await send(smtp, office, content="a line of text\n" * 400_000)  # more than any socket buffer takes
    assert (result.outcome, office.taken) == (Sent.RETRY, [])


async def test_a_server_that_hangs_up_after_the_final_dot_leaves_it_unknown(smtp: SmtpTransport, office: PostOffice) -> None:
    office.hangs_up = "END"
    assert (await send(smtp, office)).outcome is Sent.UNKNOWN


async def test_a_server_that_goes_silent_after_the_final_dot_leaves_it_unknown(smtp: SmtpTransport, office: PostOffice) -> None:
    office.hangs = "END"
    assert (await send(smtp, office, settings={"timeout_seconds": 0.2})).outcome is Sent.UNKNOWN


async def test_nonsense_after_the_final_dot_leaves_it_unknown(smtp: SmtpTransport, office: PostOffice) -> None:
    office.answers["END"] = "what?"
    assert (await send(smtp, office)).outcome is Sent.UNKNOWN


@pytest.mark.parametrize("place", ["EHLO", "MAIL", "RCPT", "DATA", "END"])
async def test_a_passing_no_is_tried_again(smtp: SmtpTransport, office: PostOffice, place: str) -> None:
    office.answers[place] = "451 4.7.1 Greylisted, come back"
    result = await send(smtp, office)
    assert (result.outcome, result.is_sender_trouble, office.taken) == (Sent.RETRY, False, [])
    assert "Greylisted" in (result.detail or "")


@pytest.mark.parametrize("place", ["RCPT", "DATA", "END"])
async def test_a_lasting_no_about_the_recipient_is_refused(smtp: SmtpTransport, office: PostOffice, place: str) -> None:
    office.answers[place] = "550 5.1.1 No such user"
    result = await send(smtp, office)
    assert (result.outcome, result.is_sender_trouble, result.raw["code"]) == (Sent.REFUSED, False, 550)


@pytest.mark.parametrize(
    ("answer", "is_dead"),
    [
        ("550 5.1.1 <anna@acme.com>: Recipient address rejected: User unknown", True),
        ("550 5.1.10 RESOLVER.ADR.RecipientNotFound", True),
        ("550 no such user", True),
        ("550 5.2.1 The email account that you tried to reach is disabled", True),
        ("550 Rejected", False),
        ("552 5.2.2 Mailbox full", False),
        ("554 Message refused", False),
    ],
)
async def test_a_server_that_knows_no_such_mailbox_says_so_for_good(
    smtp: SmtpTransport, office: PostOffice, answer: str, is_dead: bool
) -> None:
    office.answers["RCPT"] = answer
    result = await send(smtp, office)
    assert (result.outcome, result.is_dead_address) == (Sent.REFUSED, is_dead)


@pytest.mark.parametrize("place", ["RCPT", "DATA", "END"])
async def test_a_lasting_no_about_policy_is_the_senders_trouble_and_fails_nobody(
    smtp: SmtpTransport, office: PostOffice, place: str
) -> None:
    office.answers[place] = "550 5.7.1 Blocked for reputation"
    result = await send(smtp, office)
    assert (result.outcome, result.is_sender_trouble) == (Sent.RETRY, True)


@pytest.mark.parametrize("place", ["EHLO", "MAIL"])
async def test_a_lasting_no_to_the_sender_is_the_senders_trouble(smtp: SmtpTransport, office: PostOffice, place: str) -> None:
    office.answers[place] = "550 Not you"
    result = await send(smtp, office)
    assert (result.outcome, result.is_sender_trouble) == (Sent.RETRY, True)


async def test_a_message_that_cannot_be_made_is_refused_and_connects_to_nobody(smtp: SmtpTransport, office: PostOffice) -> None:
    result = await send(smtp, office, headers={"X-One": "a\r\nBcc: all@acme.com"})
    assert (result.outcome, office.connections) == (Sent.REFUSED, 0)


async def test_an_address_beyond_ascii_goes_out_where_the_server_can(smtp: SmtpTransport, office: PostOffice) -> None:
    assert (await send(smtp, office, recipient="jörg@acme.com")).outcome is Sent.SENT
    assert (office.taken[0].rcpt_tos, office.taken[0].mail_options) == (["jörg@acme.com"], ["SMTPUTF8"])


async def test_an_address_beyond_ascii_is_refused_where_the_server_cannot(smtp: SmtpTransport) -> None:
    async with PostOffice().open(enable_SMTPUTF8=False) as office:
        result = await send(smtp, office, recipient="jörg@acme.com")
        assert (result.outcome, office.taken) == (Sent.REFUSED, [])
        assert "SMTPUTF8" in (result.detail or "")


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({}, "host"),
        ({"host": "x", "port": 0}, "port"),
        ({"host": "x", "tls": "sometimes"}, "tls"),
        ({"host": "x", "usernam": "me"}, "usernam"),
        ({"host": "x", "username": "me"}, "password_env"),
        ({"host": "x", "username": "me", "password_env": "NOT_SET_ANYWHERE"}, "NOT_SET_ANYWHERE"),
        ({"host": "mail.acme.com", "tls": "none", "username": "me", "password_env": "HOME"}, "tls"),
    ],
)
async def test_settings_that_cannot_be_used_are_the_senders_trouble_and_named(
    smtp: SmtpTransport, settings: dict[str, Any], word: str
) -> None:
    result = await smtp.send(message(settings=settings))
    assert (result.outcome, result.is_sender_trouble) == (Sent.RETRY, True)
    assert word in (result.detail or "")


async def test_one_connection_carries_message_after_message(smtp: SmtpTransport, office: PostOffice) -> None:
    for _ in range(3):
        assert (await send(smtp, office)).outcome is Sent.SENT
    assert (office.connections, len(office.taken)) == (1, 3)


async def test_a_refusal_does_not_cost_the_connection(smtp: SmtpTransport, office: PostOffice) -> None:
    office.answers["RCPT"] = "550 5.1.1 No such user"
    await send(smtp, office)
    office.answers.clear()
    assert (await send(smtp, office)).outcome is Sent.SENT
    assert office.connections == 1


async def test_a_connection_that_died_meanwhile_is_made_anew(smtp: SmtpTransport, office: PostOffice) -> None:
    await send(smtp, office)
    office.drop_connections()
    assert (await send(smtp, office)).outcome is Sent.SENT
    assert office.connections == 2


async def test_a_connection_of_which_nobody_knows_what_it_did_is_not_used_again(smtp: SmtpTransport, office: PostOffice) -> None:
    office.hangs = "END"
    await send(smtp, office, settings={"timeout_seconds": 0.2})
    office.hangs = None
    assert (await send(smtp, office, settings={"timeout_seconds": 0.2})).outcome is Sent.SENT
    assert office.connections == 2


async def test_one_sender_opens_two_connections_at_most(smtp: SmtpTransport, office: PostOffice) -> None:
    results = await asyncio.gather(*(send(smtp, office) for _ in range(10)))
    assert {result.outcome for result in results} == {Sent.SENT}
    assert office.connections <= 2


async def test_waiting_for_a_turn_too_long_is_tried_again(smtp: SmtpTransport, office: PostOffice) -> None:
    office.hangs = "RCPT"
    results = await asyncio.gather(*(send(smtp, office, settings={"timeout_seconds": 0.2}) for _ in range(5)))
    assert {result.outcome for result in results} == {Sent.RETRY}
