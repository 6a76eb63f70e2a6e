"""What a domain says about who may send for it: SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489), and where its mail goes (MX)."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import dns.asyncresolver
import dns.exception
import dns.resolver
from msgspec import Struct

from accountgraph.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

SELECTORS = ("google", "selector1", "selector2", "s1", "s2", "k1", "default", "mail", "dkim", "fm1", "zoho", "sig1")  # of big services
_SECONDS = 5.0


class Verdict(StrEnum):
    """`good`: as it should be; `weak`: there, and of little use; `missing`; `unknown`: nobody answered."""

    GOOD = "good"
    WEAK = "weak"
    MISSING = "missing"
    UNKNOWN = "unknown"


class Check(Struct, frozen=True):
    """One look at the domain: what was found, and what to do about it (empty: nothing)."""

    name: str
    verdict: Verdict
    found: str
    advice: str = ""


class Dns:
    """Looks names up. `server`: `HOST` or `HOST:PORT` of a resolver; None: this machine's."""

    def __init__(self, server: str | None = None) -> None:
        self._server = server
        self._made: dns.asyncresolver.Resolver | None = None

    async def texts(self, name: str) -> list[str] | None:
        """The TXT records of a name; None: nobody answered."""
        found = await self._ask(name, "TXT")
        return None if found is None else [b"".join(record.strings).decode("utf-8", "replace") for record in found]

    async def exchangers(self, domain: str) -> list[str]:
        """The hosts that take a domain's mail, the preferred first; none where nobody answered."""
        found = await self._ask(domain, "MX") or []
        return [str(record.exchange) for record in sorted(found, key=lambda record: record.preference)]

    async def _ask(self, name: str, kind: str) -> list[Any] | None:  # the records have no common type
        try:
            answer = await self._resolver.resolve(name, kind, lifetime=_SECONDS, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, OSError):
            return None
        return list(answer)

    @property
    def _resolver(self) -> dns.asyncresolver.Resolver:
        if self._made is None:
            self._made = self._new()
        return self._made

    def _new(self) -> dns.asyncresolver.Resolver:
        if self._server is None:
            return dns.asyncresolver.Resolver()
        host, _, port = self._server.partition(":")
        made = dns.asyncresolver.Resolver(configure=False)
        try:
            made.nameservers, made.port = [host], int(port or 53)
        except ValueError:
            raise ConfigError(f"resolver: {self._server!r} is no address; write 9.9.9.9 or 127.0.0.1:5353.") from None
        return made


async def look_at(domain: str, dns_: Dns, selectors: Sequence[str] = SELECTORS) -> list[Check]:
    """What the domain says. `selectors`: names under which a DKIM key may stand; DNS cannot list them."""
    return list(await asyncio.gather(_spf(domain, dns_), _dkim(domain, dns_, selectors), _dmarc(domain, dns_)))


async def _spf(domain: str, dns_: Dns) -> Check:
    texts = await dns_.texts(domain)
    if texts is None:
        return Check("SPF", Verdict.UNKNOWN, "nobody answered", "Try again, or name another resolver.")
    records = [text for text in texts if text.lower().split(" ")[0] == "v=spf1"]
    if not records:
        return Check("SPF", Verdict.MISSING, "no record", f"Add a TXT record at {domain} that names your mail service, as it tells you.")
    if len(records) > 1:
        return Check("SPF", Verdict.WEAK, "; ".join(records), "Make one record of them: with two, receivers take none.")
    words = records[0].lower().split()
    if words[-1] in {"+all", "all", "?all"}:
        return Check("SPF", Verdict.WEAK, records[0], "End it with ~all or -all: as it is, everybody may send for you.")
    return Check("SPF", Verdict.GOOD, records[0])


async def _dkim(domain: str, dns_: Dns, selectors: Sequence[str]) -> Check:
    found = await asyncio.gather(*(dns_.texts(f"{selector}._domainkey.{domain}") for selector in selectors))
    answers = dict(zip(selectors, found, strict=True))
    keys = [selector for selector, texts in answers.items() if any(_key(text) for text in texts or [])]
    if keys:
        return Check("DKIM", Verdict.GOOD, f"a key at {', '.join(f'{one}._domainkey' for one in keys)}")
    if all(texts is None for texts in answers.values()):
        return Check("DKIM", Verdict.UNKNOWN, "nobody answered", "Try again, or name another resolver.")
    advice = "Turn signing on at your mail service, and add the record it gives you; if you have, name its --selector."
    return Check("DKIM", Verdict.MISSING, "no key under the names that are usual", advice)


def _key(text: str) -> bool:
    tags = dict(pair.strip().partition("=")[::2] for pair in text.split(";") if "=" in pair)
    return bool(tags.get("p", "").strip()) and tags.get("v", "DKIM1").strip().upper() == "DKIM1"


async def _dmarc(domain: str, dns_: Dns) -> Check:
    """The domain's own record, else that of the domains above it."""
    labels = domain.split(".")
    for start in range(max(len(labels) - 1, 1)):
        above = ".".join(labels[start:])
        texts = await dns_.texts(f"_dmarc.{above}")
        if texts is None:
            return Check("DMARC", Verdict.UNKNOWN, "nobody answered", "Try again, or name another resolver.")
        records = [text for text in texts if text.upper().startswith("V=DMARC1")]
        if records:
            return _policy(records[0])
    advice = f"Add a TXT record at _dmarc.{domain}, to begin with: v=DMARC1; p=none; rua=mailto:postmaster@{domain}"
    return Check("DMARC", Verdict.MISSING, "no record", advice)


def _policy(record: str) -> Check:
    tags = {key.strip().lower(): value.strip() for key, _, value in (pair.partition("=") for pair in record.split(";"))}
    if tags.get("p", "").lower() in {"quarantine", "reject"}:
        return Check("DMARC", Verdict.GOOD, record)
    return Check("DMARC", Verdict.WEAK, record, "It only watches; once SPF and DKIM pass for all your mail, make it p=quarantine.")
