"""The public address is verified over real HTTPS, by a proof that only a server of this workspace can give."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from functools import partial
from typing import TYPE_CHECKING

import pytest

from accountgraph.channels.internet import is_public
from accountgraph.schema import create_workspace
from accountgraph.store.outreach.settings import SettingsRepository
from accountgraph.tracking.keys import ensure_ring
from accountgraph.web import Parts
from accountgraph.web.fetching import FetchError, fetch
from accountgraph.web.verification import verify_public_url
from tests.web.conftest import OpenSecrets

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from accountgraph.db import Database
    from tests.web.conftest import Served, Site

    Get = Callable[[str], Awaitable[bytes]]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for localhost, with its key."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is needed to make a certificate")
    file = tmp_path_factory.mktemp("tls") / "localhost.pem"
    subject = ["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject, "-keyout", str(file), "-out", str(file) + ".crt"]
    subprocess.run(made, check=True, capture_output=True)
    file.write_text(file.read_text() + (file.parent / "localhost.pem.crt").read_text())
    return file


@pytest.fixture
def get(certificate: Path) -> Get:
    """Fetches from this machine too, and trusts its certificate."""
    return partial(fetch, allowed=lambda _: True, context=ssl.create_default_context(cafile=str(certificate)))


@pytest.fixture
async def site(url: str, served: Served) -> AsyncIterator[Site]:
    async with served.open(Parts(url, secrets_of=OpenSecrets)) as site:
        yield site


@pytest.fixture
async def proxy(site: Site, certificate: Path) -> AsyncIterator[int]:
    """The port of a proxy that speaks HTTPS before the server."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", site.port)
        inner_writer.write((await reader.readuntil(b"\r\n\r\n")).replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        writer.write(await inner_reader.read())
        for one in (writer, inner_writer):
            one.close()

    server = await asyncio.start_server(relay, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def at(db: Database, url: str) -> None:
    await SettingsRepository(db).update_settings({"public_url": url})


async def is_verified(db: Database) -> bool:
    return (await SettingsRepository(db).get_settings()).public_url_verified_at is not None


async def test_an_address_that_leads_here_over_https_is_verified(site: Site, proxy: int, get: Get) -> None:
    db = site.world.db
    await at(db, f"https://localhost:{proxy}")
    assert not await is_verified(db)
    await verify_public_url(db, secrets_of=OpenSecrets, fetch=get)
    assert await is_verified(db)


async def test_another_address_has_to_be_verified_anew(site: Site, proxy: int, get: Get) -> None:
    db = site.world.db
    await at(db, f"https://localhost:{proxy}")
    await verify_public_url(db, secrets_of=OpenSecrets, fetch=get)
    await SettingsRepository(db).update_settings({"country": "DE"})
    assert await is_verified(db)
    await at(db, "https://elsewhere.example")
    assert not await is_verified(db)


@pytest.mark.parametrize("said", [b"", b"not json", b'{"status":"ok"}', b'{"nonce":"x","proof":"y"}', b"[]"])
async def test_a_server_that_proves_nothing_is_not_ours(site: Site, said: bytes) -> None:
    async def stranger(url: str) -> bytes:
        return said

    await at(site.world.db, "https://elsewhere.example")
    with pytest.raises(FetchError, match="another server"):
        await verify_public_url(site.world.db, secrets_of=OpenSecrets, fetch=stranger)
    assert not await is_verified(site.world.db)


async def test_a_server_that_repeats_what_it_heard_before_proves_nothing(site: Site, proxy: int, get: Get) -> None:
    await at(site.world.db, f"https://localhost:{proxy}")
    heard = await get(f"https://localhost:{proxy}/healthz?workspace=abm&nonce={'0' * 32}")

    async def repeats(url: str) -> bytes:
        return heard.replace(b"0" * 32, url[-32:].encode())

    with pytest.raises(FetchError, match="another server"):
        await verify_public_url(site.world.db, secrets_of=OpenSecrets, fetch=repeats)


async def test_plain_http_is_never_verified(site: Site, get: Get) -> None:
    await at(site.world.db, f"http://localhost:{site.port}")
    with pytest.raises(FetchError, match="no https address"):
        await verify_public_url(site.world.db, secrets_of=OpenSecrets, fetch=get)


async def test_a_certificate_that_nobody_vouches_for_is_not_believed(site: Site, proxy: int) -> None:
    with pytest.raises(FetchError, match="cannot be reached"):
        await fetch(f"https://localhost:{proxy}/healthz", allowed=lambda _: True)


async def test_our_own_network_is_never_asked() -> None:
    for host in ("localhost", "127.0.0.1", "[::1]", "10.0.0.1", "169.254.169.254", "[::ffff:10.0.0.1]", "0.0.0.0"):  # noqa: S104 - to be refused
        with pytest.raises(FetchError, match="public internet"):
            await fetch(f"https://{host}/healthz")


@pytest.mark.parametrize(
    "address", ["192.168.1.1", "172.16.0.1", "100.64.0.1", "fe80::1", "fd00::1", "::ffff:127.0.0.1", "224.0.0.1", "2002:7f00:1::"]
)
def test_private_addresses_are_told_from_public_ones(address: str) -> None:
    assert not is_public(address)
    assert is_public("93.184.216.34")
    assert is_public("2606:2800:220:1::1")


async def test_healthz_answers_for_a_workspace_that_is_not_here_as_for_any(site: Site, url: str) -> None:
    create_workspace(url, "bare")
    asked = [await site.get("/healthz", params={"workspace": name, "nonce": "0" * 32}) for name in ("abm", "bare", "nowhere")]
    assert [(answer.status_code, sorted(answer.json()), len(answer.json()["proof"])) for answer in asked] == [
        (200, ["nonce", "proof", "status"], 32)
    ] * 3
    assert (await site.get("/healthz", params={"workspace": "abm", "nonce": "x"})).status_code == 400


async def test_probes_answer(site: Site) -> None:
    assert (await site.get("/healthz")).json() == {"status": "ok"}
    assert (await site.get("/readyz")).json() == {"status": "ready"}
    assert "Disallow: /" in (await site.get("/robots.txt")).text


async def test_a_server_without_its_database_lives_and_is_not_ready(served: Served) -> None:
    async with served.open(Parts("postgresql://nobody@127.0.0.1:1/none", secrets_of=OpenSecrets)) as site:
        assert ((await site.get("/healthz")).status_code, (await site.get("/readyz")).status_code) == (200, 503)


async def test_nothing_else_is_served(site: Site) -> None:
    for path in ("/", "/docs", "/openapi.json", "/redoc", "/hooks", "/hooks/abm", "/static/x", "/o/", "/../etc/passwd"):
        answer = await site.get(path)
        assert (answer.status_code, answer.json()["title"]) == (404, "There is nothing here."), path
    assert (await site.get("/hooks/abm/acme")).status_code == 405


async def test_keys_are_made_once_however_many_ask(db: Database) -> None:
    rings = await asyncio.gather(*(db.run(lambda session: ensure_ring(session, OpenSecrets)) for _ in range(8)))
    assert len({ring.keys[1] for ring in rings}) == 1
