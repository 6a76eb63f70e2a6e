"""`mailbox` and `secret` on the command line, with servers on this machine."""

from __future__ import annotations

import asyncio
import threading
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

import pytest

from tests.channels.mail_apis.graph import Graph
from tests.channels.post_office import PostOffice
from tests.channels.providers.service import Service
from tests.cli.conftest import program
from tests.mailboxes.conftest import mail
from tests.mailboxes.dns_server import DnsServer
from tests.mailboxes.imap_server import PASSWORD, USER, ImapServer
from tests.mailboxes.token_server import TokenServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.conftest import Answer, Program


class Town:
    """The servers, on a thread of their own; what the post office gets for the mailbox itself arrives there."""

    def __init__(self) -> None:
        self.imap, self.office, self.names = ImapServer(), Office(), DnsServer()
        self.office.imap = self.imap
        self._loop = asyncio.new_event_loop()
        self._ready, self._done = threading.Event(), asyncio.Event()
        self._thread = threading.Thread(target=lambda: self._loop.run_until_complete(self._live()))

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._done.set)
        self._thread.join(10)
        self._loop.close()

    async def _live(self) -> None:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self.imap.open())
            await stack.enter_async_context(self.office.open(auth_require_tls=False))
            await stack.enter_async_context(self.names.open())
            self._ready.set()
            await self._done.wait()


class Office(PostOffice):
    imap: ImapServer

    def login(self, *given: Any) -> Any:
        from aiosmtpd.smtp import AuthResult

        return AuthResult(success=(given[-1].login, given[-1].password) == (USER.encode(), PASSWORD.encode()), handled=False)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.imap.arrive(envelope.content)
        return await super().handle_DATA(server, session, envelope)


@pytest.fixture
def town() -> Iterator[Town]:
    with Town() as town:
        yield town


