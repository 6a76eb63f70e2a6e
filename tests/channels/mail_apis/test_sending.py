"""What comes of sending by the Gmail API and Microsoft Graph, whatever the service or the network does."""

from __future__ import annotations

import socket
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from accountgraph.campaigns.engine.transport import Sent
from accountgraph.channels import NoVault
from accountgraph.channels.mail_apis.gmail import GmailTransport
from accountgraph.channels.mail_apis.transports import TRANSPORTS
from tests.channels.conftest import NOW, MailboxBench, message
from tests.channels.mail_apis import gmail, graph
from tests.channels.providers.service import Asked, Said

if TYPE_CHECKING:
    from collections.abc import Callable

AN_HOUR_AGO = NOW - timedelta(hours=1)
ANSWERED = "<asked@acme.com>"
MAIL = f"From: sarah@acme.com\r\nTo: me@ours.com\r\nMessage-ID: {ANSWERED}\r\n\r\nYes?\r\n".encode()


def is_sending(asked: Asked) -> bool:
    return asked.method == "POST" and asked.path.endswith("/send")


def at_sending(owner: MailboxBench, said: Callable[[], Said | None]) -> None:
    """What the service says in place of its answer to the call that sends; None: what it says anyway."""
    answer = owner.service.answer
    owner.service.answer = lambda asked: (is_sending(asked) and said()) or answer(asked)


async def test_the_service_files_what_it_sends(owner: MailboxBench) -> None:
    result = await owner.transport.send(owner.message())
    [filed] = owner.fake.sent
    assert result.provider_id == filed.id


async def test_a_token_that_is_refused_is_renewed_once(owner: MailboxBench) -> None:
    owner.fake.good = {"t-2"}
    assert (await owner.transport.send(owner.message())).outcome is Sent.SENT
    assert (owner.tokens.renewed, owner.count) == (1, 1)


async def test_a_grant_that_is_no_good_any_more_is_the_senders_trouble(owner: MailboxBench) -> None:
    owner.fake.good = set()
    result = await owner.transport.send(owner.message())
    assert (result.outcome, result.is_sender_trouble, owner.tokens.renewed, owner.count) == (Sent.RETRY, True, 1, 0)
    assert "t-2" not in (result.detail or "") + str(result.raw)


async def test_without_stored_secrets_nothing_is_asked(owner: MailboxBench) -> None:
    transport = TRANSPORTS[owner.transport.name](lambda: NOW, NoVault())
    result = await transport.send(owner.message())
    assert (result.outcome, result.is_sender_trouble, owner.service.asked) == (Sent.RETRY, True, [])


async def test_settings_without_a_grant_are_the_senders_trouble_and_named(owner: MailboxBench) -> None:
    for settings in ({}, {"oauth": "t-1"}, {**owner.settings, "base_url": "http://mail.example.com"}):
        result = await owner.transport.send(message(settings=settings))
        assert (result.outcome, result.is_sender_trouble, owner.service.asked) == (Sent.RETRY, True, [])


async def test_throttling_is_tried_again_when_the_service_says(owner: MailboxBench) -> None:
    at_sending(owner, lambda: Said(429, {"error": {"code": 429, "message": "Too many requests"}}, {"Retry-After": "90"}))
    result = await owner.transport.send(owner.message())
    assert (result.outcome, result.is_sender_trouble, result.retry_after_seconds) == (Sent.RETRY, False, 90)


async def test_an_error_of_a_server_that_may_have_taken_it_is_unknown(owner: MailboxBench) -> None:
    at_sending(owner, lambda: Said(500, {"error": {"message": "Internal error"}}))
    assert (await owner.transport.send(owner.message())).outcome is Sent.UNKNOWN


async def test_a_call_that_was_carried_out_and_not_answered_is_unknown_and_found_later(owner: MailboxBench) -> None:
    drop_the_line(owner)
    result = await owner.transport.send(owner.message())
    assert (result.outcome, owner.count) == (Sent.UNKNOWN, 1)
    found = await owner.transport.find(owner.message().message_id, settings=owner.settings, since=AN_HOUR_AGO)
    assert found is not None
    assert (found.outcome, found.provider_id) == (Sent.SENT, owner.fake.sent[0].id)


def drop_the_line(owner: MailboxBench) -> None:
    """The service does what the sending call asks, and its answer gets lost."""
    answer = owner.service.answer

    def lost(asked: Asked) -> Said:
        said = answer(asked)
        if is_sending(asked):
            raise ConnectionError
        return said

    owner.service.answer = lost


async def test_nobody_listening_is_tried_again(owner: MailboxBench) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        owner.settings["base_url"] = f"http://127.0.0.1:{free.getsockname()[1]}"
    result = await owner.transport.send(owner.message())
    assert (result.outcome, result.is_sender_trouble) == (Sent.RETRY, False)


async def test_no_access_is_the_senders_trouble(owner: MailboxBench) -> None:
    owner.service.instead = Said(403, {"error": {"code": "ErrorAccessDenied", "message": "Access is denied.", "errors": []}})
    result = await owner.transport.send(owner.message())
    assert (result.outcome, result.is_sender_trouble) == (Sent.RETRY, True)


async def test_a_refusal_of_the_recipient_is_refused(owner: MailboxBench) -> None:
    refusals = {
        "gmail": gmail.error(400, "Invalid To header", "invalidArgument", "INVALID_ARGUMENT"),
        "graph": graph.error(400, "ErrorInvalidRecipients", "At least one recipient isn't valid."),
    }
    at_sending(owner, lambda: refusals[owner.transport.name])
    result = await owner.transport.send(owner.message())
    assert (result.outcome, result.is_sender_trouble, owner.count) == (Sent.REFUSED, False, 0)


