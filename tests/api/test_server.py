"""The server itself: who one is, what is counted, what is traced, and that all apps are there under one address."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic, sleep
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.cli.conftest import command
from tests.web.test_serve import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.api.conftest import Asker


async def test_key_is_told_whose_it_is(api: Asker) -> None:
    viewer = await api.as_role("viewer")
    said = (await viewer.get("/me")).json()
    assert (said["kind"], said["role"], said["workspace"]) == ("key", "viewer", "abm")
    assert "graph:read" in said["permissions"]
    assert "graph:write" not in said["permissions"]


async def test_requests_are_counted_by_route_and_never_by_path(api: Asker) -> None:
    await api.get("/companies/somebodys-name")
    text = (await api.get("/metrics")).text
    assert re.search(r'accountgraph_http_requests_total\{method="GET",route="/companies/\{company_id\}",status="404"\} \d', text)
    assert "somebodys-name" not in text


async def test_counts_are_not_for_an_agent(api: Asker) -> None:
    assert (await (await api.as_role("agent")).get("/metrics")).status_code == 403


class Collector:
    """Where traces are sent: a server that speaks OTLP over HTTP as far as keeping what comes."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                collector.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def serving(url: str, collector: Collector, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`serve` with two processes, as it is run, and its address."""
    port = free_port()
    line = command("serve", "--port", str(port), "--workers", "2", "--database-url", url)
    environ = {**os.environ, "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "100", "TMPDIR": str(tmp_path)}
    process = subprocess.Popen(line, stderr=subprocess.PIPE, text=True, env=environ)
    address = f"http://127.0.0.1:{port}"
    until = monotonic() + 60
    while True:
        try:
            assert httpx.get(f"{address}/readyz", trust_env=False).status_code == 200
            break
        except httpx.HTTPError:
            assert monotonic() < until
            sleep(0.1)
    yield process, address
    process.send_signal(signal.SIGINT)
    assert "Traceback" not in process.communicate(timeout=30)[1]


@pytest.mark.skipif(sys.platform == "win32", reason="signals end it otherwise there")
async def test_no_request_is_lost_while_processes_begin_anew(serving: tuple[subprocess.Popen[str], str], collector: Collector) -> None:
    process, address = serving
    statuses: list[int] = []

    async def ask(seconds: float) -> None:
        until = monotonic() + seconds
        while monotonic() < until:
            async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
                statuses.append((await client.get(f"{address}/api/v1/me")).status_code)

    asking = asyncio.create_task(ask(8))
    await asyncio.sleep(0.5)
    process.send_signal(signal.SIGHUP)
    await asking
    assert set(statuses) <= {401, 429}
    assert len(statuses) > 20
    assert any(b"GET /me" in body for body in collector.bodies)