@pytest.fixture
def run(url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Program:
    monkeypatch.setenv("ACCOUNTGRAPH_HOME", str(tmp_path))
    return program(url, monkeypatch)


class Cloud(Town):
    """Microsoft's servers: tokens, and mail."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens, self.graph = TokenServer(), Graph()
        self.service = Service(self.graph)
        self.graph.now = datetime.now(UTC)

    async def _live(self) -> None:
        async with self.tokens.open(), self.service.open():
            await super()._live()

    def add(self, run: Program, *more: str) -> Answer:
        places = ["--oauth-url", self.tokens.base, "--api-url", f"{self.service.url}/v1.0"]
        return run("mailbox", "add", USER, "--via", "graph", "--client-id", "app", *places, *more)


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with Cloud() as cloud:
        yield cloud


def test_a_mailbox_by_its_services_own_interface_is_added_tried_read_and_sent_from(run: Program, cloud: Cloud) -> None:
    added = cloud.add(run)
    assert (added.code, "type the code ABCD-EFGH" in added.err) == (0, True)
    run("mailbox", "sync")
    cloud.graph.arrive(mail("new"), at=datetime.now(UTC))
    [row] = run("mailbox", "sync", USER, "--json").data
    assert (row["done"]["taken"], row["error"]) == (1, None)
    tried = run("mailbox", "test", USER, "--resolver", cloud.names.address, "--json")
    found = {check["name"]: check["verdict"] for check in tried.data["checks"]}
    assert (found["Reading (Microsoft Graph)"], found["Sending (Microsoft Graph)"]) == ("good", "good")
    assert run("send", "test", "sarah@acme.com", "--sender", USER).code == 0
    assert [one.header("To") for one in cloud.graph.sent] == ["sarah@acme.com"]


def test_a_grant_that_opens_nothing_keeps_nothing(run: Program, cloud: Cloud) -> None:
    cloud.graph.good = set()
    assert cloud.add(run).code == 1
    assert (run("mailbox", "list", "--json").data, run("secret", "list", "--json").data) == ([], [])


def test_an_interface_of_another_service_is_refused(run: Program, cloud: Cloud) -> None:
    refused = cloud.add(run, "--oauth", "google")
    assert (refused.code, "--oauth" in refused.err) == (2, True)
    assert "is one of imap, gmail-api, graph" in " ".join(run("mailbox", "add", USER, "--via", "pop3").err.split())


def add(run: Program, town: Town, *more: str, password: str = PASSWORD) -> Answer:
    servers = ["--imap-host", "127.0.0.1", "--imap-port", str(town.imap.port), "--imap-tls", "none"]
    servers += ["--smtp-host", "127.0.0.1", "--smtp-port", str(town.office.port), "--smtp-tls", "none"]
    return run("mailbox", "add", USER, *servers, *more, stdin=f"{password}\n")


def test_a_mailbox_is_added_read_listed_and_removed(run: Program, town: Town) -> None:
    assert add(run, town).code == 0
    town.imap.arrive(mail("before"))
    assert "1 headers of the time before" in run("mailbox", "sync").out
    town.imap.arrive(mail("new"))
    [row] = run("mailbox", "sync", USER, "--json").data
    assert (row["done"]["taken"], row["error"]) == (1, None)
    [listed] = run("mailbox", "list", "--json").data
    assert listed["lag_seconds"] < 60
    assert listed["settings"]["password"] == f"secret:mailbox {USER}"
    assert "well" in run("mailbox", "list").out
    assert run("mailbox", "remove", USER).code == 0
    assert run("mailbox", "list", "--json").data == []


def test_a_password_is_shown_nowhere(run: Program, town: Town) -> None:
    told = [add(run, town), run("mailbox", "list", "--json"), run("sender", "show", USER, "--json"), run("secret", "list", "--json")]
    assert all(f'"{PASSWORD}"' not in one.out + one.err for one in told)
    assert [one["name"] for one in told[3].data] == [f"mailbox {USER}"]


def test_a_login_that_fails_keeps_nothing(run: Program, town: Town) -> None:
    refused = add(run, town, password=PASSWORD[::-1])
    assert (refused.code, "refuses the login" in refused.err) == (1, True)
    assert "refuses the login: [AUTHENTICATIONFAILED] Invalid credentials. Some services want an app password." in refused.err
    assert (run("mailbox", "list", "--json").data, run("sender", "list", "--json").data, run("secret", "list", "--json").data) == (
        [],
        [],
        [],
    )


def test_a_new_legal_name_asks_for_its_address(run: Program) -> None:
    refused = run("settings", "set", "--legal-name", "Ours Ltd")
    assert (refused.code, "--postal-address" in refused.err) == (2, True)


def test_a_test_tries_both_logins_and_the_domain(run: Program, town: Town) -> None:
    add(run, town)
    town.names.text("ours.com", "v=spf1 -all")
    answer = run("mailbox", "test", USER, "--resolver", town.names.address, "--json")
    found = {check["name"]: check["verdict"] for check in answer.data["checks"]}
    assert answer.code == 0
    assert found == {"Reading (IMAP)": "good", "Sending (SMTP)": "good", "SPF": "good", "DKIM": "missing", "DMARC": "missing"}


def test_a_mail_to_itself_that_is_not_signed_says_so(run: Program, town: Town) -> None:
    add(run, town)
    answer = run("mailbox", "test", USER, "--send", "--wait", "5", "--resolver", town.names.address)
    assert "came without a signature" in " ".join(answer.out.split())


def test_a_mailbox_that_fails_is_listed_with_its_reason(run: Program, town: Town) -> None:
    add(run, town)
    town.imap.refuses_logins = True
    assert run("mailbox", "sync").code == 1
    assert "refuses the login" in " ".join(run("mailbox", "list").out.split())


def test_a_service_that_is_not_known_asks_for_its_hosts(run: Program, town: Town) -> None:
    answer = run("mailbox", "add", "me@nowhere.test", "--resolver", town.names.address, stdin="")
    assert (answer.code, "--imap-host" in answer.err) == (2, True)


def test_a_mailbox_is_added_with_its_signature_and_an_alias_for_answers(run: Program, town: Town) -> None:
    add(run, town, "--signature", "Ann, Sales", "--alias")
    shown = run("sender", "show", USER, "--json").data
    assert (shown["signature"], shown["alias_replies"]) == ("Ann, Sales", True)
    run("sender", "update", USER, "--no-alias", "--signature", "")
    shown = run("sender", "show", USER, "--json").data
    assert (shown["signature"], shown["alias_replies"]) == (None, False)


def test_a_mailbox_is_read_on_after_its_key_was_changed(run: Program, town: Town) -> None:
    add(run, town)
    done = run("secret", "rotate", "--json").data
    assert (done["workspaces"], done["resealed"]) == (1, 1)
    town.imap.arrive(mail("new"))
    assert run("mailbox", "sync", USER).code == 0


def test_secrets_are_put_and_forgotten(run: Program) -> None:
    assert run("secret", "put", "api", stdin="k-123\n").code == 0
    assert "k-123" not in run("secret", "list").out
    assert run("secret", "reseal", "--json").data == {"resealed": 0}
    assert (run("secret", "delete", "api").code, run("secret", "delete", "api").code) == (0, 1)
