"""Users and keys, from the command line."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from accountgraph.access import AccessDeniedError, Permission, Principal, Registry
from accountgraph.access.keys import KeyGate
from accountgraph.access.people.invitations import accept_invitation
from accountgraph.access.people.login import log_in
from accountgraph.access.people.passwords import Passwords
from accountgraph.access.people.resets import reset_password

if TYPE_CHECKING:
    from tests.cli.conftest import Program

GOOD, OTHER = "four unrelated words here", "another set of words"


def opened(url: str, token: str) -> Principal:
    async def work() -> Principal:
        async with Registry(url) as registry:
            gate = KeyGate(registry)
            principal = await gate.authenticate(token, registry.now())
            await gate.close()
            return principal

    return asyncio.run(work())


def logged_in(url: str, email: str, password: str) -> str:
    async def work() -> str:
        passwords = Passwords()
        async with Registry(url) as registry:
            begun = await log_in(registry, passwords, email, password)
        passwords.close()
        return str(begun.id)

    return asyncio.run(work())


def test_key_is_printed_alone_and_opens_the_workspace(run: Program, url: str) -> None:
    made = run("key", "create", "Nightly import", "--role", "member", "--scope", "graph:read", "--scope", "graph:write", "--expires", "90d")
    assert made.code == 0, made.err
    principal = opened(url, made.out.strip())
    assert principal.permissions == {Permission.GRAPH_READ, Permission.GRAPH_WRITE}
    [listed] = run("key", "list", "--json").data
    ends = datetime.fromisoformat(listed["expires_at"]) - datetime.now(UTC)
    assert timedelta(days=89) < ends < timedelta(days=91)
    secret = made.out.strip().rsplit("_", 1)[1]
    assert secret not in run("key", "list", "--json").out + run("key", "list").out + made.err


def test_key_is_rotated_and_revoked_by_its_label_or_how_it_begins(run: Program, url: str) -> None:
    first = run("key", "create", "CRM", "--json").data["token"]
    second = run("key", "rotate", "CRM", "--overlap", "12h", "--json").data["token"]
    assert opened(url, first).name == opened(url, second).name == "CRM"
    several = run("key", "revoke", "CRM")
    assert (several.code, "2 keys are called" in several.err) == (1, True)
    assert run("key", "revoke", second).code == 0
    with pytest.raises(AccessDeniedError, match="revoked"):
        opened(url, second)
    assert len(run("key", "list", "--json").data) == 1
    assert len(run("key", "list", "--all", "--json").data) == 2
    assert "revoked just now" in " ".join(run("key", "list", "--all").out.split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("key", "create", "x", "--role", "boss"), "'boss' is not known"),
        (("key", "create", "x", "--scope", "graph:wrte"), "'graph:wrte' is not known"),
        (("key", "create", "x", "--expires", "soon"), "for example 90d"),
        (("key", "create", "x", "--expires", "2020-01-01"), "expires_at"),
        (("key", "revoke", "nothing"), "key list"),
        (("key", "create", " "), "label"),
        (("user", "role", "nobody@ours.com", "admin"), "user list"),
        (("user", "add", "no address", "--no-password"), "not an e-mail address"),
        (("user", "add", "ann@ours.com", "--no-password", "--role", "agent"), "agent is for API keys"),
    ],
)
def test_what_cannot_be_is_refused_with_the_cure(run: Program, arguments: tuple[str, ...], said: str) -> None:
    answer = run(*arguments)
    assert answer.code in {1, 2}
    assert said in " ".join(answer.err.replace("│", "").split())


def test_user_logs_in_with_the_password_that_was_given(run: Program, url: str) -> None:
    weak = run("user", "add", "ann@ours.com", "--role", "owner", stdin="Password2026!\n")
    assert (weak.code, "many have" in weak.err) == (1, True)
    made = run("user", "add", "ann@ours.com", "--role", "owner", "--name", "Ann", stdin=f"{GOOD}\n")
    assert (made.code, made.out) == (0, "ann@ours.com may enter workspace abm as owner.\n")
    session = logged_in(url, "ann@ours.com", GOOD)
    assert [one["id"] for one in run("user", "sessions", "ann@ours.com", "--json").data] == [session]
    assert run("user", "sessions", "ann@ours.com", "--end", session, "--json").data == []
    assert run("user", "password", "ann@ours.com", stdin=f"{OTHER}\n").code == 0
    logged_in(url, "ann@ours.com", OTHER)
    assert "logged in nowhere" in run("user", "sessions", "ann@ours.com", "--end-all").out
    assert "Ann <ann@ours.com>" in run("user", "list").out


def test_tokens_of_link_and_invitation_work(run: Program, url: str) -> None:
    run("user", "add", "ann@ours.com", "--no-password")
    link = run("user", "password", "ann@ours.com", "--link").out.strip()
    invitation = run("user", "invite", "bob@ours.com", "--role", "viewer").out.strip()
    assert [one["email"] for one in run("user", "list", "--json").data["invitations"]] == ["bob@ours.com"]

    async def work() -> None:
        passwords = Passwords()
        async with Registry(url) as registry:
            await reset_password(registry, passwords, link, GOOD)
            await accept_invitation(registry, passwords, invitation, password=GOOD)
        passwords.close()

    asyncio.run(work())
    assert [one["role"] for one in run("user", "list", "--json").data["members"]] == ["member", "viewer"]
    logged_in(url, "bob@ours.com", GOOD)


def test_log_tells_who_did_what(run: Program, url: str) -> None:
    run("user", "add", "ann@ours.com", stdin=f"{GOOD}\n")
    run("user", "add", "bob@ours.com", "--no-password")
    logged_in(url, "ann@ours.com", GOOD)
    assert [one["action"] for one in run("user", "log", "ann@ours.com", "--json").data] == ["login", "member.added", "user.created"]
    shown = run("user", "log", "--limit", "3").out
    assert (shown.count("member.added"), shown.count("login"), "ann@ours.com" in shown) == (1, 1, True)


def test_last_owner_stays(run: Program) -> None:
    run("user", "add", "ann@ours.com", "--role", "owner", "--no-password")
    for arguments in (("role", "ann@ours.com", "viewer"), ("role", "ann@ours.com", "none"), ("disable", "ann@ours.com")):
        answer = run("user", *arguments)
        assert (answer.code, "without an owner" in answer.err) == (1, True)
    assert run("user", "remove", "ann@ours.com", "--yes").code == 1


def test_role_lets_in_changes_and_takes_away(run: Program) -> None:
    run("user", "add", "ann@ours.com", "--role", "owner", "--no-password")
    run("user", "add", "bob@ours.com", "--role", "viewer", "--no-password")
    assert run("user", "role", "bob@ours.com", "admin", "--json").data["workspaces"] == {"abm": "admin"}
    assert run("user", "role", "bob@ours.com", "none", "--json").data["workspaces"] == {}
    assert run("user", "role", "bob@ours.com", "member", "--json").data["workspaces"] == {"abm": "member"}
    assert run("user", "disable", "bob@ours.com").out == "bob@ours.com may not log in any more.\n"
    assert "disabled" in run("user", "list", "--all").out
    assert run("user", "disable", "bob@ours.com", "--undo").code == 0
    assert run("user", "remove", "bob@ours.com", "--yes").code == 0
    assert [one["email"] for one in run("user", "list", "--all", "--json").data] == ["ann@ours.com"]
