"""What every transport does."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from accountgraph.campaigns.engine.transport import Sent
from accountgraph.channels.credentials import NoVault
from accountgraph.channels.providers.abilities import WireId
from accountgraph.channels.registry import KNOWN, Surroundings
from tests.channels.conftest import INTENT, MAILS, NOW, TEXTS

if TYPE_CHECKING:
    from tests.channels.conftest import Bench


async def test_a_message_goes_out_once_and_the_result_says_so(bench: Bench) -> None:
    result = await bench.transport.send(bench.message())
    assert (result.outcome, bench.count) == (Sent.SENT, 1)


async def test_what_goes_out_has_the_words_and_the_footer(bench: Bench) -> None:
    await bench.transport.send(bench.message(content="Grüße, 世界\n.a line with a dot\n{{ no template }} %s"))
    assert "Grüße, 世界\n.a line with a dot\n{{ no template }} %s\n" in bench.seen
    assert "Ours Ltd\n1 Road, Town" in bench.seen


async def test_a_mail_has_its_subject(mails: Bench) -> None:
    await mails.transport.send(mails.message(subject="Schöne Grüße"))
    assert "Subject: Schöne Grüße" in mails.seen


async def test_what_goes_out_says_who_writes_to_whom(mails: Bench) -> None:
    await mails.transport.send(mails.message(reply_to="team@ours.com"))
    assert "From: Ann Müller <me@ours.com>" in mails.seen
    assert "To: Sarah Jones <sarah@acme.com>" in mails.seen
    assert "Reply-To: team@ours.com" in mails.seen


async def test_a_mail_has_its_signature_below_its_words_and_above_the_footer(mails: Bench) -> None:
    await mails.transport.send(mails.message(content="A word.", signature="Ann Müller\nSales"))
    assert "A word.\n\n-- \nAnn Müller\nSales\n\nOurs Ltd\n1 Road, Town" in mails.seen


async def test_a_mail_carries_its_intent(mails: Bench) -> None:
    await mails.transport.send(mails.message())
    assert f"X-AccountGraph-Intent: {INTENT}" in mails.seen


async def test_the_message_id_on_the_wire_is_ours_or_told_or_said_to_be_untold(mails: Bench) -> None:
    result = await mails.transport.send(mails.message())
    match mails.message_id:
        case WireId.OURS:
            assert f"Message-ID: <{INTENT}@ours.com>" in mails.seen
            assert result.wire_message_id is None
        case WireId.THEIRS:
            assert f"Message-ID: {result.wire_message_id}" in mails.seen
        case _:
            assert result.wire_message_id is None


async def test_a_follow_up_carries_its_thread(mails: Bench) -> None:
    assert mails.transport.abilities.threads
    await mails.transport.send(mails.message(in_reply_to="<b@ours.com>", references=("<a@ours.com>", "<b@ours.com>")))
    assert "In-Reply-To: <b@ours.com>" in mails.seen
    assert "References: <a@ours.com> <b@ours.com>" in mails.seen


async def test_a_mail_program_can_take_the_person_off(mails: Bench) -> None:
    await mails.transport.send(mails.message(unsubscribe="mailto:me@ours.com?subject=unsubscribe%201"))
    assert "List-Unsubscribe: <mailto:me@ours.com?subject=unsubscribe%201>" in mails.seen


@pytest.mark.parametrize("field", ["subject", "sender_name", "recipient_name", "message_id", "in_reply_to", "unsubscribe"])
async def test_no_field_can_bring_a_header_of_its_own(mails: Bench, field: str) -> None:
    for line_break in ("\r\n", "\n", "\r"):
        result = await mails.transport.send(mails.message(**{field: f"x{line_break}Bcc: all@acme.com"}))
        assert "\nBcc:" not in mails.seen.replace("\r", "\n")
        assert result.outcome in {Sent.SENT, Sent.REFUSED}


async def test_an_address_that_is_none_never_raises_and_reaches_nobody_else(bench: Bench) -> None:
    for address in ("a@acme.com\r\nRCPT TO:<b@acme.com>", "nobody", "@acme.com", "a b@acme.com", "", "+1"):
        result = await bench.transport.send(bench.message(recipient=address))
        assert bench.transport.is_dry_run or result.outcome is Sent.REFUSED
        assert "\nRCPT" not in bench.seen


async def test_words_that_nothing_can_carry_fail_the_message_and_not_the_sender(bench: Bench) -> None:
    result = await bench.transport.send(bench.message(content="a half of a pair: \ud800"))
    assert bench.transport.is_dry_run or (result.outcome, result.is_sender_trouble, bench.count) == (Sent.REFUSED, False, 0)


async def test_a_text_says_who_writes_to_whom(bench: Bench) -> None:
    if bench.transport.name in TEXTS:
        await bench.transport.send(bench.message())
        assert "From: +4930901820\nTo: +15005550006\n" in bench.seen


async def test_messages_sent_at_the_same_time_go_out_once_each(bench: Bench) -> None:
    messages = [bench.message(intent_id=(one := uuid4()), message_id=f"<{one}@ours.com>", content=f"word {n}.") for n in range(7)]
    results = await asyncio.gather(*(bench.transport.send(message) for message in messages))
    assert {result.outcome for result in results} == {Sent.SENT}
    assert [bench.seen.count(message.content) for message in messages] == [1] * len(messages)


async def test_a_transport_can_be_used_after_it_was_closed(bench: Bench) -> None:
    await bench.transport.send(bench.message())
    await bench.transport.close()
    await bench.transport.close()
    assert (await bench.transport.send(bench.message())).outcome is Sent.SENT


async def test_a_transport_finds_what_it_sent_or_says_that_it_cannot_search(bench: Bench) -> None:
    message = bench.message()
    if not bench.transport.abilities.search:
        with pytest.raises(NotImplementedError):
            await bench.transport.find(message.message_id, settings=bench.settings, since=NOW)
        return
    assert await bench.transport.find(message.message_id, settings=bench.settings, since=NOW) is None
    sent = await bench.transport.send(message)
    found = await bench.transport.find(message.message_id, settings=bench.settings, since=NOW)
    assert found is not None
    assert (found.outcome, found.provider_id, found.wire_message_id) == (Sent.SENT, sent.provider_id, sent.wire_message_id)


async def test_every_transport_is_known_by_its_name(bench: Bench) -> None:
    assert type(KNOWN[bench.transport.name](Surroundings(lambda: NOW, NoVault()))) is type(bench.transport)


async def test_only_the_console_is_a_dry_run(bench: Bench) -> None:
    assert bench.transport.is_dry_run == (bench.transport.name == "console")


def test_every_transport_that_is_known_is_tried_here() -> None:
    assert {*MAILS, *TEXTS} == set(KNOWN)
