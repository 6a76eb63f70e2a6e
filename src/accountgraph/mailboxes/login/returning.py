"""Connecting a mailbox by a browser anywhere: it goes to the service, and comes back to our server with a code (RFC 6749, RFC 7636).

What began waits in the registry for ten minutes, sealed, under the hash of its state; it is taken once. Whose browser it is has to be
known when it comes back, so that nobody's link connects somebody else's mailbox to a workspace of theirs.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from accountgraph.access.tokens import hashed, new_secret
from accountgraph.mailboxes.login.grants import Service
from accountgraph.mailboxes.login.oauth import Client, authorization_url, exchanged
from accountgraph.store.sealing import Keyring, SealError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accountgraph.access import Registry
    from accountgraph.config import Settings
    from accountgraph.mailboxes.login.grants import Grant

LASTS = timedelta(minutes=10)
_REFUSED = "login refused"
_LONGEST_WORDS = 1000  # of why, as they go through an address
Via = Literal["imap", "gmail-api", "graph"]


class LoginWanted(Struct, frozen=True, kw_only=True):
    """What is to be connected, once its owner has agreed.

    `sender_id`: None where the sender is made with the mailbox. `imap`, `smtp`: what is said of the servers. `return_to`: a path of ours.
    `is_told_there`: its page says why the mailbox was not connected.
    """

    sender_id: UUID | None
    address: str
    via: Via
    service: Service
    client_id: str
    client_secret: str | None
    imap: dict[str, Any]
    smtp: dict[str, Any]
    return_to: str
    is_told_there: bool = False


class LoginBegun(Struct, frozen=True, kw_only=True):
    """Where the browser has to go, before `expires_at`."""

    url: str
    expires_at: datetime


class Waiting(Struct, frozen=True, kw_only=True):
    """A login whose browser came back. `user_id`: who began it; None: a key. `sealed`: the rest, which the workspace's keys open."""

    state_hash: str
    workspace: str
    user_id: UUID | None
    sealed: bytes


class LoginTaken(Struct, frozen=True):
    """A login that is over now, whatever comes of it."""

    wanted: LoginWanted
    redirect_uri: str
    verifier: str


async def begin_login(
    registry: Registry, settings: Settings, wanted: LoginWanted, *, redirect_uri: str, user_id: UUID | None
) -> LoginBegun:
    """Begin a login of a mailbox of the workspace of `settings`; it has to come back to `redirect_uri`."""
    state, verifier, now = new_secret(), token_urlsafe(64), registry.now()
    client = Client(wanted.client_id, wanted.client_secret)
    url = authorization_url(wanted.service, client, wanted.address, redirect=redirect_uri, verifier=verifier, state=state)
    kept = msgspec.json.encode(LoginTaken(wanted, redirect_uri, verifier)).decode()
    row = {
        "state_hash": hashed(state),
        "workspace": settings.workspace,
        "user_id": user_id,
        "sealed": Keyring.of(settings).seal(_name(hashed(state)), kept),
        "now": now,
        "expires_at": now + LASTS,
    }
    await registry.value("access.mailbox_logins.begin", row)
    return LoginBegun(url=url, expires_at=now + LASTS)


async def waiting_login(registry: Registry, state: str) -> Waiting | None:
    """The login with this state; None: it is too old, was used, or never began."""
    return await registry.row(Waiting, "access.mailbox_logins.look", {"state_hash": hashed(state), "now": registry.now()})


async def take_login(registry: Registry, settings: Settings, waiting: Waiting) -> LoginTaken | None:
    """What was wanted; None where somebody else took this login meanwhile.

    Raises:
        SealError: the key that sealed it is not here.
    """
    if await registry.value("access.mailbox_logins.take", {"state_hash": waiting.state_hash, "now": registry.now()}) is None:
        return None
    text = Keyring.of(settings).open(_name(waiting.state_hash), waiting.sealed)
    return msgspec.json.decode(text, type=LoginTaken)


async def grant_of(taken: LoginTaken, answer: Mapping[str, str], now: datetime) -> Grant:
    """The grant for what the browser came back with.

    Raises:
        GrantError: the person or the service refused.
        MailboxError: the service cannot be reached.
    """
    wanted = taken.wanted
    client = Client(wanted.client_id, wanted.client_secret)
    return await exchanged(wanted.service, client, answer, redirect=taken.redirect_uri, verifier=taken.verifier, now=now)


def refused_to(settings: Settings, return_to: str, words: str) -> str:
    """Where the browser goes when the mailbox was not connected: `refused` is why, sealed, so that nobody else puts words on that page."""
    sealed = urlsafe_b64encode(Keyring.of(settings).seal(_REFUSED, words[:_LONGEST_WORDS])).decode()
    return f"{return_to}{'&' if '?' in return_to else '?'}refused={sealed}"


def why_refused(settings: Settings, sealed: str) -> str | None:
    """What `refused_to` sealed; None: we did not."""
    try:
        return Keyring.of(settings).open(_REFUSED, urlsafe_b64decode(sealed))
    except (SealError, ValueError):
        return None


def _name(state_hash: str) -> str:
    return f"login {state_hash}"
