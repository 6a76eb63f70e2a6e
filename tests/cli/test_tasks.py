"""`task` from the command line: the queue, holds, outcomes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from accountgraph.db import Database
from accountgraph.store.contacts import ContactRepository
from tests.cli.test_outreach import ASKING
from tests.db.campaigns.world import World

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Program


async def _calls(url: str) -> None:
    """Anna and Ben are to be called."""
    async with Database(url, workspace="abm") as db:
        world = await World.begin(db)
        steps = [{"key": "ring", "channel": "call", "template": "script"}, {"key": "again", "channel": "call", "instructions": "Again."}]
        templates = {"script": {"body": "Hello {{ contact.first_name }}."}}
        version = await world.campaign(steps=steps, templates=templates, policy=ASKING)
        for number, name in enumerate(("Anna", "Ben")):
            [person] = await world.account(f"acme{number}.com", name)
            await ContactRepository(db).update_contact(person.id, {"phone": f"+1555012000{number}"})
            await world.enrol(version, person)
        await world.runner().run_due()


def test_two_people_work_through_the_queue(run: Program, url: str, tmp_path: Path) -> None:
    asyncio.run(_calls(url))
    first = run("task", "next", "--channel", "call", "--by", "Ann", "--json").data
    which, person = first["task"]["id"], first["task"]["person"]
    assert first["words"]["content"] == f"Hello {person}."
    assert run("task", "next", "--by", "Bob", "--json").data["task"]["person"] != person
    assert run("task", "next", "--by", "Cid").out.strip() == "Nothing to do."
    assert "Ann is at task" in run("task", "done", which, "--by", "Bob", "--outcome", "busy").err
    shown = run("task", "show", which[:8]).out
    assert "they want to be called back" in shown
    assert "Ann, until" in shown
    assert "is in the queue again" in run("task", "release", which).out
    assert "not before" in run("task", "snooze", which, "--for", "2h", "--by", "Bob").out
    (tmp_path / "talk.txt").write_text("Hello. Hello.", encoding="utf-8")
    said = ("--duration", "4:30", "--recording", "https://calls.example.com/1", "--transcript", str(tmp_path / "talk.txt"))
    done = run("task", "done", which, "--outcome", "reached", "--sentiment", "positive", *said, "--by", "Ann", "--json").data
    assert (done["is_new"], done["task"]["outcome"]) == (True, "reached")
    again = run("task", "done", which, "--outcome", "reached", "--sentiment", "positive", *said, "--by", "Ann")
    assert again.out.startswith("Nothing changed")
    [answer] = run("task", "list", "--kind", "reply", "--json").data
    assert answer["title"] == f"{person} is interested"


def test_a_number_is_suppressed_and_open_again_from_the_command_line(run: Program) -> None:
    assert "call, sms, whatsapp: manual" in run("suppress", "add", "+49 30 901820", "--phone").out
    assert {one["channel"] for one in run("suppress", "list", "--json").data} == {"call", "sms", "whatsapp"}
    assert run("suppress", "remove", "0049 30 901820", "--phone").code == 0
    assert run("suppress", "list").out.strip() == "Nobody is suppressed."


@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        (("task", "snooze", "abcd"), "--for 2h, or --until", 2),
        (("task", "snooze", "abcd", "--for", "soon"), "no stretch of time", 2),
        (("task", "next", "--channel", "cal"), "did you mean 'call'?", 2),
        (("task", "next", "--for", "13h"), "1 minute to 12 hours", 1),
        (("task", "done", "abcd", "--duration", "4:99"), "no length of a call", 2),
        (("task", "done", "abcd", "--sentiment", "good"), "positive, neutral, negative", 2),
        (("suppress", "add", "030 901820", "--phone"), "no number in international form", 1),
        (("suppress", "add", "+4930901820", "--phone", "--channel", "email"), "a number is suppressed on one of call, sms, whatsapp", 1),
    ],
)
def test_what_cannot_be_used_is_said_with_its_cure(demo: Program, arguments: tuple[str, ...], said: str, code: int) -> None:
    answer = demo(*arguments)
    assert (answer.code, answer.out) == (code, "")
    assert said in " ".join(answer.err.replace("│", " ").split())


def test_task_by_hand_is_listed_and_named_by_whom_it_is_about(run: Program, url: str) -> None:
    asyncio.run(_calls(url))
    made = run("task", "add", "Send the plan", "--person", "anna@acme0.com", "--owner", "Ann", "--in", "3d", "--json").data
    assert (made["kind"], made["person"], made["company"], made["owner"]) == ("to_do", "Anna", "acme0.com", "Ann")
    assert [one["id"] for one in run("task", "list", "--kind", "to_do", "--owner", "ann", "--json").data] == [made["id"]]
    assert "Send the plan" in run("task", "add", "Send the plan", "--account", "acme1.com").out


def test_task_by_hand_about_nobody_is_refused(run: Program, url: str) -> None:
    asyncio.run(_calls(url))
    refused = run("task", "add", "Send it", "--person", "nobody@acme0.com")
    assert (refused.code, "nobody@acme0.com" in refused.err) == (1, True)


def test_task_by_hand_has_one_time_or_the_other(run: Program) -> None:
    refused = run("task", "add", "Send it", "--due", "2031-05-02T09:00:00Z", "--in", "3d")
    assert (refused.code, "say one of both" in refused.err) == (2, True)
