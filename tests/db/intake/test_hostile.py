"""What strangers send to break things: it is taken as far as it makes sense, and spoils nothing beside it."""

from __future__ import annotations

from random import Random
from time import process_time
from typing import TYPE_CHECKING

import pytest

from tests.db.intake.test_events import acts, event, take

if TYPE_CHECKING:
    from tests.db.intake.letters import Correspondence

CJK = "".join(Random(7).choices([chr(sign) for sign in range(0x4E00, 0x9FA5)], k=990))  # no index can press it together


@pytest.mark.parametrize("address", ["unknown", "1.2.3.4, 5.6.7.8", "10.0.0.300", "x" * 10_000, "fe80::1%eth0", "0"])
async def test_an_address_that_is_none_spoils_no_event(letters: Correspondence, address: str) -> None:
    opened = event(letters, "opened", 2, 2, address=address)
    await take(letters.world, event(letters, "delivered", 1, 0.01), opened, event(letters, "clicked", 3, 3, url="https://ours.com/a"))
    assert await acts(letters) == ["delivered", "opened human", "clicked human"]


@pytest.mark.parametrize("id_", ["x" * 990, CJK])
@pytest.mark.parametrize("direction", ["inbound", "outbound"])
async def test_a_mail_with_an_endless_message_id_is_taken_once(letters: Correspondence, id_: str, direction: str) -> None:
    sender = f"{'n' * 60}@{'d' * 60}.acme.com"
    raw = (
        f"From: {sender if direction == 'inbound' else 'me@ours.com'}\r\nTo: Anna <anna@acme.com>\r\nMessage-ID: <{id_}@x>\r\n"
        f"In-Reply-To: {letters.first.message_id}\r\nSubject: Hello\r\nDate: Mon, 2 Mar 2026 10:00:00 +0000\r\n\r\nA word."
    ).encode()
    taken = await letters.take(raw, direction=direction)
    assert (taken.is_new, taken.state) == (True, "matched")
    assert not (await letters.take(raw, direction=direction)).is_new


async def test_an_address_of_plus_signs_is_looked_through_at_once(letters: Correspondence) -> None:
    raw = letters.mail("Hello", answers=None, to="+" * 50_000 + "@ours.com")
    begun = process_time()
    await letters.take(raw)
    assert process_time() - begun < 5, "what grows with the square of such an address takes minutes"


async def test_a_mail_by_hand_pauses_each_whom_it_went_to_however_long_its_id_is(letters: Correspondence) -> None:
    raw = letters.mail("A word.", sender="Me <me@ours.com>", to="anna@acme.com, ben@acme.com")
    await letters.take(raw.replace(b"<in-1@acme.com>", b"<" + b"x" * 600 + b"@ours.com>"), direction="outbound")
    assert await letters.kinds() == ["manual_message", "manual_message"]
    assert await letters.places() == ["paused manual", "paused manual"]
