"""Encryption and logins."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from accountgraph.campaigns.engine.transport import Result, Sent
from tests.channels.conftest import message
from tests.channels.post_office import PASSWORD, USER, PostOffice

if TYPE_CHECKING:
    from pathlib import Path

    from accountgraph.channels import SmtpTransport


LOGIN = {"username": USER, "password_env": "POST_PASSWORD"}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for 127.0.0.1, with its key."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is needed to make a certificate")
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject, "-keyout", str(file), "-out", str(file) + ".crt"]
    subprocess.run(made, check=True, capture_output=True)
    file.write_text(file.read_text() + file.with_name("server.pem.crt").read_text())
    return file


@pytest.fixture
def context(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POST_PASSWORD", PASSWORD)
    monkeypatch.setenv("OLD_PASSWORD", "wr0ng!")


async def send(smtp: SmtpTransport, office: PostOffice, **settings: Any) -> Result:
    return await smtp.send(message(settings={"host": "127.0.0.1", "port": office.port, "timeout_seconds": 5, **settings}))


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
async def test_a_message_goes_out_encrypted_and_logged_in(
    smtp: SmtpTransport, context: ssl.SSLContext, certificate: Path, tls: str
) -> None:
    async with PostOffice().open(tls=context, is_implicit=tls == "implicit") as office:
        result = await send(smtp, office, tls=tls, ca_file=str(certificate), **LOGIN)
        assert (result.outcome, office.logins) == (Sent.SENT, [USER.encode()])


async def test_encryption_is_the_default_and_never_given_up(smtp: SmtpTransport, office: PostOffice) -> None:
    result = await send(smtp, office)
    assert (result.outcome, result.is_sender_trouble, office.taken) == (Sent.RETRY, True, [])


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
async def test_a_certificate_that_nobody_vouches_for_is_the_senders_trouble(smtp: SmtpTransport, context: ssl.SSLContext, tls: str) -> None:
    async with PostOffice().open(tls=context, is_implicit=tls == "implicit") as office:
        result = await send(smtp, office, tls=tls)
        assert (result.outcome, result.is_sender_trouble, office.taken) == (Sent.RETRY, True, [])
        assert "certificate" in (result.detail or "").lower()


async def test_a_wrong_password_is_the_senders_trouble_and_is_not_told(smtp: SmtpTransport, office: PostOffice) -> None:
    result = await send(smtp, office, tls="none", **{**LOGIN, "password_env": "OLD_PASSWORD"})
    assert (result.outcome, result.is_sender_trouble) == (Sent.RETRY, True)
    assert "login" in (result.detail or "")
    assert "wr0ng!" not in repr(result)


async def test_a_server_without_logins_is_the_senders_trouble(smtp: SmtpTransport, context: ssl.SSLContext) -> None:
    async with PostOffice().open(auth_require_tls=True) as office:
        result = await send(smtp, office, tls="none", **LOGIN)
        assert (result.outcome, result.is_sender_trouble) == (Sent.RETRY, True)


async def test_a_missing_ca_file_never_raises(smtp: SmtpTransport, office: PostOffice) -> None:
    assert (await send(smtp, office, ca_file="/no/such/file.pem")).outcome is Sent.RETRY


async def test_a_server_that_hangs_up_after_the_final_dot_leaves_it_unknown_under_tls(
    smtp: SmtpTransport, context: ssl.SSLContext, certificate: Path
) -> None:
    async with PostOffice().open(tls=context) as office:
        office.hangs_up = "END"
        assert (await send(smtp, office, ca_file=str(certificate))).outcome is Sent.UNKNOWN


async def test_a_large_message_leaves_whole_under_tls(smtp: SmtpTransport, context: ssl.SSLContext, certificate: Path) -> None:
    async with PostOffice().open(tls=context) as office:
        content = ".a line of text\n" * 60_000
        fields = {"host": "127.0.0.1", "port": office.port, "ca_file": str(certificate)}
        result = await smtp.send(message(settings=fields, content=content, footer=""))
        assert result.outcome is Sent.SENT
        body = office.mails[0].get_body(("plain",))
        assert body is not None
        assert body.get_content().replace("\r\n", "\n") == content
