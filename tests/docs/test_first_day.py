"""The first day of a person, as its page tells it, with mail servers on this machine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from tests.channels.post_office import PostOffice
from tests.docs.pages import page
from tests.docs.running import run_page
from tests.mailboxes.imap_server import PASSWORD
from tests.mailboxes.test_commands import Office, Town

if TYPE_CHECKING:
    from email.message import EmailMessage
    from pathlib import Path

    import pytest


class OtherPeoplesOffice(Office):
    """What it takes goes to others; nothing comes back by itself."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        return await PostOffice.handle_DATA(self, server, session, envelope)


def answer_to(mail: EmailMessage) -> bytes:
    """What Bill's mail program sends: his words, his signature, and our mail quoted. Headers count whole seconds, so it is dated up."""
    quoted = "\n".join(f"> {line}" for line in str(mail.get_body(("plain",)).get_content()).splitlines())  # type: ignore[union-attr]
    text = f"""From: Bill Lumbergh <bill@initech.com>
To: {mail["From"]}
Subject: Re: {mail["Subject"]}
Date: {format_datetime(datetime.now(UTC) + timedelta(seconds=1))}
Message-ID: <answer-1@initech.com>
In-Reply-To: {mail["Message-ID"]}
References: {mail["Message-ID"]}
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

Yes, that sounds interesting. How about Tuesday at ten?

--\x20
Bill Lumbergh
Vice President, Initech

On {mail["Date"]}, Ann Ours <me@ours.com> wrote:
{quoted}
"""
    return text.replace("\n", "\r\n").encode()


async def test_first_day_runs_as_written(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    morning, heading, evening = page("first-day.md").partition("## 6. An answer comes")
    assert heading
    town = Town()
    town.office = OtherPeoplesOffice()
    with town:
        given = {"DATABASE_URL": url, "ACCOUNTGRAPH_HOME": str(tmp_path / "home"), "APP_PASSWORD": PASSWORD}
        given |= {"IMAP_PORT": str(town.imap.port), "SMTP_PORT": str(town.office.port), "RESOLVER": town.names.address}
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        for name in ("ACCOUNTGRAPH_WORKSPACE", "ACCOUNTGRAPH_POOLER"):
            monkeypatch.delenv(name, raising=False)
        await run_page(morning, tmp_path)
        [first] = town.office.mails
        assert (first["To"], first["Subject"]) == ("Bill Lumbergh <bill@initech.com>", "Your question, Bill")
        town.imap.arrive(answer_to(first))
        await run_page(evening, tmp_path)
    _, second = town.office.mails
    assert (second["In-Reply-To"], second["Subject"]) == ("<answer-1@initech.com>", "Re: Your question, Bill")
    assert str(second["References"]).split() == [first["Message-ID"], "<answer-1@initech.com>"]
