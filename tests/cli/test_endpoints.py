"""`webhook endpoint`, `webhook delivery` and `webhook kinds`, on a receiver that runs beside."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from standardwebhooks.webhooks import Webhook

from accountgraph.outgoing.kinds import SUBSCRIBABLE
from accountgraph.store.sealing import new_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.conftest import Program


class Hook(BaseHTTPRequestHandler):
    """Remembers what came."""

    got: list[tuple[dict[str, str], bytes]]
    status = 204

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[type[Hook], str]]:
    monkeypatch.setenv("ACCOUNTGRAPH_SECRET_KEY", new_key())
    monkeypatch.setenv("ACCOUNTGRAPH_WEBHOOK_NETWORKS", "127.0.0.0/8")
    kind = type("OwnHook", (Hook,), {"got": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    Thread(target=server.serve_forever, daemon=True).start()
    yield kind, f"http://127.0.0.1:{server.server_port}/hook"
    server.shutdown()
    server.server_close()


def test_endpoint_is_added_tried_and_told(run: Program, hook: tuple[type[Hook], str]) -> None:
    kind, url = hook
    made = run("webhook", "endpoint", "add", url, "--kind", "account.created", "--json").data
    name = made["endpoint"]["id"][:8]
    assert "delivered (204)" in run("webhook", "endpoint", "test", name).out
    headers, body = kind.got[0]
    assert Webhook(made["secret"]).verify(body, headers)["type"] == "webhook.test"
    assert made["secret"] not in run("webhook", "endpoint", "show", name).out + run("webhook", "endpoint", "list").out
    rotated = run("webhook", "endpoint", "rotate", name, "--json").data
    assert rotated["secret"].startswith("whsec_")
    assert "signs too until" in run("webhook", "endpoint", "show", name).out
    run("webhook", "endpoint", "change", name, "--kind", "*", "--description", "our CRM")
    assert "our CRM" in run("webhook", "endpoint", "list").out
    assert "paused" in run("webhook", "endpoint", "pause", name, "--reason", "moving").out
    assert "moving" in run("webhook", "endpoint", "list").out
    assert run("webhook", "endpoint", "resume", name).code == 0
    assert run("webhook", "endpoint", "remove", name).code == 0
    assert "No system is told" in run("webhook", "endpoint", "list").out


def test_deliveries_are_listed_shown_sent_again_and_replayed(run: Program, hook: tuple[type[Hook], str]) -> None:
    kind, url = hook
    kind.status = 500
    endpoint = run("webhook", "endpoint", "add", url, "--json").data["endpoint"]["id"]
    failed = run("webhook", "endpoint", "test", endpoint, "--kind", "reply.received")
    assert (failed.code, failed.err) == (1, "accountgraph: It did not get through: answered 500.\n")
    (delivery,) = run("webhook", "delivery", "list", "--state", "failed", "--kind", "reply.received", "--json").data
    number = str(delivery["id"])
    assert "answered 500" in run("webhook", "delivery", "show", number).out
    assert "is due" in run("webhook", "delivery", "resend", number).out
    kind.status = 200
    assert run("worker", "--once").code == 0
    shown = run("webhook", "delivery", "show", number, "--json").data
    assert (shown["delivery"]["state"], len(shown["attempts"])) == ("delivered", 2)
    assert run("webhook", "delivery", "replay", endpoint, "--since", "2020-01-01T00:00:00Z", "--json").data["deliveries"] == 0
    assert run("webhook", "delivery", "list", "--endpoint", endpoint, "--after", number).out.strip() == "Nothing was told."


def test_kinds_are_listed_each_with_its_example(run: Program) -> None:
    assert [one["kind"] for one in run("webhook", "kinds", "--json").data] == [str(kind) for kind in SUBSCRIBABLE]
    assert "somebody answered" in run("webhook", "kinds").out
    assert run("webhook", "kinds", "--example", "reply.received").data["type"] == "reply.received"


def test_what_cannot_be_told_is_refused_in_words(run: Program, hook: tuple[type[Hook], str]) -> None:
    assert "give an https address" in run("webhook", "endpoint", "add", "ftp://example.com").err
    assert "did you mean 'reply.received'" in run("webhook", "endpoint", "add", "https://example.com", "--kind", "reply.recieved").err
    assert run("webhook", "endpoint", "show", "abcd1234").code == 1
    assert "no delivery 4711" in run("webhook", "delivery", "show", "4711").err


def test_people_are_told_what_waits(run: Program, hook: tuple[type[Hook], str]) -> None:
    kind, url = hook
    assert "Nobody is told" in run("notice", "list").out
    made = run("notice", "add", "ops", "--webhook", url, "--every", "daily", "--at", "07:30", "--quiet", "20:00-07:00", "--json").data
    assert made["secret"].startswith("whsec_")
    assert run("notice", "preview", "ops").out.strip() == "Nothing waits that it was not told of."
    assert run("hold", "set", "workspace").code == 0
    assert "1 stop of everything" in run("notice", "preview", "ops").out
    assert run("notice", "test", "ops").code == 0
    assert Webhook(made["secret"]).verify(kind.got[0][1], kind.got[0][0])["type"] == "notice"
    kind.status = 500
    assert run("notice", "test", "ops").err == "accountgraph: ops was not told: answered 500.\n"
    listed = run("notice", "list").out
    assert "07:30" in listed
    assert listed.split()[0] == "Channel"
    assert run("notice", "remove", "ops").code == 0
    assert "no channel 'ops'" in run("notice", "preview", "ops").err
    assert run("notice", "add", "two", "--webhook", url, "--email", "me@x.org").code == 2
    assert run("notice", "add", "late", "--webhook", url, "--at", "late").code == 2
