"""Connecting a mailbox by a browser anywhere: it goes to the service, and comes back to our server with a code (RFC 6749, RFC 7636).

What began waits in the registry for ten minutes, sealed, under the hash of its state; it is taken once. Whose browser it is has to be
known when it comes back, so that nobody's link connects somebody else's mailbox to a workspace of theirs.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from accountgraph.access.tokens import hashed, new_secret
from accountgraph.mailboxes.login.grants import Service
from accountgraph.mailboxes.login.oauth import Client, authorization_url, exchanged
from accountgraph.store.sealing import Keyring

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accountgraph.access import Registry
    from accountgraph.config import Settings
    from accountgraph.mailboxes.login.grants import Grant

LASTS = timedelta(minutes=10)
Via = Literal["imap", "gmail-api", "graph"]


class LoginWanted(Struct, frozen=True, kw_only=True):
    """What is to be connected, once its owner has agreed. `imap`, `smtp`: what is said of the servers. `return_to`: a path of ours."""

    sender_id: UUID
    address: str
    via: Via
    service: Service
    client_id: str
    client_secret: str | None
    imap: dict[str, Any]
    smtp: dict[str, Any]
    return_to: str


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


class _Kept(Struct, frozen=True):
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
    kept = msgspec.json.encode(_Kept(wanted, redirect_uri, verifier)).decode()
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


async def came_back(
    registry: Registry, settings: Settings, waiting: Waiting, answer: Mapping[str, str]
) -> tuple[LoginWanted, Grant] | None:
    """What was wanted, and the grant for it; None where somebody else took this login meanwhile. It is over, whatever comes of it.

    Raises:
        GrantError: the person or the service refused.
        MailboxError: the service cannot be reached.
        SealError: the key that sealed it is not here.
    """
    if await registry.value("access.mailbox_logins.take", {"state_hash": waiting.state_hash, "now": registry.now()}) is None:
        return None
    text = Keyring.of(settings).open(_name(waiting.state_hash), waiting.sealed)
    kept = msgspec.json.decode(text, type=_Kept)
    wanted = kept.wanted
    client = Client(wanted.client_id, wanted.client_secret)
    grant = await exchanged(wanted.service, client, answer, redirect=kept.redirect_uri, verifier=kept.verifier, now=registry.now())
    return wanted, grant


def _name(state_hash: str) -> str:
    return f"login {state_hash}"
