"""What is new in a mailbox is taken once, whatever happens in between."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from accountgraph.channels import NoVault
from accountgraph.errors import AccountGraphError, ConfigError
from accountgraph.mailboxes.errors import LoginRefusedError, MailboxError
from accountgraph.mailboxes.run import sync_mailbox
from tests.mailboxes.conftest import Killed, Taker, mail
from tests.mailboxes.imap_server import Box, ImapServer

if TYPE_CHECKING:
    import ssl
    from pathlib import Path

    from tests.mailboxes.conftest import Place


async def test_a_new_mail_is_taken_and_the_time_before_is_not(place: Place, server: ImapServer) -> None:
    server.arrive(mail("old"))
    await place.sync()
    server.arrive(mail("new"))
    await place.sync()
    assert place.take.taken == [("new@acme.com", "inbound")]


async def test_a_second_run_takes_nothing_again(place: Place, server: ImapServer) -> None:
    await place.sync()
    server.arrive(mail(1))
    assert ((await place.sync()).taken, (await place.sync()).taken) == (1, 0)


async def test_a_mail_that_comes_while_the_history_is_read_is_taken(place: Place, server: ImapServer) -> None:
    server.arrive(mail("old"))
    await place.sync(on_progress=lambda _: place.take.taken or server.arrive(mail("new")))
    await place.sync()
    assert place.take.ids == ["new@acme.com"]


async def test_a_program_that_dies_between_two_mails_takes_each_once(place: Place, server: ImapServer) -> None:
    await place.sync()
    for number in range(5):
        server.arrive(mail(number))
    dying = Taker(breaks_after=2)
    with pytest.raises(Killed):
        await place.sync(take=dying)
    await place.sync()
    assert dying.ids + place.take.ids == [f"{number}@acme.com" for number in range(5)]


async def test_a_line_that_drops_in_the_middle_loses_nothing(place: Place, server: ImapServer) -> None:
    await place.sync()
    for number in range(5):
        server.arrive(mail(number))
    server.drops_at = "BODY.PEEK[]"
    with pytest.raises(MailboxError, match="hung up"):
        await place.sync()
    await place.sync()
    assert place.take.ids == [f"{number}@acme.com" for number in range(5)]


async def test_two_readers_at_once_take_each_mail_once(place: Place, server: ImapServer) -> None:
    await place.sync()
    for number in range(20):
        server.arrive(mail(number))
    mailbox = await place.mailbox()
    both = await asyncio.gather(*(sync_mailbox(place.db, mailbox, NoVault(), place.take) for _ in range(2)))
    assert sorted(place.take.ids, key=str) == sorted((f"{number}@acme.com" for number in range(20)), key=str)
    assert sum(one.taken for one in both) == 20


async def test_numbers_that_begin_anew_change_nothing(place: Place, server: ImapServer) -> None:
    server.arrive(mail("before"))
    await place.sync()
    server.arrive(mail("one"))
    await place.sync()
    server.boxes["INBOX"].begin_anew(first=100)
    server.arrive(mail("two"))
    await place.sync()
    assert place.take.ids == ["one@acme.com", "two@acme.com"]


async def test_after_numbers_began_anew_new_mail_is_still_taken(place: Place, server: ImapServer) -> None:
    await place.sync()
    server.boxes["INBOX"].begin_anew()
    await place.sync()
    server.arrive(mail("later"))
    await place.sync()
    assert place.take.ids == ["later@acme.com"]


async def test_one_bad_mail_is_kept_and_flagged_and_blocks_no_other(place: Place, server: ImapServer) -> None:
    await place.sync()
    place.take.fails_on = {"Mail 2"}
    for number in (1, 2, 3):
        server.arrive(mail(number))
    done = await place.sync()
    assert (done.taken, done.flagged, place.take.ids) == (2, 1, ["1@acme.com", "3@acme.com"])
    async with place.db.transaction() as session:
        kept = await session.execute(
            "UPDATE mails SET subject = subject WHERE message_id = '2@acme.com' AND state = 'unmatched' AND effects ->> 0 LIKE %(why)s",
            {"why": "could not be taken: ValueError: cannot bear Mail 2"},
        )
    assert kept == 1


async def test_a_mail_that_the_server_cannot_give_is_flagged_and_blocks_no_other(place: Place, server: ImapServer) -> None:
    await place.sync()
    server.refuses = {server.arrive(mail(1))}
    server.arrive(mail(2))
    done = await place.sync()
    assert (done.taken, done.flagged, place.take.ids) == (1, 1, ["2@acme.com"])


async def test_a_mail_of_which_the_server_gives_nothing_is_flagged_and_blocks_no_other(place: Place, server: ImapServer) -> None:
    await place.sync()
    server.arrive(mail(1))
    server.broken = {server.arrive(mail(2))}
    server.arrive(mail(3))
    done = await place.sync()
    assert (done.taken, done.flagged, place.take.ids) == (2, 1, ["1@acme.com", "3@acme.com"])


async def test_a_mail_longer_than_the_limit_is_read_up_to_there(place: Place, server: ImapServer) -> None:
    await place.put(most_bytes=3_000_000)
    await place.sync()
    server.arrive(mail(1, body="x" * 5_000_000))
    server.arrive(mail(2))
    done = await place.sync()
    assert (done.taken, done.cut, place.take.longest) == (2, 1, 3_000_000)


async def test_a_long_mail_comes_piece_by_piece_and_whole(place: Place, server: ImapServer) -> None:
    await place.sync()
    whole = mail(1, body="y" * 2_500_000)
    server.arrive(whole)
    assert ((await place.sync()).cut, place.take.longest) == (0, len(whole))


async def test_a_backlog_of_a_thousand_mails_is_taken_in_order(place: Place, server: ImapServer) -> None:
    await place.sync()
    for number in range(1000):
        server.arrive(mail(number))
    assert (await place.sync()).taken == 1000
    assert place.take.ids == [f"{number}@acme.com" for number in range(1000)]


async def test_what_a_person_sent_by_hand_is_handed_over_as_outbound(place: Place, server: ImapServer) -> None:
    await place.sync()
    server.arrive(mail("hand", sender="me@ours.com", to="sarah@acme.com"), box="Sent")
    assert (await place.sync()).by_hand == 1
    assert place.take.taken == [("hand@acme.com", "outbound")]


async def test_what_the_engine_sent_is_not_by_hand(place: Place, server: ImapServer) -> None:
    await place.sync()
    marked = {"X_AccountGraph_Intent": "11111111-2222-4333-8444-555555555555"}
    server.arrive(mail("ours", sender="me@ours.com", to="sarah@acme.com", **marked), box="Sent")
    done = await place.sync()
    assert (done.ours, done.taken, place.take.taken) == (1, 0, [])


async def test_junk_is_read_for_reports_alone_and_only_where_it_is_wanted(place: Place, server: ImapServer) -> None:
    server.boxes["Junk"] = Box(flags="\\Junk")
    await place.sync()
    server.arrive(mail("spam"), box="Junk")
    server.arrive(mail("away", Auto_Submitted="auto-replied"), box="Junk")
    await place.sync()
    assert place.take.ids == []
    await place.put(reads_junk=True)
    await place.sync()
    server.arrive(mail("spam2"), box="Junk")
    server.arrive(mail("bounce", Auto_Submitted="auto-generated"), box="Junk")
    await place.sync()
    assert place.take.ids == ["bounce@acme.com"]


async def test_everything_taken_moves_the_time_of_the_sync(place: Place, server: ImapServer) -> None:
    before = (await place.mailbox()).inbound_synced_at
    await place.sync()
    after = (await place.mailbox()).inbound_synced_at
    assert before is not None
    assert after is not None
    assert after > before


async def test_a_mailbox_that_fails_says_since_when_and_why_and_is_not_read(place: Place, server: ImapServer) -> None:
    await place.sync()
    good = await place.mailbox()
    server.refuses_logins = True
    for _ in range(2):
        with pytest.raises(LoginRefusedError):
            await place.sync()
    bad = await place.mailbox()
    assert bad.inbound_synced_at == good.inbound_synced_at
    assert bad.failing_since is not None
    assert "refuses the login" in (bad.error or "")
    server.refuses_logins = False
    await place.sync()
    healed = await place.mailbox()
    assert (healed.failing_since, healed.error) == (None, None)


async def test_a_server_that_is_too_slow_is_given_up(place: Place, server: ImapServer) -> None:
    await place.put(timeout_seconds=0.3)
    server.sleeps_at = ("LIST", 3)
    with pytest.raises(MailboxError, match=r"cannot be reached|hung up"):
        await place.sync()


async def test_a_server_that_is_away_is_told_with_its_name(place: Place, server: ImapServer) -> None:
    await place.put(port=1)
    with pytest.raises(AccountGraphError, match=r"127\.0\.0\.1:1 cannot be reached"):
        await place.sync()


async def test_old_mail_of_a_folder_is_never_taken_for_new(place: Place, server: ImapServer) -> None:
    await place.sync()
    server.boxes["INBOX"].validity += 1
    server.arrive(mail("old"), at=datetime.now(UTC) - timedelta(days=30))
    await place.sync()
    assert place.take.ids == []


async def test_mail_is_read_under_tls_that_is_trusted_and_no_other(place: Place, context: ssl.SSLContext, certificate: Path) -> None:
    async with ImapServer().open(context) as secret:
        place.server = secret
        await place.put(tls="implicit", ca_file=str(certificate))
        await place.sync()
        secret.arrive(mail(1))
        assert (await place.sync()).taken == 1
        await place.put(tls="implicit")
        with pytest.raises(MailboxError, match="certificate"):
            await place.sync()


async def test_mail_is_not_read_without_tls_from_another_machine(place: Place) -> None:
    await place.put(host="mail.ours.com")
    with pytest.raises(ConfigError, match=r"settings\.tls"):
        await place.sync()
