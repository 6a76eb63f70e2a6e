"""The protocol's own conformance suite, run against the server where it is installed (npm ci) with a Node that is new enough."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from accountgraph.access import Permission
from accountgraph.mcp_server import mcp_app
from tests.agents.serving import Key, Keys, listening

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from tests.agents.office import Office

SUITE = Path(__file__).parents[2] / "node_modules/@modelcontextprotocol/conformance/dist/index.js"
LEAST_NODE = 22
# The other scenarios call tools, resources and prompts by names that only the protocol's example server has.
SCENARIOS = (
    "server-initialize",
    "ping",
    "completion-complete",
    "tools-list",
    "resources-list",
    "prompts-list",
    "dns-rebinding-protection",
)


@pytest.fixture(scope="module")
def node() -> str:
    """A Node that runs the suite."""
    if not SUITE.exists():
        pytest.skip(f"the MCP conformance suite is not installed; `npm ci` with Node {LEAST_NODE} or newer brings it")
    found = shutil.which("node")
    if found is None:
        pytest.skip(f"there is no Node; the MCP conformance suite needs version {LEAST_NODE} or newer")
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.removeprefix("v").partition(".")[0]) < LEAST_NODE:
        pytest.skip(f"Node is {version}; the MCP conformance suite needs version {LEAST_NODE} or newer")
    return found


@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_server_conforms(node: str, office: Office, scenario: str, tmp_path: Path) -> None:
    keys = Keys(key=Key(office.desk, scopes=frozenset(Permission)))
    app = mcp_app(keys.resolve, now=office.world.db.now)

    async def with_key(scope: Scope, receive: Receive, send: Send) -> None:
        """The suite brings no key."""
        await app({**scope, "headers": [*scope["headers"], (b"authorization", b"Bearer key")]}, receive, send)

    async with listening(with_key) as url:
        asked = [node, str(SUITE), "server", "--url", f"{url}/mcp", "--scenario", scenario, "--output-dir", str(tmp_path)]
        running = await asyncio.create_subprocess_exec(*asked, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        said = (await asyncio.wait_for(running.communicate(), 60))[0].decode()
    assert running.returncode == 0, said
    assert re.search(r"Passed: ([1-9]\d*)/\1, 0 failed", said), said
