"""Logging in with a password, and changing it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.access.actor import NOWHERE, Actor, Origin
from accountgraph.access.errors import AccessDeniedError, Denied
from accountgraph.access.log import Action, note
from accountgraph.access.people.passwords import PasswordHash, check_password
from accountgraph.access.people.sessions import NewSession, begin_session
from accountgraph.access.people.throttle import count_try, subjects_of, take_back
from accountgraph.access.people.users import set_password
from accountgraph.access.tokens import hashed
from accountgraph.acting import Acting, ActingKind
from accountgraph.addresses import email_key
from accountgraph.errors import InvalidValueError

if TYPE_CHECKING:
    from accountgraph.access.people.passwords import Passwords
    from accountgraph.access.people.sessions import SignedIn
    from accountgraph.access.registry import Registry
    from accountgraph.db import Session

WRONG = "Address and password do not go together."


class _Candidate(Struct, frozen=True):
    id: UUID
    email: str
    password_hash: PasswordHash | None
    disabled_at: datetime | None


async def log_in(
    registry: Registry, passwords: Passwords, email: str, password: str, *, origin: Origin = NOWHERE, old_token: str | None = None
) -> NewSession:
    """Begin a session for who knows the password. `old_token`: what their cookie holds already; that session ends.

    It takes as long and says the same whether the address is unknown, disabled or without a password. It takes the registry and no
    transaction of a caller's: that a try was wrong has to stay written.

    Raises:
        AccessDeniedError: WRONG, THROTTLED (`retry_after`), or BUSY.
    """
    typed, is_address = _key(email)
    subjects = subjects_of("login", typed, origin)
    passwords.check_room()  # a try that could not be looked at is none
    wait = await count_try(registry, subjects)
    found = await registry.row(_Candidate, "access.users.for_login", {"email": typed})
    is_right = await passwords.is_right(found.password_hash if found else None, password)
    if found is None or found.password_hash is None or not is_right or found.disabled_at is not None:
        shown = typed if is_address else "(no address)"  # what was typed in the wrong field may be the password
        who, subject = _by(shown, found.id if found else None, origin), (found.id if found else None, shown)
        await note(registry, Action.LOGIN_FAILED, who, subject=subject, wait_seconds=wait, is_disabled=bool(found and found.disabled_at))
        raise AccessDeniedError(Denied.WRONG, WRONG)
    if passwords.is_outdated(found.password_hash):
        params = {"user_id": found.id, "old": found.password_hash, "new": await passwords.hash(password)}
        await registry.value("access.users.rehash", params)
    return await enter(registry, found.id, found.email, origin, how="password", old_token=old_token, subjects=subjects)


async def enter(
    registry: Registry,
    user_id: UUID,
    email: str,
    origin: Origin,
    *,
    how: str,
    old_token: str | None = None,
    subjects: list[str] | None = None,
) -> NewSession:
    """Begin the session of somebody who has proved who they are, and write down `how`."""

    async def work(session: Session) -> NewSession:
        if subjects:
            await take_back(session, subjects)
        begun = await begin_session(session, user_id, origin, old_token=old_token)
        await note(session, Action.LOGIN, _by(email, user_id, origin), subject=(user_id, email), how=how, session=str(begun.id))
        return begun

    return await registry.run(work)


async def change_password(
    registry: Registry, passwords: Passwords, signed_in: SignedIn, old: str, new: str, *, origin: Origin = NOWHERE
) -> None:
    """Give oneself another password; all sessions but this one end. Who has none yet asks for a link instead (`ask_reset`).

    Raises:
        AccessDeniedError: WRONG: the old one is not right; THROTTLED, BUSY.
        InvalidValueError: the new one is not good enough, or the same.
    """
    check_password(new, signed_in.email)
    if old == new:
        raise InvalidValueError("password", "is the old one; choose another.")
    subjects = subjects_of("login", signed_in.email, origin)
    passwords.check_room()
    await count_try(registry, subjects)
    kept: PasswordHash | None = await registry.value("access.users.password", {"user_id": signed_in.user_id})
    by = _by(signed_in.email, signed_in.user_id, origin)
    if not await passwords.is_right(kept, old):
        await note(registry, Action.LOGIN_FAILED, by, subject=(signed_in.user_id, signed_in.email), during="change of password")
        raise AccessDeniedError(Denied.WRONG, "The old password is not right.")
    made = await passwords.hash(new)

    async def work(session: Session) -> None:
        await take_back(session, subjects)
        await set_password(session, signed_in.user_id, made, by=by, keep=signed_in.session_id)

    await registry.run(work)


def _key(email: str) -> tuple[str, bool]:
    """The address that was typed, and whether it is one; what is none is nobody's, and treated like any other."""
    try:
        return email_key(email), True
    except InvalidValueError:
        return hashed(email), False


def _by(email: str, user_id: UUID | None, origin: Origin) -> Actor:
    return Actor(acting=Acting(kind=ActingKind.USER, id=str(user_id) if user_id else None, name=email), origin=origin)