async def test_a_refusal_of_the_sender_is_the_senders_trouble(owner: MailboxBench) -> None:
    refusals = {
        "gmail": gmail.error(400, "Mail service not enabled", "failedPrecondition", "FAILED_PRECONDITION"),
        "graph": graph.error(400, "ErrorMessageSubmissionBlocked", "Cannot send mail."),
    }
    at_sending(owner, lambda: refusals[owner.transport.name])
    result = await owner.transport.send(owner.message())
    assert (result.outcome, result.is_sender_trouble) == (Sent.RETRY, True)


async def test_a_message_id_that_the_service_puts_in_place_of_ours_is_told(owner: MailboxBench) -> None:
    owner.fake.renames = True
    assert (await owner.transport.send(owner.message())).wire_message_id == "<theirs@service>"


async def test_a_search_that_cannot_be_made_is_unknown(owner: MailboxBench) -> None:
    for said in (Said(500), Said(403, {"error": {}}), Said(429, headers={"Retry-After": "1"})):
        owner.service.instead = said
        found = await owner.transport.find(owner.message().message_id, settings=owner.settings, since=NOW)
        assert found is not None
        assert found.outcome is Sent.UNKNOWN


async def test_a_message_id_that_breaks_a_query_is_unknown_and_asks_nothing(owner: MailboxBench) -> None:
    found = await owner.transport.find("<a' or 'b@ours.com>", settings=owner.settings, since=NOW)
    assert found is not None
    assert (found.outcome, owner.service.asked) == (Sent.UNKNOWN, [])


only_gmail = pytest.mark.parametrize("owner", ["gmail"], indirect=True)
only_graph = pytest.mark.parametrize("owner", ["graph"], indirect=True)


@only_gmail
async def test_a_follow_up_joins_the_thread_of_what_it_answers(owner: MailboxBench) -> None:
    asked = owner.fake.arrive(MAIL)
    await owner.transport.send(owner.message(in_reply_to=ANSWERED, references=(ANSWERED,)))
    assert [one.thread for one in owner.fake.sent] == [asked.thread]


@only_gmail
async def test_a_thread_that_cannot_be_found_keeps_nothing_from_going(owner: MailboxBench) -> None:
    await owner.transport.send(owner.message(in_reply_to="<nobody@acme.com>"))
    assert owner.count == 1


@only_gmail
async def test_a_limit_is_waited_for_as_its_words_say(owner: MailboxBench) -> None:
    words = "User-rate limit exceeded.  Retry after 2026-03-02T09:05:00.000Z"
    at_sending(owner, lambda: gmail.error(403, words, "userRateLimitExceeded"))
    result = await owner.transport.send(owner.message())
    assert (result.outcome, result.is_sender_trouble, result.retry_after_seconds) == (Sent.RETRY, False, 300)


@only_gmail
async def test_what_left_under_their_message_id_is_found_by_our_mark(owner: MailboxBench) -> None:
    owner.fake.renames = True
    drop_the_line(owner)
    await owner.transport.send(owner.message())
    found = await owner.transport.find(owner.message().message_id, settings=owner.settings, since=AN_HOUR_AGO)
    assert found is not None
    assert (found.outcome, found.wire_message_id) == (Sent.SENT, "<theirs@service>")


@only_graph
async def test_their_message_id_is_known_before_the_mail_leaves(owner: MailboxBench) -> None:
    owner.fake.renames = True
    drop_the_line(owner)
    result = await owner.transport.send(owner.message())
    assert (result.outcome, result.wire_message_id) == (Sent.UNKNOWN, "<theirs@service>")
    found = await owner.transport.find("<theirs@service>", settings=owner.settings, since=AN_HOUR_AGO)
    assert found is not None
    assert found.outcome is Sent.SENT


@only_graph
async def test_a_draft_that_was_refused_is_removed(owner: MailboxBench) -> None:
    at_sending(owner, lambda: graph.error(400, "ErrorInvalidRecipients", "At least one recipient isn't valid."))
    await owner.transport.send(owner.message())
    assert owner.fake.kept == {}


@only_graph
async def test_nothing_left_where_no_draft_could_be_made(owner: MailboxBench) -> None:
    for said in (Said(500), Said(503), Said(201, {}), Said(201, text="<html>")):
        owner.service.instead = said
        assert (await owner.transport.send(owner.message())).outcome is Sent.RETRY


@only_graph
async def test_what_is_still_a_draft_did_not_leave_and_is_removed(owner: MailboxBench) -> None:
    at_sending(owner, lambda: Said(504))
    assert (await owner.transport.send(owner.message())).outcome is Sent.UNKNOWN
    assert await owner.transport.find(owner.message().message_id, settings=owner.settings, since=NOW) is None
    assert owner.fake.kept == {}


@only_graph
async def test_a_service_that_leads_elsewhere_does_not_get_the_token(owner: MailboxBench) -> None:
    owner.service.instead = Said(200, {"value": [], "@odata.nextLink": "https://elsewhere.example.com/v1.0/me/messages"})
    found = await owner.transport.find(owner.message().message_id, settings=owner.settings, since=NOW)
    assert found is not None
    assert (found.outcome, "sends us elsewhere" in (found.detail or "")) == (Sent.UNKNOWN, True)


def test_a_transport_that_makes_several_calls_has_no_single_one() -> None:
    transport: Any = GmailTransport(lambda: NOW)
    with pytest.raises(NotImplementedError, match="deliver"):
        transport.call(message(), None, {})
