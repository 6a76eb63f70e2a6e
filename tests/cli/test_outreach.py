"""What waits for people, from the command line: whole flows of the real program."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from accountgraph.db import Database
from accountgraph.store.outreach.senders import SenderRepository
from tests.channels.post_office import PostOffice
from tests.cli.conftest import command
from tests.db.campaigns.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.conftest import Program

ALWAYS = {"days": [1, 2, 3, 4, 5, 6, 7], "start": "00:00", "end": "24:00"}
ASKING = {"requires_approval": True, "schedule": {"email": ALWAYS, "sms": ALWAYS, "call": ALWAYS, "other": ALWAYS}}


@contextmanager
def post_office() -> Iterator[PostOffice]:
    """A real SMTP server in a thread of its own."""
    office, ready, over = PostOffice(), threading.Event(), threading.Event()

    async def serve() -> None:
        async with office.open():
            ready.set()
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    ready.wait(10)
    try:
        yield office
    finally:
        over.set()
        thread.join()


async def _asked(url: str, port: int) -> None:
    """Anna's and Ben's first messages wait for a person; the mailbox sends to the port."""
    async with Database(url, workspace="abm") as db:
        world = await World.begin(db)
        settings = {"host": "127.0.0.1", "port": port, "tls": "none"}
        await SenderRepository(db).update_sender(world.senders[0].id, {"transport": "smtp", "settings": settings})
        people = await world.account("acme.com", "Anna", "Ben")
        await world.enrol(await world.campaign(policy=ASKING), *people)
        await world.runner().run_due()


def test_a_message_is_approved_sent_answered_and_the_account_goes_on(run: Program, url: str) -> None:
    with post_office() as office:
        asyncio.run(_asked(url, office.port))
        [asked] = run("approval", "list", "--json").data
        which = asked["id"][:8]
        shown = run("approval", "show", which).out
        assert "A person approves the message." in shown
        assert "Acme Ltd" in shown
        edited = run("approval", "edit", which, "--content", "Dear Anna, a word.", "--json").data
        assert "was changed since" in run("approval", "accept", which, "--seen", asked["content_hash"]).err
        assert run("approval", "accept", which, "--seen", edited["content_hash"][:8], "--by", "Ann").code == 0
        lines = run("worker", "--once", "--json").out
        assert '"sent":1' in lines
        recorded = run("signal", "record", "reply-question", "--contact", "anna@acme.com", "--text", "How much?").out
        assert "paused (account)" in recorded
        [item] = run("inbox", "list", "--json").data
        assert "How much?" in run("inbox", "show", item["id"]).out
        assert run("inbox", "assign", item["id"], "Bob").code == 0
        assert "The answer has left." in run("inbox", "reply", item["id"], "--content", "Ten.", "--by", "Bob").out
        assert "Nothing was sent" in run("inbox", "reply", item["id"], "--content", "Ten.", "--by", "Bob").out
        assert run("inbox", "list").out.strip() == "The inbox is empty."
        assert "Ben: plain, was paused (account)" in run("inbox", "resume", "--account", "acme.com").out
        subjects = [mail["Subject"] for mail in office.mails]
    assert subjects == ["Hello Anna", "Re: Hello Anna"]


def test_a_mailbox_is_set_up_and_proved_from_the_command_line(run: Program) -> None:
    with post_office() as office:
        identity = ("--legal-name", "Ours Ltd", "--postal-address", "1 Road, Town", "--country", "US", "--timezone", "America/New_York")
        assert run("settings", "set", *identity).code == 0
        settings = ("--setting", "host=127.0.0.1", "--setting", f"port={office.port}", "--setting", "tls=none")
        assert run("sender", "add", "Me@Ours.com", "--transport", "smtp", *settings, "--per-day", "20", "--warmup").code == 0
        shown = run("sender", "show", "me@ours.com", "--json").data
        assert (shown["settings"]["port"], shown["per_day"], shown["is_active"]) == (office.port, 20, True)
        assert "From me@ours.com to me@home.org through smtp: 2.0.0 Ok" in run("send", "test", "me@home.org").out
        office.answers["MAIL"] = "530 5.7.0 Log in first"
        refused = run("send", "test", "me@home.org")
        assert (refused.code, "530 5.7.0 Log in first" in refused.err, len(office.taken)) == (1, True, 1)
    assert run("sender", "pause", "me@ours.com").code == 0
    assert "is not in use" in run("send", "test", "me@home.org", "--sender", "me@ours.com").err
    assert run("sender", "update", "me@ours.com", "--active", "--json").data["is_active"]
    assert run("settings", "show", "--json").data["settings"]["timezone"] == "America/New_York"


def test_holds_consents_suppressions_and_tasks_are_kept_from_the_command_line(run: Program, url: str) -> None:
    asyncio.run(_asked(url, 1))
    assert "contact Anna is on hold" in run("hold", "set", "contact", "anna@acme.com", "--note", "asked for silence").out
    assert "was already on hold" in run("hold", "set", "contact", "anna@acme.com").out
    assert [hold["target"] for hold in run("hold", "list", "--json").data] == ["Anna"]
    assert "Lifted: contact Anna (stop)" in run("hold", "lift", "contact", "anna@acme.com").out
    assert run("consent", "add", "anna@acme.com", "sms", "--wording", "Yes, by SMS").code == 0
    assert "Yes, by SMS" in run("consent", "list", "anna@acme.com").out
    assert run("consent", "revoke", "anna@acme.com").out.strip() == "Ended: sms."
    assert run("suppress", "add", "acme.com", "--reason", "objection").code == 0
    assert [one["domain"] for one in run("suppress", "list", "--contact", "anna@acme.com", "--json").data] == ["acme.com"]
    assert run("suppress", "remove", "acme.com").code == 0
    assert run("suppress", "list").out.strip() == "Nobody is suppressed."
    assert run("signal", "record", "meeting_booked", "--contact", "anna@acme.com").code == 0
    [task] = run("task", "list", "--json").data
    assert "one of held, missed" in run("task", "done", task["id"]).err
    assert "is done" in run("task", "done", task["id"][:8], "--outcome", "held").out
    assert "Nothing changed" in run("task", "done", task["id"], "--outcome", "held").out


def test_a_worker_says_what_it_does_and_stops_on_a_signal(url: str) -> None:
    surroundings: dict[str, Any] = {**os.environ, "DATABASE_URL": url}
    process = subprocess.Popen(command("worker", "--workspaces", "abm"), env=surroundings, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert process.stderr.readline() == "Working for abm; stop with Ctrl-C.\n"
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said.splitlines()[-1]) == (0, "Stopped; what was planned is given back.")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("approval", "show", "xyz"), "approval: 'xyz' is no id"),
        (("task", "done", "abcd"), "There is no task abcd"),
        (("inbox", "reply", "abcd", "--content", "x"), "There is no task abcd"),
        (("sender", "add", "me@ours.com", "--transport", "smtp"), "SMTP settings cannot be used"),
        (("sender", "add", "me@ours.com", "--setting", "password=x"), "settings.password: secrets do not stand in settings"),
        (("hold", "set", "sender", "me@ours.com"), "There is no sender me@ours.com"),
        (("suppress", "remove", "nobody@nowhere.org"), "is not suppressed"),
        (("send", "test", "me@home.org"), "sender: say from which mailbox"),
        (("worker", "--workspaces", "nowhere"), "accountgraph workspace create nowhere"),
        (("settings", "set", "--timezone", "Mars"), "timezone: 'Mars' is no time zone"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(demo: Program, arguments: tuple[str, ...], said: str) -> None:
    answer = demo(*arguments)
    assert (answer.code, answer.out) == (1, "")
    [line] = answer.err.splitlines()
    assert said in line


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("hold", "set", "workspace", "x"), "a workspace has no target"),
        (("hold", "set", "acount", "x"), "did you mean 'account'?"),
        (("hold", "set", "workspace", "--until", "tomorrow"), "no time with its offset"),
        (("signal", "record", "replyy", "--contact", "x"), "did you mean 'reply'?"),
        (("signal", "record", "reply"), "--contact or --account"),
        (("inbox", "resume"), "--account or --contact"),
        (("approval", "edit", "abcd"), "say what changes"),
        (("sender", "add", "x@y.com", "--transport", "smpt"), "did you mean 'smtp'?"),
    ],
)
def test_a_wrong_call_ends_with_2_and_offers_the_cure(demo: Program, arguments: tuple[str, ...], said: str) -> None:
    answer = demo(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert said in " ".join(answer.err.replace("│", " ").split())


def test_a_suppressed_person_is_listed_by_name_and_address(demo: Program) -> None:
    assert demo("suppress", "add", "sarah.williams@acmemedical.com", "--person").code == 0
    drawn = " ".join(demo("suppress", "list").out.split())
    assert "Sarah Williams" in drawn
    [kept] = demo("suppress", "list", "--json").data
    assert kept["contact_id"] not in drawn
