"""An endpoint's address leads to the public internet, to what was checked, or nowhere."""

from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from accountgraph.channels.internet import is_public
from accountgraph.outgoing import Poster
from tests.db.outgoing.receiver import HERE, Receiver, Reply, poster

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Names = Callable[..., list[str]]

PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104 - what is refused
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::7f00:1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::",
    "2002:a00:1::",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "ff02::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_address_of_a_private_network_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::6810:84e5", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"])
def test_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """What names lead to: the answers of the look-ups, one after the other; the last one stays. Gives the names that were looked up."""
    real = socket.getaddrinfo

    def lead(*answers: list[str]) -> list[str]:
        left, asked = list(answers), []

        def look_up(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
            if not str(host).endswith(".test"):
                return real(host, port, *args, **kwargs)
            asked.append(host)
            found = left.pop(0) if len(left) > 1 else left[0]
            return [(socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        return asked

    return lead


@pytest.mark.parametrize("address", PRIVATE)
async def test_name_that_leads_into_a_private_network_is_not_asked(names: Names, address: str) -> None:
    names([address])
    answer = await Poster().post("https://hooks.test/x", {}, b"{}")
    assert answer.status is None
    assert "not on the public internet" in (answer.error or "")


async def test_one_private_address_spoils_all(names: Names) -> None:
    names(["93.184.216.34", "10.0.0.1"])
    assert "leads to 10.0.0.1" in ((await Poster().post("https://hooks.test/x", {}, b"{}")).error or "")


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "[::1]", "[::ffff:7f00:1]", "localhost"])
async def test_other_spellings_of_this_machine_are_not_asked(receiver: Receiver, host: str) -> None:
    answer = await Poster().post(f"https://{host}:{receiver.port}/x", {}, b"{}")
    assert (answer.status, receiver.got) == (None, [])


async def test_name_that_leads_elsewhere_a_moment_later_gains_nothing(names: Names, receiver: Receiver) -> None:
    """The look-up that was checked is the only one: 127.0.0.1 is allowed here, and what comes after it is never asked."""
    asked = names(["127.0.0.1"], ["10.0.0.1"])
    assert (await poster().post(f"http://hooks.test:{receiver.port}/x", {}, b"{}")).status == 200
    assert asked == ["hooks.test"]
    assert receiver.got[0].headers["host"] == f"hooks.test:{receiver.port}"
    assert "leads to 10.0.0.1" in ((await poster().post(f"http://hooks.test:{receiver.port}/x", {}, b"{}")).error or "")
    assert len(receiver.got) == 1


async def test_redirect_is_not_followed(receiver: Receiver) -> None:
    async with Receiver.listening() as other:
        receiver.answer = lambda _: Reply(307, headers={"Location": other.url})
        answer = await poster().post(receiver.url, {}, b"{}")
        assert (answer.status, answer.is_taken, other.got) == (307, False, [])
    assert "redirects are not followed" in (answer.error or "")


async def test_plain_http_is_for_networks_of_our_own(names: Names) -> None:
    names(["93.184.216.34"])
    assert "plain HTTP" in ((await poster().post("http://hooks.test/x", {}, b"{}")).error or "")


async def test_address_that_cannot_be_connected_to_is_followed_by_the_next(names: Names, receiver: Receiver) -> None:
    names(["127.0.0.2", "127.0.0.1"])  # the receiver listens at the second
    assert (await poster().post(f"http://hooks.test:{receiver.port}/x", {}, b"{}")).status == 200


async def test_proxy_of_the_environment_is_not_asked(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Receiver.listening() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert (await poster().post(receiver.url, {}, b"{}")).status == 200
        assert proxy.got == []


async def test_packed_answer_is_not_unpacked(receiver: Receiver) -> None:
    import gzip

    receiver.answer = lambda _: Reply(body=gzip.compress(b"a" * 10_000_000), headers={"Content-Encoding": "gzip"})
    answer = await poster().post(receiver.url, {}, b"{}")
    assert answer.is_taken
    assert len(answer.response or "") <= 2000


async def test_endless_answer_ends(receiver: Receiver) -> None:
    receiver.answer = lambda _: Reply(body=b"a" * 50_000_000, says_length=False)
    answer = await poster().post(receiver.url, {}, b"{}")
    assert answer.is_taken
    assert answer.response == "a" * 2000


def certificate(folder: Path, name: str) -> Path:
    """A certificate for one name, with its key, in a file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


async def test_certificate_is_that_of_the_name_though_an_address_is_connected_to(names: Names, tmp_path: Path) -> None:
    file = certificate(tmp_path, "hooks.test")
    serving, trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context(cafile=str(file))
    serving.load_cert_chain(file)
    names(["127.0.0.1"])
    async with Receiver.listening(serving) as secure:
        asking = Poster(HERE, context=trusting)
        assert (await asking.post(f"https://hooks.test:{secure.port}/x", {}, b"{}")).status == 200
        wrong = await asking.post(f"https://other.test:{secure.port}/x", {}, b"{}")
        assert wrong.status is None
        assert "certificate verify failed" in (wrong.error or "").lower()
        assert "certificate verify failed" in ((await poster().post(f"https://hooks.test:{secure.port}/x", {}, b"{}")).error or "").lower()


async def test_networks_of_ones_own_are_asked_and_no_others(names: Names) -> None:
    own = Poster([ip_network("10.1.0.0/16")], seconds=0.3)
    names(["10.2.0.1"])
    assert "not on the public internet" in ((await own.post("https://hooks.test", {}, b"{}")).error or "")
    assert own._allowed("10.1.2.3")
    assert not own._allowed("::ffff:10.2.2.3")
