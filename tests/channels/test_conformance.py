"""What every transport does."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from accountgraph.campaigns.engine.transport import Sent
from accountgraph.channels.credentials import NoVault
from accountgraph.channels.registry import KNOWN, Surroundings
from tests.channels.conftest import INTENT, NOW

if TYPE_CHECKING:
    from tests.channels.conftest import Bench


async def test_a_message_goes_out_once_and_the_result_says_so(bench: Bench) -> None:
    result = await bench.transport.send(bench.message())
    assert (result.outcome, bench.count) == (Sent.SENT, 1)


async def test_what_goes_out_has_the_words_and_the_footer(bench: Bench) -> None:
    await bench.transport.send(bench.message(content="Grüße, 世界\n.a line with a dot", subject="Schöne Grüße"))
    assert "Grüße, 世界\n.a line with a dot\n" in bench.seen
    assert "Subject: Schöne Grüße" in bench.seen
    assert "Ours Ltd\n1 Road, Town" in bench.seen


async def test_what_goes_out_says_who_writes_to_whom(bench: Bench) -> None:
    await bench.transport.send(bench.message(reply_to="team@ours.com"))
    assert "From: Ann Müller <me@ours.com>" in bench.seen
    assert "To: Sarah Jones <sarah@acme.com>" in bench.seen
    assert "Reply-To: team@ours.com" in bench.seen


async def test_what_goes_out_carries_our_ids(bench: Bench) -> None:
    await bench.transport.send(bench.message())
    assert f"Message-ID: <{INTENT}@ours.com>" in bench.seen
    assert f"X-AccountGraph-Intent: {INTENT}" in bench.seen


async def test_a_follow_up_carries_its_thread(bench: Bench) -> None:
    assert bench.transport.abilities.threads
    await bench.transport.send(bench.message(in_reply_to="<b@ours.com>", references=("<a@ours.com>", "<b@ours.com>")))
    assert "In-Reply-To: <b@ours.com>" in bench.seen
    assert "References: <a@ours.com> <b@ours.com>" in bench.seen


async def test_a_mail_program_can_take_the_person_off(bench: Bench) -> None:
    await bench.transport.send(bench.message(unsubscribe="mailto:me@ours.com?subject=unsubscribe%201"))
    assert "List-Unsubscribe: <mailto:me@ours.com?subject=unsubscribe%201>" in bench.seen


@pytest.mark.parametrize("field", ["subject", "sender_name", "recipient_name", "message_id", "in_reply_to", "unsubscribe"])
@pytest.mark.parametrize("line_break", ["\r\n", "\n", "\r"])
async def test_no_field_can_bring_a_header_of_its_own(bench: Bench, field: str, line_break: str) -> None:
    result = await bench.transport.send(bench.message(**{field: f"x{line_break}Bcc: all@acme.com"}))
    assert "\nBcc:" not in bench.seen.replace("\r", "\n")
    assert result.outcome in {Sent.SENT, Sent.REFUSED}


@pytest.mark.parametrize("address", ["a@acme.com\r\nRCPT TO:<b@acme.com>", "nobody", "@acme.com", "a b@acme.com", ""])
async def test_an_address_that_is_none_never_raises_and_reaches_nobody_else(bench: Bench, address: str) -> None:
    result = await bench.transport.send(bench.message(recipient=address))
    assert bench.transport.is_dry_run or result.outcome is Sent.REFUSED
    assert "\nRCPT" not in bench.seen


async def test_messages_sent_at_the_same_time_go_out_once_each(bench: Bench) -> None:
    messages = [bench.message(intent_id=(one := uuid4()), message_id=f"<{one}@ours.com>") for _ in range(7)]
    results = await asyncio.gather(*(bench.transport.send(message) for message in messages))
    assert {result.outcome for result in results} == {Sent.SENT}
    assert all(bench.seen.count(f"Message-ID: {message.message_id}") == 1 for message in messages)


async def test_a_transport_can_be_used_after_it_was_closed(bench: Bench) -> None:
    await bench.transport.send(bench.message())
    await bench.transport.close()
    await bench.transport.close()
    assert (await bench.transport.send(bench.message())).outcome is Sent.SENT


async def test_a_transport_that_cannot_search_refuses_to(bench: Bench) -> None:
    assert not bench.transport.abilities.search
    with pytest.raises(NotImplementedError):
        await bench.transport.find("<x@ours.com>", settings=bench.settings, since=NOW)


async def test_every_transport_is_known_by_its_name(bench: Bench) -> None:
    assert type(KNOWN[bench.transport.name](Surroundings(lambda: NOW, NoVault()))) is type(bench.transport)


async def test_only_the_console_is_a_dry_run(bench: Bench) -> None:
    assert bench.transport.is_dry_run == (bench.transport.name == "console")
