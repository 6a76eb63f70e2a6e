"""Invitations and links for another password go by mail, where the server has a way to send some; and no token is logged."""

from __future__ import annotations

import asyncio
import logging
import re
from typing import TYPE_CHECKING

import pytest

from accountgraph.access import at_command_line
from accountgraph.access.people.memberships import add_member
from accountgraph.access.people.users import create_user
from accountgraph.access.permissions import Role
from accountgraph.errors import ConfigError
from accountgraph.notices.own_mail import OwnMail
from tests.api.conftest import opened
from tests.channels.post_office import PostOffice

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from email.message import EmailMessage

    from accountgraph.db import Database
    from tests.api.conftest import Asker

ADDRESS, PASSWORD = "bob@ours.com", "correct horse battery"
ROOT = at_command_line("root")
TOKEN = re.compile(r"https://abm\.ours\.com/app/(join|password)\?token=([\w-]{30,})")


def environment(port: int) -> dict[str, str]:
    return {
        "ACCOUNTGRAPH_URL": "https://abm.ours.com/",
        "ACCOUNTGRAPH_MAIL_SERVER": f"127.0.0.1:{port}",
        "ACCOUNTGRAPH_MAIL_TLS": "none",
        "ACCOUNTGRAPH_MAIL_FROM": "Our AccountGraph <no-reply@ours.com>",
    }


@pytest.fixture
async def office() -> AsyncIterator[PostOffice]:
    office = PostOffice()
    async with office.open():
        yield office


@pytest.fixture
async def mailing(url: str, db: Database, office: PostOffice) -> AsyncIterator[Asker]:
    own_mail = OwnMail.from_environment(db.now, environment(office.port))
    async with opened(url, own_mail=own_mail) as asker:
        yield asker
        assert own_mail is not None
        await own_mail.close()


async def mailed(office: PostOffice) -> str:
    """The token of the only mail."""
    async with asyncio.timeout(10):
        while not office.mails:  # noqa: ASYNC110 - the mail leaves beside the answer
            await asyncio.sleep(0.01)
    [mail] = office.mails
    found = TOKEN.search(text_of(mail))
    assert found is not None
    return found[2]


def text_of(mail: EmailMessage) -> str:
    """Its words as they are."""
    body = mail.get_body(("plain",))
    assert body is not None
    text: str = body.get_content()
    return text


async def user_with_password(api: Asker) -> None:
    made = await api.parts.recognise.passwords.new("another " + PASSWORD, ADDRESS)
    user = await create_user(api.keys.registry, ADDRESS, by=ROOT, password=made)
    await add_member(api.keys.registry, "abm", user.id, Role.MEMBER, by=ROOT)


async def test_invitation_is_mailed_and_its_link_is_shown_to_nobody_else(mailing: Asker, office: PostOffice) -> None:
    invited = await mailing.made("/invitations", {"email": ADDRESS, "role": "viewer"})
    assert (invited["is_mailed"], invited["token"], invited["link"]) == (True, None, None)
    token = await mailed(office)
    [mail] = office.mails
    assert (mail["to"], mail["from"], mail["subject"]) == (ADDRESS, "Our AccountGraph <no-reply@ours.com>", "Your invitation to abm")
    assert "owner of abm invites you to the workspace abm of AccountGraph, as viewer." in text_of(mail)
    assert mail["auto-submitted"] == "auto-generated"
    accepted = await mailing.client.post("/api/v1/invitations/accept", json={"token": token, "password": PASSWORD})
    assert accepted.status_code == 200


async def test_invitation_whose_mail_does_not_leave_is_shown_with_the_reason(mailing: Asker, office: PostOffice) -> None:
    office.refused.add(ADDRESS)
    invited = await mailing.made("/invitations", {"email": ADDRESS, "role": "viewer"})
    assert invited["is_mailed"] is False
    assert "No such user" in invited["problem"]
    assert invited["link"] == f"https://abm.ours.com/app/join?token={invited['token']}"


