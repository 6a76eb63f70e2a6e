"""What a domain says about who may send for it, whether a signature holds, and which service an address is with."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from accountgraph.channels import NoVault
from accountgraph.mailboxes.setup import domain
from accountgraph.mailboxes.setup.domain import Dns, Verdict, look_at
from accountgraph.mailboxes.setup.services import service_of
from accountgraph.mailboxes.setup.trial import signature_of_own_mail, verified
from tests.mailboxes.conftest import mail
from tests.mailboxes.dns_server import DnsServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.mailboxes.conftest import Place
    from tests.mailboxes.imap_server import ImapServer

SPF, KEY, DMARC = "v=spf1 include:_spf.ours.com -all", "v=DKIM1; k=rsa; p=MIGf", "v=DMARC1; p=reject"


@pytest.fixture
async def names() -> AsyncIterator[DnsServer]:
    async with DnsServer().open() as names:
        yield names


async def verdicts(names: DnsServer, of: str = "ours.com", **options: list[str]) -> dict[str, Verdict]:
    return {check.name: check.verdict for check in await look_at(of, Dns(names.address), **options)}


async def test_a_domain_that_is_set_up_well_is_good(names: DnsServer) -> None:
    names.text("ours.com", SPF)
    names.text("google._domainkey.ours.com", KEY)
    names.text("_dmarc.ours.com", DMARC)
    assert await verdicts(names) == {"SPF": Verdict.GOOD, "DKIM": Verdict.GOOD, "DMARC": Verdict.GOOD}


async def test_a_domain_that_says_nothing_is_told_what_to_add(names: DnsServer) -> None:
    checks = await look_at("ours.com", Dns(names.address))
    assert {check.verdict for check in checks} == {Verdict.MISSING}
    assert all(check.advice for check in checks)


@pytest.mark.parametrize("record", ["v=spf1 +all", "v=spf1 ?all", "v=spf1 all"])
async def test_an_spf_record_that_lets_everybody_send_is_weak(names: DnsServer, record: str) -> None:
    names.text("ours.com", record)
    assert (await verdicts(names))["SPF"] is Verdict.WEAK


async def test_two_spf_records_are_as_good_as_none(names: DnsServer) -> None:
    names.text("ours.com", SPF)
    names.text("ours.com", "v=spf1 mx -all")
    assert (await verdicts(names))["SPF"] is Verdict.WEAK


async def test_a_policy_that_only_watches_is_weak(names: DnsServer) -> None:
    names.text("_dmarc.ours.com", "v=DMARC1; p=none")
    assert (await verdicts(names))["DMARC"] is Verdict.WEAK


async def test_the_policy_of_the_domain_above_holds_below(names: DnsServer) -> None:
    names.text("_dmarc.ours.com", DMARC)
    assert (await verdicts(names, "news.ours.com"))["DMARC"] is Verdict.GOOD


async def test_a_key_that_was_withdrawn_is_none(names: DnsServer) -> None:
    names.text("google._domainkey.ours.com", "v=DKIM1; p=")
    assert (await verdicts(names))["DKIM"] is Verdict.MISSING


async def test_a_key_under_an_unusual_name_is_found_where_it_is_named(names: DnsServer) -> None:
    names.text("x2026._domainkey.ours.com", KEY)
    assert (await verdicts(names, selectors=["x2026"]))["DKIM"] is Verdict.GOOD


async def test_a_resolver_that_is_silent_is_no_verdict(names: DnsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(domain, "_SECONDS", 0.2)
    names.is_silent = True
    assert set((await verdicts(names, selectors=["a"])).values()) == {Verdict.UNKNOWN}


@pytest.fixture(scope="module")
def keys() -> tuple[bytes, str]:
    """A private key as PEM, and what stands in DNS for it."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - quick; nothing hangs on it
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return key.private_bytes(
        Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
    ), f"v=DKIM1; k=rsa; p={b64encode(public).decode()}"


def signed(raw: bytes, keys: tuple[bytes, str], of: str = "ours.com") -> bytes:
    return bytes(dkim.sign(raw, b"s1", of.encode(), keys[0])) + raw


OWN = mail("own", sender="me@ours.com", to="me@ours.com")


async def test_a_signature_that_holds_is_verified(names: DnsServer, keys: tuple[bytes, str]) -> None:
    names.text("s1._domainkey.ours.com", keys[1])
    assert [one.domain for one in await verified(signed(OWN, keys), Dns(names.address))] == ["ours.com"]


async def test_a_signature_over_other_words_is_not(names: DnsServer, keys: tuple[bytes, str]) -> None:
    names.text("s1._domainkey.ours.com", keys[1])
    assert await verified(signed(OWN, keys).replace(b"Yes.", b"No."), Dns(names.address)) == []


async def test_a_signature_without_its_key_is_not(names: DnsServer, keys: tuple[bytes, str]) -> None:
    assert await verified(signed(OWN, keys), Dns(names.address)) == []


async def looked_at(place: Place, names: DnsServer) -> tuple[Verdict, bool]:
    check = await signature_of_own_mail(place.db, await place.mailbox(), NoVault(), "<own@acme.com>", Dns(names.address), wait_seconds=0)
    return check.verdict, (await place.mailbox()).dkim_verified_at is not None


async def test_a_verified_mail_to_itself_is_noted_on_the_sender(
    place: Place, server: ImapServer, names: DnsServer, keys: tuple[bytes, str]
) -> None:
    names.text("s1._domainkey.ours.com", keys[1])
    server.arrive(signed(OWN, keys))
    assert await looked_at(place, names) == (Verdict.GOOD, True)


async def test_a_signature_of_another_domain_is_not_noted(
    place: Place, server: ImapServer, names: DnsServer, keys: tuple[bytes, str]
) -> None:
    names.text("s1._domainkey.service.com", keys[1])
    server.arrive(signed(OWN, keys, "service.com"))
    assert await looked_at(place, names) == (Verdict.WEAK, False)


async def test_a_mail_without_a_signature_is_not_noted(place: Place, server: ImapServer, names: DnsServer) -> None:
    server.arrive(OWN)
    assert await looked_at(place, names) == (Verdict.MISSING, False)


async def test_a_mail_that_does_not_come_back_is_no_verdict(place: Place, names: DnsServer) -> None:
    assert await looked_at(place, names) == (Verdict.UNKNOWN, False)


@pytest.mark.parametrize(
    ("address", "exchangers", "name"),
    [
        ("a@gmail.com", [], "Gmail"),
        ("a@web.de", [], "web.de"),
        ("a@acme.onmicrosoft.com", [], "Microsoft 365"),
        ("a@acme.com", ["aspmx.l.google.com."], "Gmail"),
        ("a@acme.com", ["acme-com.mail.protection.outlook.com."], "Microsoft 365"),
        ("a@acme.com", ["mx.acme.com."], None),
        ("a@notgmail.com", ["evilgoogle.com."], None),
    ],
)
def test_the_service_is_known_by_the_address_or_by_who_takes_the_mail(address: str, exchangers: list[str], name: str | None) -> None:
    service = service_of(address, exchangers)
    assert (service.name if service else None) == name
