"""Endpoints: systems that want to hear, and the secrets that sign what they are told."""

from __future__ import annotations

import ipaddress
from datetime import datetime, timedelta
from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import UUID

from msgspec import Struct

from accountgraph.channels.internet import is_public
from accountgraph.errors import InvalidValueError, NotFoundError
from accountgraph.outgoing.kinds import EVERYTHING, SUBSCRIBABLE
from accountgraph.outgoing.signing import new_secret
from accountgraph.store.sealing import Keyring, SealError
from accountgraph.store.secrets import SecretRepository

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accountgraph.config import Network
    from accountgraph.db import Connectable, Session

MOST = 50  # endpoints of a workspace
OVERLAP = timedelta(hours=24)  # in which both secrets sign, unless said otherwise
LONGEST_OVERLAP = timedelta(days=30)
BY_HAND = "paused by hand"


class EndpointState(StrEnum):
    """`paused`: what happens waits for it. `gone`: it said so (410); nothing is kept for it."""

    ACTIVE = "active"
    PAUSED = "paused"
    GONE = "gone"


class Endpoint(Struct, frozen=True, kw_only=True):
    """A system that wants to hear.

    `kinds`: of `Kind`, or `*` for all. `reason`, `stopped_at`: why and since when it is not active. `old_secret_until`: the secret before
    the present one signs too until then. `failing_since`, `failures`: nothing got through since, in so many tries; None and 0: the last
    one did. `waiting`: deliveries that are not settled, counted up to 10,000.
    """

    id: UUID
    url: str
    description: str
    kinds: tuple[str, ...]
    state: EndpointState
    reason: str | None
    stopped_at: datetime | None
    old_secret_until: datetime | None
    failing_since: datetime | None
    failures: int
    created_at: datetime
    updated_at: datetime
    waiting: int


