"""Sessions of browsers: 256 random bits in a cookie, their hash in the database.

A session ends after a day of silence, or after two weeks in any case. Each login begins one anew, so that an id that somebody planted in a
browser before is worth nothing.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_bytes
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from msgspec import Struct

from accountgraph.access.errors import AccessDeniedError, Denied, ForbiddenError
from accountgraph.access.log import Action, note
from accountgraph.access.permissions import Role
from accountgraph.access.principal import Principal, permissions_of
from accountgraph.access.tokens import SIGNS, hashed, new_secret
from accountgraph.acting import ActingKind
from accountgraph.errors import NotFoundError

if TYPE_CHECKING:
    from accountgraph.access.actor import Actor, Origin
    from accountgraph.access.registry import Registry
    from accountgraph.db import Connectable, Session

IDLE = timedelta(days=1)
LASTS = timedelta(days=14)
_MARK = b"accountgraph csrf\0"
_MASKED = 86  # characters of a masked token
_OVER = "You are logged out; log in again."


class Cookie(Struct, frozen=True, kw_only=True):
    """How a cookie is set. `__Host-`: of this host alone, on all its paths, over HTTPS alone (browsers take localhost for it).

    `max_age`: seconds.
    """

    name: str
    max_age: int
    path: str = "/"
    secure: bool = True
    httponly: bool = True
    samesite: Literal["lax"] = "lax"


SESSION_COOKIE = Cookie(name="__Host-accountgraph", max_age=int(LASTS.total_seconds()))


class NewSession(Struct, frozen=True, kw_only=True):
    """A session that just began; its token goes into the cookie and is seen nowhere else."""

    id: UUID
    user_id: UUID
    token: str
    expires_at: datetime

    def __repr__(self) -> str:
        return f"NewSession({self.id}, user {self.user_id})"

    @property
    def csrf_token(self) -> str:
        """What forms of this session carry."""
        return csrf_token(self.token)


class SignedIn(Struct, frozen=True, kw_only=True):
    """Whose session it is. `workspaces`: their role in each, by name."""

    session_id: UUID
    user_id: UUID
    email: str
    name: str | None
    workspaces: dict[str, Role]

    def principal(self, workspace: str) -> Principal:
        """Who they are in a workspace.

        Raises:
            ForbiddenError: they are no member; said in the same words where there is no such workspace.
        """
        role = self.workspaces.get(workspace)
        if role is None:
            raise ForbiddenError(f"You are no member of a workspace {workspace!r}.")
        rights = permissions_of(role)
        return Principal(kind=ActingKind.USER, id=self.user_id, name=self.email, workspace=workspace, role=role, permissions=rights)


class KnownSession(Struct, frozen=True, kw_only=True):
    """A session as its user sees it. `last_used_at`: within a minute."""

    id: UUID
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    ip: str | None
    user_agent: str | None


class _Row(Struct, frozen=True):
    session_id: UUID
    user_id: UUID
    email: str
    name: str | None
    is_disabled: bool
    expires_at: datetime
    idle_until: datetime
    workspaces: dict[str, Role]


async def begin_session(registry: Connectable, user_id: UUID, origin: Origin, *, old_token: str | None = None) -> NewSession:
    """Begin a session of a user who has proved who they are. `old_token`: what their cookie holds; that session ends."""
    token, now = new_secret(), registry.now()
    params = {
        "token_hash": hashed(token),
        "old_hash": hashed(old_token) if old_token else None,
        "user_id": user_id,
        "now": now,
        "idle_seconds": int(IDLE.total_seconds()),
        "expires_at": now + LASTS,
        "ip": origin.address,
        "user_agent": origin.program,
    }
    session_id: UUID = await registry.value("access.sessions.begin", params)
    return NewSession(id=session_id, user_id=user_id, token=token, expires_at=now + LASTS)


async def authenticate_session(registry: Registry, token: str, now: datetime) -> SignedIn:
    """Whose session this is, in one round trip; its use is written down once a minute.

    Raises:
        AccessDeniedError: MALFORMED, UNKNOWN, EXPIRED or DISABLED.
    """
    if len(token) != SIGNS or not token.isascii():
        raise AccessDeniedError(Denied.MALFORMED, _OVER)
    row = await registry.row(_Row, "access.sessions.use", {"token_hash": hashed(token), "now": now})
    if row is None:
        raise AccessDeniedError(Denied.UNKNOWN, _OVER)
    if min(row.expires_at, row.idle_until) <= now:
        raise AccessDeniedError(Denied.EXPIRED, _OVER)
    if row.is_disabled:
        raise AccessDeniedError(Denied.DISABLED, _OVER)
    return SignedIn(session_id=row.session_id, user_id=row.user_id, email=row.email, name=row.name, workspaces=row.workspaces)


async def list_sessions(registry: Connectable, user_id: UUID) -> list[KnownSession]:
    """The sessions of a user that have not ended, the one used last first."""
    return await registry.rows(KnownSession, "access.sessions.listing", {"user_id": user_id, "now": registry.now()})


async def end_session(registry: Connectable, signed_in: SignedIn, *, by: Actor) -> None:
    """Log out."""

    async def work(session: Session) -> None:
        await session.value("access.sessions.end", {"user_id": signed_in.user_id, "session_id": signed_in.session_id})
        await note(session, Action.LOGOUT, by, subject=(signed_in.user_id, signed_in.email))

    await registry.run(work)


async def revoke_session(registry: Connectable, user_id: UUID, session_id: UUID, *, by: Actor) -> None:
    """End one session of a user, from anywhere.

    Raises:
        NotFoundError: they have no such session.
    """

    async def work(session: Session) -> None:
        if await session.value("access.sessions.end", {"user_id": user_id, "session_id": session_id}) is None:
            raise NotFoundError(f"There is no session {session_id} of this user.")
        await note(session, Action.SESSION_REVOKED, by, subject=(user_id, None), session=str(session_id))

    await registry.run(work)


async def revoke_sessions(registry: Connectable, user_id: UUID, *, by: Actor, keep: UUID | None = None) -> int:
    """End all sessions of a user but `keep`; gives how many ended."""

    async def work(session: Session) -> int:
        ended: int = await session.value("access.sessions.end_all", {"user_id": user_id, "keep": keep})
        if ended:
            await note(session, Action.SESSION_REVOKED, by, subject=(user_id, None), sessions=ended)
        return ended

    return await registry.run(work)


def csrf_token(session_token: str) -> str:
    """What a form of this session carries. Only who knows the session's token can make it, and a page of another site does not."""
    mac = hmac.new(session_token.encode(), _MARK, sha256).digest()
    return urlsafe_b64encode(mac).rstrip(b"=").decode()


def masked_csrf_token(session_token: str) -> str:
    """The same for a page that travels compressed: another text each time, so that the lengths of pages do not tell it (BREACH)."""
    mac, pad = hmac.new(session_token.encode(), _MARK, sha256).digest(), token_bytes(sha256().digest_size)
    return urlsafe_b64encode(pad + bytes(one ^ other for one, other in zip(mac, pad, strict=True))).rstrip(b"=").decode()


def is_csrf_token(session_token: str, given: str) -> bool:
    """Whether a form was made for this session, in plain or masked; compared in constant time."""
    return hmac.compare_digest(csrf_token(session_token).encode(), _unmasked(given).encode("utf-8", "surrogatepass"))


def _unmasked(given: str) -> str:
    if len(given) != _MASKED:
        return given
    try:
        both = urlsafe_b64decode(f"{given}==")
    except ValueError:
        return given
    half = len(both) // 2
    return urlsafe_b64encode(bytes(one ^ other for one, other in zip(both[:half], both[half:], strict=True))).rstrip(b"=").decode()