async def test_without_a_mail_server_the_link_is_shown_to_who_invites(api: Asker) -> None:
    invited = await api.made("/invitations", {"email": ADDRESS, "role": "viewer"})
    assert (invited["is_mailed"], invited["problem"]) == (False, None)
    assert invited["link"] == f"{api.client.base_url}/app/join?token={invited['token']}".replace("//app", "/app")
    answer = await api.client.post("/api/v1/password-resets/ask", json={"email": ADDRESS})
    assert answer.status_code == 404


async def test_who_forgot_their_password_gets_a_link_that_sets_another(mailing: Asker, office: PostOffice) -> None:
    await user_with_password(mailing)
    answer = await mailing.client.post("/api/v1/password-resets/ask", json={"email": ADDRESS})
    assert answer.status_code == 202
    token = await mailed(office)
    assert token not in answer.text
    changed = await mailing.client.post("/api/v1/password-resets", json={"token": token, "password": PASSWORD})
    assert changed.status_code == 204
    begun = await mailing.client.post("/api/v1/session", json={"email": ADDRESS, "password": PASSWORD})
    assert begun.status_code == 200


@pytest.mark.parametrize("email", ["nobody@ours.com", "no address", "bob@ours.com\r\nBcc: eve@x.example"])
async def test_who_is_not_here_is_answered_the_same_and_gets_nothing(mailing: Asker, office: PostOffice, email: str) -> None:
    await user_with_password(mailing)
    known = await mailing.client.post("/api/v1/password-resets/ask", json={"email": ADDRESS})
    await mailed(office)
    unknown = await mailing.client.post("/api/v1/password-resets/ask", json={"email": email})
    assert (unknown.status_code, unknown.json()) == (known.status_code, known.json())
    await asyncio.sleep(0.1)
    assert len(office.mails) == 1


async def test_no_token_is_logged_and_a_mail_that_fails_is(mailing: Asker, office: PostOffice, caplog: pytest.LogCaptureFixture) -> None:
    await user_with_password(mailing)
    with caplog.at_level(logging.DEBUG):
        await mailing.client.post("/api/v1/password-resets/ask", json={"email": ADDRESS})
        token = await mailed(office)
        office.answers["DATA"] = "451 4.3.0 Not now"
        await mailing.client.post("/api/v1/password-resets/ask", json={"email": ADDRESS})
        async with asyncio.timeout(10):
            while "Not now" not in caplog.text:  # noqa: ASYNC110 - it is sent beside the answer
                await asyncio.sleep(0.01)
    ours = [one.getMessage() for one in caplog.records if one.name != "mail.log"]  # that is the log of the test's mail server
    assert not [one for one in ours if token in one or "token=" in one]


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"ACCOUNTGRAPH_URL": ""}, "ACCOUNTGRAPH_URL"),
        ({"ACCOUNTGRAPH_URL": "http://abm.ours.com"}, "ACCOUNTGRAPH_URL"),
        ({"ACCOUNTGRAPH_URL": "https://abm.ours.com?x=1"}, "ACCOUNTGRAPH_URL"),
        ({"ACCOUNTGRAPH_MAIL_FROM": "nobody"}, "ACCOUNTGRAPH_MAIL_FROM"),
        ({"ACCOUNTGRAPH_MAIL_SERVER": "mail.ours.com:smtp"}, "ACCOUNTGRAPH_MAIL_SERVER"),
        ({"ACCOUNTGRAPH_MAIL_TLS": "perhaps"}, "ACCOUNTGRAPH_MAIL_SERVER"),
        ({"ACCOUNTGRAPH_MAIL_USERNAME": "me"}, "ACCOUNTGRAPH_MAIL_PASSWORD"),
        ({"ACCOUNTGRAPH_MAIL_SERVER": "mail.ours.com", "ACCOUNTGRAPH_MAIL_USERNAME": "me", "ACCOUNTGRAPH_MAIL_PASSWORD": "x"}, "TLS"),
    ],
    ids=["no site", "plain site", "query", "from", "port", "tls", "no password", "password without tls"],
)
def test_setting_that_cannot_be_used_is_named(db: Database, changed: dict[str, str], named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        OwnMail.from_environment(db.now, {**environment(25), **changed})


def test_without_a_server_there_are_no_mails(db: Database) -> None:
    assert OwnMail.from_environment(db.now, {**environment(25), "ACCOUNTGRAPH_MAIL_SERVER": " "}) is None
