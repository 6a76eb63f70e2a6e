"""Links by which somebody who forgot their password sets another: once, within an hour."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.access.actor import NOWHERE, Actor, Origin
from accountgraph.access.errors import AccessDeniedError, Denied
from accountgraph.access.log import Action, note
from accountgraph.access.people.throttle import count_try, subjects_of, take_back
from accountgraph.access.people.users import User, get_user, set_password
from accountgraph.access.tokens import hashed, new_secret
from accountgraph.acting import Acting, ActingKind
from accountgraph.addresses import email_key
from accountgraph.errors import InvalidValueError, NotFoundError

if TYPE_CHECKING:
    from accountgraph.access.people.passwords import Passwords
    from accountgraph.access.registry import Registry
    from accountgraph.db import Connectable, Session

LASTS = timedelta(hours=1)
_GONE = "This link was used, or is too old; ask for another."


class Reset(Struct, frozen=True, kw_only=True):
    """A link to be sent to its user, and to nobody else."""

    user_id: UUID
    email: str
    token: str
    expires_at: datetime

    def __repr__(self) -> str:
        return f"Reset(user {self.user_id})"


class _Given(Struct, frozen=True):
    user_id: UUID
    email: str


async def ask_reset(registry: Registry, email: str, *, origin: Origin = NOWHERE) -> Reset | None:
    """A link for somebody who says that they forgot their password; None where nobody with a password has this address.

    The same is done either way, and the edge has to answer the same: "if there is such a user, a mail is on its way", and to send the
    mail when it has answered.

    Raises:
        AccessDeniedError: THROTTLED.
    """
    try:
        key = email_key(email)
    except InvalidValueError:
        return None
    await count_try(registry, subjects_of("reset", key, origin))
    by = Actor(acting=Acting(kind=ActingKind.USER, name=key), origin=origin)
    return await registry.run(lambda session: _issued(session, {"email": key, "user_id": None}, by))


async def issue_reset(registry: Connectable, user_id: UUID, *, by: Actor) -> Reset:
    """A link for any user, made by whoever runs the installation.

    Raises:
        NotFoundError: there is no such user, or they are disabled.
    """
    made = await registry.run(lambda session: _issued(session, {"email": None, "user_id": user_id}, by))
    if made is None:
        raise NotFoundError(f"There is no user {user_id} who may enter; look with `user list`.")
    return made


async def reset_password(registry: Registry, passwords: Passwords, token: str, password: str, *, origin: Origin = NOWHERE) -> User:
    """Set another password by a link. All sessions end, and the link works no more; one that is not good enough leaves it working.

    Raises:
        AccessDeniedError: UNKNOWN: it was used, or is too old; BUSY.
        InvalidValueError: the password is not good enough.
    """
    params = {"token_hash": hashed(token), "now": registry.now()}
    given = await registry.row(_Given, "access.resets.look", params)
    if given is None:
        raise AccessDeniedError(Denied.UNKNOWN, _GONE)
    made = await passwords.new(password, given.email)

    async def work(session: Session) -> User:
        if await session.value("access.resets.use", params) is None:
            raise AccessDeniedError(Denied.UNKNOWN, _GONE)
        by = Actor(acting=Acting(kind=ActingKind.USER, id=str(given.user_id), name=given.email), origin=origin)
        await take_back(session, subjects_of("login", given.email, NOWHERE))  # who guessed before keeps nobody waiting
        await set_password(session, given.user_id, made, by=by, action=Action.PASSWORD_RESET)
        return await get_user(session, given.user_id)

    return await registry.run(work)


async def _issued(session: Session, whom: dict[str, object], by: Actor) -> Reset | None:
    token, expires_at = new_secret(), session.now() + LASTS
    params = whom | {"token_hash": hashed(token), "now": session.now(), "expires_at": expires_at}
    given = await session.row(_Given, "access.resets.issue", params)
    subject = (given.user_id, given.email) if given else (None, by.acting.name)
    await note(session, Action.PASSWORD_RESET_ASKED, by, subject=subject)
    return Reset(user_id=given.user_id, email=given.email, token=token, expires_at=expires_at) if given else None
