"""`inbound`: mail that came in, on the command line."""

from __future__ import annotations

import asyncio
from email.message import EmailMessage
from typing import TYPE_CHECKING

from accountgraph.db import Database
from accountgraph.store.contacts import ContactRepository

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Program


def mail(sender: str, text: str, number: int = 1) -> bytes:
    """A mail to us."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"], made["Message-ID"] = sender, "me@ours.com", "Hello", f"<{number}@acme.com>"
    made["Date"] = "Mon, 02 Mar 2026 09:00:00 +0000"
    made.set_content(text)
    return made.as_bytes()


def box(file: Path, *mails: bytes) -> str:
    """An mbox."""
    file.write_bytes(b"".join(b"From someone Mon Mar  2 09:00:00 2026\n" + one + b"\n" for one in mails))
    return str(file)


def test_parse_tells_what_it_understands_how_sure_and_why(run: Program, tmp_path: Path) -> None:
    file = tmp_path / "one.eml"
    file.write_bytes(mail("Anna <anna@acme.com>", "Please remove me from your mailing list."))
    said = run("inbound", "parse", str(file))
    assert said.code == 0
    assert "meaning: unsubscribe (" in said.out
    assert "sure: " in said.out


def test_import_takes_each_mail_of_a_box_once(run: Program, tmp_path: Path) -> None:
    file = box(tmp_path / "all.mbox", mail("anna@acme.com", "Hello.", 1), mail("ben@acme.com", "Hello.", 2))
    first, again = run("inbound", "import", file, "--json"), run("inbound", "import", file, "--json")
    assert [(said.data["mails"], said.data["new"]) for said in (first, again)] == [(2, 2), (2, 0)]


def test_import_of_one_mail_needs_no_box(run: Program, tmp_path: Path) -> None:
    file = tmp_path / "one.eml"
    file.write_bytes(mail("anna@acme.com", "Hello."))
    assert run("inbound", "import", str(file), "--json").data["states"] == {"unmatched": 1}


async def _known(url: str) -> None:
    async with Database(url, workspace="abm") as db:
        await ContactRepository(db).create_contact({"email": "anna@acme.com", "first_name": "Anna"})


def test_old_mail_of_somebody_we_never_wrote_to_moves_nobody(run: Program, url: str, tmp_path: Path) -> None:
    asyncio.run(_known(url))
    old = mail("anna@acme.com", "Yes, I am interested.").replace(b"02 Mar 2026", b"02 Mar 2016")
    run("inbound", "import", box(tmp_path / "old.mbox", old))
    assert [one["state"] for one in run("inbound", "list", "--json").data] == ["ignored"]
    assert run("inbox", "list", "--json").data == []


def test_list_says_what_became_of_each_and_knows_no_other_state(run: Program, tmp_path: Path) -> None:
    run("inbound", "import", box(tmp_path / "all.mbox", mail("anna@acme.com", "Hello.")))
    assert "unmatched  anna@acme.com: Hello" in run("inbound", "list", "--state", "unmatched").out
    assert run("inbound", "list", "--state", "lost").code == 2


def test_show_needs_the_id_of_a_mail(run: Program) -> None:
    said = run("inbound", "show", "nobody")
    assert (said.code, "give the id that the list shows" in said.err) == (1, True)


def test_mail_is_shown_by_the_digits_that_the_list_gives(run: Program, tmp_path: Path) -> None:
    run("inbound", "import", box(tmp_path / "all.mbox", mail("anna@acme.com", "We are interested.")))
    digits = run("inbound", "list").out.split()[0]
    assert "We are interested." in run("inbound", "show", digits).out


def test_parse_takes_one_mail_and_says_what_takes_a_box(run: Program, tmp_path: Path) -> None:
    said = run("inbound", "parse", box(tmp_path / "all.mbox", mail("anna@acme.com", "Hello.", 1), mail("ben@acme.com", "Hello.", 2)))
    assert said.code == 1
    assert "accountgraph inbound import" in said.err


def test_parse_of_nothing_is_refused(run: Program, tmp_path: Path) -> None:
    (tmp_path / "no.eml").write_bytes(b"\n")
    said = run("inbound", "parse", str(tmp_path / "no.eml"))
    assert (said.code, said.out) == (1, "")
    assert "no.eml is empty" in said.err


def test_parse_reads_standard_input(run: Program) -> None:
    said = run("inbound", "parse", "-", stdin=mail("anna@acme.com", "Please remove me from your mailing list.").decode())
    assert "meaning: unsubscribe (" in said.out
