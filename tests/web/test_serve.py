"""The server as it is run: by the command, in a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from time import monotonic, sleep
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.cli.conftest import command, program

if TYPE_CHECKING:
    from tests.cli.conftest import Program

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals end it otherwise there")


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@pytest.fixture
def run(url: str, monkeypatch: pytest.MonkeyPatch) -> Program:
    return program(url, monkeypatch)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_serve_answers_until_it_is_stopped_and_says_what_is_off(url: str, workers: str) -> None:
    port = free_port()
    line = command("serve", "--port", str(port), "--workers", workers, "--database-url", url)
    process = subprocess.Popen(line, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    try:
        assert _ready(port) == {"status": "ready"}
        forged = httpx.get(f"http://127.0.0.1:{port}/u/x", trust_env=False)
        assert (forged.status_code, "server" in forged.headers) == (404, False)
    finally:
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert f"Serving on http://127.0.0.1:{port} for all workspaces" in said
    assert "public address none: no tracking, no one-click, no preference page" in said
    assert "Traceback" not in said


def test_a_public_address_is_set_and_not_verified_by_being_set(run: Program) -> None:
    said = run("settings", "set", "--public-url", "https://go.ours.com").out
    assert "https://go.ours.com, not verified" in " ".join(said.split())
    assert run("settings", "show", "--json").data["settings"]["public_url_verified_at"] is None
    assert "none: no tracking" in " ".join(run("settings", "set", "--public-url", "").out.split())
    assert run("settings", "set", "--public-url", "https://go.ours.com/?a=b").code == 1


def test_topics_and_what_a_mailbox_tells_are_set_from_the_command_line(run: Program) -> None:
    assert "news: Product news" in run("settings", "set", "--topic", "news=Product news").out
    assert run("settings", "set", "--topic", "No Key=x").code == 1
    run("sender", "add", "me@ours.com", "--track-opens", "--signature", "Ann", "--tracking-host", "links.ours.com")
    shown = run("sender", "show", "me@ours.com", "--json").data
    assert (shown["tracks_opens"], shown["tracks_clicks"], shown["signature"], shown["tracking_host"]) == (
        True,
        False,
        "Ann",
        "links.ours.com",
    )
    run("sender", "update", "me@ours.com", "--no-track-opens", "--track-clicks", "--signature", "", "--tracking-host", "")
    shown = run("sender", "show", "me@ours.com", "--json").data
    assert (shown["tracks_opens"], shown["tracks_clicks"], shown["signature"], shown["tracking_host"]) == (False, True, None, None)
    assert run("sender", "update", "me@ours.com", "--tracking-host", "https://x.org/").code == 1


def _ready(port: int) -> object:
    until = monotonic() + 30
    while True:
        try:
            return httpx.get(f"http://127.0.0.1:{port}/readyz", trust_env=False).json()
        except httpx.HTTPError:
            if monotonic() > until:
                raise
            sleep(0.2)
