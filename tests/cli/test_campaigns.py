"""Campaigns on the command line, as somebody uses them: from an example to why."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from accountgraph.db import Database
from accountgraph.demo import load_reference_account
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.outreach.senders import SenderRepository
from accountgraph.store.outreach.settings import SettingsRepository

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Answer, Process, Program

SARAH = "sarah.williams@acmemedical.com"
NEW = {"campaign": "inbound-lead", "email": "ann@hooli.com", "first_name": "Ann", "message": "Tell me more."}
LISTED = """
name = "listed"

[audience]
companies = ["acmemedical.com"]

[[steps]]
key = "hello"
channel = "email"
template = "hello"
needs_approval = false

[templates.hello]
subject = "A word, {{ contact.first_name }}"
body = "Hello {{ contact.first_name }}."
"""


async def _settle(url: str) -> None:
    """The reference account, a mailbox that prints, and who we are before the law."""
    async with Database(url, workspace="abm") as db:
        ids = await load_reference_account(db)
        await CompanyRepository(db).update_company(ids.company_id, {"country": "US"})  # whose law is known
        settings = SettingsRepository(db)
        identity = await settings.add_legal_identity({"name": "Ours Ltd", "postal_address": "1 Road, Town"})
        await settings.update_settings({"legal_identity_id": identity.id})
        await SenderRepository(db).add_sender({"address": "me@ours.example"})


@pytest.fixture
def settled(run: Program, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """The program in a folder of its own, on a workspace that campaigns can run in."""
    asyncio.run(_settle(url))
    monkeypatch.chdir(tmp_path)
    return run


def done(answer: Answer) -> Any:
    assert answer.code == 0, answer.err
    return answer.data


def words(answer: Answer) -> str:
    """What was drawn, however it was wrapped."""
    assert answer.code == 0, answer.err
    return " ".join(answer.out.split())


def always_open(text: str) -> str:
    """A campaign file whose hours are all hours, for a test may run at any."""
    window = '[policy.schedule]\nskip_holidays = false\nemail = { days = [1, 2, 3, 4, 5, 6, 7], start = "00:00", end = "24:00" }\n'
    return f"{text}\n{window}"


def test_a_lead_goes_from_an_example_file_to_an_explained_approval(settled: Program, tmp_path: Path) -> None:
    file = tmp_path / "inbound-lead.toml"
    assert done(settled("campaign", "create", "inbound-lead", "--json"))["name"] == "inbound-lead"
    file.write_text(always_open(file.read_text()))
    assert done(settled("campaign", "check", str(file), "--json"))["is_sound"]
    applied = done(settled("campaign", "apply", str(file), "--json"))
    assert (applied["number"], applied["is_created"]) == (1, True)
    assert "Unchanged: inbound-lead stays at version 1." in settled("campaign", "apply", str(file)).out
    assert done(settled("campaign", "start", "inbound-lead", "--json"))["enrolled"] == 0

    (tmp_path / "lead.json").write_text(json.dumps(NEW))
    [lead] = done(settled("lead", "process", "lead.json", "--json"))
    assert (lead["is_new_company"], lead["is_changed"], len(lead["enrolments"])) == (True, True, 1)
    again = settled("lead", "process", "-", stdin=json.dumps([NEW]))
    assert (again.code, again.out.strip()) == (0, "1  ann@hooli.com  known already: nothing changed.")

    assert done(settled("campaign", "run", "inbound-lead", "--json"))["status"]["work"]["pending_approvals"] == 1
    why = words(settled("campaign", "why", "ann@hooli.com"))
    assert "State paused: approval" in why
    assert "Step hello, until somebody approves their message" in why
    assert "hello: put off approval: A person approves the message." in why
    assert "1 paused until somebody approves their message" in words(settled("campaign", "status", "inbound-lead"))


def test_a_campaign_runs_on_the_console_and_lives_its_life(settled: Program, tmp_path: Path) -> None:
    file = tmp_path / "listed.toml"
    file.write_text(always_open(LISTED + "\n[policy]\ncontact = { business_days_between = 0 }\n"))
    audience = done(settled("campaign", "audience", str(file), "--json"))
    assert (audience["takes"], audience["chosen"][0]["name"]) == (3, "Sarah Williams")
    assert settled("campaign", "apply", str(file), "--yes").code == 0
    assert "3 people begin." in settled("campaign", "start", "listed").out
    ran = settled("campaign", "run", "listed", "--json")
    assert (done(ran)["sent"], ran.err.count("Subject: A word, Sarah")) == (1, 1)
    assert "shown on the console, not sent, by e-mail" in settled("campaign", "why", SARAH).out
    assert done(settled("campaign", "list", "--json"))[0]["under_way"] == 2
    assert "none would have been different" in words(settled("campaign", "replay", "listed"))

    closed = file.read_text().replace("Hello {{", "Dear {{").replace('start = "00:00", end = "24:00"', 'start = "00:00", end = "00:01"')
    file.write_text(closed.replace("days = [1, 2, 3, 4, 5, 6, 7]", "days = [1]"))
    changed = words(settled("campaign", "apply", str(file), "--dry-run"))
    assert "~ templates.hello.body: Hello {{ contact.first_name }}. -> Dear {{ contact.first_name }}." in changed
    replayed = done(settled("campaign", "replay", "listed", "--file", str(file), "--json"))
    assert (replayed["before"]["allow"], replayed["after"]) == (1, {"window": replayed["decisions"]})
    assert done(settled("campaign", "show", "listed", "--json"))["versions"][0]["number"] == 1

    assert done(settled("campaign", "pause", "listed", "--json"))["people"] == 2
    assert done(settled("campaign", "resume", "listed", "--json"))["people"] == 2
    refused = settled("campaign", "finish", "listed")
    assert (refused.code, "still has people under way: 2" in refused.err) == (1, True)
    assert settled("campaign", "cancel", "listed", stdin="n\n").code == 1
    assert done(settled("campaign", "cancel", "listed", "--yes", "--json"))["people"] == 2


def test_what_was_previewed_is_what_is_approved(settled: Program, tmp_path: Path) -> None:
    file = tmp_path / "listed.toml"
    file.write_text(LISTED)
    settled("campaign", "apply", str(file))
    seen = done(settled("campaign", "preview", "listed", "--contact", "Michael Chen", "--json"))
    assert (seen["messages"][0]["subject"], seen["messages"][0]["content"]) == ("A word, Michael", "Hello Michael.")
    assert "Ours Ltd" in seen["messages"][0]["footer"]
    file.write_text(LISTED.replace("Hello", "Dear"))
    settled("campaign", "apply", str(file))
    refused = settled("campaign", "approve", "listed", "--by", "Ann", "--hash", seen["content_hash"][:12])
    assert (refused.code, "changed since it was previewed; look at version 2" in refused.err) == (1, True)
    assert "only after somebody approved" in settled("campaign", "start", "listed", "--live").err
    assert done(settled("campaign", "approve", "listed", "--by", "Ann", "--json"))["preview_approved_by"] == "Ann"
    assert "me@ours.example only prints to the console" in settled("campaign", "start", "listed", "--live").err


def test_the_hints_name_what_comes_next(settled: Program, tmp_path: Path) -> None:
    settled("campaign", "create", "inbound-lead")
    looked = words(settled("campaign", "preview", "inbound-lead.toml", "--contact", SARAH))
    assert "`accountgraph campaign apply inbound-lead.toml`, then `accountgraph campaign approve inbound-lead --hash" in looked
    unnamed = settled("campaign", "check", "inbound-lead")
    assert (unnamed.code, "Did you mean inbound-lead.toml?" in " ".join(unnamed.out.split())) == (1, True)
    settled("campaign", "apply", "inbound-lead.toml")
    assert "Leads come one by one: `accountgraph lead process FILE`." in words(settled("campaign", "start", "inbound-lead"))


def test_all_mistakes_of_a_file_come_at_once_a_line_each(settled: Program, tmp_path: Path) -> None:
    file = tmp_path / "listed.toml"
    file.write_text(LISTED.replace("contact.first_name", "contact.frist_name") + "\n[policy.sender]\nper_hour = 40\n")
    refused = settled("campaign", "apply", str(file))
    assert (refused.code, refused.out) == (1, "")
    assert [line.split(": ")[:3] for line in refused.err.splitlines()] == [
        ["accountgraph", "listed.toml", key] for key in ("templates.hello.body", "templates.hello.subject", "policy.sender.per_hour")
    ]
    checked = settled("campaign", "check", str(file), "--json", "--database-url", "postgresql://127.0.0.1:1/none")
    assert (checked.code, checked.data["is_sound"], len(checked.data["problems"])) == (1, False, 3)
    assert settled("campaign", "list", "--json").data == []


def test_leads_are_taken_one_by_one_and_a_bad_one_names_field_and_cure(settled: Program, tmp_path: Path) -> None:
    file = tmp_path / "inbound-lead.toml"
    settled("campaign", "create", "inbound-lead", str(file))
    settled("campaign", "apply", str(file))
    settled("campaign", "start", "inbound-lead")
    bad = [{"campaign": "inbound-lead", "emial": "x"}, {**NEW, "campaign": "inbund-lead"}, 7, NEW]
    answer = settled("lead", "process", "-", "--json", stdin=json.dumps(bad))
    assert answer.code == 1
    assert [lead["error"] for lead in answer.data] == [
        "emial: leads have no such field; did you mean 'email'?",
        "There is no campaign 'inbund-lead'. Did you mean 'inbound-lead'?",
        'lead: is no object; give one object, or a list of them: {"campaign": ..., "email": ..., "message": ...}.',
        None,
    ]
    for given, said in (("{", "is not JSON"), ("3", "holds no lead")):
        assert said in settled("lead", "process", "-", stdin=given).err


REFUSED = {
    ("campaign", "show", "inbund"): "There is no campaign 'inbund'. Did you mean 'inbound'?",
    ("campaign", "why", "nobody@nowhere.example"): "There is no contact 'nobody@nowhere.example'",
    ("campaign", "why", SARAH, "--campaign", "inbund"): "Did you mean 'inbound'?",
    ("campaign", "apply", "nowhere.toml"): "nowhere.toml: there is no such file.",
    ("campaign", "apply", "nowhere.txt"): "Name it .toml, .yaml or .yml.",
    ("campaign", "create", "inbound-lead", "inbound.toml"): "is there already; name another, or give it up with --force.",
    ("campaign", "create", "inbound-lead", "x.yaml"): "the examples are TOML; name it x.toml.",
    ("campaign", "approve", "inbound", "--by", "Ann", "--hash", "1"): "give 8 digits at least",
    ("campaign", "resume", "inbound"): "Campaign inbound is draft and cannot be resumed; it has to be paused.",
    ("lead", "process", "nowhere.json"): "nowhere.json: No such file or directory; name a file or folder that is there.",
    ("lead", "process", "/dev/null"): "FILE: /dev/null is empty; give one object",
    ("campaign", "preview", "inbound.tml", "--contact", SARAH): "There is no campaign 'inbound.tml'",
}


def test_a_campaign_takes_the_name_of_its_file_and_what_cannot_be_done_is_said_in_one_line(settled: Program, tmp_path: Path) -> None:
    assert done(settled("campaign", "create", "inbound-lead", "inbound.toml", "--json"))["name"] == "inbound"
    settled("campaign", "apply", "inbound.toml")
    for arguments, said in REFUSED.items():
        answer = settled(*arguments)
        assert (answer.code, answer.out) == (1, ""), arguments
        [line] = answer.err.splitlines()
        assert said in line
    wrong = settled("campaign", "create", "inbound-led")
    assert (wrong.code, "did you mean 'inbound-lead'?" in " ".join(wrong.err.split())) == (2, True)
    assert set(done(settled("campaign", "create", "--json"))) == {"inbound-lead", "cold-account", "re-engagement"}
    assert "They were never in inbound: the audience does not name them" in words(
        settled("campaign", "why", SARAH, "--campaign", "inbound")
    )


def test_what_is_drawn_fits_in_80_columns(settled: Program) -> None:
    settled("campaign", "create", "inbound-lead")
    drawn = [settled("campaign", "apply", "inbound-lead.toml", "--yes")]
    drawn += [settled("campaign", "start", "inbound-lead"), settled("lead", "process", "-", stdin=json.dumps({**NEW, "email": SARAH}))]
    for command in ("list", "show", "status", "run", "audience", "replay"):
        drawn.append(settled("campaign", command, *(() if command == "list" else ("inbound-lead",))))
    drawn += [settled("campaign", "preview", "inbound-lead", "--contact", SARAH), settled("campaign", "why", SARAH)]
    for answer in drawn:
        assert answer.code == 0, answer.err
        assert answer.out.strip()
        assert max(map(len, answer.out.splitlines())) <= 80
        assert "\x1b" not in answer.out


def test_names_of_campaigns_complete_in_the_shell(settled: Program, process: Process, tmp_path: Path) -> None:
    file = tmp_path / "listed.toml"
    file.write_text(LISTED)
    settled("campaign", "apply", str(file))
    setting = {"_ACCOUNTGRAPH_COMPLETE": "complete_bash", "COMP_WORDS": "accountgraph campaign show li", "COMP_CWORD": "3"}
    assert process(env=setting).out.split() == ["listed"]
