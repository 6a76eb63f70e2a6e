"""`up --serve` prints the link by which the first owner is made, and serves what it prints."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from time import monotonic, sleep
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.cli.conftest import command
from tests.dashboard.html import page
from tests.web.test_serve import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def printed(url: str) -> Iterator[str]:
    """What `up --serve` has printed when it begins to serve."""
    port = str(free_port())
    line = command("up", "--serve", "--no-demo", "--port", port, "--database-url", url)
    process = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    said = ""
    while "curl -H" not in said and (one := process.stdout.readline()):
        said += one
    until = monotonic() + 60
    while True:
        try:
            httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False)
            break
        except httpx.HTTPError:
            assert monotonic() < until, said
            sleep(0.1)
    yield said
    process.send_signal(signal.SIGINT)
    assert "Traceback" not in process.communicate(timeout=30)[0]


@pytest.mark.skipif(sys.platform == "win32", reason="signals end it otherwise there")
def test_the_printed_link_makes_the_first_owner(printed: str) -> None:
    found = re.search(r"http://localhost:(\d+)(/app/setup\?token=\w{43})", printed)
    assert found is not None, printed
    here = f"http://127.0.0.1:{found[1]}"
    with httpx.Client(base_url=here, trust_env=False, timeout=20) as client:
        assert client.get("/", headers={"Accept": "text/html"}).headers["location"] == "/app"
        assert client.get("/app").headers["location"] == "/app/login"
        assert "abm" in page(client.get(found[2]).text).text
        given = {"email": "ada@ours.com", "password": "correct horse battery", "token": parse_qs(urlsplit(found[2]).query)["token"][0]}
        begun = client.post("/app/setup", data=given, headers={"Origin": here})
        cookie = {"Cookie": begun.headers["set-cookie"].partition(";")[0]}
        assert "No accounts yet" in page(client.get("/app/w/abm/accounts", headers=cookie).text).text
        assert client.get("/api/v1/companies", headers=cookie).status_code == 200
        assert client.get(found[2]).status_code == 403