class NewEndpoint(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an endpoint is made of. `url`: https; `kinds`: at least one, or `*`."""

    url: str
    kinds: tuple[str, ...]
    description: str = ""


class EndpointChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is None stays. `is_active`: resume it (what waited goes out), or pause it with a `reason`."""

    url: str | None = None
    kinds: tuple[str, ...] | None = None
    description: str | None = None
    is_active: bool | None = None
    reason: str | None = None


class CreatedEndpoint(Struct, frozen=True, kw_only=True):
    """A new endpoint and its signing secret, `whsec_...`: it is shown here and never again."""

    endpoint: Endpoint
    secret: str


async def create_endpoint(db: Connectable, given: NewEndpoint) -> CreatedEndpoint:
    """Add an endpoint. What happens from now on is told to it.

    Raises:
        InvalidValueError: naming the field.
        ConfigError: there is no key to seal the secret with.
    """

    async def work(session: Session) -> CreatedEndpoint:
        url = checked_url("url", given.url, session.settings.webhook_networks)
        row = {"url": url, "kinds": _kinds(given.kinds), "description": _description(given.description), "most": MOST}
        added = await session.value("outgoing.endpoints.add", row)
        if added is None:
            raise InvalidValueError("url", f"there are {MOST} endpoints already; remove one that nobody needs.")
        secret = new_secret()
        await _secrets(session).put_secret(secret_name(added), secret)
        return CreatedEndpoint(endpoint=await get_endpoint(session, added), secret=secret)

    return await db.run(work)


async def list_endpoints(db: Connectable) -> list[Endpoint]:
    """All endpoints, the oldest first; there are 50 at most."""
    return await db.rows(Endpoint, "outgoing.endpoints.listing", {"id": None})


async def get_endpoint(db: Connectable, endpoint_id: UUID) -> Endpoint:
    """One endpoint.

    Raises:
        NotFoundError: there is none with this id.
    """
    found = await db.row(Endpoint, "outgoing.endpoints.listing", {"id": endpoint_id})
    if found is None:
        raise _unknown(endpoint_id)
    return found


async def update_endpoint(db: Connectable, endpoint_id: UUID, changes: EndpointChanges, now: datetime) -> Endpoint:
    """Change what is given. One that is resumed begins without the failures of before, and what waited for it is due.

    Raises:
        NotFoundError: there is none with this id.
        InvalidValueError: naming the field.
    """

    async def work(session: Session) -> Endpoint:
        row = {
            "id": endpoint_id,
            "now": now,
            "url": None if changes.url is None else checked_url("url", changes.url, session.settings.webhook_networks),
            "kinds": None if changes.kinds is None else _kinds(changes.kinds),
            "description": None if changes.description is None else _description(changes.description),
            "state": None if changes.is_active is None else "active" if changes.is_active else "paused",
            "reason": _reason(changes.reason),
        }
        if await session.value("outgoing.endpoints.update", row) is None:
            raise _unknown(endpoint_id)
        if changes.is_active:
            await session.value("outgoing.endpoints.begin_again", {"id": endpoint_id, "now": now})
        return await get_endpoint(session, endpoint_id)

    return await db.run(work)


async def delete_endpoint(db: Connectable, endpoint_id: UUID) -> None:
    """Remove an endpoint with its secrets and the log of its deliveries.

    Raises:
        NotFoundError: there is none with this id.
    """

    async def work(session: Session) -> None:
        if await session.value("outgoing.endpoints.delete", {"id": endpoint_id}) is None:
            raise _unknown(endpoint_id)
        await _secrets(session).delete_secret(secret_name(endpoint_id))
        await _secrets(session).delete_secret(old_secret_name(endpoint_id))

    await db.run(work)


async def rotate_secret(db: Connectable, endpoint_id: UUID, now: datetime, *, overlap: timedelta = OVERLAP) -> str:
    """A new signing secret, shown here and never again. For the time of `overlap` the one before signs too; zero ends it at once.

    Raises:
        NotFoundError: there is no such endpoint.
        InvalidValueError: the overlap is negative, or longer than 30 days.
    """
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise InvalidValueError("overlap", f"{overlap} cannot be; give 0 to {LONGEST_OVERLAP.days} days.")

    async def work(session: Session) -> str:
        if await session.value("outgoing.endpoints.lock", {"id": endpoint_id}) is None:
            raise _unknown(endpoint_id)
        kept, secret = _secrets(session), new_secret()
        stays = overlap and await _keep_old(kept, endpoint_id)
        await kept.put_secret(secret_name(endpoint_id), secret)
        until = now + overlap if stays else None
        await session.affect("outgoing.endpoints.overlap", {"id": endpoint_id, "until": until})
        return secret

    return await db.run(work)


async def _keep_old(kept: SecretRepository, endpoint_id: UUID) -> bool:
    """Put the present secret aside. One that was lost cannot sign any more, and is no reason to have no new one."""
    try:
        await kept.put_secret(old_secret_name(endpoint_id), await kept.get_secret(secret_name(endpoint_id)))
    except (NotFoundError, SealError):
        return False
    return True


def secret_name(endpoint_id: UUID) -> str:
    """Under which name the signing secret is sealed."""
    return f"webhook/{endpoint_id}"


def old_secret_name(endpoint_id: UUID) -> str:
    """Under which name the secret before the present one is sealed."""
    return f"webhook/{endpoint_id}/old"


def checked_url(field: str, url: str, networks: Sequence[Network]) -> str:
    """An address that may be told: https, of the public internet; in `networks` of our own plain HTTP too. Its name is looked up later.

    Raises:
        InvalidValueError: with the cure.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise InvalidValueError(field, f"{url!r} is no web address.") from None
    if parts.scheme not in {"https", *(["http"] if networks else [])} or not host or len(url) > 2000:
        raise InvalidValueError(field, f"{url[:200]!r} cannot be told; give an https address of at most 2,000 characters.")
    if parts.username is not None or parts.fragment or not url.isascii() or not url.isprintable() or " " in url:
        raise InvalidValueError(field, "an address has no login, no fragment, no blanks, and nothing but ASCII; write a name as xn--...")
    _refuse_private(field, host, networks)
    return url


def _refuse_private(field: str, host: str, networks: Sequence[Network]) -> None:
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return  # a name; it is looked up at each delivery
    if not is_public(host) and not any(address in network for network in networks):
        raise InvalidValueError(
            field, f"{host} is not on the public internet; ACCOUNTGRAPH_WEBHOOK_NETWORKS names networks of your own that may be told."
        )


def _kinds(given: Sequence[str]) -> list[str]:
    kinds = list(dict.fromkeys(given))
    if not kinds:
        raise InvalidValueError("kinds", "name at least one kind, or * for all.")
    for kind in kinds:
        if kind != EVERYTHING and kind not in SUBSCRIBABLE:
            near = get_close_matches(kind, SUBSCRIBABLE, n=1)
            cure = f"did you mean '{near[0]}'?" if near else "`webhook kinds` lists them."
            raise InvalidValueError("kinds", f"there is no kind {kind!r}; {cure}")
    return [EVERYTHING] if EVERYTHING in kinds else kinds


def _description(given: str) -> str:
    if len(given) > 500 or "\0" in given:
        raise InvalidValueError("description", "has more than 500 characters, or a NUL.")
    return given


def _reason(given: str | None) -> str:
    if given is not None and (not 1 <= len(given) <= 500 or "\0" in given):
        raise InvalidValueError("reason", "must have 1 to 500 characters, none of them NUL.")
    return given or BY_HAND


def _secrets(session: Session) -> SecretRepository:
    return SecretRepository(session, Keyring.of(session.settings))


def _unknown(endpoint_id: UUID) -> NotFoundError:
    return NotFoundError(f"There is no endpoint {endpoint_id}; look with `webhook endpoint list`.")
