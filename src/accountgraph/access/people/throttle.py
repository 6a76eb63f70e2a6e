"""Holding guessing back: by account and by address of the network, counted in the database so that all servers count together.

A try is counted before the password is compared, and taken back when it was right: so a hundred tries at once are a hundred tries.
From the sixth wrong one on an account waits 1, 2, 4 ... seconds, 15 minutes at most; an address of the network from the 21st on.
A try while one waits is refused without being counted, so that nobody can shut somebody else out for ever.
"""

from __future__ import annotations

import ipaddress
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from accountgraph.access.errors import AccessDeniedError, Denied
from accountgraph.access.tokens import hashed

if TYPE_CHECKING:
    from accountgraph.access.actor import Origin
    from accountgraph.access.registry import Registry
    from accountgraph.db import Connectable, Session

FREE_BY_ACCOUNT, FREE_BY_IP = 5, 20  # wrong tries that cost nothing
LONGEST_WAIT = 900  # seconds
FORGOTTEN = 86_400  # seconds after the last wrong one
_TOO_MANY = "Too many tries; wait a little, then try again."


class _Counted(Struct, frozen=True):
    subject: str
    blocked_until: datetime


class _TooManyError(Exception):
    """Nothing of this try is counted."""


def subjects_of(what: str, account: str, origin: Origin) -> list[str]:
    """What a try is counted under: what is tried with which account, and where it came from."""
    subjects = [f"{what}:{hashed(account)}"]
    if origin.address is not None:
        subjects.append(f"ip:{what}:{_network(origin.address)}")
    return subjects


async def count_try(registry: Registry, subjects: list[str]) -> int:
    """Count a try; gives for how many seconds the next one has to wait, should this one be wrong.

    Raises:
        AccessDeniedError: THROTTLED, with `retry_after`.
    """

    async def work(session: Session) -> int:
        params = {
            "subjects": subjects,
            "now": session.now(),
            "by_ip": FREE_BY_IP,
            "by_account": FREE_BY_ACCOUNT,
            "longest": LONGEST_WAIT,
            "forgotten": FORGOTTEN,
        }
        counted = await session.rows(_Counted, "access.throttle.count_try", params)
        if len(counted) < len(subjects):
            raise _TooManyError
        return max(_seconds(one.blocked_until, session.now()) for one in counted)

    try:
        return await registry.run(work)
    except _TooManyError:
        until: datetime | None = await registry.value("access.throttle.until", {"subjects": subjects})
        wait = _seconds(until, registry.now()) if until else 1
        raise AccessDeniedError(Denied.THROTTLED, _TOO_MANY, retry_after=max(wait, 1)) from None


async def take_back(registry: Connectable, subjects: list[str]) -> None:
    """The try was right: the account begins anew, its network has one try less."""
    await registry.value("access.throttle.take_back", {"subjects": subjects, "now": registry.now()})


def _seconds(until: datetime, now: datetime) -> int:
    return max(0, -int((now - until).total_seconds() // 1))


def _network(ip: str) -> str:
    """One address of IPv4; of IPv6 the 64 bits that one household or server gets."""
    address = ipaddress.ip_address(ip)
    mapped = getattr(address, "ipv4_mapped", None)
    if address.version == 4 or mapped is not None:
        return str(mapped or address)
    return str(ipaddress.ip_network((address, 64), strict=False))
