"""Trying a mailbox out: the login, the folders, the domain, and a mail to itself whose signature is verified."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import dkim
from msgspec import Struct

from accountgraph.mailboxes.run import opened
from accountgraph.mailboxes.setup.domain import Check, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accountgraph.channels import Vault
    from accountgraph.db import Database
    from accountgraph.mailboxes.reading.folders import Folder
    from accountgraph.mailboxes.setup.domain import Dns
    from accountgraph.store.outreach.mailboxes import Mailbox

LOOK_EVERY = 2.0  # seconds between two looks for the mail that was sent


class Signature(Struct, frozen=True):
    """A verified signature: whose it is, and whether that is the sender's own domain."""

    domain: str
    selector: str


async def folders_of(mailbox: Mailbox, vault: Vault) -> list[Folder]:
    """The folders that matter, by a login.

    Raises:
        AccountGraphError: the login or the server fails.
    """
    async with opened(mailbox, vault) as box:
        return await box.folders()


async def signature_of_own_mail(db: Database, mailbox: Mailbox, vault: Vault, message_id: str, dns_: Dns, *, wait_seconds: float) -> Check:
    """Read a mail that the mailbox sent to itself, and verify its signature; what holds is written to the sender.

    Raises:
        AccountGraphError: the mailbox cannot be read.
    """
    raw = await _arrived(mailbox, vault, message_id.strip("<>"), wait_seconds)
    if raw is None:
        advice = "Look into the junk folder, and at the service's own log; or wait longer."
        return Check("Signature", Verdict.UNKNOWN, f"the mail to itself was not there after {wait_seconds:.0f} seconds", advice)
    domain = mailbox.address.rpartition("@")[2]
    signatures = await verified(raw, dns_)
    own = [one for one in signatures if domain == one.domain or domain.endswith(f".{one.domain}")]
    if own:
        await db.value("outreach.mailboxes.dkim_verified", {"sender_id": mailbox.sender_id, "now": db.now()})
        return Check("Signature", Verdict.GOOD, f"verified, by {own[0].selector}._domainkey.{own[0].domain}")
    if signatures:
        advice = f"Have your service sign as {domain}: receivers look at the domain in From."
        return Check("Signature", Verdict.WEAK, f"verified, and of {signatures[0].domain}", advice)
    if b"dkim-signature:" not in raw.partition(b"\r\n\r\n")[0].lower():
        advice = "Some services do not sign what stays inside; send a test message to another service, and look at its headers."
        return Check("Signature", Verdict.MISSING, "the mail to itself came without a signature", advice)
    return Check(
        "Signature", Verdict.WEAK, "there is one, and it does not verify", "Compare the key in DNS with the one your service shows."
    )


async def verified(raw: bytes, dns_: Dns) -> list[Signature]:
    """The signatures of a mail that hold, by the keys in DNS."""
    count = raw.partition(b"\r\n\r\n")[0].lower().count(b"\ndkim-signature:") + raw.lower().startswith(b"dkim-signature:")
    keys: dict[str, str] = {}
    found_here = []
    for number in range(min(count, 10)):
        try:
            signed = _tags(dkim.DKIM(raw, minkey=1024, timeout=5), number)
        except (dkim.DKIMException, ValueError, IndexError):  # no mail at all
            return []
        name = f"{signed.get('s', '')}._domainkey.{signed.get('d', '')}"
        keys.setdefault(name, next(iter(await dns_.texts(name) or []), ""))
        if await asyncio.to_thread(_holds, raw, number, keys):
            found_here.append(Signature(signed.get("d", "").lower(), signed.get("s", "")))
    return found_here


def _tags(mail: dkim.DKIM, number: int) -> dict[str, str]:
    headers = [value for name, value in mail.headers if name.lower() == b"dkim-signature"]
    pairs = (pair.partition(b"=")[::2] for pair in headers[number].split(b";")) if number < len(headers) else ()
    return {key.strip().decode("ascii", "replace"): value.strip().decode("ascii", "replace") for key, value in pairs}


def _holds(raw: bytes, number: int, keys: Mapping[str, str]) -> bool:
    def key(name: bytes, timeout: float = 5) -> bytes:
        del timeout
        return keys.get(name.decode("ascii", "replace").rstrip("."), "").encode()

    try:
        return bool(dkim.DKIM(raw, minkey=1024, timeout=5).verify(idx=number, dnsfunc=key))
    except (dkim.DKIMException, ValueError, KeyError, IndexError, TypeError):
        return False


async def _arrived(mailbox: Mailbox, vault: Vault, message_id: str, wait_seconds: float) -> bytes | None:
    loop = asyncio.get_running_loop()
    until = loop.time() + wait_seconds
    async with opened(mailbox, vault) as box:
        while True:
            raw = await box.arrived(message_id)
            if raw or loop.time() >= until:
                return raw
            await asyncio.sleep(min(LOOK_EVERY, max(until - loop.time(), 0.05)))
