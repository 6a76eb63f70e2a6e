"""Logging in at the identity provider: there with a code challenge, back with a code (RFC 6749, PKCE by RFC 7636, OpenID Connect Core 1.0).

A login is bound to the browser that began it by a cookie, so that nobody's link logs somebody into another's account.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

from msgspec import Struct

from accountgraph.access.actor import NOWHERE, Actor, Origin
from accountgraph.access.errors import AccessDeniedError, Denied
from accountgraph.access.log import Action, note
from accountgraph.access.oidc.provider import Identity, IdentityProvider
from accountgraph.access.oidc.settings import OidcError
from accountgraph.access.people.login import enter
from accountgraph.access.people.sessions import Cookie, NewSession
from accountgraph.access.tokens import hashed, new_secret
from accountgraph.acting import Acting, ActingKind
from accountgraph.addresses import email_key
from accountgraph.errors import InvalidValueError

if TYPE_CHECKING:
    from accountgraph.access.oidc.settings import OidcSettings
    from accountgraph.access.people.sessions import SignedIn
    from accountgraph.access.registry import Registry
    from accountgraph.db import Session

LASTS = timedelta(minutes=10)
OIDC_COOKIE = Cookie(name="__Host-accountgraph-sso", max_age=int(LASTS.total_seconds()))
LINK_COOKIE = Cookie(name="__Host-accountgraph-link", max_age=int(LASTS.total_seconds()))
"""In the place of the other where somebody who is logged in links their login: what comes back is no login then."""
SCOPE = "openid email profile"
_LOCAL = re.compile(r"/(?![/\\])[!-\[\]-~]*")  # a path of this very host, without anything that browsers read as another
_NOBODY = "Nobody here is known by that login; ask for an invitation, or log in with your password and link it."


class Begun(Struct, frozen=True, kw_only=True):
    """A login that goes to the provider: send the browser to `url`, with `cookie` in `OIDC_COOKIE`."""

    url: str
    cookie: str

    def __repr__(self) -> str:
        return "Begun()"


class Entered(Struct, frozen=True, kw_only=True):
    """Who came back. `return_to`: a path of this host, where they wanted to go."""

    session: NewSession
    return_to: str


class _Pending(Struct, frozen=True):
    nonce: str
    code_verifier: str
    return_to: str


class _Known(Struct, frozen=True):
    id: UUID
    email: str
    disabled_at: datetime | None
    is_linked: bool
    has_other: bool


class SingleSignOn:
    """Logins by one identity provider. One a process: it keeps the provider's keys for an hour."""

    def __init__(self, registry: Registry, settings: OidcSettings) -> None:
        self._registry = registry
        self._provider = IdentityProvider(settings)
        self.settings = settings

    async def begin(self, redirect_uri: str, *, return_to: str = "/") -> Begun:
        """Begin a login; it has to come back to `redirect_uri`, with the same cookie, within 10 minutes.

        Raises:
            OidcError: the provider does not say where to go.
        """
        now = self._registry.now()
        doors = await self._provider.doors(now)
        state, cookie, nonce, verifier = new_secret(), new_secret(), new_secret(), new_secret()
        params = {
            "state_hash": hashed(state),
            "browser_hash": hashed(cookie),
            "nonce": nonce,
            "code_verifier": verifier,
            "return_to": return_to if _LOCAL.fullmatch(return_to) else "/",
            "now": now,
            "expires_at": now + LASTS,
        }
        await self._registry.value("access.oidc.begin", params)
        query = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": redirect_uri,
            "scope": SCOPE,
            "state": state,
            "nonce": nonce,
            "code_challenge": urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        mark = "&" if "?" in doors.authorization_endpoint else "?"
        return Begun(url=f"{doors.authorization_endpoint}{mark}{urlencode(query)}", cookie=cookie)

    async def finish(
        self,
        redirect_uri: str,
        *,
        state: str,
        code: str,
        cookie: str,
        iss: str | None = None,
        origin: Origin = NOWHERE,
        old_token: str | None = None,
    ) -> Entered:
        """Log in who came back; `iss` as the provider may add it (RFC 9207), `old_token` what the session's cookie holds already.

        Raises:
            AccessDeniedError: UNKNOWN: the login is too old, was used, began in another browser, or nobody is known by it; DISABLED.
            OidcError: the provider does not vouch for them.
        """
        identity, return_to = await self._came_back(redirect_uri, state=state, code=code, cookie=cookie, iss=iss)
        user = await self._registry.run(lambda session: self._known(session, identity, origin))
        if user is None or user.disabled_at is not None:
            by = _by(identity.email or identity.subject, user.id if user else None, origin)
            await note(self._registry, Action.LOGIN_FAILED, by, subject=(user.id if user else None, by.acting.name), how="single sign-on")
            raise AccessDeniedError(Denied.DISABLED if user else Denied.UNKNOWN, _NOBODY)
        session = await enter(self._registry, user.id, user.email, origin, how="single sign-on", old_token=old_token)
        return Entered(session=session, return_to=return_to)

    async def link(
        self,
        signed_in: SignedIn,
        redirect_uri: str,
        *,
        state: str,
        code: str,
        cookie: str,
        iss: str | None = None,
        origin: Origin = NOWHERE,
    ) -> str:
        """Let somebody who is logged in enter by the provider from now on; gives where they wanted to go. As `finish`.

        Raises:
            AccessDeniedError: UNKNOWN, as there, or the identity is somebody else's already.
            OidcError: the provider does not vouch for them.
        """
        identity, return_to = await self._came_back(redirect_uri, state=state, code=code, cookie=cookie, iss=iss)
        user = await self._registry.run(lambda session: _linked(session, identity, signed_in.user_id, signed_in.email, origin))
        if user is None:
            raise AccessDeniedError(Denied.UNKNOWN, "Somebody else here enters by that login.")
        return return_to

    async def _came_back(self, redirect_uri: str, *, state: str, code: str, cookie: str, iss: str | None) -> tuple[Identity, str]:
        now = self._registry.now()
        doors = await self._provider.doors(now)
        if iss != doors.issuer and (iss is not None or doors.authorization_response_iss_parameter_supported):
            raise OidcError(f"The answer is not one of {doors.issuer}; begin again.")
        params = {"state_hash": hashed(state), "browser_hash": hashed(cookie), "now": now}
        pending = await self._registry.row(_Pending, "access.oidc.take", params)
        if pending is None:
            raise AccessDeniedError(Denied.UNKNOWN, "This login took too long, or began in another browser; begin again.")
        identity = await self._provider.identity(code, pending.code_verifier, pending.nonce, redirect_uri, now)
        return identity, pending.return_to

    async def _known(self, session: Session, identity: Identity, origin: Origin) -> _Known | None:
        """The user of an identity; by setting also who has the address, and no other identity of this provider."""
        email = _key(identity.email) if self.settings.link_by_email else None
        params = {"issuer": identity.issuer, "subject": identity.subject, "email": email}
        user = await session.row(_Known, "access.oidc.known", params)
        if user is None or user.is_linked or user.disabled_at is not None:
            return user
        return None if user.has_other else await _linked(session, identity, user.id, user.email, origin)


async def _linked(session: Session, identity: Identity, user_id: UUID, email: str, origin: Origin) -> _Known | None:
    params = {"issuer": identity.issuer, "subject": identity.subject, "user_id": user_id, "now": session.now(), "email": None}
    if await session.value("access.oidc.link", params) is not None:
        by = _by(email, user_id, origin)
        await note(session, Action.IDENTITY_LINKED, by, subject=(user_id, email), issuer=identity.issuer, identity=identity.subject)
    known = await session.row(_Known, "access.oidc.known", params)
    return known if known is not None and known.id == user_id else None


def _key(email: str | None) -> str | None:
    try:
        return email_key(email) if email else None
    except InvalidValueError:
        return None


def _by(name: str, user_id: UUID | None, origin: Origin) -> Actor:
    return Actor(acting=Acting(kind=ActingKind.USER, id=str(user_id) if user_id else None, name=name), origin=origin)
